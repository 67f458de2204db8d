"""The parts of a URN: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`."""

from typing import Final

STACK: Final = "pulumi:pulumi:Stack"
_PROVIDER: Final = "pulumi:providers:"


def chain_of(urn: str) -> str:
    """The resource's type, qualified by those of its parents."""
    return next(iter(urn.split("::", 3)[2:]), "")


def type_of(urn: str) -> str:
    return chain_of(urn).rsplit("$", 1)[-1]


def kind_of(urn: str) -> str:
    """The type as people say it: the word after the last colon."""
    return type_of(urn).rpartition(":")[2]


def name_of(urn: str) -> str:
    """The resource's name; the stack is meant where there is no URN."""
    return urn.split("::", 3)[-1] if urn else "the stack"


def stack_name(urn: str) -> str:
    """The name of the stack's own resource."""
    return "-".join(reversed(urn.removeprefix("urn:pulumi:").split("::", 2)[:2]))


def is_provider(urn: str) -> bool:
    return type_of(urn).startswith(_PROVIDER)
