"""The nodes that a plan's services may run on: whether the swarm has them, looked up before it acts."""

import re
from typing import Final

from engine.docker.client import Engine
from engine.errors import EngineError
from engine.events import Event, StepStarted
from engine.provider import ProviderError
from engine.urn import type_of

_LABEL: Final = re.compile(r"node\.labels\.(?P<name>[\w.-]+)\s*==\s*(?P<value>[\w.-]+)")


class Nodes:
    """Sees the plan's events: the node labels that its services ask for."""

    def __init__(self) -> None:
        self._asked: set[tuple[str, str]] = set()

    def see(self, event: Event) -> None:
        """Note the labels without which a planned service would wait for ever."""
        if not isinstance(event, StepStarted) or type_of(event.urn) != "docker:index/service:Service":
            return
        placement = (event.new.get("taskSpec") or {}).get("placement") or {}
        for constraint in placement.get("constraints") or ():
            if match := _LABEL.fullmatch(str(constraint).strip()):
                self._asked.add((match["name"], match["value"]))

    def refuse(self) -> None:
        """Raise EngineError, with the commands that help, when no node has a label that a service asks for. Without an
        engine that answers the plan fails by itself.
        """
        if not self._asked:
            return
        try:
            with Engine().api() as docker:
                nodes = docker.nodes()
        except ProviderError:
            return
        held = {pair for node in nodes for pair in (node["Spec"].get("Labels") or {}).items()}
        if missing := sorted(self._asked - held):
            names = ", ".join(sorted(node["Description"]["Hostname"] for node in nodes))
            commands = "\n  ".join(f"docker node update --label-add {name}={value} NODE" for name, value in missing)
            raise EngineError(
                "nothing was changed: no node has the label that services of this stack ask for. Say which of "
                f"{names} it is:\n  {commands}"
            )
