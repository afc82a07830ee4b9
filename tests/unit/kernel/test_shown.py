"""What the core says is put in the language of the call at the moment it is shown."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import pytest
from typing_extensions import override

from tests.app import refusal
from twi_core.kernel.addresses import url_problem
from twi_core.kernel.commands import parse_object
from twi_core.kernel.directory import Above
from twi_core.kernel.durations import how_often, spoken
from twi_core.kernel.facts import Code, Phrase, often, phrase
from twi_core.kernel.language import speaking
from twi_core.kernel.parameters import Parameter, ParameterKind, takes
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate, Scope
from twi_core.kernel.reasons import reason
from twi_core.links.settings import PAGE_SIZE
from twi_core.settings.rules.values import takes as setting_takes

NUMBER: Final = Parameter(
    name="amount",
    kind=ParameterKind.INTEGER,
    several=True,
    required=True,
    default=None,
    minimum=1,
    maximum=2_000,
    multiline=False,
    choices=(),
    description="",
    example=1,
    form="1, 2",
    most=3,
)


class Marked:
    """A language that puts `~` before each text."""

    tag = "xx"

    def text(self, message: str, /) -> str:
        """See `Language`."""
        return f"~{message}"

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`."""
        return f"~{one if count == 1 else many}"

    def number(self, value: int, /) -> str:
        """See `Language`."""
        return f"#{value}"

    def listed(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return "+".join(items)

    def either(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return "|".join(items)

    def moment(self, at: datetime, /) -> str:
        """See `Language`."""
        return f"@{at.astimezone(UTC):%Y}"


SHOWN: Final[dict[str, Callable[[], str]]] = {
    "duration": lambda: spoken(3_661),
    "one unit": lambda: spoken(86_400),
    "rate": lambda: how_often(10, 60),
    "odd rate": lambda: how_often(10, 61),
    "limit": lambda: often(Rate(1, 60, Scope.EVERYONE)),
    "reason": lambda: reason("bool_parsing", {}),
    "bound": lambda: reason("less_than_equal", {"le": 1_000}),
    "address": lambda: url_problem("ftp://example.org") or "",
    "takes": lambda: takes(NUMBER),
    "setting": lambda: setting_takes(PAGE_SIZE),
    "json": lambda: str(refusal(parse_object("[]")).params["reason"]),
    "levels": lambda: "\n".join(level.shown for level in Level),
    "holders": lambda: "\n".join(level.holders for level in Level),
    "scopes": lambda: "\n".join(scope.whose for scope in Scope),
    "places": lambda: "\n".join(above.reason for above in Above),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_text_is_in_the_language_of_the_call(name: str) -> None:
    """The same text is English by default, and in another language within a call in that language."""
    with speaking(Marked()):
        marked = SHOWN[name]()
    assert all(line.startswith("~") for line in marked.splitlines())
    assert "~" not in SHOWN[name]()


def test_levels_are_named_apart_from_what_is_typed() -> None:
    """The name that is typed, and that JSON has, is the same in every language."""
    english = [level.label for level in Level]
    with speaking(Marked()):
        assert [level.label for level in Level] == english
    assert [level.shown for level in Level] == english


def test_a_phrase_puts_values_where_the_language_wants_them() -> None:
    """Values stay what they are, and are put between the words of the translation, in its order."""

    class Swapped(Marked):
        @override
        def text(self, message: str, /) -> str:
            return {"{when} by {who}": "{who}, {when}"}[message]

    assert phrase("{when} by {who}", when=1, who=Code("a")) == Phrase(1, " by ", Code("a"))
    with speaking(Swapped()):
        assert phrase("{when} by {who}", when=1, who=Code("a")) == Phrase(Code("a"), ", ", 1)
