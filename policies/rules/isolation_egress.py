"""Isolation: the ways out, and what may go through them."""

from __future__ import annotations

from typing import Any

from .isolation_networks import LEADS_OUT
from .kit.documents import Format, documents, lines
from .kit.resource import Resource
from .kit.rule import FILES, SERVICE, Problems, Severity, each
from .kit.workload import SPEC, Workload

Settings = dict[str, Any]

EVERYWHERE = {".", "*", "all", ".com", ".net", ".org"}


@each(
    SERVICE,
    severity=Severity.HIGH,
    remedy='Set dns_config.nameservers=["127.0.0.1"]: the names of the stack are still answered.',
    settings=LEADS_OUT,
)
def names_of_the_outside_do_not_resolve(service: Resource, settings: Settings) -> Problems:
    """A service without a way out cannot ask for names of the outside.

    Docker's resolver passes such questions on through the host, from internal networks too: a tunnel for data.
    """
    workload = Workload(service)
    servers = [server.text for server in service.at(f"{SPEC}.dnsConfig.nameservers").each()]
    if workload.kind not in settings["kinds"] and (not servers or any(not s.startswith("127.") for s in servers)):
        yield f"{SPEC}.dnsConfig.nameservers is not loopback alone"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="End the http_access rules with `deny all`, and allow each caller its own hosts only.",
    see=["Squid, http_access"],
)
def egress_refuses_by_default(resource: Resource) -> Problems:
    """The egress proxy refuses what no rule allows, and allows nothing to everybody.

    Without a last `deny all`, squid does the opposite of its last rule.
    """
    for document in documents(resource, Format.SQUID):
        where = f"{document.path}: squid.conf"
        access = [(number, line.split()) for number, line in lines(document.text) if line.split()[0] == "http_access"]
        if not access or access[-1][1][1:] != ["deny", "all"]:
            yield f"{where} does not end its http_access rules with deny all"
        for number, words in access:
            named = [word for word in words[2:] if not word.startswith("!") and word != "all"]
            if words[1:2] == ["allow"] and len(named) < 2:
                yield f"{where} line {number} allows without naming both a caller and its hosts"
        for number, line in lines(document.text):
            if line.startswith("acl") and "dstdomain" in line and EVERYWHERE & set(line.split()[3:]):
                yield f"{where} line {number} names every host"
