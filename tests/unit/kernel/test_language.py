"""Templates are filled in whatever is in them, and numbers are written by one rule for all languages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twi_core.kernel.errors import AppError, ErrorCode, Kind
from twi_core.kernel.language import ENGLISH, filled, number, speaking, text
from twi_discord.replies.markup import say

ID: Final = 9_001_000_000_000_000_000
SAMPLE: Final = ErrorCode(
    "test.sample", Kind.INVALID, message="No {id}.", hint="Look.", cause="Never.", example={"id": 1}
)


class Dotted:
    """A language that groups all numbers with dots, and says one sentence to everything."""

    tag = "xx"

    def __init__(self, sentence: str = "") -> None:
        self._sentence = sentence

    def text(self, message: str, /) -> str:
        """See `Language`."""
        return self._sentence or message

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`."""
        return self._sentence or ENGLISH.plural(one, many, count)

    def number(self, value: int, /) -> str:
        """See `Language`."""
        return f"{value:,}".replace(",", ".")

    def listed(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return ENGLISH.listed(items)

    def either(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return ENGLISH.either(items)

    def moment(self, at: datetime, /) -> str:
        """See `Language`."""
        return ENGLISH.moment(at)


@given(st.text("{}title.!:[]0 ", max_size=20))
@example("{title}. }")
@example("{ {title}")
@example("{title.__class__}")
@example("{title:>9999999999}")
def test_no_sentence_of_a_language_keeps_an_answer_from_its_caller(sentence: str) -> None:
    """Stray braces and unknown placeholders of a translation stay as they are; nothing raises."""
    with speaking(Dotted(sentence or "x")):
        assert text("Deleted {title}.", title="a") == (sentence or "x").replace("{title}", "a")
        assert say("Deleted {title}.", title="a") == (sentence or "x").replace("{title}", "a")


def test_a_value_is_never_filled_in_itself() -> None:
    """Braces in a value are text."""
    assert filled("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"


@pytest.mark.parametrize("language", [ENGLISH, Dotted()])
def test_ids_are_written_without_separators_in_every_language(language: Dotted) -> None:
    """A number that is no quantity stays as it is, in sentences, in markup and in refusals; quantities are grouped."""
    with speaking(language):
        assert number(ID) == str(ID)
        assert text("No {id}.", id=ID) == say("No {id}.", id=ID) == AppError(SAMPLE, {"id": ID}).message()
        assert text("No {id}.", id=ID) == f"No {ID}."
        assert len(number(12_345)) == 6
