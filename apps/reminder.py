"""The reminders that users ask for in words: "remind me in 10 minutes to call Anne"."""

import re
from datetime import datetime, timedelta

ASKED = re.compile(r"remind me in (\d{1,4}) (second|minute|hour|day)s? to (.+)", re.IGNORECASE | re.DOTALL)


def reminder(text: str, now: datetime) -> tuple[datetime, str] | None:
    """When to say what, if `text` asks for a reminder."""
    if not (asked := ASKED.fullmatch(text.strip())):
        return None
    count, unit, what = asked.groups()
    return now + timedelta(**{f"{unit.lower()}s": int(count)}), what
