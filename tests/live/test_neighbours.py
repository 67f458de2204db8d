"""All four systems on one engine: none disturbs another, and each goes alone."""

import time
from pathlib import Path

import pytest

from tests.live.checkout import Checkout
from tests.live.engine import docker, services
from tests.live.neighbours import NEIGHBOURS, neighbours

pytestmark = [pytest.mark.live, pytest.mark.alone, pytest.mark.timeout(5400)]

CHECKS = ("convergence", "matrix", "egress", "leaks")
LEAVING = ("beside-samaconso", "beside-checkin", "beside-assistant", "beside-recyclic")
"""Neither the order of their creation nor the reverse."""
DRAIN = 60
"""Seconds for the containers of a removed service to end: the longest grace of any of them, and some."""


def test_all_systems_run_at_once_and_go_in_any_order(tmp_path: Path) -> None:
    with neighbours(tmp_path) as checkout:
        for each in NEIGHBOURS:
            checkout.must("up", "--yes", "--stack", each.name, timeout=1200)
        stay_as_they_are(checkout)
        for each in NEIGHBOURS:
            checkout.prove(each.name, *CHECKS)
        staying = {each.name for each in NEIGHBOURS}
        for name in LEAVING:
            checkout.must("destroy", "--yes", "--stack", name)
            staying.remove(name)
            assert left_of(name) == []
            for other in sorted(staying):
                checkout.prove(other, "convergence")


def stay_as_they_are(checkout: Checkout) -> None:
    """No preview would change anything, with all of them there."""
    for each in NEIGHBOURS:
        assert set(checkout.preview(each.name)["changeSummary"]) == {"same"}, each.name


def left_of(stack: str) -> list[str]:
    """What the engine still holds that is labelled with the stack, once containers had the time to drain."""
    label = ("--filter", f"label=rempart.stack={stack}")
    end = time.monotonic() + DRAIN
    while (running := docker("ps", "-a", "--format", "{{.Names}}", *label).split()) and time.monotonic() < end:
        time.sleep(1)
    return [*services(stack), *running, *docker("volume", "ls", "-q", *label).split()]
