import secrets
from collections.abc import Iterator

import pytest

from tests.apps.stage import Stage


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with PostgreSQL, its roles and the schema."""
    stage = Stage(f"apps-test-{secrets.token_hex(3)}", tmp_path_factory.mktemp("stage"))
    try:
        stage.start_postgres()
        yield stage
    finally:
        stage.close()
