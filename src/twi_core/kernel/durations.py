"""Spans of time as people write them."""

import re
from collections.abc import Mapping
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
)

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)
_UNITS: Final[Mapping[str, timedelta]] = {
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
    span = int(found[1]) * _UNITS[found[2].lower()]
    if not SHORTEST <= span <= LONGEST:
        raise TextError(INVALID_DURATION)
    return span


def written_duration(text: str) -> str:
    """Check a span and give it as it was written, for the rule of a field."""
    duration(text)
    return text
