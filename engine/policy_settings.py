"""What a running pack is configured with: its own schemas and defaults, and above them what the user gave."""

from typing import Any

from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2

from engine.errors import ConfigError
from engine.policy_config import ALL, LEVEL, LEVELS, Given


def reconciled(info: analyzer_pb2.AnalyzerInfo, given: Given) -> dict[str, analyzer_pb2.PolicyConfig]:
    """What the pack is configured with: its schemas' defaults, its own configuration, and `given` above both.

    A ConfigError names a policy that the pack does not have, and a setting that its schema refuses.
    """
    if unknown := given.keys() - {ALL} - {policy.name for policy in info.policies}:
        raise ConfigError(f"the policy configuration names {min(unknown)!r}, which the pack {info.name} does not have")
    result = {policy.name: _configured(policy, info, given) for policy in info.policies}
    for policy in info.policies:
        if policy.name in given or policy.configSchema.required:
            _check(policy, result[policy.name])
    return result


def _configured(policy: Any, info: analyzer_pb2.AnalyzerInfo, given: Given) -> analyzer_pb2.PolicyConfig:
    config = analyzer_pb2.PolicyConfig(enforcementLevel=policy.enforcementLevel)
    for name, schema in MessageToDict(policy.configSchema.properties).items():
        if "default" in schema:
            config.properties[name] = schema["default"]
    if policy.name in info.initialConfig:
        initial = info.initialConfig[policy.name]
        config.enforcementLevel = initial.enforcementLevel
        config.properties.update(MessageToDict(initial.properties))
    for settings in (given.get(ALL, {}), given.get(policy.name, {})):
        if LEVEL in settings:
            config.enforcementLevel = LEVELS[settings[LEVEL]]  # type: ignore[assignment]
    config.properties.update({key: value for key, value in given.get(policy.name, {}).items() if key != LEVEL})
    return config


def _check(policy: Any, config: analyzer_pb2.PolicyConfig) -> None:
    import jsonschema  # noqa: PLC0415 - slow to import, and few stacks configure their packs

    schema = {
        "type": "object",
        "properties": MessageToDict(policy.configSchema.properties),
        "required": list(policy.configSchema.required),
    }
    settings = MessageToDict(config.properties)
    for problem in jsonschema.Draft7Validator(schema).iter_errors(settings):
        place = ".".join([policy.name, *map(str, problem.absolute_path)])
        raise ConfigError(f"the policy configuration is refused: {place}: {problem.message}")
