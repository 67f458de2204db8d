"""What a stack needs before it can be deployed."""

from images.recipe import recipes
from scripts import needs


def test_a_stack_needs_the_images_of_its_services_only() -> None:
    needed = set(needs.images("recyclic"))
    assert {"postgres", "backup", "gateway"} <= needed < recipes().keys()
    assert "redis" not in needed


def test_a_stack_that_names_no_role_needs_no_label() -> None:
    assert needs.roles("dev") == []


def test_of_a_stack_without_a_file_nothing_is_known() -> None:
    assert needs.images("mine") == needs.roles("mine") == []
