"""What the bot answered when the tests provoked each error code, from a data file that `docs/generate.py` writes."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from twi_core.kernel.context import Origin
from twi_core.kernel.language import text

FILE: Final = "recorded.json"
"""For each code one answer of each entrypoint where it was provoked: what was sent, a blank line, what was answered."""


def recorded_answers(code: str) -> Mapping[Origin, str]:
    """Return the recorded answers with a code, in English, by entrypoint; none for a code of another package."""
    return _read().get(code, {})


def answered_at(place: Origin) -> str:
    """Return the heading of an entrypoint's answer."""
    headings = {
        Origin.DISCORD: text("Answer in Discord"),
        Origin.CLI: text("Answer on the command line"),
        Origin.HTTP: text("Answer over HTTP"),
    }
    return headings[place]


@cache
def _read() -> Mapping[str, Mapping[Origin, str]]:
    found = json.loads(files("twi_runtime").joinpath(FILE).read_text(encoding="utf-8"))
    return {code: {Origin(place): answer for place, answer in answers.items()} for code, answers in found.items()}
