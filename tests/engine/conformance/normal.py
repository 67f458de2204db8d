"""Recorded and actual runs in one normal form: without ids, times, machine paths, and order where it is free."""

import re
from collections import Counter
from typing import Any

Json = Any

_AUTO = re.compile(r"-[0-9a-f]{7}(?=$|/|\b)")
_IDS = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-z]{25})\b")
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_VOLUMES = re.compile(r"^/.*(?=/volumes/)")
_NOT_RECORDED = {"id", "created", "modified", "provider", "sourcePosition", "stackTrace"}
_OWN_VALUES = {  # outputs that are random, or that belong to the machine
    "b64Std", "b64Url", "dec", "hex", "result",
    "publicKeyFingerprintMd5", "publicKeyFingerprintSha256", "publicKeyOpenssh",
    "com.docker.network.driver.overlay.vxlanid_list", "g",
}  # fmt: skip


def steps(recorded: list[Json], *, named: bool = True) -> Counter[tuple[Json, ...]]:
    """The steps, `named` with the properties that differ, as a bag: their order is compared separately."""
    return Counter((step["op"], step["urn"], *(_properties(step) if named else ())) for step in recorded)


def _properties(step: Json) -> tuple[Json, ...]:
    return tuple(tuple(sorted(step.get(which) or ())) for which in ("diffs", "keys"))


def order(recorded: list[Json], dependencies: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Pairs of steps of which the order is fixed: those on one resource, and those on resources that use each other.

    What stays as it is comes whenever the program says so, before or after what needed it is deleted for another cause.
    """
    pairs = []
    for index, first in enumerate(recorded):
        for second in recorded[index + 1 :]:
            one, other = first["urn"], second["urn"]
            if one != other and "same" in (ops := {first["op"], second["op"]}) and ops & {"delete", "delete-replaced"}:
                continue
            if one == other or other in dependencies.get(one, ()) or one in dependencies.get(other, ()):
                pairs.append((first["op"], one, second["op"], other))
    return sorted(pairs)


def short(urn: str) -> str:
    """A URN without stack and project."""
    return "::".join(urn.split("::")[2:]) if urn.startswith("urn:") else urn


def state(resources: list[Json], *, sort: bool = True) -> list[Json]:
    """Resources as the checkpoint stores them, without what differs from run to run."""
    normal = [_resource(resource) for resource in resources]
    return sorted(normal, key=lambda each: (each["urn"], each.get("delete", False))) if sort else normal


def _resource(resource: Json) -> Json:
    kept = {
        key: value
        for key, value in resource.items()
        if key not in _NOT_RECORDED and value not in (None, {}, [], "", False)
    }
    for key in ("urn", "parent"):
        if key in kept:
            kept[key] = short(kept[key])
    if "dependencies" in kept:
        kept["dependencies"] = sorted(short(urn) for urn in kept["dependencies"])
    if "propertyDependencies" in kept:
        kept["propertyDependencies"] = {
            key: sorted(short(urn) for urn in urns) for key, urns in kept["propertyDependencies"].items()
        }
    for key in ("additionalSecretOutputs", "initErrors"):
        if key in kept:
            kept[key] = sorted(kept[key])
    for key in ("inputs", "outputs"):
        if key in kept:
            kept[key] = value(kept[key])
    if "initErrors" in kept:
        kept["initErrors"] = len(kept["initErrors"])
    return kept


def value(item: Json, key: str = "") -> Json:
    """A property value in its normal form."""
    if isinstance(item, dict):
        if item.get(_SIGNATURE, _RESOURCE) != _RESOURCE:
            return "<secret>"
        return {name: value(inner, name) for name, inner in sorted(item.items()) if name != "__pulumi_raw_state_delta"}
    if isinstance(item, list):
        return [value(inner, key) for inner in item]
    if isinstance(item, str) and item != "<secret>":
        return _text(item, key)
    return item


def _text(text: str, key: str) -> str:
    if key in _OWN_VALUES:
        return "<own>"
    if key == "id" and text != "none":
        return "<id>"
    if key == "urn":
        return short(text)
    if "-----BEGIN" in text or text == "<pem>":
        return "<pem>"
    if key.startswith("validity") or text == "<time>":
        return "<time>"
    if key == "mountpoint":
        text = _VOLUMES.sub("<root>", text)
    return _IDS.sub("<id>", _AUTO.sub("-<auto>", text.replace("-<auto>", "-0000000")))


def message(text: str) -> str:
    """A message without names, ids and the words that a layer puts before it."""
    text = _IDS.sub("<id>", _AUTO.sub("-<auto>", text))
    return text.replace("Error response from daemon: ", "")
