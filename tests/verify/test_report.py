"""What a run says: the exit code follows the claims, and nothing that was not tried passes for true."""

import pytest

from verify.__main__ import CHECKS, ROOT, main
from verify.report import Report, Row, table

STACKS = ", ".join(sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))
HOLDS, FAILS, UNTRIED = Row("a", "b", ok=True), Row("c", "d", ok=False), Row("e", "f", ok=None)


@pytest.mark.parametrize(
    ("rows", "ok"), [((HOLDS,), True), ((HOLDS, FAILS), False), ((HOLDS, UNTRIED), False), ((), False)]
)
def test_a_report_is_good_when_every_claim_was_tried_and_holds(rows: tuple[Row, ...], ok: bool) -> None:
    assert Report("it", rows, 0).ok is ok


def test_a_check_that_is_not_for_a_stack_says_so_and_fails_nothing() -> None:
    report = Report("it", (), 0, excuse="nobody is there to ask")
    assert report.ok
    assert report.as_json()["not_asked"] == "nobody is there to ask"
    assert not Report("it", (FAILS,), 0, excuse="too late").ok


def test_of_many_rows_only_those_that_do_not_hold_are_shown() -> None:
    drawn = table(Report("it", (HOLDS,) * 100 + (FAILS,), 0))
    assert drawn is not None
    assert drawn.row_count == 1
    assert table(Report("it", (HOLDS,) * 100, 0)) is None


def test_json_counts_each_kind() -> None:
    written = Report("it", (HOLDS, FAILS, UNTRIED), 1.23).as_json()
    assert (written["holds"], written["fails"], written["not_checked"], written["seconds"]) == (1, 1, 1, 1.2)


def test_an_unknown_stack_and_an_unknown_check_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "nowhere"]) == 2
    assert f"there is no stack nowhere; there are {STACKS}" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--stack", "dev", "everything"])
    said = capsys.readouterr().err
    assert [name for name in CHECKS if name not in said] == []
