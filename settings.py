"""What may differ between the stacks of any system, and the limits on it. Holds no secret."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from diagram import Addresses, Generation, Host
from diagram.schedule import TimeZone

Replicas = Annotated[int, Field(ge=1, le=100)]
Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """What is wrong with the settings, each fault on a line: its path, and what is accepted there."""


class Group(BaseModel):
    """A group of settings: unknown keys are errors, and errors never repeat a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Ports(Group):
    """The ports that the edge publishes."""

    http: Port = 80
    https: Port = 443


class Subnets(Group):
    """Where the stack's networks come from: no two stacks of one engine may share a pool."""

    pool: IPv4Network = IPv4Network("10.64.0.0/10")
    prefix: Annotated[int, Field(ge=8, le=27)] = 27
    pins: Mapping[str, IPv4Network] = {}
    nodes: Annotated[int, Field(ge=1, le=1000)] = 1


class Generations(Group):
    """The generation of passwords and leaves in use, since when, and the one that is still accepted."""

    current: Annotated[int, Field(ge=1)] = 1
    previous: Annotated[int, Field(ge=1)] | None = None
    since: date | None = None

    @model_validator(mode="after")
    def the_previous_comes_before_the_current(self) -> "Generations":
        """A generation's number is never used again."""
        if self.previous is not None and self.previous >= self.current:
            raise ValueError(f"previous: must be lower than current ({self.current})")
        return self


class Freeze(Group):
    """The days of events, by the calendar of `zone`: nothing is deployed on them.

    EVENT_DAY_FREEZE=true in the environment freezes every day; EVENT_DAY_OVERRIDE=DEPLOY, and no other word, overrides.
    """

    days: tuple[date, ...] = ()
    zone: TimeZone = "UTC"

    def overridden(self, environment: Mapping[str, str], now: datetime) -> bool:
        """Whether `now` is frozen and the word was given. Raises SettingsError where it is frozen and was not."""
        switch = environment.get("EVENT_DAY_FREEZE", "") or "false"
        if switch not in ("true", "false"):
            raise SettingsError("EVENT_DAY_FREEZE: accepted are true and false")
        today = now.astimezone(ZoneInfo(self.zone)).date()
        if switch == "false" and today not in self.days:
            return False
        if environment.get("EVENT_DAY_OVERRIDE", "") != "DEPLOY":
            why = "EVENT_DAY_FREEZE is true" if switch == "true" else f"{today} ({self.zone}) is an event's day"
            raise SettingsError(
                f"settings.freeze: {why}, so nothing is deployed; EVENT_DAY_OVERRIDE=DEPLOY, exactly so, overrides"
            )
        return True


class Settings(Group):
    """What any stack file may say under ``rempart:settings``; a system's own class adds its replicas and switches."""

    relaxations: ClassVar[tuple[str, ...]] = ()
    """The switches that only development may turn on."""

    system: str
    environment: Literal["development", "staging", "production"]
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    host: Host = "localhost"
    database: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
    ports: Ports = Ports()
    subnets: Subnets = Subnets()
    generations: Generations = Generations()
    freeze: Freeze = Freeze()
    certificate: Literal["root", "given"] = "given"
    keep_data: bool = True
    images: Mapping[str, str] = {}

    @model_validator(mode="after")
    def only_development_relaxes(self) -> Self:
        """The system's relaxations and a certificate of the stack's own root are for development."""
        if self.environment != "development":
            for name in self.relaxations:
                if getattr(self, name):
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


def stacks(root: Path) -> list[str]:
    """The names of the stacks that have a file in the checkout `root`, in order."""
    return sorted(path.suffixes[0][1:] for path in root.glob("Pulumi.*.yaml"))


def of_stack(root: Path, stack: str) -> dict[str, Any]:
    """The settings in the stack's file, not looked at yet. Raises SettingsError where there are none."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise SettingsError(f"there is no stack {stack}; there are {', '.join(stacks(root)) or 'none'}")
    try:
        document = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"{path.name}{f':{mark.line + 1}' if mark else ''}: is not YAML") from None
    config = document.get("config") if isinstance(document, dict) else None
    values = config.get("rempart:settings") if isinstance(config, dict) else None
    if not isinstance(values, dict):
        raise SettingsError(f"{path.name}: config.rempart:settings must be an object; settings.py says what it accepts")
    return values


S = TypeVar("S", bound=Settings)


def read(kind: type[S], values: Mapping[str, Any], lock: Path) -> S:
    """The `kind` of settings in `values`, over the images of the lock file. Raises SettingsError naming every fault's
    path.
    """
    own = values.get("images", {})
    images = {**_built(lock), **own} if isinstance(own, dict) else own
    try:
        return kind(**{**values, "images": images})
    except ValidationError as error:
        raise SettingsError("\n".join(_faults(kind, error))) from None


def _built(lock: Path) -> dict[str, str]:
    if not lock.exists():
        return {}
    try:
        return {name: entry["reference"] for name, entry in json.loads(lock.read_text()).items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise SettingsError(f"{lock.name}: is not a lock file; run `make images` to make it again") from None


def _faults(kind: type[Settings], error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        path = ("settings", *map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"unknown; accepted here: {', '.join(_keys(kind, fault['loc'][:-1]))}"
        if fault["type"] in ("model_type", "model_attributes_type"):
            message = f"must be an object; accepted here: {', '.join(_keys(kind, fault['loc']))}"
        is_rule = fault["type"] == "value_error"
        yield f"{'.'.join(path)}{'.' if is_rule else ': '}{message}"


def _keys(kind: Any, group: tuple[str | int, ...]) -> list[str]:
    for step in group:
        kind = kind.model_fields[str(step)].annotation
    return sorted(kind.model_fields)
