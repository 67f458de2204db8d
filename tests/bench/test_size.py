"""Synthetic systems are real ones: the engine plans all of them."""

from itertools import pairwise

import pytest

from bench import synthetic
from bench.figure import Figure
from bench.options import Options
from bench.process import Run
from bench.size import drawing, grown, size


def planned(resources: int, seconds: float) -> Run:
    return Run(seconds, seconds, 100.0, f'{{"changeSummary": {{"create": {resources}, "same": 0}}}}')


def test_every_service_calls_the_two_before_it() -> None:
    system = synthetic.system(50)
    assert len(system.services) == 50
    assert [link.callee for link in system.callees(system.by_name["s49"])] == ["s47", "s48"]
    assert all(not one.overlaps(other) for one, other in pairwise(sorted(system.subnets.values())))


def test_a_small_system_is_previewed_with_its_memory() -> None:
    took, memory = size(Options(runs=1, sizes=(2,)))
    assert isinstance(took, Figure)
    assert isinstance(memory, Figure)
    assert took.name.startswith("preview of 2 services, ")
    assert int(took.name.split()[4]) > 20
    assert memory.unit == "MiB"
    assert memory.measured.median > 10


def test_a_size_is_held_against_the_one_before_it() -> None:
    lines = list(grown((10, 100), [(planned(200, 2.0),), (planned(2000, 25.0),)]))
    (ratio,) = (line for line in lines if isinstance(line, Figure) and line.reference)
    assert ratio.ratio == 12.5
    assert ratio.aim == 12
    assert ratio.holds is False


def test_a_drawing_is_measured_for_the_largest_size() -> None:
    (line,) = drawing(Options(runs=2, sizes=(3, 20)))
    assert isinstance(line, Figure)
    assert line.name == "validating and drawing 20 services"
    assert len(line.measured.values) == 2


@pytest.mark.parametrize("count", [1, 2])
def test_the_smallest_systems_are_systems(count: int) -> None:
    assert len(synthetic.system(count).services) == count
