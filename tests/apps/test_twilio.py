import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from apps.twilio import is_signed, signature, twiml

# The worked example in Twilio's documentation of request validation.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
SIGNATURE = "GvWf1cFY/Q7PnoempGyD5oXAezc="


def test_the_signature_is_twilios_own() -> None:
    assert signature(b"12345", URL, FORM.items()) == SIGNATURE


def test_order_does_not_matter_and_everything_else_does() -> None:
    assert is_signed(SIGNATURE, b"12345", URL, reversed(FORM.items()))
    assert not is_signed(SIGNATURE, b"12346", URL, FORM.items())
    assert not is_signed(SIGNATURE, b"12345", URL.replace("https", "http"), FORM.items())
    assert not is_signed(SIGNATURE, b"12345", URL, (FORM | {"Digits": "1235"}).items())
    assert not is_signed("", b"12345", URL, FORM.items())


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), min_size=1))
def test_a_reply_is_one_message_whatever_a_user_writes(text: str) -> None:
    assert [element.text for element in ET.fromstring(twiml(text).encode())] == [text]


def test_no_reply_is_an_empty_response() -> None:
    assert list(ET.fromstring(twiml(None))) == []
