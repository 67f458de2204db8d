"""What a description guarantees about its values."""

import pytest
from pydantic import ValidationError

from diagram import Secret
from diagram.description import in_bytes
from tests.diagram.build import service


@pytest.mark.parametrize(("size", "count"), [("1M", 1_048_576), ("256M", 268_435_456), ("2G", 2_147_483_648)])
def test_a_size_is_counted_in_powers_of_two(size: str, count: int) -> None:
    assert in_bytes(size) == count
    assert service("api", memory=size).memory == size


@pytest.mark.parametrize("size", ["", "M", "0M", "1.5G", "256", "256m", "-1M", "256MB"])
def test_a_size_has_a_number_and_a_unit(size: str) -> None:
    with pytest.raises(ValidationError, match="must be a whole number of M"):
        service("api", memory=size)


@pytest.mark.parametrize("replicas", [0, -1, 101])
def test_replicas_lie_between_1_and_100(replicas: int) -> None:
    with pytest.raises(ValidationError, match="replicas"):
        service("api", replicas=replicas)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="privileged"):
        service("api", privileged=True)


def test_an_application_listens_on_loopback_beside_its_front() -> None:
    assert service("api", port=8000).loopback == 18000
    assert service("beat", port=None).loopback is None


def test_a_secret_names_its_file_in_the_environment() -> None:
    assert Secret(name="api-secret-key").variable == "API_SECRET_KEY_FILE"
