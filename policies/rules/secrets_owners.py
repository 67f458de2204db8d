"""Secrets, whose they are: who may read them, under which name, and since when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from .kit.documents import decoded
from .kit.own import MADE
from .kit.resource import Resource
from .kit.rule import SECRET, SERVICE, Profile, Severity, whole_stack
from .kit.secret import CERTIFICATE
from .kit.stack import Stack

READERS: Final = "rempart.readers"
SINCE: Final = "rempart.since"
ROTATES: Final = "rempart.rotates"
EVERYBODY: Final = "*"
DAY: Final = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DAYS: Final = {
    name: {"type": "integer", "minimum": 1, "default": days, "description": f"The oldest {what}, in days."}
    for name, days, what in (
        ("database", 90, "password of a database, a cache or a queue"),
        ("oauth", 180, "OAuth client secret"),
        ("administrators", 180, "administrator's password"),
        ("encryption", 365, "encryption key"),
    )
}

Settings = dict[str, Any]


def _made_from(stack: Stack, secret: Resource) -> list[Resource]:
    """The generators that a Docker secret holds something of."""
    return [source for source in stack.sources(secret, "data") if source.type in MADE]


@whole_stack(
    severity=Severity.HIGH,
    remedy=f"Name the services that may mount the secret in its label {READERS}, or make one of its own for each.",
    see=["OWASP Secrets Management, 2.1"],
)
def secrets_are_read_by_their_owners_only(stack: Stack) -> Any:
    """A Docker secret is mounted by the services that it was made for.

    A secret that travels from service to service is lost with the weakest of them. The label names them; without it a
    secret is for one service.
    """
    for urn, services in stack.users(SECRET, SERVICE, "taskSpec").items():
        secret = stack.by_urn[urn]
        declared = secret.labels.get(READERS)
        if declared == EVERYBODY and not _made_from(stack, secret):
            continue
        if declared is None:
            if len(services) > 1:
                yield urn, f"{len(services)} services mount it, and labels has no {READERS}"
            continue
        for service in services:
            if service.labels.get("rempart.service", service.name) not in declared.split(","):
                yield service.urn, f"mounts {secret.name}, whose {READERS} does not name it"


@whole_stack(
    severity=Severity.MEDIUM,
    remedy="Make one docker.Secret of the value, and let each of its readers mount that.",
    see=["OWASP Secrets Management, 2.6"],
)
def values_have_one_name(stack: Stack) -> Any:
    """No value is in two Docker secrets.

    When it is rotated under one name, the other still opens what it opened.
    """
    known: dict[Any, str] = {}
    for secret in stack.of(SECRET):
        for identity in _identities(stack, secret):
            first = known.setdefault(identity, secret.name)
            if first != secret.name:
                yield secret.urn, f"data is the value of {first} under a second name"
                break


def _identities(stack: Stack, secret: Resource) -> Iterator[Any]:
    """What makes the value of a secret the same as another's: its text, or that both are made from one generator."""
    data = secret.at("data")
    if not data.unknown and data.text:
        text = decoded(data.text) or data.text
        if CERTIFICATE.sub("", text).strip():
            yield text
    sources = list(stack.sources(secret, "data"))
    if len(sources) == 1 and sources[0].type in MADE:
        yield sources[0].urn


@whole_stack(
    severity=Severity.HIGH,
    remedy="Rotate it: raise generations.current in the settings, and write the day into generations.since.",
    see=["OWASP Secrets Management, 2.5", "NIST SP 800-57, 5.3"],
    settings=DAYS,
)
def secrets_are_rotated(stack: Stack, settings: Settings) -> Any:
    """A secret is younger than the limit for what it opens: 90 days, 180 or 365.

    Who copied it long ago still comes in. A secret says when it was made in its label rempart.since, a generator of
    pulumi-random in a date among its keepers; what it opens stands in rempart.rotates, and is a database without it.
    """
    for resource, made in _dated(stack):
        limit = int(settings.get(resource.labels.get(ROTATES, "database")) or settings["database"])
        if (stack.today - made).days > limit:
            yield resource.urn, f"was made more than {limit} days ago"


def _dated(stack: Stack) -> Iterator[tuple[Resource, date]]:
    for resource in stack.resources:
        said = [resource.labels.get(SINCE, "")] if resource.type == SECRET else []
        if resource.type in MADE:
            said = [keeper.text for _, keeper in resource.at("keepers").entries() if not keeper.unknown]
        for text in said:
            try:
                for year, month, day in DAY.findall(text):
                    yield resource, date(int(year), int(month), int(day))
            except ValueError:  # digits that are no date
                continue


@whole_stack(
    severity=Severity.LOW,
    remedy="Write the day of the first deployment into generations.since of the stack's settings.",
    profile=Profile.PRODUCTION,
    advisory=True,
)
def secrets_say_since_when(stack: Stack) -> Any:
    """In production a generated secret says when it was made.

    Without a date nobody is told that its time is over: previews see no clock of the resources.
    """
    silent = [secret for secret in stack.of(SECRET) if _made_from(stack, secret) and SINCE not in secret.labels]
    words = [secret for secret in silent if any("random" in source.type for source in _made_from(stack, secret))]
    if words:
        yield words[0].urn, f"labels has no {SINCE}, here and in {len(words) - 1} others"
