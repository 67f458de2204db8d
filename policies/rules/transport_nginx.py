"""Transport at the gateway: what its nginx.conf promises, read as nginx reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from .kit import nginx
from .kit.documents import Format, documents
from .kit.haproxy import is_loopback
from .kit.resource import Resource
from .kit.rule import FILES, Problems, Severity, each

CONTENT = ("proxy_pass", "root", "alias", "fastcgi_pass", "uwsgi_pass", "grpc_pass", "autoindex", "dav_methods")
YEARS_2 = 63_072_000


def servers(resource: Resource) -> Iterator[tuple[str, nginx.Directive]]:
    """The server blocks of each nginx configuration, with where it stands."""
    for document in documents(resource, Format.NGINX):
        with suppress(ValueError):  # a rule of its own says so
            for server in nginx.parse(document.text).all("server"):
                yield f"{document.path}: nginx.conf", server


def _listens_beyond_loopback(server: nginx.Directive) -> bool:
    listens = server.own("listen")
    return not listens or any(
        not is_loopback(listen.args[0].removeprefix("unix:/")) for listen in listens if listen.args
    )


@each(
    *FILES,
    severity=Severity.HIGH,
    remedy="Correct the configuration: `nginx -t` names the line.",
)
def gateway_configuration_is_readable(resource: Resource) -> Problems:
    """An nginx configuration can be read to its end.

    What cannot be read cannot be judged, and nginx would not start with it.
    """
    for document in documents(resource, Format.NGINX):
        try:
            nginx.parse(document.text)
        except ValueError as error:
            yield f"{document.path}: nginx.conf {error}"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Write `ssl_protocols TLSv1.3;` in the http block and nothing else about it elsewhere.",
    see=["Mozilla Server Side TLS, modern", "OWASP Transport Layer Security"],
)
def gateways_speak_tls13_only(resource: Resource) -> Problems:
    """Every TLS server of nginx accepts TLS 1.3 and nothing older.

    nginx's own default accepts TLS 1.2 and below; one server of several decides for all on its address.
    """
    for where, server in servers(resource):
        if server.is_tls and not server.says("ssl_protocols", "TLSv1.3"):
            yield f"{where} line {server.line}: ssl_protocols is not exactly TLSv1.3"


@each(
    *FILES,
    severity=Severity.HIGH,
    remedy="Let a server without TLS only `return 301 https://...`, or listen on loopback.",
    see=["OWASP Transport Layer Security"],
)
def clear_servers_only_redirect(resource: Resource) -> Problems:
    """A server of nginx without TLS hands out nothing but a redirect or a fixed answer.

    What is served in clear once is served in clear to whoever strips TLS.
    """
    for where, server in servers(resource):
        in_http = server.parent is not None and server.parent.name == "http"
        if in_http and not server.is_tls and _listens_beyond_loopback(server):
            for name in CONTENT:
                for directive in server.all(name):
                    yield f"{where} line {directive.line}: {name} on a server without TLS"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Use proxy_pass https:// with proxy_ssl_verify on, proxy_ssl_trusted_certificate, proxy_ssl_certificate and "
    "proxy_ssl_session_reuse off.",
    see=["nginx, ngx_http_proxy_module"],
)
def upstreams_are_verified(resource: Resource) -> Problems:
    """nginx calls its upstreams over TLS, verifies them, and shows its own certificate.

    nginx does not verify upstreams by default, and reuses one client's TLS session for another's identity.
    """
    for where, server in servers(resource):
        for directive in server.all("proxy_pass"):
            here = f"{where} line {directive.line}: proxy_pass"
            target = directive.args[0] if directive.args else ""
            if re.match(r"http://(127\.|localhost|unix:)", target):
                continue
            block = directive.parent or server
            if not target.startswith("https://"):
                if server.parent is None or server.parent.name == "http":
                    yield f"{here} is not https"
                continue
            yield from (f"{here} {missing}" for missing in _unverified(block))


def _unverified(block: nginx.Directive) -> Iterator[str]:
    if not block.says("proxy_ssl_verify", "on"):
        yield "without proxy_ssl_verify on"
    for name in ("proxy_ssl_trusted_certificate", "proxy_ssl_certificate", "proxy_ssl_certificate_key"):
        if not block.inherited(name):
            yield f"without {name}"
    if not block.says("proxy_ssl_session_reuse", "off"):
        yield "without proxy_ssl_session_reuse off"
    if block.inherited("proxy_ssl_protocols") and not block.says("proxy_ssl_protocols", "TLSv1.3"):
        yield "with proxy_ssl_protocols below TLSv1.3"


def _public(resource: Resource) -> Iterator[tuple[str, nginx.Directive]]:
    """The servers that anybody may call: TLS, and no client certificate asked for."""
    for where, server in servers(resource):
        if server.is_tls and not server.says("ssl_verify_client", "on"):
            yield where, server


@each(
    *FILES,
    severity=Severity.MEDIUM,
    remedy=f'Write `add_header Strict-Transport-Security "max-age={YEARS_2}" always;` wherever add_header is.',
    see=["Mozilla Server Side TLS", "RFC 6797"],
)
def gateways_promise_tls(resource: Resource) -> Problems:
    """Every public TLS server of nginx sends Strict-Transport-Security for two years, on errors too.

    A block with an add_header of its own inherits none, so the header silently disappears there.
    """
    for where, server in _public(resource):
        for block in [server, *server.all("location")]:
            headers = [header.args for header in block.inherited("add_header")]
            sent = [args for args in headers if args and args[0].lower() == "strict-transport-security"]
            ages = [int(age) for args in sent for age in re.findall(r"max-age=(\d+)", " ".join(args))]
            if not ages or min(ages) < YEARS_2 or not all("always" in args for args in sent):
                yield f"{where} line {block.line}: no Strict-Transport-Security of two years"


@each(
    *FILES,
    severity=Severity.MEDIUM,
    remedy="Set server_tokens off, client_max_body_size, client_header_timeout, client_body_timeout and send_timeout.",
    see=["CIS NGINX 2.5.1, 5.2.1 and 5.2.2"],
)
def gateways_limit_their_clients(resource: Resource) -> Problems:
    """Every public server of nginx limits the size and time of a request, and hides its version.

    A client that sends slowly or without end holds a connection that others need.
    """
    for where, server in _public(resource):
        here = f"{where} line {server.line}:"
        if not server.says("server_tokens", "off"):
            yield f"{here} server_tokens is not off"
        for name in ("client_max_body_size", "client_header_timeout", "client_body_timeout", "send_timeout"):
            if not server.inherited(name) or server.says(name, "0"):
                yield f"{here} {name} is not limited"
