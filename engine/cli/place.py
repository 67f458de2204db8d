"""Where a command runs: the project, the stack, its backend and its passphrase."""

import argparse
import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.api import Stack
from engine.backend import Location
from engine.cli.stackfile import StackFile
from engine.crypto import keep_keys_of
from engine.errors import EngineError, PassphraseError, UnsupportedError
from engine.project import Project

DEVELOPMENT = "dev"
"""Needs no backend and no passphrase of its user's: both are made in the checkout."""
OWN = ".rempart"
_GIVEN = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


@dataclass(frozen=True)
class Place:
    """A stack of a project, and how to open it."""

    project: Project
    name: str
    backend: Path
    passphrase: str = field(repr=False)

    @property
    def location(self) -> Location:
        """Where the backend keeps the stack."""
        return Location(self.backend, self.project.name, self.name)

    @property
    def file(self) -> StackFile:
        """Its configuration file."""
        return StackFile(self.project.root / f"Pulumi.{self.name}.yaml", self.project.name)

    @property
    def stack(self) -> Stack:
        """The stack with its configuration. An EngineError when there is neither a file nor a state of this name."""
        if not self.location.state.exists():
            _known(self.project, self.name)
        values, secret_keys = self.file.read(self.passphrase)
        return Stack(self.project, self.name, values, secret_keys, self.backend, self.passphrase, salt=self.file.salt)


def find(arguments: argparse.Namespace, name: str | None = None) -> Place:
    """The place that the arguments and the environment name."""
    project = load(arguments)
    chosen = name or stack_name(project.root, getattr(arguments, "stack", None))
    if not name and not os.environ.get("PULUMI_BACKEND_URL"):
        _known(project, chosen)
    return Place(project, chosen, backend(project.root, chosen), passphrase(project.root, chosen))


def _known(project: Project, name: str) -> None:
    names = sorted(path.name.split(".")[1] for path in project.root.glob("Pulumi.*.yaml"))
    if name not in names:
        raise EngineError(f"no stack named {name!r} found; there are: {', '.join(names) or 'none'}")


def load(arguments: argparse.Namespace) -> Project:
    """The project of the working directory or one above it."""
    return Project.load(root_of(Path(getattr(arguments, "cwd", "."))))


def root_of(start: Path) -> Path:
    """The folder of Pulumi.yaml: `start`, or one above it."""
    start = start.resolve()
    return next((each for each in (start, *start.parents) if (each / "Pulumi.yaml").exists()), start)


def chosen_stack(root: Path, named: str | None) -> str:
    """The stack that is named, else the selected one, else nothing."""
    selected = root / OWN / "selected"
    name = named or os.environ.get("PULUMI_STACK")
    if not name and selected.exists():
        name = selected.read_text().strip()
    return (name or "").rpartition("/")[2]


def stack_name(root: Path, named: str | None) -> str:
    """The stack that is named, else the selected one; an EngineError when there is none."""
    if name := chosen_stack(root, named):
        return name
    raise EngineError("no stack selected: name one with --stack, or `pulumiw stack select NAME`")


def choose(root: Path, name: str) -> None:
    """Commands without --stack mean `name` from now on."""
    (root / OWN).mkdir(exist_ok=True)
    (root / OWN / "selected").write_text(f"{name}\n")


def is_development(root: Path, stack: str) -> bool:
    """Whether it is dev, or its configuration holds an object with ``environment: development``."""
    values = (StackFile(root / f"Pulumi.{stack}.yaml", "").document().get("config") or {}).values()
    said = any(isinstance(value, dict) and value.get("environment") == "development" for value in values)
    return said or stack == DEVELOPMENT


def for_cli(root: Path, name: str) -> dict[str, str]:
    """What the environment lacks for the Pulumi CLI to open the stack; the same passphrases are refused."""
    if is_development(root, name):
        found = {} if os.environ.get("PULUMI_BACKEND_URL") else {"PULUMI_BACKEND_URL": f"file://{backend(root, name)}"}
        return found | {"PULUMI_CONFIG_PASSPHRASE": passphrase(root, name)}
    if name and not StackFile(root / f"Pulumi.{name}.yaml", "").document().get("secretsprovider"):
        passphrase(root, name)
    return {}


def is_new(root: Path, stack: str) -> bool:
    """Whether only its file knows the stack: one of development, whose state is this checkout's."""
    if os.environ.get("PULUMI_BACKEND_URL") or not is_development(root, stack):
        return False
    kept = Location(backend(root, stack), Project.load(root).name, stack)
    return (root / f"Pulumi.{stack}.yaml").exists() and not kept.state.exists()


@contextlib.contextmanager
def unsalted(root: Path, stack: str) -> Iterator[None]:
    """Around a command of the CLI, which writes a salt into the stack file at any: out again with one that belongs to a
    passphrase of this checkout alone, unless it was there before or a value was encrypted with it."""
    file = StackFile(root / f"Pulumi.{stack}.yaml", "")
    ours = is_development(root, stack) and not any(os.environ.get(name) for name in _GIVEN) and not file.salt
    try:
        yield
    finally:
        if ours:
            file.forget_salt()


def backend(root: Path, stack: str) -> Path:
    """The directory of the file backend; the embedded engine refuses a backend that it cannot lock."""
    url = os.environ.get("PULUMI_BACKEND_URL")
    if not url and is_development(root, stack):
        own = root / OWN / "state"
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        return own
    if not url:
        raise EngineError(f"stack {stack} names no backend: set PULUMI_BACKEND_URL, such as file:///srv/pulumi-state")
    if not url.startswith("file://"):
        raise UnsupportedError(f"the backend {url.partition('://')[0]}://")
    path = Path(url.removeprefix("file://")).expanduser()
    if not path.is_dir():
        raise EngineError(f"the backend's directory {path} does not exist")
    return path.resolve()


def passphrase(root: Path, stack: str) -> str:
    """The passphrase of the environment; in development one that is made once, readable by its user alone."""
    given, file = (os.environ.get(name) for name in _GIVEN)
    if given is None and file:
        try:
            given = Path(file).read_text().strip()
        except OSError as error:
            raise PassphraseError(f"PULUMI_CONFIG_PASSPHRASE_FILE cannot be read: {error.strerror}") from None
    generated = root / OWN / "passphrase"
    if is_development(root, stack):
        if not given:
            given = _generated(generated)
            keep_keys_of(given, generated.with_name("keys"))
        return given
    if not given:
        raise PassphraseError(
            f"stack {stack} needs a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"
        )
    if generated.exists() and given == generated.read_text().strip():
        raise PassphraseError(f"stack {stack} must not use the passphrase that was generated for {DEVELOPMENT}")
    return given


def _generated(path: Path) -> str:
    """Made once: of two runs that begin together, one makes it and both use it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # readable by its user alone
        with os.fdopen(handle, "w") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        Path(temporary).unlink()
    return path.read_text().strip()
