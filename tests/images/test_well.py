"""How often one start of a health check looks."""

import pytest

from tests.images.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

LOOK = "echo >> /tmp/looks; looks=$(wc -l < /tmp/looks); "


def test_one_start_looks_once_until_the_program_is_well_and_then_until_it_fails(lab: Lab) -> None:
    container = lab.client_container("base", {})

    def well(every: int, passes: str) -> tuple[bool, int]:
        """Whether it was well, and how many looks that took."""
        container.exec_run(["rm", "-f", "/tmp/looks"])
        status = container.exec_run(["well", str(every), "bash", "-c", LOOK + passes]).exit_code
        looks = container.exec_run(["cat", "/tmp/looks"]).output
        return status == 0, len(looks.splitlines())

    assert well(1, "false") == (False, 1)
    assert well(1, "true") == (True, 1)
    assert well(1, "((looks < 3))") == (False, 3)
    assert well(30, "true") == (True, 1)
    assert well(15, "true") == (True, 2)
