"""Requests are signed as the example in Amazon's documentation of Signature Version 4 for S3 (GET Bucket Lifecycle)."""

from datetime import UTC, datetime

from apps.signature import Key

EXAMPLE = Key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
NOW = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"


def signature(key: Key = EXAMPLE, content: bytes = b"") -> str:
    headers = key.headers("GET", HOST, "/", content, NOW, "lifecycle=")
    return headers["authorization"].rpartition("=")[2]


def test_the_documented_example_is_signed_as_documented() -> None:
    assert signature() == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"


def test_another_key_or_content_is_another_signature() -> None:
    assert len({signature(), signature(Key("AKIAIOSFODNN7EXAMPLE", "another")), signature(content=b"x")}) == 3


def test_the_secret_is_not_shown() -> None:
    assert "wJal" not in repr(EXAMPLE)
