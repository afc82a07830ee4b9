"""What a context may say about its values, and what the type checker must refuse; see `operations`. Never run."""

from collections.abc import Iterable

from twi_cli.output.presenters import Part, Presenters
from twi_cli.output.wording import ShellWording
from twi_core.kernel.facts import ContextFacts, Fact, Phrase
from twi_core.links.domain import Link, Tag


def of_tag(tag: Tag) -> Iterable[Fact]:
    """Describe a tag."""
    return (Fact("tag", tag.tag), Fact("links", tag.links))


def of_anything(value: object) -> Iterable[Fact]:
    """Describe whatever there is."""
    return (Fact("value", str(value)),)


def parts_of_tag(tag: Tag, _: ShellWording) -> Iterable[Part]:
    """Show a tag."""
    return ("A tag:", tag.tag)


def a_description_fits_its_type(facts: ContextFacts, presenters: Presenters) -> None:
    """A function describes its own type or a narrower one, and no other."""
    facts.show(Tag, of_tag)
    facts.show(Tag, of_anything)
    facts.show(Link, of_tag)  # type: ignore[arg-type]  # must be refused
    presenters.show(Tag, parts_of_tag)
    presenters.show(Link, parts_of_tag)  # type: ignore[arg-type]  # must be refused


def a_fact_has_one_of_the_known_values(tag: Tag) -> None:
    """What no entrypoint can show is no fact."""
    Fact("tag", tag)  # type: ignore[arg-type]  # must be refused
    Fact("part", 0.5)  # type: ignore[arg-type]  # must be refused
    Phrase("a ", b"b")  # type: ignore[arg-type]  # must be refused
