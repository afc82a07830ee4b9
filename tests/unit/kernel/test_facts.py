"""The facts of a value: described once, or its fields if it has no description."""

from dataclasses import dataclass
from datetime import timedelta

from twi_core.kernel.facts import Address, ContextFacts, Fact, Listed, Phrase, Prose, Secret, content
from twi_core.kernel.ids import UserId
from twi_core.kernel.permissions import Level


@dataclass(frozen=True)
class Plain:
    """A value with every kind that has no specific type among facts."""

    id: UserId
    level: Level
    span: timedelta
    names: frozenset[str]


def test_a_described_value_has_the_facts_of_its_description() -> None:
    """The description of a type is used for its values only, and a subclass is another type."""

    class Wider(str):
        __slots__ = ()

    facts = ContextFacts()
    facts.show(str, lambda text: [Fact("text", text), Fact("more", 1, brief=False)])
    assert facts.of("a") == (Fact("text", "a"), Fact("more", 1, brief=False))
    assert facts.of(Wider("a")) == (Fact("value", "a"),)
    assert facts.describes(str)
    assert not facts.describes(Wider)


def test_a_value_without_a_description_keeps_the_types_of_its_fields() -> None:
    """An id stays an id and a level a level, so that each entrypoint shows them as such."""
    found = ContextFacts().of(Plain(UserId(7), Level.MODERATOR, timedelta(1), frozenset({"a"})))
    assert found == (
        Fact("id", UserId(7)),
        Fact("level", Level.MODERATOR),
        Fact("span", timedelta(1)),
        Fact("names", Listed(("a",))),
    )
    assert [type(fact.value) for fact in found[:2]] == [UserId, Level]


def test_a_value_within_a_value_is_shown_by_its_brief_facts() -> None:
    """What is absent is left out, and so is what is not brief."""
    facts = ContextFacts()
    facts.show(Plain, lambda plain: (Fact("who", plain.id), Fact("none", None), Fact("all", 1, brief=False)))
    plain = Plain(UserId(7), Level.EVERYONE, timedelta(1), frozenset())
    assert facts.of([plain]) == (Fact("value", Listed((Listed((Phrase("who ", UserId(7)),)),))),)


def test_a_secret_is_not_in_what_python_shows_of_it() -> None:
    """A fact that holds a secret can be logged or fail an assertion without revealing it."""
    assert "twi_abc" not in repr(Fact("secret", Phrase(Secret("twi_abc"), " (once)")))


def test_a_content_is_an_address_only_where_it_is_a_sound_one() -> None:
    """The host of an address is in ASCII; everything else is prose, as written."""
    assert content("https://bücher.example/a", preview=True) == Address("https://xn--bcher-kva.example/a", preview=True)
    for text in ("see https://x.example", "https://good.example@evil.example/", "javascript:alert(1)"):
        assert content(text) == Prose(text)
