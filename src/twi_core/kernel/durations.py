"""Spans of time as people write and read them."""

import math
import re
from datetime import timedelta
from typing import Final

from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.text import TextError

INVALID_DURATION: Final = define_error(
    "input.invalid_duration",
    Kind.INVALID,
    message="{field} is not a span of time that can be used.",
    hint="Write a number and m, h, d or w, such as 90m, 12h, 7d or 2w; from a minute up to a year.",
    cause="A duration cannot be read, or is shorter than a minute or longer than a year.",
    example={"field": "title"},
)

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)
_UNITS: Final[dict[str, timedelta]] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_WRITTEN: Final = re.compile(r"([0-9]{1,6}) ?([mhdw])", re.ASCII | re.IGNORECASE)


def duration(text: str) -> timedelta:
    """Read a span such as `90m`, `12h`, `7d` or `2w`.

    Raises:
        TextError: it is none, or not within `SHORTEST` and `LONGEST`.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise TextError(INVALID_DURATION)
    return check_duration(int(found[1]) * _UNITS[found[2].lower()])


def spoken(seconds: float) -> str:
    """Return how long a span lasts, in at most two units, rounded up: `a day`, `2 hours and 1 minute`, `7 seconds`."""
    left = math.ceil(seconds)
    for finest, from_ in ((3600, 86_400), (60, 3600)):  # nobody counts the minutes of days, or the seconds of hours
        if left > from_:
            left = math.ceil(left / finest) * finest
    found: list[str] = []
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, left = divmod(left, size)
        if count:
            found.append(f"{count} {unit}{'s' if count > 1 else ''}")
    if len(found) == 1 and found[0].startswith("1 "):
        return f"{'an' if found[0] == '1 hour' else 'a'} {found[0][2:]}"
    return " and ".join(found) or "0 seconds"


def how_often(amount: int, seconds: float) -> str:
    """Return how often something may be done: `once in a day`, `30 times in a minute`."""
    return f"{'once' if amount == 1 else f'{amount} times'} in {spoken(seconds)}"


def check_duration(span: timedelta) -> timedelta:
    """Return a span as it is kept: in whole minutes.

    Raises:
        TextError: it is not within `SHORTEST` and `LONGEST`, or no number of whole minutes.
    """
    if not SHORTEST <= span <= LONGEST or span % SHORTEST:
        raise TextError(INVALID_DURATION)
    return span


def written_duration(span: timedelta) -> str:
    """Write a span of whole minutes in its largest unit, so that `duration` reads it: `2w`, `36h`, `90m`."""
    unit = next(unit for unit in reversed(_UNITS) if not span % _UNITS[unit])
    return f"{span // _UNITS[unit]}{unit}"
