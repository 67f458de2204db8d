"""When certificates end, as a metric that an exporter shows."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi
from cryptography import x509

METRIC = "rempart_certificate_end_timestamp_seconds"


def metrics(ends: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """The times of `ends` (RFC 3339, by the certificate's name) in Prometheus' text format."""
    return pulumi.Output.all(**ends).apply(text)


def end_of(chain: str) -> str:
    """When the first certificate of a PEM chain ends (RFC 3339). A RunError when it is none."""
    try:
        return x509.load_pem_x509_certificate(chain.encode()).not_valid_after_utc.isoformat()
    except ValueError:
        raise pulumi.RunError("the gateway's certificate is not one in PEM form, its chain after it") from None


def text(ends: Mapping[str, str]) -> str:
    """The exposition for what `metrics` is given."""
    lines = [f"# HELP {METRIC} When the certificate ends.", f"# TYPE {METRIC} gauge"]
    lines += [f'{METRIC}{{certificate="{name}"}} {_seconds(end)}' for name, end in sorted(ends.items())]
    return "\n".join(lines) + "\n"


def _seconds(end: str) -> int:
    return int(datetime.fromisoformat(end).astimezone(UTC).timestamp())
