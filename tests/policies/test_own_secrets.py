"""A value that the stack keeps as a secret is found wherever else it stands, whatever it is dressed in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import CONFIG, CONTAINER, NETWORK, SECRET, SERVICE, VOLUME
from policies.rules.kit.stack import Stack
from policies.rules.secrets_own import own_secrets_stand_nowhere_else

URN = "urn:pulumi:dev::shop::{}::{}"
SPEC = "containerSpec"
ENCODINGS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "within a sentence": lambda value: f"use {value}, please",
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for URLs, behind a user's name": lambda value: base64.urlsafe_b64encode(f"u:{value}".encode()).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
    "HEXADECIMAL": lambda value: value.encode().hex().upper(),
    "URL": lambda value: quote(value, safe=""),
    "URL, every character": lambda value: "".join(f"%{byte:02x}" for byte in value.encode()),
    "base64 of hexadecimal": lambda value: base64.b64encode(value.encode().hex().encode()).decode(),
}
CHANNELS: Mapping[str, Callable[[str], Resource]] = {
    "env": lambda text: service({"env": {"GREETING": text}}),
    "args": lambda text: service({"args": ["serve", text]}),
    "command": lambda text: service({"commands": ["sh", "-c", f"exec app {text}"]}),
    "health check": lambda text: service({"healthcheck": {"tests": ["CMD-SHELL", f"probe {text}"]}}),
    "label": lambda text: service({"labels": [{"label": "note", "value": text}]}),
    "host name": lambda text: service({"hostname": text}),
    "extra host": lambda text: service({"hosts": [{"host": text, "ip": "10.0.0.1"}]}),
    "log option": lambda text: made(SERVICE, {"taskSpec": {"logDriver": {"options": {"tag": text}}}}),
    "alias": lambda text: made(SERVICE, {"taskSpec": {"networksAdvanceds": [{"id": "n", "aliases": [text]}]}}),
    "driver option": lambda text: made(VOLUME, {"driverOpts": {"o": text}}),
    "network option": lambda text: made(NETWORK, {"options": {"x": text}}),
    "config object": lambda text: made(CONFIG, {"data": base64.b64encode(f"x: {text}\n".encode()).decode()}),
    "raw config": lambda text: made(CONFIG, {"dataRaw": f"x: {text}\n"}),
    "upload": lambda text: made(CONTAINER, {"uploads": [{"file": "/x", "content": f"x={text}"}]}),
    "a container's env": lambda text: made(CONTAINER, {"envs": [f"X={text}"]}),
    "build argument": lambda text: made("docker:index/image:Image", {"build": {"args": {"X": text}}}),
    "a URL's user": lambda text: service({"env": {"URL": f"https://{text}:x@host/"}}),
    "a key": lambda text: service({"env": {text: "x"}}),
}
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=48).map("Zq7!".__add__)


def made(type_: str, props: dict[str, Any], **more: Any) -> Resource:
    return Resource(type_, "leaky", URN.format(type_, "leaky"), props, **more)


def service(container: dict[str, Any]) -> Resource:
    return made(SERVICE, {"taskSpec": {SPEC: container}})


def kept(value: str) -> Resource:
    data = base64.b64encode(value.encode()).decode()
    return Resource(SECRET, "keeper", URN.format(SECRET, "keeper"), {"data": data})


def found(value: str, *others: Resource) -> list[str]:
    return [problem for _, problem in own_secrets_stand_nowhere_else(Stack([kept(value), *others]))]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=5)
@given(value=secrets)
def test_a_secret_is_found_in_every_channel_and_encoding(channel: str, encoding: str, value: str) -> None:
    problems = found(value, CHANNELS[channel](ENCODINGS[encoding](value)))
    assert any("secret of keeper" in problem for problem in problems)
    assert not any(value in problem for problem in problems)


@pytest.mark.parametrize("encoding", ["plain", "base64", "hexadecimal"])
@settings(max_examples=30)
@given(value=secrets, cut=st.integers(4, 8))
def test_a_secret_in_pieces_is_found(encoding: str, value: str, cut: int) -> None:
    whole = ENCODINGS[encoding](value)
    halves = service({"env": {"A": whole[:cut], "Z": whole[cut:]}, "args": ["serve"]})
    assert found(value, halves)


def test_what_a_generator_made_is_a_secret_without_a_docker_secret() -> None:
    value = "aB3dE6gH9jK2mN5p"
    password = made("random:index/randomPassword:RandomPassword", {"length": 16}, made={"result": value})
    problems = own_secrets_stand_nowhere_else(Stack([password, service({"env": {"X": value}})]))
    assert [problem for _, problem in problems] == ["taskSpec.containerSpec.env.X holds the secret of leaky in plain"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("production", "the-productions-of-others"),
        ("tooshrt", "tooshrt"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nMIIB\n"),
        ("correct horse battery", "correct horse stable"),
    ],
)
def test_what_only_resembles_a_secret_is_left_alone(value: str, text: str) -> None:
    assert found(value, service({"env": {"X": text}})) == []
