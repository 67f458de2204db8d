"""The stack: its settings, its system's diagram, and the platform that realises it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pulumi
from pulumi.runtime import is_config_secret

import systems
from components import Platform
from diagram import System
from settings import SettingsError

ROOT = Path(__file__).parent


def main() -> None:
    """Deploy the system that the stack's settings name."""
    config = pulumi.Config()
    values = systems.read(plain(config, "settings"), ROOT / "images.lock.json")
    if values.freeze.overridden(os.environ, datetime.now(UTC)):
        pulumi.log.warn("the freeze of an event's day is overridden")
    system = systems.drawn(values)
    for warning in system.warnings():
        pulumi.log.warn(warning)
    for note in system.notes():
        pulumi.log.info(note)
    secrets = third_party(config, system, required=values.requires_every_secret)
    platform = Platform(system.name, system, secrets=secrets)
    pulumi.export("url", platform.url)
    pulumi.export("rootCertificate", platform.root_certificate)


def plain(config: pulumi.Config, key: str) -> object:
    """The object at `key`; an object that holds a secret is refused, because it would end in plain state."""
    if is_config_secret(config.full_key(key)):
        raise pulumi.RunError(f"{key}: holds a secret; secrets are keys of their own (pulumi config set --secret KEY)")
    return config.require_object(key)


def third_party(config: pulumi.Config, system: System, *, required: bool) -> dict[str, pulumi.Output[str]]:
    """The secrets that the stack's secret configuration brings, by their configuration keys."""
    given = [key for key in system.third_party_keys if config.get(key)]
    missing = [key for key in system.third_party_keys if key not in given]
    in_clear = [key for key in given if not is_config_secret(config.full_key(key))]
    if in_clear:
        raise pulumi.RunError(f"in clear: {', '.join(in_clear)} (encrypt each: pulumi config set --secret KEY)")
    if missing and required:
        raise pulumi.RunError(f"missing secrets: {', '.join(missing)} (set each: pulumi config set --secret KEY)")
    for key in missing:
        pulumi.log.info(f"{key} is not set, so what needs it is off (pulumi config set --secret {key})")
    return {key: config.require_secret(key) for key in given}


if __name__ == "__main__":
    try:
        main()
    except (SettingsError, ValueError) as error:
        raise pulumi.RunError(str(error)) from None
