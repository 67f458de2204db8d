"""A handshake with one group, by whichever Python runs this: that of Debian 12 knows but a few of them itself."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.images.certificates import Authority
from verify.group import agree
from verify.public import Public


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Public]:
    """A server that speaks P-256 alone."""
    root = Authority("root")
    leaf = root.server("gateway")
    (tmp_path / "leaf").write_bytes(leaf.certificate.encode() + leaf.key.encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "leaf")
    context.set_ecdh_curve("prime256v1")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                with plain:
                    try:
                        context.wrap_socket(plain, server_side=True).close()
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield Public("gateway", 0, listener.getsockname()[1], root.certificate.encode())
        listener.shutdown(socket.SHUT_RDWR)


def test_the_one_that_the_gateway_speaks_is_agreed_on(gateway: Public) -> None:
    assert agree(gateway, "prime256v1") == (True, "TLSv1.3")


@pytest.mark.parametrize("group", ["X25519", "X448", "secp384r1"])
def test_another_is_refused_by_the_gateway(gateway: Public, group: str) -> None:
    agreed, why = agree(gateway, group)
    assert not agreed
    assert "HANDSHAKE_FAILURE" in why


def test_a_gateway_that_is_not_what_it_says_is_refused_by_the_client(gateway: Public) -> None:
    agreed, why = agree(Public("another", 0, gateway.https, gateway.roots), "prime256v1")
    assert not agreed
    assert why == "CERTIFICATE_VERIFY_FAILED"
