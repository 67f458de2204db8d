"""The table of fields is whole: a field that an SDK gains must be classified before the tests pass again."""

import pytest

from tests.policies.mutation.operation import APPLY
from tests.policies.mutation.schema import fields
from tests.policies.mutation.table import misuses, table
from tests.policies.test_program import deployed

FAMILIES = {"availability", "hardening", "images", "isolation", "observability", "secrets", "transport"}


@pytest.mark.parametrize("token", table())
def test_every_field_of_the_sdk_is_classified(token: str) -> None:
    assert set(table()[token]) == set(fields(token))


@pytest.mark.parametrize("stack", ["dev", "stage", "prod"])
def test_every_type_that_a_stack_uses_is_in_the_table(stack: str) -> None:
    used = {resource.type for resource in deployed(stack)}
    assert {token for token in used if token.startswith(("docker:", "random:", "tls:"))} <= set(table())


def test_a_neutral_field_says_why_and_an_unsafe_one_names_a_family() -> None:
    neutral = [reason for held in table().values() for reason in held.values() if isinstance(reason, str)]
    assert [reason for reason in neutral if len(reason) < 8] == []
    assert all(misuse.families and misuse.families <= FAMILIES for misuse in misuses())
    assert {misuse.operation for misuse in misuses()} <= {*APPLY, "new", "put_in"}
