"""A pack's configuration, as `--policy-pack-config` gives it: levels and settings of its policies, in JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from engine.errors import ConfigError

ALL: Final = "all"
LEVELS: Final = {"advisory": 0, "mandatory": 1, "disabled": 2, "remediate": 3}
LEVEL: Final = "enforcementLevel"
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
    given = {name: {LEVEL: value} if isinstance(value, str) else value for name, value in read.items()}
    for name, settings in given.items():
        if not isinstance(settings, dict):
            raise ConfigError(f"{path}: {name}: must be an enforcement level ({_ACCEPTED}) or an object of settings")
        if settings.get(LEVEL, "advisory") not in LEVELS:
            raise ConfigError(f"{path}: {name}.{LEVEL}: must be {_ACCEPTED}")
    return given
