"""A backup and its restore, beside PostgreSQL's own programs on the same database."""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.checkout import built
from bench.figure import Figure, Line, Samples
from bench.options import Options
from bench.process import MeasureError, interleaved
from tests.backup.stage import Stage

OF_PLAIN = 1.5
ROOM = "12g"
"""The backups' folder is in memory, on both sides: no disk is measured."""
ROW = 100
"""Bytes of a row in a dump, on average."""
FILL = """
CREATE TABLE items (id bigint, name text, received_at timestamptz);
INSERT INTO items SELECT i, 'Bicycle, ' || (ARRAY['red', 'green', 'without a wheel', 'as good as new'])[1 + i % 4]
  || ', given by ' || substr(md5(i::text), 1, 24), timestamptz '2025-01-27' + i * interval '7 s'
FROM generate_series(1, {rows}) i;
ANALYZE items;
"""
PLAIN = 'export PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); pg_dump "$POSTGRES_URL" {}'
SEALING = """
import sys, time
from backup.sealed import Sealer
data = open(sys.argv[1], "rb").read()
began = time.monotonic()
with open("/dev/null", "wb") as target:
    sealer = Sealer(target, bytes(32))
    for start in range(0, len(data), 1 << 20):
        sealer.write(data[start:start + (1 << 20)])
    sealer.close()
print(time.monotonic() - began)
"""


@dataclass(frozen=True)
class Taken:
    """One of our backups: what it says of itself, and what its parts take apart."""

    said: dict[str, Any]
    encryption: float
    authentication: float


def backup(options: Options) -> Iterator[Line]:
    """Dump, compress and seal beside ``pg_dump | gzip``; open and restore beside ``pg_restore``; the rest apart."""
    built("backup", "postgres")
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        stage = Stage(Path(folder), room=ROOM)
        try:
            stage.must(FILL.format(rows=options.megabytes * 1_000_000 // ROW))
            stage.start("sleep", "infinity")
            saved = [(_taken(stage), _plain(stage)) for _ in range(options.runs)]
            _must(stage, "backup", PLAIN.format("-Fc -f /backups/plain.dump"))
            sources = (f"python3 -m backup open {saved[-1][0].said['files'][0]}", "cat /backups/plain.dump")
            restored = interleaved(
                options.runs, *(lambda source=source: _restored(stage, source) for source in sources)
            )
        finally:
            stage.close()
    taken, zipped = [ours for ours, _ in saved], [plain for _, plain in saved]
    yield from _of_backups(taken, zipped)
    megabytes = taken[0].said["dumped"] / 1e6
    whole, plain = (Samples(tuple(seconds)) for seconds in restored)
    yield from _of_restores(whole, plain, Samples(tuple(it.authentication for it in taken)), megabytes)


def _of_restores(whole: Samples, plain: Samples, checked: Samples, megabytes: float) -> Iterator[Line]:
    """`checked` is a part of `whole` that ``pg_restore`` does not do: the rest is compared with it."""
    name = f"restore of {megabytes:,.0f} MB"
    yield Figure(f"{name}, every byte known to be authentic before the first is used", whole)
    yield Figure("of it, to know that", checked)
    rest = Samples(tuple(it - checked.median for it in whole.values))
    yield from _beside(f"{name}, the rest", rest, "pg_restore", plain, megabytes)


def _of_backups(ours: Sequence[Taken], plain: Sequence[tuple[float, int]]) -> Iterator[Line]:
    megabytes = ours[0].said["dumped"] / 1e6
    sealed = Samples(tuple(it.said["seconds_to_seal"] for it in ours))
    zipped = Samples(tuple(seconds for seconds, _ in plain))
    name, against = f"backup of {megabytes:,.0f} MB, sealed", "pg_dump | gzip"
    yield from _beside(name, sealed, against, zipped, megabytes)
    yield Figure("of it, encryption", Samples(tuple(it.encryption for it in ours)))
    proven = Samples(tuple(it.said["seconds_to_prove"] for it in ours))
    yield Figure("beside it, restored elsewhere and compared before it counts", proven)
    sizes = Samples((ours[0].said["sealed"] / 1e6,)), Samples((plain[0][1] / 1e6,))
    yield Figure("its size", sizes[0], "MB", against=against, reference=sizes[1])


def _beside(name: str, ours: Samples, against: str, plain: Samples, megabytes: float) -> Iterator[Line]:
    """The seconds of both, and what they are in megabytes a second."""
    yield Figure(name, ours, against=against, reference=plain, aim=OF_PLAIN)
    rates = [Samples(tuple(megabytes / it for it in samples.values)) for samples in (ours, plain)]
    yield Figure("that in MB/s", rates[0], "MB/s", against=against, reference=rates[1])


def _taken(stage: Stage) -> Taken:
    said = stage.backed_up()
    file = f"/backups/{said['files'][0]}"
    encryption = float(_must(stage, "backup", f"python3 -c '{SEALING}' {file}"))
    looked = json.loads(_must(stage, "backup", f'python3 -m backup restore {file} --key "$BACKUP_KEY_FILE"'))
    return Taken(said, encryption, looked["seconds"])


def _plain(stage: Stage) -> tuple[float, int]:
    """Its seconds and bytes."""
    began = time.monotonic()
    _must(stage, "backup", f"set -o pipefail; {PLAIN.format('| gzip > /backups/plain.gz')}")
    return time.monotonic() - began, int(_must(stage, "backup", "stat -c %s /backups/plain.gz"))


def _restored(stage: Stage, source: str) -> float:
    """The seconds until what `source` writes is in an empty database."""
    stage.must("DROP DATABASE IF EXISTS again", "postgres")
    stage.must("CREATE DATABASE again", "postgres")
    target = "pg_restore -h /tmp -U rempart -d again --single-transaction --exit-on-error"
    whole = f"docker exec {stage.name}-backup {source} | docker exec -i {stage.name}-postgres {target}"
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {whole}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MeasureError(f"{source}: {done.stderr[-300:]}")
    return time.monotonic() - began


def _must(stage: Stage, container: str, script: str) -> str:
    done = stage.inside(container, "bash", "-c", script)
    if done.returncode:
        raise MeasureError(f"{script[:80]}: {done.stderr[-300:]}")
    return done.stdout
