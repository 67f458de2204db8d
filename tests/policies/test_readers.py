"""The readers of other programs' configuration, on what makes a substring search go wrong."""

from __future__ import annotations

import pytest

from policies.rules.kit import haproxy, nginx, settings_files
from policies.rules.kit.address import addresses
from policies.rules.kit.documents import Format, format_of
from policies.rules.kit.node import Node
from policies.rules.kit.workload import seconds


def test_nginx_inherits_from_the_nearest_block_that_says_anything() -> None:
    root = nginx.parse("http { a 1; server { location / { a 2; } location /x { b 1; } } }")
    first, second = root.all("location")
    assert [d.args for d in first.inherited("a")] == [("2",)]
    assert [d.args for d in second.inherited("a")] == [("1",)]


def test_nginx_comments_quotes_and_variables_are_words_not_structure() -> None:
    root = nginx.parse("""log_format x '{ "a": "$b;" }'; # } server {\nset $c "a\\"b"; map ${d}e { default 0; }""")
    assert [(d.name, d.line) for d in root.children] == [("log_format", 1), ("set", 2), ("map", 2)]
    assert root.children[0].args == ("x", '{ "a": "$b;" }')


@pytest.mark.parametrize("text", ["http {", "}", "a 1; }", "a 1", "server { a }"])
def test_nginx_that_does_not_end_well_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"line|ends"):
        nginx.parse(text)


def test_haproxy_knows_its_sections_and_their_mode() -> None:
    sections = haproxy.parse("defaults\n mode http\nfrontend a\n bind :1 # bind :2\nlisten b\n mode tcp\n bind :3\n")
    assert [(s.kind, s.name, haproxy.mode(s, sections)) for s in sections[1:]] == [
        ("frontend", "a", "http"),
        ("listen", "b", "tcp"),
    ]
    assert [bind.words for bind in sections[1].takes] == [["bind", ":1"]]


def test_the_last_setting_of_postgresql_wins_and_comments_do_not_count() -> None:
    assert settings_files.postgresql("ssl = off\n#ssl = on\nSSL on # yes\nx='it''s'") == {"ssl": "on", "x": "it''s"}


def test_hba_records_are_read_by_column() -> None:
    local, net, cidr = settings_files.hba(
        'local all rempart peer\nhost "my db" +api 10.0.0.0 255.255.255.0 md5\n'
        "hostssl all all 10.0.0.0/8 cert clientcert=verify-full map=x # trust\n"
    )
    assert (local.address, local.method) == ("", "peer")
    assert (net.database, net.address, net.method) == ("my db", "10.0.0.0/255.255.255.0", "md5")
    assert (cidr.method, cidr.options) == ("cert", {"clientcert": "verify-full", "map": "x"})


@pytest.mark.parametrize(
    ("text", "host", "local"),
    [
        ("postgresql://u:p%40ss@db:5432,db2/x?a=1", "db", False),
        ("redis://127.0.0.1:6379", "127.0.0.1", True),
        ("https://[::1]:8000/", "::1", True),
        ("unix:///run/x", "", True),
        ("see http://localhost.evil.example/", "localhost.evil.example", False),
    ],
)
def test_addresses_are_taken_apart(text: str, host: str, local: bool) -> None:
    [address] = addresses(text)
    assert (address.host, address.is_local) == (host, local)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1m30s", 90.0), ("500ms", 0.5), (7, 7.0), ("5", None), ("soon", None), (None, None), ("1h2x", None)],
)
def test_durations(text: object, expected: float | None) -> None:
    assert seconds(Node(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# listen x\nserver {\n listen 8443;\n}\n", Format.NGINX),
        ("listen stats\n  bind :1\n", Format.HAPROXY),
        ("port = 5432\nssl = on\n", Format.POSTGRESQL),
        ("tls-port 6379\n", Format.REDIS),
        ("CREATE TABLE host (name text);\n", None),
        ("level: info\n", None),
    ],
)
def test_a_file_is_known_by_its_grammar(text: str, expected: Format | None) -> None:
    assert format_of(text) is expected
