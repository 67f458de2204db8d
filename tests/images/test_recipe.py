"""What a context holds, and by what it is known."""

import tarfile

import pytest

from images.recipe import AUTHORITIES, recipes


@pytest.mark.parametrize(("image", "trusts"), [("minio", True), ("base", False), ("pgbouncer", False)])
def test_only_a_build_that_fetches_by_tls_is_given_what_this_machine_trusts(image: str, trusts: bool) -> None:
    recipe = recipes()[image]
    with tarfile.open(fileobj=recipe.archive({})) as context:
        assert (AUTHORITIES in context.getnames()) is trusts
    assert AUTHORITIES not in recipe.files


def test_minio_is_pinned_with_everything_that_it_is_made_of() -> None:
    folder = recipes()["minio"].folder
    module, sums = (folder / "go.mod").read_text(), (folder / "go.sum").read_text()
    line = next(line for line in module.splitlines() if "github.com/minio/minio v" in line)
    version = line.split()[1]
    assert f"github.com/minio/minio {version} h1:" in sums
    assert "\ntoolchain go1." in module
    assert "replace" not in module
