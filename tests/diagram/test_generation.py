"""A generation's number says which passwords and leaves are used, and which are still accepted."""

import pytest
from pydantic import ValidationError

from diagram import Generation


def test_the_current_generation_is_accepted_first() -> None:
    assert Generation(current=3, previous=2).accepted == (3, 2)


def test_a_revoked_generation_is_not_accepted() -> None:
    assert Generation(current=3).accepted == (3,)


@pytest.mark.parametrize("previous", [0, -1, 3, 4])
def test_a_previous_generation_comes_before_the_current(previous: int) -> None:
    with pytest.raises(ValidationError, match="previous must be lower than current"):
        Generation(current=3, previous=previous)
