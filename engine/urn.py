"""URNs: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`."""

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


def build(stack: str, project: str, parent: str, type: str, name: str) -> str:  # noqa: A002 - Pulumi's word
    """The URN of a resource; the types of its parents qualify its own, the stack's type excepted."""
    above = qualified_type(parent) if parent else ""
    chain = f"{above}${type}" if above and above != STACK_TYPE else type
    return f"urn:pulumi:{stack}::{project}::{chain}::{name}"


def qualified_type(urn: str) -> str:
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    return urn.split("::", 3)[3]


def is_provider(type: str) -> bool:  # noqa: A002
    return type.startswith(PROVIDER_PREFIX)


def is_default_provider(urn: str) -> bool:
    """Whether the engine made it by itself; nobody counts those."""
    name = name_of(urn)
    return is_provider(type_of(urn)) and (name == "default" or name.startswith("default_"))


def reference(urn: str, id: str) -> str:  # noqa: A002
    """A provider as resources refer to it."""
    return f"{urn}::{id}"


def referred(reference: str) -> str:
    """The URN in a provider's reference."""
    return reference.rsplit("::", 1)[0]


def package_of(type: str) -> str:  # noqa: A002
    return type.split(":", 1)[0]
