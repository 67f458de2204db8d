"""Which images a stack needs before it can be deployed."""

from images.recipe import recipes
from scripts.images_of import images_of


def test_a_stack_needs_the_images_of_its_services_only() -> None:
    needed = set(images_of("recyclic"))
    assert {"postgres", "backup", "gateway"} <= needed < recipes().keys()
    assert "redis" not in needed


def test_of_a_stack_without_a_file_nothing_is_known() -> None:
    assert list(images_of("mine")) == []
