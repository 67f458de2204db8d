import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.links import Egress, Http, LinkError, Links, Postgres, Redis
from tests.apps.certificates import Authority

ROOT, CALLERS = Authority("root"), Authority("callers of agent")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a caller of one of each kind."""
    folder = tmp_path_factory.mktemp("secrets")
    certificate, key = CALLERS.client("api")
    for name, content in {"root": ROOT.pem, "pair": certificate, "pair.key": key, "password": b"hidden\n"}.items():
        (folder / name).write_bytes(content)
    libpq = f"sslrootcert={folder}/root&sslcert={folder}/pair&sslkey={folder}/pair.key"
    redis = f"ssl_ca_certs={folder}/root&ssl_certfile={folder}/pair&ssl_keyfile={folder}/pair.key"
    return {
        "OAUTH_MANAGER_URL": "https://oauth-manager:8002",
        "OAUTH_MANAGER_CA_FILE": f"{folder}/root",
        "OAUTH_MANAGER_CERT_FILE": f"{folder}/pair",
        "OAUTH_MANAGER_KEY_FILE": f"{folder}/pair.key",
        "POSTGRES_URL": f"postgresql://api_g1@postgres:5432/db?sslmode=verify-full&{libpq}",
        "POSTGRES_PASSWORD_FILE": f"{folder}/password",
        "REDIS_URL": f"rediss://api_g1@redis:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true&{redis}",
        "REDIS_PASSWORD_FILE": f"{folder}/password",
        "EGRESS_PROXY": "http://127.0.0.1:3128",
        "EGRESS_HOSTS": "a.example,b.example",
        "GEMINI_API_KEY_FILE": f"{folder}/password",
        "PUBLIC_URL": "https://assistant.example",
    }


def test_the_environment_describes_every_callee(env: dict[str, str]) -> None:
    links = Links(env)
    assert set(links.callees) == {"oauth-manager", "postgres", "redis", "egress"}
    assert links.to("oauth-manager", Http).url == "https://oauth-manager:8002"
    assert (links.to("redis", Redis).host, links.to("redis", Redis).user) == ("redis", "api_g1")
    assert links.to("egress", Egress).hosts == {"a.example", "b.example"}
    assert links.to("postgres", Postgres).password == "hidden"


def test_no_link_shows_its_password(env: dict[str, str]) -> None:
    assert "hidden" not in repr(Links(env).callees)


def test_a_secret_that_the_stack_lacks_is_absent(env: dict[str, str]) -> None:
    assert Links(env).secret("gemini-api-key") == b"hidden"
    assert Links(env).secret("twilio-auth-token") is None
    with pytest.raises(LinkError, match="TWILIO_AUTH_TOKEN_FILE"):
        Links(env).required_secret("twilio-auth-token")


@pytest.mark.parametrize(
    ("variable", "was", "becomes"),
    [
        ("POSTGRES_URL", "verify-full", "require"),
        ("POSTGRES_URL", "sslrootcert", "unknown"),
        ("REDIS_URL", "rediss", "redis"),
        ("REDIS_URL", "ssl_ca_certs", "unknown"),
        ("OAUTH_MANAGER_URL", "https", "http"),
    ],
)
def test_a_link_that_is_not_verified_is_refused_by_name(
    env: dict[str, str], variable: str, was: str, becomes: str
) -> None:
    with pytest.raises(LinkError, match=variable):
        Links(env | {variable: env[variable].replace(was, becomes)})


def test_a_missing_file_is_named(env: dict[str, str]) -> None:
    del (short := dict(env))["OAUTH_MANAGER_KEY_FILE"]
    with pytest.raises(LinkError, match="OAUTH_MANAGER_KEY_FILE"):
        Links(short)
    with pytest.raises(LinkError, match="agent"):
        Links(env).to("agent", Http)


def test_a_callee_is_believed_by_its_name_and_our_root_only(env: dict[str, str], tmp_path: Path) -> None:
    tls = Links(env).to("oauth-manager", Http).tls
    with server(ROOT.server("oauth-manager"), tmp_path) as port:
        assert handshake(tls, port, "oauth-manager") == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            handshake(tls, port, "agent")
    with (
        server(Authority("root").server("oauth-manager"), tmp_path) as port,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        handshake(tls, port, "oauth-manager")
    with server(ROOT.server("oauth-manager"), tmp_path, ssl.TLSVersion.TLSv1_2) as port, pytest.raises(ssl.SSLError):
        handshake(tls, port, "oauth-manager")


class server:  # noqa: N801
    """A TLS server on a free port of loopback, which demands a caller's certificate."""

    def __init__(
        self, pair: tuple[bytes, bytes], folder: Path, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ) -> None:
        (folder / "callers").write_bytes(CALLERS.pem)
        (folder / "server").write_bytes(pair[0] + pair[1])
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.maximum_version = highest
        self.tls.load_cert_chain(folder / "server")
        self.tls.load_verify_locations(folder / "callers")
        self.tls.verify_mode = ssl.CERT_REQUIRED
        self.socket = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=lambda: list(self._serve()), daemon=True).start()
        port: int = self.socket.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _serve(self) -> Iterator[None]:
        while True:
            try:
                accepted, _ = self.socket.accept()
            except OSError:
                return
            try:
                with self.tls.wrap_socket(accepted, server_side=True) as greeted:
                    greeted.sendall(b"welcome")
            except OSError:
                pass
            yield


def handshake(tls: ssl.SSLContext, port: int, name: str) -> str | None:
    """The TLS version of a connection over which the server spoke."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    with connection, tls.wrap_socket(connection, server_hostname=name) as verified:
        assert verified.recv(7) == b"welcome"
        return verified.version()
