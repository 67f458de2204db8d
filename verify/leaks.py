"""The leak scan: no secret's value is anywhere but where it belongs, in any form; and planted ones are found."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from verify import canaries, layers
from verify.opened import ClosedError, Opened, passphrase
from verify.places import LAYERS, places
from verify.report import Row
from verify.running import Target
from verify.scanner import Scanner


def leaks(target: Target) -> Iterator[Row]:
    """A row for each place; a row for each place in which a canary was planted; a row for what was searched for."""
    opened = Opened.of(target)
    secrets = {**opened.secrets, **mounted(target), **_passphrase(target)}
    scanner = Scanner(secrets)
    seen = f"{len(secrets)} values, {len(scanner)} patterns"
    yield Row("state", "its secrets are searched for too", None if opened.closed else True, opened.closed or seen)
    if scanner.too_short:
        yield Row("secrets", "are long enough to search for", ok=None, seen=", ".join(scanner.too_short))
    with ThreadPoolExecutor(1) as aside:  # gigabytes of images, while the rest mostly waits for the engine
        read = aside.submit(layers.scanned, target, scanner, LAYERS)
        for place, found, size in searched(target, scanner):
            yield Row(place, "holds no secret", not found, "; ".join(sorted(found)) or f"{size / 1e6:.1f} MB, 0 hits")
        proven = list(_proven(target))
        yield read.result()[0]
    yield from proven


def searched(target: Target, scanner: Scanner) -> Iterator[tuple[str, set[str], int]]:
    """Each place, what was found there, and how much was read."""
    for place, stream in places(target).items():
        found, size = scanner.scan(stream())
        yield place, found, size


def mounted(target: Target) -> dict[str, str]:
    """The secret files of every task."""
    return {
        f"{task.service}:{path.name}": path.read_text(errors="replace")
        for task in target.tasks
        for path in task.secrets()
    }


def _passphrase(target: Target) -> dict[str, str]:
    try:
        return {"the state's passphrase": passphrase(target)}
    except ClosedError:
        return {}


def _proven(target: Target) -> Iterator[Row]:
    """Each place again, on a stack of one task in which each place was given a value of its own."""
    with canaries.planted(target) as (stack, values):
        scanner = Scanner(values)
        found: Mapping[str, set[str]] = {place: hits for place, hits, _ in searched(stack, scanner)}
        found = {**found, LAYERS: layers.scanned(stack, scanner, LAYERS)[1]}
    for place in values:
        hits = {name for name in found[place] if name.startswith(f"{place} (")}
        yield Row(place, "a planted secret is found", bool(hits), "" if hits else "the scan does not see it")
