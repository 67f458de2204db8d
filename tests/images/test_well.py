"""How often one start of a health check looks, and when."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.images.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

LOOK = "echo >> /tmp/looks; looks=$(wc -l < /tmp/looks); "
Well = Callable[[int, str], tuple[bool, int, float]]
"""Starts `well` with the interval and what the check tests: was it well, after how many looks and how many seconds?"""


@pytest.fixture
def well(lab: Lab) -> Well:
    container: Any = lab.client_container("base", {})

    def start(every: int, passes: str) -> tuple[bool, int, float]:
        container.exec_run(["rm", "-f", "/tmp/looks"])
        began = time.monotonic()
        status = container.exec_run(["well", str(every), "bash", "-c", LOOK + passes]).exit_code
        lasted = time.monotonic() - began
        looks = container.exec_run(["cat", "/tmp/looks"]).output
        return status == 0, len(looks.splitlines()), lasted

    return start


def test_until_the_program_was_well_a_start_looks_once_and_at_once(well: Well) -> None:
    failed, passed = well(20, "false"), well(20, "true")
    assert (failed[:2], passed[:2]) == ((False, 1), (True, 1))
    assert max(failed[2], passed[2]) < 19


def test_from_then_on_a_start_looks_at_the_interval_for_twenty_seconds(well: Well) -> None:
    assert well(8, "true")[:2] == (True, 1)
    healthy, looks, lasted = well(8, "true")
    assert (healthy, looks) == (True, 2), "after 7 s and 15 s; the next start's is 8 s later"
    assert lasted >= 15


def test_a_failure_ends_a_start_and_the_next_looks_an_interval_later(well: Well) -> None:
    assert well(3, "true")[:2] == (True, 1)
    first, second = well(3, "((looks < 3))"), well(3, "false")
    assert (first[:2], second[:2]) == ((False, 3), (False, 1))
    assert second[2] >= 2, "the engine waits one second itself"
