"""Points in time as people read and write them: a date, or a date and time."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_FURTHEST: Final = timedelta(hours=15)
"""No place on earth is further than this from UTC."""
_WRITTEN: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(?: ?(?:Z|UTC|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-5][0-9])))?)?",
    re.ASCII | re.IGNORECASE,
)


def moment(text: str) -> datetime:
    """Parse `2026-12-24` or `2026-12-24 18:00`, optionally with seconds, and with `T` as in ISO 8601.

    The time is in UTC unless an offset such as `+01:00` follows it. A date alone means its first moment in UTC.

    Raises:
        ValueError: the text isn't a date, the day or time doesn't exist, or UTC can't express it.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("it isn't a date, or a date and time")
    date, time, sign, hours, minutes = found.group("date", "time", "sign", "hours", "minutes")
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset > _FURTHEST:
        raise ValueError("no place on earth has that offset")
    read = datetime.fromisoformat(f"{date} {time or '00:00'}")
    return check_moment(read.replace(tzinfo=timezone(-offset if sign == "-" else offset)))


def check_moment(at: datetime) -> datetime:
    """Return an aware moment in UTC.

    Raises:
        ValueError: the moment has no time zone, or UTC can't express it.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("UTC has no such year") from None


def written_moment(at: datetime) -> str:
    """Format a moment in UTC as ISO 8601, so that `moment` can parse it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
