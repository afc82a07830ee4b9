"""The facts of links, their tags and suggestions."""

from collections.abc import Iterator
from typing import Final

from twi_core.kernel.facts import ContextFacts, Fact, Person, content, phrase
from twi_core.links.domain import UNTAGGED, Link, Suggestion, Tag


def link_facts(link: Link) -> Iterator[Fact]:
    """Describe a link."""
    yield Fact("title", link.title)
    yield Fact("tag", link.tag or UNTAGGED)
    yield Fact("content", content(link.content, preview=link.preview))
    yield Fact("preview", link.preview, brief=False)
    yield Fact("added", phrase("{when} by {who}", when=link.added_at, who=Person(link.added_by)), brief=False)
    yield Fact("changed", phrase("{when} by {who}", when=link.changed_at, who=Person(link.changed_by)), brief=False)
    yield Fact("id", link.id, brief=False)


def tag_facts(counted: Tag) -> Iterator[Fact]:
    """Describe a tag, and how many links have it."""
    yield Fact("tag", counted.tag or UNTAGGED)
    yield Fact("links", counted.links)


def suggestion_facts(suggestion: Suggestion) -> Iterator[Fact]:
    """Describe a link that matches what was typed."""
    yield Fact("title", suggestion.title)
    yield Fact("tag", suggestion.tag or UNTAGGED)


FACTS: Final = ContextFacts()
FACTS.show(Link, link_facts)
FACTS.show(Tag, tag_facts)
FACTS.show(Suggestion, suggestion_facts)
