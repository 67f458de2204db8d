"""What a database holds, in a form that two of them can be compared by."""

from dataclasses import asdict, dataclass
from typing import Any

SETTINGS = (
    "SET statement_timeout = 0", "SET lock_timeout = 0", "SET idle_in_transaction_session_timeout = 0",
    "SET row_security = off", "SET timezone = 'UTC'", "SET datestyle = 'ISO'", "SET intervalstyle = 'postgres'",
    "SET extra_float_digits = 1", "SET bytea_output = 'hex'", "SET search_path = pg_catalog",
)  # fmt: skip
"""So that the same row has the same text in every session, and a long look is not cut off."""

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1"""
ROWS = "SELECT count(*), coalesce(sum(hashtextextended((_.*)::text, 0)::numeric), 0)::text FROM {} _"
SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, 0)::text FROM pg_sequences ORDER BY 1"""
ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1"


@dataclass(frozen=True)
class Fingerprint:
    """Rows and checksum of every table, and where every sequence stands; also the roles that the schema may name."""

    tables: dict[str, tuple[int, str]]
    sequences: dict[str, str]
    roles: list[str]

    @classmethod
    def of(cls, connection: Any) -> "Fingerprint":
        """The fingerprint of what this transaction sees."""
        names = [name for (name,) in connection.execute(TABLES)]
        return cls(
            tables={name: tuple(connection.execute(ROWS.format(name)).fetchone()) for name in names},
            sequences=dict(connection.execute(SEQUENCES).fetchall()),
            roles=[name for (name,) in connection.execute(ROLES)],
        )

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Fingerprint":
        """The fingerprint that `data` was written from."""
        return cls(
            {name: (rows, sum_) for name, (rows, sum_) in data["tables"].items()}, data["sequences"], data["roles"]
        )

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(rows for rows, _ in self.tables.values())

    def differences(self, other: "Fingerprint") -> list[str]:
        """What `other` does not have as this one has it, in words; none when both hold the same."""
        found = []
        for name in sorted(self.tables.keys() | other.tables.keys()):
            mine, theirs = self.tables.get(name), other.tables.get(name)
            if mine is None or theirs is None:
                found.append(f"{name}: only in the {'one' if mine else 'other'}")
            elif mine != theirs:
                rows = f"{mine[0]} and {theirs[0]} rows" if mine[0] != theirs[0] else "other content"
                found.append(f"{name}: {rows}")
        moved = [name for name in self.sequences if self.sequences[name] != other.sequences.get(name)]
        return found + [f"{name}: stands elsewhere" for name in moved]
