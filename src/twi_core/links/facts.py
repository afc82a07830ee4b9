"""The facts of links, their tags and suggestions."""

from collections.abc import Iterator
from typing import Final

from twi_core.kernel.facts import ContextFacts, Fact, Person, Phrase, content
from twi_core.links.domain import UNTAGGED, Link, Suggestion, Tag


def link_facts(link: Link) -> Iterator[Fact]:
    """Describe a link."""
    yield Fact("title", link.title)
    yield Fact("tag", link.tag or UNTAGGED)
    yield Fact("content", content(link.content, preview=link.preview))
    yield Fact("preview", link.preview, brief=False)
    yield Fact("added", Phrase(link.added_at, " by ", Person(link.added_by)), brief=False)
    yield Fact("changed", Phrase(link.changed_at, " by ", Person(link.changed_by)), brief=False)
    yield Fact("id", link.id, brief=False)


def tag_facts(counted: Tag) -> Iterator[Fact]:
    """Describe a tag and how many links have it."""
    yield Fact("tag", counted.tag or UNTAGGED)
    yield Fact("links", counted.links)


def suggestion_facts(suggestion: Suggestion) -> Iterator[Fact]:
    """Describe a link that may be meant."""
    yield Fact("title", suggestion.title)
    yield Fact("tag", suggestion.tag or UNTAGGED)


FACTS: Final = ContextFacts()
FACTS.show(Link, link_facts)
FACTS.show(Tag, tag_facts)
FACTS.show(Suggestion, suggestion_facts)
