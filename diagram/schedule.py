"""When something happens again and again."""

from typing import Annotated
from zoneinfo import ZoneInfo

from croniter import croniter
from pydantic import AfterValidator

from diagram.description import Description


def _is_cron(value: str) -> str:
    if len(value.split()) != 5 or not croniter.is_valid(value):
        raise ValueError("must be a cron expression of five fields, such as 0 2 * * * (every day at 02:00)")
    return value


def _is_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise ValueError("must be a time zone, such as Europe/Paris or UTC") from None
    return value


Cron = Annotated[str, AfterValidator(_is_cron)]
TimeZone = Annotated[str, AfterValidator(_is_zone)]


class Schedule(Description):
    """The moments of a cron expression, by the clock on the wall in `zone`.

    A moment that the clock leaves out in spring comes an hour later; one that it repeats in autumn comes once.
    """

    cron: Cron
    zone: TimeZone = "UTC"
