"""Secrets and what they are made from."""

from __future__ import annotations

import base64
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import SECRET, Problems, Severity, each, whole_stack
from .kit.stack import Stack

PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105 -- a resource type
BYTES: Final = "random:index/randomBytes:RandomBytes"
WEAK: Final = frozenset({
    "random:index/randomString:RandomString", "random:index/randomId:RandomId", "random:index/randomUuid:RandomUuid",
    "random:index/randomUuid4:RandomUuid4", "random:index/randomUuid7:RandomUuid7", "random:index/randomPet:RandomPet",
    "random:index/randomInteger:RandomInteger", "random:index/randomShuffle:RandomShuffle",
})  # fmt: skip
CLASSES: Final = ("lower", "upper", "numeric", "special")

Settings = dict[str, Any]


@each(
    PASSWORD,
    severity=Severity.HIGH,
    remedy="Set length to 24 or more, and leave at least lower and upper case letters and digits on.",
    see=["OWASP Password Storage", "NIST SP 800-63B"],
    settings={"length": {"type": "integer", "minimum": 16, "default": 24, "description": "The shortest password."}},
)
def passwords_are_long(password: Resource, settings: Settings) -> Problems:
    """A generated password has at least 24 characters of at least three classes.

    Below that, a stolen hash can be searched.
    """
    if (password.at("length").number or 0) < settings["length"]:
        yield f"length is below {settings['length']}"
    classes = [name for name in CLASSES if password.at(name).value is not False]
    if len(classes) < 3:
        yield "fewer than three classes of characters are on"


@each(
    BYTES,
    severity=Severity.HIGH,
    remedy="Set length to 32 (bytes) or more; 16 is the least for a key.",
    settings={"length": {"type": "integer", "minimum": 16, "default": 16, "description": "The fewest bytes of a key."}},
)
def keys_have_enough_bytes(made: Resource, settings: Settings) -> Problems:
    """A generated key has at least 128 bits.

    A shorter one can be searched.
    """
    if (made.at("length").number or 0) < settings["length"]:
        yield f"length is below {settings['length']} bytes"


@each(
    SECRET, severity=Severity.HIGH, remedy="Give the secret at least 8 characters; generate them with RandomPassword."
)
def secrets_hold_something(secret: Resource) -> Problems:
    """A Docker secret holds at least 8 characters of valid base64.

    An empty or tiny secret is a mistake that lets everybody in where an empty password is accepted.
    """
    data = secret.at("data")
    if data.unknown:  # nothing can be said before it is made, and whatever makes it has rules of its own
        return
    try:
        held = base64.b64decode(data.text, validate=True)
    except ValueError:
        yield "data is not base64"
        return
    if len(held.strip()) < 8:
        yield "data holds less than 8 characters"


@whole_stack(severity=Severity.HIGH, remedy="Use RandomPassword or RandomBytes, whose results Pulumi encrypts.")
def weak_generators_make_no_secret(stack: Stack) -> Any:
    """No Docker secret is made by a generator whose result is not secret.

    RandomString, RandomId, RandomUuid and their like stand in clear in state, previews and logs.
    """
    for secret in stack.of(SECRET):
        for source in stack.sources(secret, "data"):
            if source.type in WEAK:
                yield secret.urn, f"data is made from a {source.type.rpartition(':')[2]}"
