"""Every alert says how bad it is and what to do, is silent at first, and fires when its fault is there."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components import expiry
from engine import documents

ROOT = Path(__file__).parent.parent.parent
RULES = sorted((ROOT / "observability" / "rules").glob("*.yml"))
TESTS = Path(__file__).parent


@cache
def read(path: Path) -> Any:
    return documents.load(path.read_text())


def rules(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    for group in read(path)["groups"]:
        yield from (rule for rule in group["rules"] if kind in rule)


ALERTS = {alert["alert"]: (path, alert) for path in RULES for alert in rules(path, "alert")}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_severity_a_summary_and_a_runbook_entry(name: str) -> None:
    _, alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"critical", "high", "medium", "low"}
    assert alert["annotations"].keys() == {"summary", "runbook"}
    file, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert anchor == name.lower()
    assert f"### {name}\n" in (ROOT / file).read_text()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tested_in_silence_and_firing(name: str) -> None:
    path, _ = ALERTS[name]
    seen = [
        bool(expected["exp_alerts"])
        for case in read(TESTS / path.name)["tests"]
        for expected in case["alert_rule_test"]
        if expected["alertname"] == name
    ]
    assert seen[:1] == [False]
    assert True in seen


def test_the_runbook_has_no_entry_without_an_alert() -> None:
    entries = re.findall(r"^### (\w+)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    assert sorted(entries) == sorted(ALERTS)


def test_a_metric_of_our_own_is_one_that_is_published() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "apps").glob("*.py"))
    published = {expiry.METRIC} | set(re.findall(r'(?:Counter|Gauge|Histogram)\(\s*"(\w+)"', source))
    text = "\n".join(path.read_text() for path in RULES)
    used = set(re.findall(r"\b(?:http|rempart|sms|worker)_\w+", text)) - {"http_requests", "http_failures"}
    used -= {name for name in used if re.search(rf"job:{name}", text)}
    assert used
    assert {name.removesuffix("_bucket") for name in used} <= published


def test_the_thresholds_are_those_of_the_documents() -> None:
    limits = {
        "ErrorRateCritical": "> 0.05", "ErrorRateHigh": "> 0.02",
        "LatencyCritical": ">= 10", "LatencyHigh": "> 5", "LatencyMedium": "> 2",
        "CpuUse": "> 0.8", "MemoryUse": "> 0.8", "DiskUse": "> 0.8",
        "CertificateExpiresInThreeWeeks": "< 21 * 86400", "CertificateExpiresInAWeek": "< 7 * 86400",
    }  # fmt: skip
    for name, limit in limits.items():
        assert limit in ALERTS[name][1]["expr"], name


@pytest.mark.live
def test_the_rules_do_what_their_tests_say() -> None:
    """By the promtool of the image that will evaluate them."""
    image = json.loads((ROOT / "images.lock.json").read_text())["prometheus"]["reference"]
    files = [f"/rempart/tests/observability/{path.name}" for path in RULES]
    mounts = [f"--volume={ROOT / part}:/rempart/{part}:ro" for part in ("observability", "tests/observability")]
    ran = subprocess.run(
        ["docker", "run", "--rm", "--network=none", *mounts, "--entrypoint=promtool", image, "test", "rules", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("SUCCESS") == len(RULES)
