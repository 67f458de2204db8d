"""What this service was given by its environment, read once and never shown."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backup import sealed
from backup.errors import BackupError
from backup.rules import Kept
from backup.store import Store


@dataclass(frozen=True)
class Database:
    """The database to back up; `conninfo` holds no password, and the role can only read."""

    conninfo: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Given:
    """The settings of the service."""

    database: Database
    store: Store
    keys: list[bytes] = field(repr=False)
    rules: tuple[Kept, ...]


def given(env: Mapping[str, str] = os.environ) -> Given:
    """The settings in `env`. Raises BackupError naming the variable that is missing or wrong."""
    name = _value(env, "BACKUP_OF").upper().replace("-", "_")
    conninfo = f"{_value(env, f'{name}_URL')}&ssl_min_protocol_version=TLSv1.3"
    if "sslmode=verify-full" not in conninfo:
        raise BackupError(f"{name}_URL: accepted is sslmode=verify-full")
    password = Path(_value(env, f"{name}_PASSWORD_FILE")).read_text().strip()
    try:
        rules = tuple(Kept(**rule) for rule in json.loads(_value(env, "BACKUP_KEPT")))
    except (ValueError, TypeError):
        raise BackupError("BACKUP_KEPT: cannot be read") from None
    return Given(
        database=Database(conninfo, password),
        store=Store(Path(_value(env, "BACKUP_FOLDER"))),
        keys=sealed.read_keys(Path(_value(env, "BACKUP_KEY_FILE"))),
        rules=rules,
    )


def _value(env: Mapping[str, str], name: str) -> str:
    try:
        return env[name]
    except KeyError:
        raise BackupError(f"{name}: not given") from None
