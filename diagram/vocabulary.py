"""The vocabulary as a page: every kind of description with its fields, read from the source of its class."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import diagram
from diagram.description import Description
from diagram.link import Protocol
from diagram.zone import MAY_CALL, Zone

TITLE = """\
# Vocabulary

Made from the classes of `diagram/` by `python -m diagram.vocabulary > docs/vocabulary.md`; a test checks that it is
current. A field without a default is required. A kind also has the fields of the kind in brackets.
"""


class Field(NamedTuple):
    """One line of a class: a field of a description, or a member of an enumeration."""

    name: str
    type: str
    default: str
    says: str


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join((TITLE, *_zones(), *_protocols(), *(line for kind in _kinds() for line in _section(kind))))


def _kinds() -> list[type[Description]]:
    exported = (getattr(diagram, name) for name in diagram.__all__)
    found = {base for kind in exported if inspect.isclass(kind) for base in kind.__mro__}
    return sorted(found & set(_descriptions(Description)), key=lambda kind: kind.__name__)


def _descriptions(kind: type[Description]) -> Iterator[type[Description]]:
    for one in kind.__subclasses__():
        yield one
        yield from _descriptions(one)


def _zones() -> Iterator[str]:
    yield "## Zones\n\n| zone | may call |\n|---|---|"
    yield from (f"| {zone} | {', '.join(sorted(MAY_CALL[zone])) or 'nobody'} |" for zone in Zone)
    yield ""


def _protocols() -> Iterator[str]:
    yield "## Protocols\n\n| protocol | |\n|---|---|"
    yield from (f"| {field.name} | {field.says} |" for field in _fields(Protocol))
    yield ""


def _section(kind: type[Description]) -> Iterator[str]:
    (base,) = kind.__bases__
    inherits = f" ({base.__name__})" if base is not Description else ""
    yield f"## {kind.__name__}{inherits}\n\n{inspect.cleandoc(kind.__doc__ or '')}\n"
    if fields := list(_fields(kind)):
        yield "| field | type | default | |\n|---|---|---|---|"
        yield from (f"| `{it.name}` | {it.type} | {it.default and f'`{it.default}`'} | {it.says} |" for it in fields)
        yield ""


def _fields(kind: type) -> Iterator[Field]:
    (source,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(source, ast.ClassDef)
    for statement, following in zip(source.body, [*source.body[1:], ast.Pass()], strict=True):
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))):
                says = " ".join(text.split())
            case _:
                says = ""
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                written = ast.unparse(annotation)
                if not written.startswith("ClassVar"):
                    yield Field(
                        name, written.replace("|", "or").replace("'", ""), ast.unparse(value) if value else "", says
                    )
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.islower():
                yield Field(name, "", ast.unparse(value), says)


if __name__ == "__main__":
    print(page(), end="")
