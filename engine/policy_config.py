"""A pack's configuration, as `--policy-pack-config` gives it: levels and settings of its policies, in JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2

from engine.errors import ConfigError

ALL: Final = "all"
LEVELS: Final = {"advisory": 0, "mandatory": 1, "disabled": 2, "remediate": 3}
_LEVEL: Final = "enforcementLevel"
_ACCEPTED: Final = f"one of {', '.join(LEVELS)}"

Given = Mapping[str, Mapping[str, Any]]
"""For each policy, and for `all`, its settings and perhaps its `enforcementLevel`."""


def load(path: Path) -> dict[str, dict[str, Any]]:
    """The configuration in a file. A ConfigError names the place of what is not one."""
    try:
        read = json.loads(path.read_text() or "{}")
    except OSError as error:
        raise ConfigError(f"the policy configuration {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"the policy configuration {path} is no JSON: {error}") from None
    if not isinstance(read, dict):
        raise ConfigError(f"{path}: must be an object of policies")
    given = {name: {_LEVEL: value} if isinstance(value, str) else value for name, value in read.items()}
    for name, settings in given.items():
        if not isinstance(settings, dict):
            raise ConfigError(f"{path}: {name}: must be an enforcement level ({_ACCEPTED}) or an object of settings")
        if settings.get(_LEVEL, "advisory") not in LEVELS:
            raise ConfigError(f"{path}: {name}.{_LEVEL}: must be {_ACCEPTED}")
    return given


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
        if _LEVEL in settings:
            config.enforcementLevel = LEVELS[settings[_LEVEL]]  # type: ignore[assignment]
    config.properties.update({key: value for key, value in given.get(policy.name, {}).items() if key != _LEVEL})
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
