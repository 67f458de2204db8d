"""The keeper's script of MongoDB's replica set. Its shell is not here: Node.js plays the few words that the script
uses, so this shows what the script asks for, and not what MongoDB makes of it.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.text import mongodb
from diagram import DocumentStore

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node.js")

STORE = DocumentStore(name="mongodb", image="x@sha256:" + "0" * 64, database="checkin")
SHELL = """
const said = [], users = KNOWN, left = { rounds: 2 };
const deny = (name) => { throw Object.assign(Error(name), { codeName: name }); };
const played = {
  runCommand: (command) => {
    if (command.replSetInitiate && INITIATED) deny("AlreadyInitialized");
    said.push(Object.keys(command)[0]);
  },
  getUsers: () => ({ users: users.map((user) => ({ user })) }),
  createUser: (it) => said.push(`create ${it.user} ${JSON.stringify(it.roles)} ${it.pwd}`),
  updateUser: (user, it) => said.push(`update ${user} ${Object.keys(it)}`),
  dropUser: (user) => said.push(`drop ${user}`),
};
globalThis.Mongo = (url) => ({
  getDB: (name) => (name === "admin" ? played : { auth: (user, word) => user === "__system" && word === "akey" }),
});
globalThis.print = (line) => said.push(line);
globalThis.sleep = () => { if (!--left.rounds) { console.log(JSON.stringify(said)); process.exit(0); } };
"""


def said(folder: Path, known: list[str], initiated: bool, key: str = "a k\ney") -> list[str]:
    """What the script asks of a set in this state in two rounds."""
    users = [{"user": name, "pwd": "word", "roles": [], "mechanisms": ["SCRAM-SHA-256"]} for name in ("old", "new")]
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "member.key").write_text(key)
    shell = SHELL.replace("KNOWN", json.dumps(known)).replace("INITIATED", json.dumps(initiated))
    script = mongodb.keeper(STORE).replace("/run/secrets", str(folder)).replace("/tmp/ready", str(folder / "ready"))
    (folder / "keep.js").write_text(shell + script)
    done = subprocess.run(["node", folder / "keep.js"], capture_output=True, text=True, timeout=30, check=True)
    found: Any = json.loads(done.stdout)
    return list(found)


def test_a_new_set_is_initiated_and_given_its_users(tmp_path: Path) -> None:
    assert said(tmp_path, [], initiated=False) == [
        "replSetInitiate", "create old [] word", "create new [] word", "keeper: the set has its users", "ping", "ping",
    ]  # fmt: skip
    assert (tmp_path / "ready").exists()


def test_a_set_that_is_one_keeps_its_users_and_loses_those_that_are_no_longer_listed(tmp_path: Path) -> None:
    assert said(tmp_path, ["old", "gone"], initiated=True) == [
        "update old pwd,roles,mechanisms", "create new [] word", "drop gone", "keeper: the set has its users",
        "ping", "ping",
    ]  # fmt: skip


def test_a_refused_key_file_is_tried_again_and_never_shown(tmp_path: Path) -> None:
    found = said(tmp_path, [], initiated=True, key="another")
    assert found == ["keeper: Error", "keeper: Error"]
    assert not (tmp_path / "ready").exists()
