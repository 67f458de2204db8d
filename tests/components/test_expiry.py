"""The metric of when certificates end."""

import pulumi
import pytest

from components import expiry
from tests.live.checkout import gateway_certificate


def test_every_end_is_a_sample_in_seconds_since_the_epoch() -> None:
    ends = {"gateway": "2026-03-01T02:00:00.5+02:00", "api-server": "2026-03-01T00:00:00Z"}
    assert expiry.text(ends).splitlines()[1:] == [
        "# TYPE rempart_certificate_end_timestamp_seconds gauge",
        'rempart_certificate_end_timestamp_seconds{certificate="api-server"} 1772323200',
        'rempart_certificate_end_timestamp_seconds{certificate="gateway"} 1772323200',
    ]


def test_the_end_of_a_given_certificate_is_read_from_it() -> None:
    leaf, _ = gateway_certificate("a.example")
    other, _ = gateway_certificate("b.example")
    assert expiry.end_of(leaf + other) == expiry.end_of(leaf)


def test_what_is_no_certificate_is_refused_without_showing_it() -> None:
    with pytest.raises(pulumi.RunError, match="PEM form") as refused:
        expiry.end_of("not a certificate")
    assert "not a certificate" not in str(refused.value)
