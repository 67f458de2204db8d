"""What may differ between stacks, and the limits on it. Holds no secret."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from diagram import Addresses, Generation, Host

Replicas = Annotated[int, Field(ge=1, le=100)]
Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """What is wrong with the settings, each fault on a line: its path, and what is accepted there."""


class Group(BaseModel):
    """A group of settings: unknown keys are errors, and errors never repeat a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Ports(Group):
    """The ports that the edge publishes."""

    http: Port = 80
    https: Port = 443


class AssistantReplicas(Group):
    """How many tasks of each service that can have several."""

    edge: Replicas = 1
    gateway: Replicas = 1
    api: Replicas = 1
    agent: Replicas = 1
    oauth_manager: Replicas = 1
    sms_router: Replicas = 1
    worker: Replicas = 1
    egress: Replicas = 1


class Subnets(Group):
    """Where the stack's networks come from: no two stacks of one engine may share a pool."""

    pool: IPv4Network = IPv4Network("10.64.0.0/10")
    prefix: Annotated[int, Field(ge=8, le=27)] = 27
    pins: Mapping[str, IPv4Network] = {}
    nodes: Annotated[int, Field(ge=1, le=1000)] = 1


class Generations(Group):
    """The generation of passwords and leaves in use, and the one that is still accepted."""

    current: Annotated[int, Field(ge=1)] = 1
    previous: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def the_previous_comes_before_the_current(self) -> "Generations":
        """A generation's number is never used again."""
        if self.previous is not None and self.previous >= self.current:
            raise ValueError(f"previous: must be lower than current ({self.current})")
        return self


class Settings(Group):
    """Everything that a stack file may say under ``rempart:settings``."""

    system: Literal["assistant"] = "assistant"
    environment: Literal["development", "staging", "production"]
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    host: Host = "localhost"
    database: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
    ports: Ports = Ports()
    subnets: Subnets = Subnets()
    replicas: AssistantReplicas = AssistantReplicas()
    generations: Generations = Generations()
    certificate: Literal["root", "given"] = "given"
    live_reload: bool = False
    demo: bool = False
    keep_data: bool = True
    images: Mapping[str, str] = {}

    @model_validator(mode="after")
    def production_survives_losing_a_replica(self) -> "Settings":
        """The facts ask for two of api, agent and OAuth manager and three workers in production (A35-A38)."""
        least = {"gateway": 2, "api": 2, "agent": 2, "oauth_manager": 2, "sms_router": 2, "worker": 3}
        for name, count in least.items():
            if self.environment == "production" and getattr(self.replicas, name) < count:
                raise ValueError(f"replicas.{name}: production needs at least {count}")
        return self

    @model_validator(mode="after")
    def only_development_relaxes(self) -> "Settings":
        """Live reload, demonstration data and a certificate of the stack's own root are for development."""
        if self.environment != "development":
            for name, relaxed in (("live_reload", self.live_reload), ("demo", self.demo)):
                if relaxed:
                    raise ValueError(f"{name}: only development may switch it on")
            if self.certificate != "given":
                raise ValueError("certificate: only development may use the stack's root; accepted here: given")
        return self

    @property
    def url(self) -> str:
        """Where clients come in."""
        return f"https://{self.host}" + ("" if self.ports.https == 443 else f":{self.ports.https}")

    @property
    def addresses(self) -> Addresses:
        """The diagram's form of the subnets."""
        return Addresses(**self.subnets.model_dump())

    @property
    def generation(self) -> Generation:
        """The diagram's form of the generations."""
        return Generation(**self.generations.model_dump())

    @property
    def requires_every_secret(self) -> bool:
        """Whether a missing third-party secret is an error rather than a feature switched off."""
        return self.environment != "development"

    def image(self, name: str) -> str:
        """The immutable reference of the image `name`. Raises SettingsError when it was never built nor set."""
        try:
            return self.images[name]
        except KeyError:
            raise SettingsError(f"images.{name}: no such image; run `make images`, or name one by digest") from None


def read(values: object, lock: Path) -> Settings:
    """The settings in `values` over the images of the lock file. Raises SettingsError naming every fault's path."""
    if not isinstance(values, dict):
        raise SettingsError("settings: must be an object")
    own = values.get("images", {})
    images = {**_built(lock), **own} if isinstance(own, dict) else own
    try:
        return Settings(**{**values, "images": images})
    except ValidationError as error:
        raise SettingsError("\n".join(_faults(error))) from None


def _built(lock: Path) -> dict[str, str]:
    if not lock.exists():
        return {}
    try:
        return {name: entry["reference"] for name, entry in json.loads(lock.read_text()).items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise SettingsError(f"{lock.name}: is not a lock file; run `make images` to make it again") from None


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        path = ("settings", *map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"unknown; accepted here: {', '.join(_keys(fault['loc'][:-1]))}"
        is_rule = fault["type"] == "value_error"
        yield f"{'.'.join(path)}{'.' if is_rule else ': '}{message}"


def _keys(group: tuple[str | int, ...]) -> list[str]:
    kind: Any = Settings
    for step in group:
        kind = kind.model_fields[str(step)].annotation
    return sorted(kind.model_fields)
