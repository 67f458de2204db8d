"""Packages: which provider realises a type, and the provider resources that Pulumi keeps in the state."""

# ruff: noqa: A002, ARG002 - the protocol chose the names, and not every resource needs every one

import threading
import uuid
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from engine import urn as urns
from engine.errors import UnsupportedError
from engine.provider import CheckFailure, Diff, Progress, Properties, Provider, ProviderError
from engine.values import UNKNOWN

DYNAMIC = "pulumi-python"
BUILTIN = "pulumi"  # what the engine itself provides
_MODULES = {
    "random": ("engine.random_provider", "RandomProvider", "4.21.4"),
    "tls": ("engine.tls_provider", "TlsProvider", "5.6.2"),
    "docker": ("engine.docker.provider", "Docker", "5.2.0"),
    DYNAMIC: ("engine.dynamic_provider", "DynamicProvider", ""),
}


class Packages:
    """The providers of this process, each loaded when its first resource comes."""

    def __init__(self) -> None:
        self._loaded: dict[str, Provider] = {}
        self._lock = threading.Lock()

    def provider(self, type: str) -> Provider:
        """The provider of a resource type; an UnsupportedError when there is none."""
        package = urns.PROVIDER_PREFIX if urns.is_provider(type) else urns.package_of(type)
        provider = self._loaded.get(package) or self._load(package)
        if package not in {urns.PROVIDER_PREFIX, DYNAMIC} and type not in provider.types:
            raise UnsupportedError(f"the resource type {type}")
        return provider

    def functions(self, token: str) -> Provider:
        """The provider of a function."""
        return self._load(urns.package_of(token))

    def _load(self, package: str) -> Provider:
        with self._lock:
            if package not in self._loaded:
                self._loaded[package] = _load(package)
            return self._loaded[package]


def default_version(package: str, version: str) -> str:
    """The version of a default provider: the one that this engine stands in for, or an UnsupportedError."""
    if package == BUILTIN:
        return ""
    if package not in _MODULES:
        raise UnsupportedError(f"the package {package}")
    known = _MODULES[package][2]
    if version and known and version.split(".", maxsplit=1)[0] != known.split(".")[0]:
        raise UnsupportedError(f"{package} {version} (it knows {known})")
    return version or known


def refuse_configuration(config: Iterable[str]) -> None:
    """An UnsupportedError for a key that would configure a default provider, which this engine would not heed."""
    for key in sorted(config):
        package = key.partition(":")[0]
        if package in _MODULES or key == "pulumi:disable-default-providers":
            raise UnsupportedError(f"the configuration {key}")


def _load(package: str) -> Provider:
    if package == urns.PROVIDER_PREFIX:
        return ProviderResources()
    if package not in _MODULES:
        raise UnsupportedError(f"the package {package}")
    module, name, _ = _MODULES[package]
    provider: Provider = getattr(import_module(module), name)()
    return provider


class ProviderResources:
    """The resources `pulumi:providers:*`: a version alone, because configured providers are refused.

    That of dynamic resources has none, and is given the stack's whole configuration.
    """

    types: frozenset[str] = frozenset()
    outside = False

    def check(
        self,
        type: str,
        name: str,
        olds: Properties | None,
        news: Properties,
    ) -> tuple[Properties, list[CheckFailure]]:
        package = type.removeprefix(urns.PROVIDER_PREFIX)
        if package == DYNAMIC:
            return news, []
        configured = sorted(
            key for key, value in news.items() if key not in {"version", "__internal"} and value is not None
        )
        if configured:
            raise UnsupportedError(f"the provider {name!r} with its own configuration ({', '.join(configured)})")
        version = default_version(package, str(news.get("version") or ""))
        return ({"__internal": {}, "version": version} if version else {}), []

    def diff(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
    ) -> Diff:
        if type == f"{urns.PROVIDER_PREFIX}{DYNAMIC}":
            return Diff(unnamed=old_inputs != news)
        return Diff(("version",)) if old_inputs.get("version") != news.get("version") else Diff()

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        return _visible(news)

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        return str(uuid.uuid4()), _visible(inputs)

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties:
        return _visible(news)

    def read(
        self,
        type: str,
        id: str,
        inputs: Properties,
        outputs: Properties,
    ) -> tuple[str, Properties, Properties] | None:
        return id, inputs, outputs

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        pass

    def find(self, type: str, inputs: Properties) -> str | None:
        return None

    def invoke(self, token: str, args: Properties) -> Properties:
        raise ProviderError(f"unknown function {token}")


def _visible(inputs: Properties) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if key != "__internal" and value is not UNKNOWN}
