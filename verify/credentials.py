"""Bad credentials: every callee refuses them, on the very network and from the very task where the good ones work."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from diagram import Link, Pooler, Protocol
from verify import graph
from verify.authorities import Authority, fresh, owner
from verify.matrix import reason
from verify.namespace import network_of
from verify.opened import Opened
from verify.report import Row
from verify.running import Target, Task
from verify.speech import Credential, RefusedError, talk
from verify.tls import Identity, identities

WORKERS = 8
LOGINS = (Protocol.postgres, Protocol.redis, Protocol.s3)


def credentials(target: Target) -> Iterator[Row]:
    """For one caller of each callee: the good credential is let in, and each bad one is refused."""
    keys = Opened.of(target)
    links = {link.callee: link for link in graph.authenticated(target.system)}
    with ThreadPoolExecutor(WORKERS) as pool:
        for rows in pool.map(lambda link: list(_callee(target, link, keys)), links.values()):
            yield from rows


def _callee(target: Target, link: Link, keys: Opened) -> Iterator[Row]:
    tasks = target.of(link.caller)
    if not tasks or not target.of(link.callee):
        yield Row(link.callee, "refuses bad credentials", ok=False, seen="one end of the link does not run")
        return
    task, good = tasks[0], Credential.of(tasks[0], link)
    yield _tried(target, task, link, good, "the declared caller", let_in=True)
    yield _tried(target, task, link, replace(good, identity=None), "no certificate")
    name = good.user or link.caller
    stranger = fresh("stranger").leaf(name, "client_auth")
    yield _tried(target, task, link, replace(good, identity=stranger), "a certificate of an unknown authority")
    for other in _others(task, link):
        yield _tried(target, task, link, replace(good, identity=other), f"its certificate for {other.name}")
    yield _wrong_server(target, task, link, good)
    yield from _made_by_its_own_authority(target, task, link, good, keys)
    if link.protocol in LOGINS:
        yield from _logins(target, task, link, good)
    if link.protocol is Protocol.amqp:
        guest = replace(good, user="guest", password="guest")  # noqa: S106 - which must not exist
        yield _tried(target, task, link, guest, "guest with the password guest")


def _made_by_its_own_authority(target: Target, task: Task, link: Link, good: Credential, keys: Opened) -> Iterator[Row]:
    """What only the callee's real authority can sign: an expired caller, and one that nobody declared."""
    subject = _subject(task, link)
    authority = _authority(target, link.callee, keys)
    if authority is None:
        why = keys.closed or "the state does not hold its authority's key"
        yield Row(subject, "refuses an expired certificate", ok=None, seen=why)
        return
    name = good.user or link.caller
    ours = authority.leaf(name, "client_auth")
    yield _tried(target, task, link, replace(good, identity=ours), "one more of its authority", let_in=True)
    expired = authority.leaf(name, "client_auth", expired=True)
    yield _tried(target, task, link, replace(good, identity=expired), "an expired certificate")
    server = authority.leaf(name, "server_auth")
    yield _tried(target, task, link, replace(good, identity=server), "a server's certificate of its authority")
    undeclared = authority.leaf("nobody", "client_auth")
    pooled = isinstance(target.system.by_name[link.callee], Pooler)
    if not pooled and link.protocol not in (Protocol.redis, Protocol.proxy):  # users and host lists: see logins, egress
        yield _tried(target, task, link, replace(good, identity=undeclared), "an undeclared name of its authority")


def _authority(target: Target, callee: str, keys: Opened) -> Authority | None:
    for task in target.of(callee):
        for path in ("/run/secrets/callers.pem", "/run/keeper/callers.pem"):
            if (file := task.file(path)).exists():
                return owner(file.read_bytes(), keys.private_keys)
    return None


def _logins(target: Target, task: Task, link: Link, good: Credential) -> Iterator[Row]:
    yield _tried(target, task, link, replace(good, password=good.user), "a wrong password")
    yield _tried(target, task, link, replace(good, password=""), "no password")
    users = _users(target, link)
    for caller, other in users[:1]:
        yield _tried(target, task, link, replace(good, user=other.user), f"the user of {caller}")
        if link.protocol is not Protocol.redis:
            stolen = replace(other, identity=good.identity)
            yield _tried(target, task, link, stolen, f"user and password of {caller}, with its own certificate")


def _users(target: Target, link: Link) -> Sequence[tuple[str, Credential]]:
    others = [it for it in target.system.links if it.callee == link.callee and it.caller != link.caller]
    return [(it.caller, Credential.of(task, it)) for it in others for task in target.of(it.caller)[:1]]


def _others(task: Task, link: Link) -> list[Identity]:
    """What else the task can show: its certificates for other callees, and its own server's."""
    return [identity for identity in identities(task.secrets()) if identity.name != f"{link.callee}.pem"]


def _wrong_server(target: Target, task: Task, link: Link, good: Credential) -> Row:
    """The callee's certificate is worth its own name only."""
    return _tried(target, task, link, good, "to pass for another name", server="another-name")


def _tried(
    target: Target, task: Task, link: Link, credential: Credential, what: str, *, let_in: bool = False, server: str = ""
) -> Row:
    claim = f"{'lets in' if let_in else 'refuses'} {what}"
    answers, refusals = [], []
    path = graph.question(target.system, link.callee)
    with network_of(task.pid):
        for address in _addresses(target, task, link):
            try:
                answers.append(talk(address, link.port, link, credential, path=path, server=server))
            except (OSError, RefusedError) as error:
                refusals.append(reason(error))
    ok = not refusals if let_in else not answers
    seen = "; ".join(sorted({*answers, *refusals}))
    return Row(_subject(task, link), claim, ok and bool(answers or refusals), seen or "the callee has no address here")


def _addresses(target: Target, task: Task, link: Link) -> list[str]:
    """Where the callee's tasks are on the networks that the caller shares with them."""
    shared = [callee.addresses.keys() & task.addresses.keys() for callee in target.of(link.callee)]
    pairs = zip(target.of(link.callee), shared, strict=True)
    return [str(callee.addresses[network]) for callee, networks in pairs for network in sorted(networks)]


def _subject(task: Task, link: Link) -> str:
    return f"{link.callee}, asked by {task.service}"
