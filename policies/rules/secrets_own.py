"""Secrets, the stack's own: where their values stand beside a docker.Secret, and what is made from them."""

from __future__ import annotations

from typing import Any, Final

from .kit.channels import SHOWN, channels
from .kit.own import MADE, Own
from .kit.rule import SECRET, Severity, whole_stack
from .kit.stack import Stack

REMEDY: Final = "Mount the docker.Secret and pass the path of its file; then rotate the secret, which has been seen."
OWASP: Final = ["OWASP Docker rule 12", "CIS Docker 4.10", "CWE-200"]


@whole_stack(severity=Severity.CRITICAL, remedy=REMEDY, see=OWASP)
def own_secrets_stand_nowhere_else(stack: Stack) -> Any:
    """No secret of the stack stands in anything but its docker.Secret: not in plain, encoded, nor in pieces.

    Whoever may inspect a container, a config, an image or the state reads every other property in clear, and an
    encoding hides nothing.
    """
    own = Own(stack)
    if not own:
        return
    for resource in stack.resources:
        places = list(channels(resource))
        whole = set()
        for place in places:
            if place.path in resource.sealed:  # the rule about what Pulumi holds to be secret says so
                continue
            for name, form in own.within(place.text):
                whole.add(name)
                yield resource.urn, f"{place.path} holds the secret of {name} {form}"
        for name, paths in own.split(places):
            if name not in whole:
                yield resource.urn, f"{' and '.join(paths)} hold the secret of {name} in pieces"


@whole_stack(severity=Severity.CRITICAL, remedy=REMEDY, see=OWASP)
def generated_secrets_reach_secrets_only(stack: Stack) -> Any:
    """What RandomPassword, RandomBytes or PrivateKey make goes into a docker.Secret, and into nothing else of Docker.

    At the first preview the value does not exist yet: what a property is made from already tells where it will stand.
    """
    for resource in stack.of(*(SHOWN - {SECRET})):
        for name in resource.dependencies:
            for source in stack.sources(resource, name):
                if source.type in MADE:
                    yield resource.urn, f"{name} is made from the secret of {source.name}"
