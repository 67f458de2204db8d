"""The gate in front of the Pulumi CLI: `pulumi` here is a script that tells the events it was given."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.cli.conftest import Place

INTERPRETER = f"#!{Path(sys.executable).resolve()} -IS\n"
PULUMI = """
import json, os, sys
here = os.path.dirname(__file__)
asked = {"words": sys.argv[1:], "backend": os.environ.get("PULUMI_BACKEND_URL"),
         "passphrase": bool(os.environ.get("PULUMI_CONFIG_PASSPHRASE")),
         "streaming": os.environ.get("PULUMI_ENABLE_STREAMING_JSON_PREVIEW")}
if sys.argv[1:4] == ["stack", "history", "--json"]:
    print(open(os.path.join(here, "history")).read())
    sys.exit()
if sys.argv[1:3] == ["stack", "init"]:
    print(*sys.argv[3:], file=open(os.path.join(here, "made"), "a"))
    sys.exit()
print(json.dumps(asked), file=open(os.path.join(here, "asked"), "a"))
print(open(os.path.join(here, "writes")).read(), end="", file=open("Pulumi.dev.yaml", "a"))
if "preview" in sys.argv:
    print(open(os.path.join(here, "events")).read())
    sys.exit(int(open(os.path.join(here, "exit")).read()))
