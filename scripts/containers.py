"""The containers of a stack on this node, found by the labels that the platform gives them."""

from collections.abc import Mapping
from typing import Any


def labelled(engine: Any, stack: str, labels: Mapping[str, str], **filters: str) -> list[Any]:
    """Those that run with these labels (`service`, `kind`) and pass `filters` of Docker, and are there still."""
    wanted = [f"rempart.{key}={value}" for key, value in {"stack": stack, **labels}.items()]
    return list(engine.containers.list(filters={"label": wanted, **filters}, ignore_removed=True))
