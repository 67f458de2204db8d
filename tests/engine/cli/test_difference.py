"""What differs between the inputs before and after."""

from engine.cli import difference


def test_a_difference_is_shown_at_its_path() -> None:
    old = {"__defaults": ["x"], "a": {"b": 1, "gone": True}, "list": [{"n": 1}], "same": [1]}
    new = {"__defaults": [], "a": {"b": 2}, "list": [{"n": "[unknown]"}], "same": [1], "new": {"c": "[secret]"}}
    assert list(difference.lines(old, new)) == [
        "~ a.b: 1 => 2",
        "- a.gone: true",
        '~ list[0].n: 1 => "[unknown]"',
        '+ new.c: "[secret]"',
    ]