"""
SERVICE = "urn:pulumi:dev::demo::docker:index/service:Service::api"
PLAN: list[dict[str, Any]] = [
    {"preludeEvent": {"config": {}}},
    {"resourcePreEvent": {"planning": True, "metadata": {
        "op": "update", "urn": SERVICE, "diffs": ["taskSpec"], "keys": None,
        "old": {"inputs": {"taskSpec": {"image": "a"}}}, "new": {"inputs": {"taskSpec": {"image": "b"}}}}}},
    {"diagnosticEvent": {"severity": "warning", "message": "<{%reset%}>take care<{%reset%}>", "urn": ""}},
    {"summaryEvent": {"durationSeconds": 1, "resourceChanges": {"same": 3, "update": 1}}},
]  # fmt: skip


def finding(level: str, message: str = "must be good") -> dict[str, Any]:
    about = {"policyName": "good", "policyPackName": "demo", "policyPackVersion": "1.2.3", "resourceUrn": SERVICE}
    return {"policyEvent": {**about, "enforcementLevel": level, "message": f"<{{%reset%}}>{message}<{{%reset%}}>\n"}}


class Gated:
    def __init__(self, place: Place, folder: Path) -> None:
        self.folder = folder
        self.place = Place(place.path, {**place.environment, "PATH": f"{folder}:{place.environment['PATH']}"})
        (folder / "pulumi").write_text(INTERPRETER + PULUMI)
        (folder / "pulumi").chmod(stat.S_IRWXU)
        (folder / "history").write_text("[]")
        (folder / "writes").write_text("")
        self.tells(*PLAN)

    def tells(self, *events: dict[str, Any], code: int = 0) -> None:
        lines = [json.dumps({"sequence": number, "timestamp": 1, **event}) for number, event in enumerate(events)]
        (self.folder / "events").write_text("\n".join(["no event", *lines]))
        (self.folder / "exit").write_text(str(code))

    @property
    def asked(self) -> list[dict[str, Any]]:
        path = self.folder / "asked"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def gated(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    return Gated(place, tmp_path_factory.mktemp("bin"))


def said(*lines: str) -> list[dict[str, Any]]:
    """What the program writes to its standard error."""
    return [{"diagnosticEvent": {"severity": "info#err", "message": line, "urn": ""}} for line in lines]


def test_the_traceback_of_a_program_that_the_cli_ended_is_not_shown(gated: Gated) -> None:
    began, chained = "Traceback (most recent call last):", "During handling of the above exception, another occurred:"
    own, ended = said(began, '  File "own"', "ValueError: mine"), said(began, "  self._run_once()", "KeyboardInterrupt")
    gated.tells(
        *PLAN, *own, *ended, *said("", chained, began, "  t.join()", "KeyboardInterrupt"), *said("bye"), code=255
    )
    shown = gated.place.run("preview", "--stack", "dev").stdout
    assert [line.split(": ", 1)[1] for line in shown.splitlines() if "info#err" in line] == [
        began, 'File "own"', "ValueError: mine", "", "bye",
    ]  # fmt: skip


def test_what_only_an_up_knows_is_kept_from_the_preview(gated: Gated) -> None:
    gated.place.must("up", "--yes", "--stack", "dev", "--continue-on-error")
    preview, up = gated.asked
    assert "--continue-on-error" not in preview["words"]
    assert up["words"][-1] == "--continue-on-error"


def test_an_up_previews_first_and_then_acts_with_the_same_arguments(gated: Gated) -> None:
    shown = gated.place.must("up", "--yes", "--stack", "dev", "--target", SERVICE)
    preview, up = gated.asked
    root = str(gated.place.path)
    rest = ["--cwd", root, "--stack", "dev", "--target", SERVICE]
    assert preview["words"] == ["preview", "--json", "--non-interactive", *rest]
    assert up["words"] == ["up", "--skip-preview", "--yes", *rest]
    assert preview["streaming"] == "true"
    assert up["streaming"] is None
    assert {each["backend"] for each in gated.asked} == {f"file://{root}/.rempart/state"}
    assert all(each["passphrase"] for each in gated.asked)
    assert "~  └─ Service  api  restarts: interrupted; [diff: ~taskSpec]" in shown
    assert "warning: take care" in shown
    assert "Resources: 3 unchanged, 1 to update" in shown


@pytest.mark.parametrize(
    "found",
    [finding("mandatory"), finding("advisory", "can't run policy 'good' from policy pack 'demo' during preview")],
)
def test_a_violation_and_an_undecided_rule_stop_an_up(gated: Gated, found: dict[str, Any]) -> None:
    gated.tells(*PLAN, found)
    done = gated.place.run("up", "--yes", "--stack", "dev")
    assert done.returncode == 1
    assert "good  Service  api  (demo@v1.2.3)" in done.stdout
    assert "1 policy finding stops it" in done.stderr
    assert [each["words"][0] for each in gated.asked] == ["preview"]


def test_an_advice_stops_nothing(gated: Gated) -> None:
    gated.tells(*PLAN, finding("advisory"))
    assert "[advisory] good" in gated.place.must("up", "--yes", "--stack", "dev")
    assert len(gated.asked) == 2


def test_a_preview_that_fails_stops_an_up(gated: Gated) -> None:
    gated.tells(*PLAN, {"diagnosticEvent": {"severity": "error", "message": "no such thing"}}, code=255)
    done = gated.place.run("up", "--yes", "--stack", "dev")
    assert done.returncode == 1
    assert "error: no such thing" in done.stdout
    assert len(gated.asked) == 1


def test_the_projects_own_pack_is_asked_in_both(gated: Gated) -> None:
    own = gated.place.path / "policies"
    own.mkdir()
    (own / "PulumiPolicy.yaml").write_text("name: demo\n")
    gated.place.must("up", "--yes", "--stack", "dev")
    for each in gated.asked:
        assert each["words"][-2:] == ["--policy-pack", str(own)]


def test_a_preview_as_one_document_carries_the_findings(gated: Gated) -> None:
    gated.tells(*PLAN, finding("mandatory"))
    done = gated.place.run("preview", "--json", "--stack", "dev")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["policyFindings"][0]["message"] == "must be good"
    assert document["changeSummary"] == {"same": 3, "update": 1}


def test_a_preview_writes_its_reports_with_what_the_history_knows(gated: Gated, tmp_path: Path) -> None:
    took = json.dumps({SERVICE: {"op": "update", "seconds": 19.0, "down": 3.2}})
    entry = {"startTime": "2026-03-04T10:00:00.000Z", "environment": {"rempart.rollouts": took, "git.head": "abc"}}
    (gated.folder / "history").write_text(json.dumps([{"environment": {}}, entry]))
    asked = {"policyPackName": "demo", "policyPackVersion": "1.2.3", "resourceUrn": SERVICE}
    summary = {**asked, "passed": ["fine"], "failed": ["good"]}
    gated.tells(*PLAN, {"policyAnalyzeSummaryEvent": summary}, finding("mandatory"))
    wanted = {"markdown": tmp_path / "preview.md", "sarif": tmp_path / "preview.sarif", "json": tmp_path / "x.json"}
    options = [word for form, file in wanted.items() for word in ("--report", f"{form}={file}")]
    done = gated.place.run("preview", "--stack", "dev", "--source", "shop.py", *options)
    assert done.returncode == 1
    assert "--report" not in gated.asked[0]["words"]
    row = "| `api` | **restarts: interrupted** | last time down for 3.2 s of 19 s (2026-03-04) |"
    assert row in wanted["markdown"].read_text()
    document = json.loads(wanted["json"].read_text())
    assert (document["verdict"], document["rules"]["ids"]) == ("violations", ["fine", "good"])
    assert '"uri": "shop.py"' in wanted["sarif"].read_text()


def test_a_report_of_an_unknown_format_is_refused_before_the_cli_runs(gated: Gated) -> None:
    assert "--report pdf=x: must be FORMAT=FILE" in gated.place.refused(
        "preview", "--stack", "dev", "--report", "pdf=x"
    )
    assert gated.asked == []


def test_the_packs_configuration_goes_to_the_preview_and_to_the_up(gated: Gated) -> None:
    file = gated.place.path / "strict.json"
    file.write_text("{}")
    gated.place.must("up", "--yes", "--stack", "dev", "--policy-pack-config", str(file))
    for each in gated.asked:
        assert each["words"][-2:] == ["--policy-pack-config", str(file)]


def test_other_commands_go_to_the_cli_as_they_are(gated: Gated) -> None:
    gated.place.must("--engine", "pulumi", "stack", "history", "--show-secrets", "--stack", "dev")
    assert [each["words"] for each in gated.asked] == [["stack", "history", "--show-secrets", "--stack", "dev"]]


SALT, SECRET = "encryptionsalt: v1:salt\n", "  demo:vault:\n    secure: v1:sealed\n"


@pytest.mark.parametrize(
    ("before", "written", "environment", "stays"),
    [
        ("", SALT, {}, ""),
        ("", SECRET + SALT, {}, SECRET + SALT),
        (SALT, "", {}, SALT),
        ("", SALT, {"PULUMI_CONFIG_PASSPHRASE": "shared"}, SALT),
    ],
    ids=["is taken out", "belongs to a secret", "was there", "belongs to a passphrase that was given"],
)
def test_the_salt_of_a_generated_passphrase_does_not_stay_in_the_stack_file(
    gated: Gated, before: str, written: str, environment: dict[str, str], stays: str
) -> None:
    file = gated.place.path / "Pulumi.dev.yaml"
    text = file.read_text()
    file.write_text(text + before)
    (gated.folder / "writes").write_text(written)
    gated.place.must("preview", "--stack", "dev", **environment)
    assert file.read_text() == text + stays
    assert gated.asked


@pytest.mark.parametrize("command", [("preview",), ("up", "--yes"), ("config", "get", "size")])
def test_a_development_stack_that_only_its_file_knows_is_made_first(gated: Gated, command: tuple[str, ...]) -> None:
    gated.place.must(*command, "--stack", "dev")
    made = gated.folder / "made"
    assert made.read_text() == f"--no-select --cwd {gated.place.path} --stack dev\n"
    made.unlink()
    state = gated.place.path / ".rempart/state/.pulumi/stacks/demo/dev.json"
    state.parent.mkdir(parents=True)
    state.touch()
    gated.place.must(*command, "--stack", "dev")
    assert not made.exists()


def test_a_stack_of_another_environment_or_backend_is_made_by_its_user(gated: Gated, tmp_path: Path) -> None:
    gated.place.must("preview", "--stack", "stage", PULUMI_CONFIG_PASSPHRASE="own")
    gated.place.must("preview", "--stack", "dev", PULUMI_BACKEND_URL=f"file://{tmp_path}")
    assert len(gated.asked) == 2
    assert not (gated.folder / "made").exists()


def test_a_selected_stack_is_remembered(gated: Gated) -> None:
    gated.place.must("stack", "select", "dev")
    gated.place.must("preview")
    assert "--stack dev" in " ".join(gated.asked[-1]["words"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("watch",), "refuses watch"),
        (("up", "--yes", "--plan", "x"), "refuses --plan"),
        (("up", "--stack", "dev"), "--yes must be passed in"),
        (("up", "--yes", "--stack", "stage"), "stack stage needs a passphrase"),
    ],
)
def test_ways_around_the_gate_are_refused(gated: Gated, arguments: tuple[str, ...], said: str) -> None:
    assert said in gated.place.refused(*arguments)
    assert all(each["words"][0] == "preview" for each in gated.asked)


def test_the_embedded_engine_can_be_chosen_where_the_cli_is(gated: Gated) -> None:
    preview = ("preview", "--stack", "dev")
    assert "Resources: 3 to create" in gated.place.must(*preview, "--engine", "embedded")
    assert "Resources: 3 to create" in gated.place.must(*preview, REMPART_ENGINE="embedded")
    assert gated.asked == []
    gated.place.must(*preview, "--engine", "pulumi", REMPART_ENGINE="embedded")
    assert len(gated.asked) == 1
