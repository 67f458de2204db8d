"""The table and the document."""

import json
from pathlib import Path

from rich.console import Console

from bench.figure import Figure, Samples, Unmeasured
from bench.report import row, table, write

AGAINST = Figure("a thing", Samples((2.0, 3.0, 2.5)), against="another", reference=Samples((2.0,)), aim=1.3)
ABSOLUTE = Figure("its memory", Samples((2000.0,)), unit="MiB", aim=1024)
MISSING = Unmeasured("a third", "no Docker engine answers")


def test_a_comparison_shows_both_sides_their_ratio_and_the_aim() -> None:
    assert row(AGAINST) == ("a thing", "2.5 s (2 to 3)", "another 2 s", "1.25", "≤ 1.3", "[green]reached[/]")


def test_a_figure_alone_is_held_against_its_own_aim() -> None:
    assert row(ABSOLUTE) == ("its memory", "2000 MiB", "", "", "≤ 1024 MiB", "[red]missed[/]")


def test_what_could_not_be_measured_says_why() -> None:
    console = Console(width=150)
    with console.capture() as printed:
        console.print(table([AGAINST, ABSOLUTE, MISSING]))
    lines = printed.get().splitlines()
    (line,) = (line for line in lines if "a third" in line)
    assert "not measured: no Docker engine answers" in line
    assert sum("│" in line for line in lines) == 3


def test_the_document_says_for_which_machine_it_is_true(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bench.json"
    write(path, [AGAINST, MISSING])
    document = json.loads(path.read_text())
    assert document["machine"]["processors"] >= 1
    assert document["figures"] == [AGAINST.as_json(), {"name": "a third", "unmeasured": MISSING.reason}]
