"""The matrix: from inside every task, every other service is tried; exactly the declared links open."""

import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from rich.table import Table

from verify import dns, graph
from verify.namespace import has_arrived, listening, network_of
from verify.report import Report, Row
from verify.running import Target, Task
from verify.speech import Credential, RefusedError, talk
from verify.tls import identities, is_open

WORKERS = 32
LINK, NOTHING = "link", "nothing"


def matrix(target: Target) -> Iterator[Row]:
    """One row for each task and each other service; and one for each task that says where it listens."""
    doors = {name: set(ports) for name, ports in graph.doors(target.system).items()}
    for task in target.tasks:
        seen = listening(task.pid)
        extra = seen - doors.setdefault(task.service, set())
        yield Row(task.name, "listens only where declared", not extra, _ports(seen))
        doors[task.service] |= extra
    pairs = [(task, name) for task, name in product(target.tasks, sorted(doors)) if task.service != name]
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(lambda pair: _try(target, pair[0], pair[1], doors[pair[1]]), pairs)


def _try(target: Target, caller: Task, callee: str, ports: set[int]) -> Row:
    with network_of(caller.pid):
        named = set(dns.ask(callee).addresses)
        real = {str(ip): task.pid for task in target.of(callee) for ip in task.addresses.values()}
        places = product(sorted(named | real.keys()), sorted(ports))
        opened = [(ip, port) for ip, port in places if is_open(ip, port, arrives=_arrival(real.get(ip), port))]
        if (caller.service, callee) in graph.declared(target.system):
            return _linked(target, caller, callee, named, opened)
        return _unlinked(target, caller, callee, named, opened)


def _arrival(pid: int | None, port: int) -> Callable[[int], bool]:
    return lambda source: pid is None or has_arrived(pid, port, source)


def _linked(target: Target, caller: Task, callee: str, named: set[str], opened: list[tuple[str, int]]) -> Row:
    link = graph.declared(target.system)[caller.service, callee]
    subject, claim = f"{caller.name} -> {callee}", LINK
    if len(named) != len(target.of(callee)):
        return Row(subject, claim, ok=False, seen=f"its name gives {len(named)} addresses for {len(target.of(callee))}")
    shut = sorted(ip for ip in named if (ip, link.port) not in opened)
    if shut:
        return Row(subject, claim, ok=False, seen=f"TCP to {', '.join(shut)}:{link.port} does not open")
    if not link.is_authenticated:
        return Row(subject, claim, ok=True, seen="TCP; carries the clients' own TLS")
    try:
        credential, path = Credential.of(caller, link), graph.question(target.system, callee)
        answers = {talk(ip, link.port, link, credential, path=path) for ip in sorted(named)}
    except (OSError, RefusedError) as error:
        return Row(subject, claim, ok=False, seen=f"not let in: {reason(error)}")
    return Row(subject, claim, ok=True, seen="; ".join(sorted(answers)))


def _unlinked(target: Target, caller: Task, callee: str, named: set[str], opened: list[tuple[str, int]]) -> Row:
    subject, claim = f"{caller.name} -> {callee}", NOTHING
    is_called_back = (callee, caller.service) in graph.declared(target.system)
    if named:
        return Row(subject, claim, ok=False, seen="its name is answered")
    if opened and not is_called_back:
        return Row(subject, claim, ok=False, seen=f"TCP opens to {_places(opened)}")
    public = graph.public_ports(target.system).get(callee, frozenset())
    asked = [place for place in opened if place[1] not in public]
    entered = [f"{ip}:{port} {what}" for ip, port in asked for what in _entrances(target, caller, callee, ip, port)]
    if entered:
        return Row(subject, claim, ok=False, seen=f"let in: {'; '.join(entered)}")
    return Row(subject, claim, ok=True, seen=f"shares {callee}'s link, refused" if opened else "closed")


def _entrances(target: Target, caller: Task, callee: str, ip: str, port: int) -> Iterator[str]:
    """Every identity that the caller holds, its server's included, and none: what opens the door."""
    link, roots = graph.as_if(target.system, caller.service, callee, port), caller.file("/run/secrets/root.pem")
    if not roots.exists():
        return
    for identity in (*identities(caller.secrets()), None):
        try:
            answer = talk(ip, port, link, Credential(identity, roots.read_bytes()))
        except (OSError, RefusedError):
            continue
        yield f"by {identity.name if identity else 'no certificate'}: {answer}"


def reason(error: Exception) -> str:
    """Why a connection was not made or not kept, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"we refuse it: {error.verify_message}"
    return (isinstance(error, ssl.SSLError) and error.reason) or str(error) or type(error).__name__


def _ports(ports: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(ports))) or "nowhere"


def _places(opened: list[tuple[str, int]]) -> str:
    return ", ".join(f"{ip}:{port}" for ip, port in opened)


def picture(report: Report) -> Table:
    """The matrix drawn: callers down, callees across, and how many links are missing and how many too many."""
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in report.rows:
        caller, arrow, callee = row.subject.partition(" -> ")
        if arrow:
            cells.setdefault((caller.split("/")[0], callee), []).append(row)
    names = sorted({name for pair in cells for name in pair})
    drawn = Table("", *map(str, range(1, len(names) + 1)), box=None, header_style="dim", padding=(0, 1, 0, 0))
    drawn.columns[0].no_wrap = True
    for number, caller in enumerate(names, 1):
        drawn.add_row(f"{number:2} {caller}", *(_cell(cells.get((caller, callee), [])) for callee in names))
    faults = Counter(row.claim for rows in cells.values() for row in rows if not row.ok)
    drawn.caption = f"● link, · nothing, M missing: {faults[LINK]}, X extra: {faults[NOTHING]}"
    return drawn


def _cell(rows: list[Row]) -> str:
    if not rows:
        return ""
    if not all(row.ok for row in rows):
        return "[bold red]M[/]" if rows[0].claim == LINK else "[bold red]X[/]"
    return "[green]●[/]" if rows[0].claim == LINK else "[dim]·[/]"
