"""What follows the load, and what is reserved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from diagram import Reservation, Scale, between
from tests.diagram.build import fault, service, system

counts = st.integers(1, 100)


@given(counts, counts, counts)
def test_swarm_runs_the_lower_bound_or_the_replicas_where_they_are_more(least: int, most: int, replicas: int) -> None:
    if 1 < least <= most and replicas <= most:
        scaled = service("api", replicas=replicas, scale=between(least, most, cpu=70, memory=80))
        assert scaled.tasks == max(least, replicas)
        (note,) = system(scaled, prefix=22).notes()
        assert note.endswith(f"Swarm does not scale, so {scaled.tasks} run")


def test_without_a_scale_the_replicas_run_and_nothing_is_noted() -> None:
    plain = service("api", replicas=3)
    assert (plain.tasks, list(system(plain).notes())) == (3, [])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"least": 3, "most": 2}, "scale.most: must be at least 3"),
        ({"least": 2, "most": 10, "available": 2}, "scale.available: must be below 2"),
    ],
)
def test_a_range_that_is_none_is_refused(fields: dict[str, int], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Scale(cpu=70, memory=80, **fields)


def test_a_target_above_all_is_refused() -> None:
    with pytest.raises(ValidationError, match="cpu"):
        between(2, 10, cpu=101, memory=80)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"replicas": 11, "scale": between(2, 10, cpu=70, memory=80)}, "api.replicas: at most 10 are accepted"),
        ({"reserves": Reservation(cpus=1, memory="64M")}, "api.reserves.cpus: at most 0.5 is accepted"),
        ({"reserves": Reservation(cpus=0.1, memory="1G")}, "api.reserves.memory: at most 128M is accepted"),
        ({"volume": "/data", "scale": between(2, 3, cpu=70, memory=80)}, "api.replicas: 1 is accepted"),
    ],
)
def test_a_service_without_room_for_what_it_asks_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        service("api", **fields)


def test_a_network_has_room_for_the_tasks_of_the_lower_bound() -> None:
    callee = service("callee", scale=between(20, 40, cpu=70, memory=80))
    assert "needs" in fault(callee, service("caller", callee))
