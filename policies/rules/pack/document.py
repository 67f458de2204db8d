"""What Pulumi writes about a stack: its export, its state file, or what `pulumi preview --json` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from report.plan import Change

from ..kit.resource import SECRET, SIGNATURE, Options, Resource, unsealed

ACCEPTED: Final = "what `pulumi stack export` or `pulumi preview --json` prints, or a state file"
_GONE: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})


def resources(document: Any) -> list[Resource]:
    """The resources that there are, or will be. Raises ValueError, naming the place, for a document of another kind."""
    return list(_resources(document))


def _resources(document: Any) -> Iterator[Resource]:
    if not isinstance(document, Mapping):
        raise ValueError("must be a JSON object")
    if "steps" in document:
        for place, step in _listed(document, "steps"):
            if _text(step, "op", place) not in _GONE and step.get("newState"):
                yield _resource(step["newState"], f"{place}.newState")
        return
    keys = ("checkpoint", "latest") if "checkpoint" in document else ("deployment",)
    held: Any = document
    for key in keys:
        held = held.get(key) if isinstance(held, Mapping) else None
    if not isinstance(held, Mapping):
        raise ValueError(f"has neither steps nor {'.'.join(keys)}")
    for place, entry in _listed(held, "resources"):
        if not entry.get("delete"):
            yield _resource(entry, place)


def changes(document: Mapping[str, Any]) -> list[Change]:
    """What a preview would do; nothing for a stack as it is."""
    return [
        Change(
            op=step["op"],
            urn=_text(step, "urn", place),
            diffs=tuple(step.get("diffReasons") or ()),
            keys=tuple(step.get("replaceReasons") or ()),
            old=_shown((step.get("oldState") or {}).get("inputs") or {}),
            new=_shown((step.get("newState") or {}).get("inputs") or {}),
        )
        for place, step in (_listed(document, "steps") if "steps" in document else ())
    ]


def _listed(held: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    listed = held.get(key) or []
    if not isinstance(listed, list):
        raise ValueError(f"{key}: must be a list")
    for index, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            raise ValueError(f"{key}[{index}]: must be an object")
        yield f"{key}[{index}]", entry


def _text(entry: Mapping[str, Any], key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or (key == "urn" and value.count("::") < 3):
        raise ValueError(f"{place}.{key}: must be {'a URN' if key == 'urn' else 'a text'}")
    return value


def _resource(entry: Any, place: str) -> Resource:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("inputs") or {}, Mapping):
        raise ValueError(f"{place}: must be an object with inputs")
    urn = _text(entry, "urn", place)
    props, sealed = unsealed(entry.get("inputs") or {})
    return Resource(
        type=_text(entry, "type", place),
        name=urn.rpartition("::")[2],
        urn=urn,
        props=props,
        sealed=sealed,
        options=Options(protect=True) if entry.get("protect") else None,
        dependencies=entry.get("propertyDependencies") or {},
        made=unsealed(entry.get("outputs") or {})[0],
    )


def _shown(value: Any) -> Any:
    """`value` without what is sealed in it."""
    if isinstance(value, Mapping):
        return "[secret]" if value.get(SIGNATURE) == SECRET else {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value
