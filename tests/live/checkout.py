"""A copy of the project to deploy from, with stacks, secrets and state of its own."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.crypto import new_crypter

ROOT = Path(__file__).parent.parent.parent
PASSPHRASE = secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Checkout:
    """A project folder in which tests may change what they like."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Self:
        """The files that git knows, what setup compiled of them, the virtual environment, and the images.

        Without what a stack file holds encrypted: that opens with the passphrase of the one who uses the project.
        """
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        known = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
        for folder in {Path(name).parent for name in known if not name.startswith("tests/")}:
            (path / folder).mkdir(parents=True, exist_ok=True)
            if (ROOT / folder / "__pycache__").exists():
                shutil.copytree(ROOT / folder / "__pycache__", path / folder / "__pycache__")
        for name in known:
            if (ROOT / name).is_file():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, path / name)
        for file in path.glob("Pulumi.*.yaml"):
            file.write_text(yaml.safe_dump(opened(file)))
        (path / ".venv").symlink_to(ROOT / ".venv")
        shutil.copy2(ROOT / "images.lock.json", path)
        return cls(path)

    @property
    def environment(self) -> dict[str, str]:
        """What Pulumi's own commands read: a backend and a passphrase of the test's."""
        state = self.path / "state"
        state.mkdir(exist_ok=True)
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, *arguments: str, timeout: int = 600) -> subprocess.CompletedProcess[str]:
        """``./pulumiw`` with these arguments; never asks."""
        command = ["./pulumiw", "--non-interactive", *arguments]
        return subprocess.run(
            command, cwd=self.path, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def must(self, *arguments: str, timeout: int = 600) -> str:
        """The output of a command that has to succeed."""
        done = self.run(*arguments, timeout=timeout)
        assert done.returncode == 0, (
            f"{arguments} ended with {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )
        return done.stdout

    def prove(self, stack: str, *checks: str) -> None:
        """These checks of ``verify`` on what runs, all when none is named, have to hold."""
        command = [".venv/bin/python", "-m", "verify", "--stack", stack, *checks]
        done = subprocess.run(
            command, cwd=self.path, env=self.environment, capture_output=True, text=True, timeout=900, check=False
        )
        failed = [line for line in done.stdout.splitlines() if line.lstrip().startswith(("FAIL", "unchecked"))]
        assert done.returncode == 0, "\n".join((*failed, done.stdout[-2000:], done.stderr[-2000:]))

    def stack(self, name: str, like: str, **settings: Any) -> None:
        """A new stack whose file is that of the stack `like`, with `settings` in place of its own."""
        document = opened(ROOT / f"Pulumi.{like}.yaml")
        document["config"]["rempart:settings"] |= settings
        (self.path / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(document))
        self.must("stack", "init", name)

    def change(self, stack: str, **settings: object) -> None:
        """Change settings of the stack."""
        path = self.path / f"Pulumi.{stack}.yaml"
        document = yaml.safe_load(path.read_text())
        document["config"]["rempart:settings"] |= settings
        path.write_text(yaml.safe_dump(document))

    def secret(self, stack: str, key: str, value: str) -> None:
        """Set an encrypted configuration value."""
        self.must("config", "set", "--secret", key, value, "--stack", stack)

    def secrets(self, stack: str, values: Mapping[str, str]) -> None:
        """Set many at once, as the CLI would write them into the stack file."""
        path = self.path / f"Pulumi.{stack}.yaml"
        document, crypter = yaml.safe_load(path.read_text()), new_crypter(PASSPHRASE)
        document["encryptionsalt"] = crypter.salt
        document["config"] |= {f"rempart:{key}": {"secure": crypter.encrypt(it)} for key, it in values.items()}
        path.write_text(yaml.safe_dump(document))

    def preview(self, stack: str) -> Any:
        """The plan, as ``preview --json`` prints it."""
        return json.loads(self.must("preview", "--json", "--stack", stack))

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """The stack's outputs."""
        found: Mapping[str, Any] = json.loads(self.must("stack", "output", "--json", "--stack", stack))
        return found


def opened(file: Path) -> dict[str, Any]:
    """A stack file without its encrypted values and their salt."""
    document: dict[str, Any] = yaml.safe_load(file.read_text())
    document.pop("encryptionsalt", None)
    config = (document.get("config") or {}).items()
    document["config"] = {key: it for key, it in config if not (isinstance(it, dict) and set(it) == {"secure"})}
    return document


def thrown_away(host: str = "assistant.example", mark: str = "thrown away") -> dict[str, str]:
    """A value for each secret that a third party would give, `mark` in it, and the gateway's certificate."""
    schema = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    certificate, key = gateway_certificate(host)
    named = {name: f"{mark} {name}" for name, about in schema.items() if about.get("secret")}
    return named | {"gatewayCertificate": certificate, "gatewayKey": key}


def gateway_certificate(host: str) -> tuple[str, str]:
    """A certificate and key for `host`, PEM, as an operator would bring them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()
