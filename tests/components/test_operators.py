"""A gateway's pages for operators: by certificate, and nobody else is asked for one."""

import pytest
from pydantic import ValidationError

from components.text import nginx
from diagram import Gateway, Route, Service

WEB = Service(name="web", image="x", port=80)
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_a_gateway_without_operators_asks_no_client_for_a_certificate() -> None:
    text = nginx.gateway(Gateway(name="gateway", image="x", routes=(Route(path="/", to=WEB, rate=1, burst=1),)), [], [])
    assert "ssl_verify_client" not in text
    assert text.count("location / {") == 1


def test_a_page_of_operators_is_refused_before_it_is_handed_on() -> None:
    route = Route(path="/", to=WEB, rate=1, burst=1, operators=True)
    text = nginx.gateway(Gateway(name="gateway", image="x", routes=(route,), operators=PEM), [], [])
    assert "ssl_verify_client optional;" in text
    location = text[text.index("location / {") :]
    assert location.index("if ($ssl_client_verify != SUCCESS)") < location.index("proxy_pass")


@pytest.mark.parametrize("pem", ["", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "alice"])
def test_operators_without_their_authority_are_refused(pem: str) -> None:
    route = Route(path="/", to=WEB, rate=1, burst=1, operators=True)
    with pytest.raises(ValidationError, match="operators"):
        Gateway(name="gateway", image="x", routes=(route,), operators=pem)
