"""The engine's own configuration: written where nobody wrote one, and taken away only as it was written."""

import json
from pathlib import Path

from tests.scripts.shell import sourced


def script(text: str, config: Path) -> None:
    """Runs `text`, with the engine's configuration at `config`."""
    done = sourced(text, REMPART_DAEMON_CONFIG=str(config))
    assert done.returncode == 0, done.stderr


def test_a_new_engine_lets_nobody_gain_privileges_and_keeps_containers_of_its_bridge_apart(tmp_path: Path) -> None:
    config = tmp_path / "docker" / "daemon.json"
    script("write_daemon_config", config)
    assert json.loads(config.read_text()) == {"icc": False, "no-new-privileges": True, "userland-proxy": False}


def test_it_is_removed_as_it_was_written(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    script("write_daemon_config; remove_daemon_config", config)
    assert not config.exists()


def test_what_people_wrote_stays(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text("{}")
    script("write_daemon_config; remove_daemon_config", config)
    assert config.read_text() == "{}"


def test_where_there_is_none_there_is_nothing_to_remove(tmp_path: Path) -> None:
    script("remove_daemon_config", tmp_path / "daemon.json")
