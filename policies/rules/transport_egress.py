"""Transport at the egress: whose connections a squid.conf takes."""

from __future__ import annotations

from .kit.documents import Format, documents, lines
from .kit.resource import Resource
from .kit.rule import FILES, Problems, Severity, each

LOOPBACK = ("127.", "localhost", "[::1]")


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Write `https_port P tls-cert=... tls-key=... tls-clientca=... tls-min-version=1.3`.",
    see=["Squid, https_port"],
)
def egress_knows_its_callers(resource: Resource) -> Problems:
    """The egress proxy takes TLS 1.3 connections only, from callers that show a certificate.

    Otherwise whoever reaches the proxy goes out under another's name.
    """
    listening = [(at, *line) for at in documents(resource, Format.SQUID) for line in lines(at.text)]
    for document, number, line in listening:
        name, *words = line.split()
        where = f"{document.path}: squid.conf line {number}"
        if name == "http_port" and not (words and words[0].startswith(LOOPBACK)):
            yield f"{where} listens in clear"
        if name == "https_port":
            options = dict(word.partition("=")[::2] for word in words[1:])
            if not (options.get("tls-clientca") or options.get("clientca")):
                yield f"{where} asks for no certificate"
            if options.get("tls-min-version") != "1.3":
                yield f"{where} accepts less than TLS 1.3"
            if "DONT_VERIFY_PEER" in options.get("sslflags", ""):
                yield f"{where} does not verify its callers"
