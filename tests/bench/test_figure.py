"""A figure's arithmetic."""

from bench.figure import Figure, Samples

ODD = Samples((4.0, 1.0, 2.5))


def test_the_middle_run_counts_and_the_extremes_are_shown() -> None:
    assert ODD.median == 2.5
    assert ODD.spread == (1.0, 4.0)
    assert Samples((1.0, 2.0)).median == 1.5


def test_a_ratio_is_of_the_medians() -> None:
    assert Figure("it", Samples((3.0, 9.0, 6.0)), reference=Samples((4.0,))).ratio == 1.5
    assert Figure("it", ODD).ratio is None


def test_an_aim_is_for_the_ratio_where_there_is_one_and_else_for_the_value() -> None:
    reference = Samples((2.0,))
    assert Figure("it", ODD, reference=reference, aim=1.25).holds is True
    assert Figure("it", ODD, reference=reference, aim=1.24).holds is False
    assert Figure("it", ODD, aim=2.5).holds is True
    assert Figure("it", ODD, aim=2.4).holds is False
    assert Figure("it", ODD).holds is None


def test_the_document_has_every_run() -> None:
    figure = Figure("it", ODD, against="that", reference=Samples((2.0,)), aim=1.3)
    assert figure.as_json() == {
        "name": "it", "unit": "s", "against": "that", "ratio": 1.25, "aim": 1.3, "holds": True,
        "measured": {"median": 2.5, "lowest": 1.0, "highest": 4.0, "runs": [4.0, 1.0, 2.5]},
        "reference": {"median": 2.0, "lowest": 2.0, "highest": 2.0, "runs": [2.0]},
    }  # fmt: skip
