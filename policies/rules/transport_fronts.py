"""Transport at the fronts: what a haproxy.cfg accepts, and whom it calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from .kit import haproxy
from .kit.documents import Format, documents
from .kit.haproxy import Line, Section, is_loopback
from .kit.resource import Resource
from .kit.rule import FILES, Problems, Severity, each


def fronts(resource: Resource) -> Iterator[tuple[str, Sequence[Section]]]:
    """Each haproxy configuration: where it stands, and its sections."""
    for document in documents(resource, Format.HAPROXY):
        with suppress(ValueError):  # a rule of its own says so
            yield f"{document.path}: haproxy.cfg", haproxy.parse(document.text)


def passes_through(section: Section, all_sections: Sequence[Section]) -> bool:
    """Whether a section hands the client's own TLS on unread, with the client's address in front of it.

    Reading nothing, it cannot answer or be asked for a certificate: that is the edge.
    """
    if haproxy.mode(section, all_sections) != "tcp":
        return False
    names = {line.words[1] for line in section.all("default_backend") + section.all("use_backend")}
    targets = [section, *(other for other in all_sections if other.kind == "backend" and other.name in names)]
    sends = [line for target in targets for line in target.sends]
    return bool(sends) and all({"send-proxy", "send-proxy-v2"} & set(line.words) for line in sends)


def forwards(section: Section, all_sections: Sequence[Section]) -> bool:
    """Whether a backend is the end of a fixed forward: in TCP, for declared callers only, one address outside.

    What speaks there is the caller's business, end to end. No service of a system has a dot in its name.
    """
    if section.kind != "backend" or haproxy.mode(section, all_sections) != "tcp" or len(list(section.sends)) != 1:
        return False
    fronts = [it for it in all_sections if section.name in {line.words[1] for line in it.all("default_backend")}]
    callers = all(
        haproxy.mode(it, all_sections) == "tcp" and it.all("tcp-request", "content", "reject", "unless")
        for it in fronts
    )
    outside = all("." in haproxy.target(line).rpartition(":")[0] for line in section.sends)
    return bool(fronts) and callers and outside


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Write `bind :P ssl crt <pem> ca-file <callers> verify required ssl-min-ver TLSv1.3`, or bind loopback.",
    see=["HAProxy, bind options"],
)
def fronts_demand_a_certificate(resource: Resource) -> Problems:
    """A front accepts TLS 1.3 only, from callers that show a certificate of the service's own authority.

    The front is what decides who calls: a bind without `verify required` lets the whole network in.
    """
    for where, all_sections in fronts(resource):
        for section in all_sections:
            if passes_through(section, all_sections):
                continue
            for bind in section.takes:
                if not is_loopback(bind.words[1] if len(bind.words) > 1 else ""):
                    oldest = haproxy.default("ssl-min-ver", "ssl-default-bind-options", all_sections)
                    faults = _open(bind, oldest)
                    yield from (f"{where} line {bind.number}: bind {fault}" for fault in faults)


def _open(bind: Line, oldest: str | None) -> Iterator[str]:
    if "ssl" not in bind.words:
        yield "without ssl"
        return
    if bind.after("verify") != "required":
        yield "without verify required"
    if not bind.after("ca-file"):
        yield "without ca-file"
    if (bind.after("ssl-min-ver") or oldest) != "TLSv1.3" or any(word.startswith("force-tlsv1") for word in bind.words):
        yield "without ssl-min-ver TLSv1.3"
    if {"crt-ignore-err", "ca-ignore-err", "allow-0rtt"} & set(bind.words):
        yield "with an option that accepts what verification refuses, or a replayed request"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Write `server ... ssl verify required ca-file <root> verifyhost <name> crt <pem>`.",
    see=["HAProxy, server options"],
)
def fronts_verify_whom_they_call(resource: Resource) -> Problems:
    """A server line that leaves the container is TLS, verified by chain and by name.

    haproxy does not check the server's name unless verifyhost or sni tells it to. The one address outside of a fixed
    forward, whose callers are declared, speaks with them end to end.
    """
    for where, all_sections in fronts(resource):
        for section in all_sections:
            if forwards(section, all_sections):
                continue
            through = section.kind == "backend" or passes_through(section, all_sections)
            for line in section.sends:
                if is_loopback(haproxy.target(line)):
                    continue
                if "ssl" not in line.words and through and {"send-proxy", "send-proxy-v2"} & set(line.words):
                    continue
                yield from (f"{where} line {line.number}: server {fault}" for fault in _trusting(line))


def _trusting(line: Line) -> Iterator[str]:
    if "ssl" not in line.words:
        yield "without ssl"
        return
    if line.after("verify") != "required" or not line.after("ca-file"):
        yield "without verify required and ca-file"
    if not (line.after("verifyhost") or line.after("sni")):
        yield "without verifyhost"
    if not line.after("crt"):
        yield "without a certificate of its own"


@each(
    *FILES,
    severity=Severity.HIGH,
    remedy="Write `http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]`, and deny callers not declared.",
)
def fronts_name_the_caller_themselves(resource: Resource) -> Problems:
    """A front overwrites the header that names the caller, and denies callers that are not declared.

    A header that is only added can be sent by the caller itself.
    """
    for where, all_sections in fronts(resource):
        for section in all_sections:
            if haproxy.mode(section, all_sections) != "http":
                continue
            binds = [bind for bind in section.takes if "ssl" in bind.words and bind.after("verify") == "required"]
            rules = section.all("http-request")
            for bind in binds:
                here = f"{where} line {bind.number}: the section of this bind"
                named = [line for line in rules if len(line.words) > 2 and line.words[2].lower() == "x-rempart-caller"]
                if not any(line.words[1] == "set-header" for line in named):
                    yield f"{here} does not set X-Rempart-Caller"
                if any(line.words[1] == "add-header" for line in named):
                    yield f"{here} adds to X-Rempart-Caller"
                if not any(line.words[1] in {"deny", "reject"} for line in rules):
                    yield f"{here} denies nobody"


@each(*FILES, severity=Severity.HIGH, remedy="Correct the configuration: `haproxy -c -f` names the line.")
def front_configuration_is_readable(resource: Resource) -> Problems:
    """A haproxy configuration can be read to its end.

    What cannot be read cannot be judged, and haproxy would not start with it.
    """
    for document in documents(resource, Format.HAPROXY):
        try:
            haproxy.parse(document.text)
        except ValueError:
            yield f"{document.path}: haproxy.cfg has a quotation that does not end"
