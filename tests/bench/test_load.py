"""What many requests amount to."""

import math

from bench.load import Asked, _figures


def test_the_percentile_counts_requests_that_were_not_answered() -> None:
    well = [(200, number / 1000) for number in range(1, 101)]
    assert Asked.of(well).p95 == 95
    assert Asked.of([*well, *[(503, 0.001)] * 5]).p95 == 100
    assert Asked.of([*well, *[(0, 0.001)] * 6]).p95 == math.inf


def test_whatever_is_no_answer_has_failed() -> None:
    asked = Asked.of([(200, 0.1), (503, 0.1), (429, 0.1), (0, 0.1)])
    assert (asked.percent_failed, asked.others) == (75, {0: 1, 429: 1, 503: 1})


def test_what_was_not_answered_well_is_told_by_its_status() -> None:
    told = [figure.name for figure in _figures("alone", Asked.of([(200, 0.1), (503, 0.1), (503, 0.1), (0, 0.1)]))]
    assert told[1] == "requests alone, not answered well (1 had no answer, 2 had 503)"
