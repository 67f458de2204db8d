"""What the Docker engine holds of a stack."""

import json
import subprocess
from typing import Any


def docker(*arguments: str) -> str:
    """The output of a Docker command."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout


def services(stack: str) -> dict[str, dict[str, Any]]:
    """The stack's services by the diagram's names."""
    ids = docker("service", "ls", "-q", "--filter", f"label=rempart.stack={stack}").split()
    found = json.loads(docker("service", "inspect", *ids)) if ids else []
    return {service["Spec"]["Labels"]["rempart.service"]: service for service in found}


def left_over(*prefixes: str) -> list[str]:
    """The names of every service, network, secret, config and volume whose name starts with one of `prefixes`."""
    names = []
    for kind in ("service", "network", "secret", "config", "volume"):
        names += docker(kind, "ls", "--format", "{{.Name}}").split()
    return [name for name in names if name.startswith(prefixes)]


def task(stack: str, service: str) -> str:
    """The container of one of a service's tasks."""
    labels = (f"label=rempart.stack={stack}", f"label=rempart.service={service}")
    return docker("ps", "-q", *(word for label in labels for word in ("--filter", label))).split()[0]
