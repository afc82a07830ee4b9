"""Hostile input through the whole pipeline: the expected answer, nothing lost, and the same text back."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import Bench, Who, build, refusal, success
from tests.each import for_each
from tests.hostile import HOSTILE_CONTENTS, HOSTILE_IDS, HOSTILE_QUERIES, HOSTILE_TAGS, HOSTILE_TITLES, Text, Value
from tests.strategies import contents, hostile_text, tags, titles
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.outcome import Failure
from twi_core.kernel.text import name_key
from twi_core.links.domain import Link


async def prepared() -> Bench:
    bench = build()
    success(await bench.call("links.add", title="known", content="plain words", tag="Maps"))
    return bench


def link_of(value: object) -> Link:
    assert isinstance(value, Link)
    return value


@pytest.mark.asyncio
@for_each("case", HOSTILE_TITLES)
async def test_titles(case: Text) -> None:
    """A hostile title is refused by every use case alike, or stored as written and found again by itself."""
    bench = await prepared()
    assert await bench.code("links.add", title=case.text, content="x") == case.code
    assert await bench.code("links.rename", title="known", new_title=case.text) == (
        case.code or "links.title_taken"  # the link just added has it
    )
    if case.code is not None:
        for name in ("get", "info", "delete"):
            assert await bench.code(f"links.{name}", title=case.text) == case.code
        return
    found = link_of(success(await bench.call("links.get", Who.MEMBER, title=case.text)))
    assert found.title == case.kept
    assert await bench.code("links.delete", title=case.text) is None
    assert await bench.code("links.rename", title="known", new_title=case.text) is None


@pytest.mark.asyncio
@for_each("case", HOSTILE_TAGS)
async def test_tags(case: Text) -> None:
    """A hostile tag is refused, or stored as written and listed by itself."""
    bench = await prepared()
    assert await bench.code("links.edit", title="known", tag=case.text) == case.code
    tag = link_of(success(await bench.call("links.get", title="known"))).tag
    if case.code is None:
        assert tag == case.kept
        assert await bench.code("links.list", Who.MEMBER, tag=case.text) is None
    else:
        assert tag == "Maps"


@pytest.mark.asyncio
@for_each("case", HOSTILE_CONTENTS)
async def test_contents(case: Text) -> None:
    """A hostile content is refused and changes nothing, or is stored as written."""
    bench = await prepared()
    assert await bench.code("links.add", title="new", content=case.text) == case.code
    assert await bench.code("links.edit", title="known", content=case.text) == case.code
    content = link_of(success(await bench.call("links.get", title="known"))).content
    assert content == (case.kept if case.code is None else "plain words")


@pytest.mark.asyncio
@for_each("case", HOSTILE_QUERIES)
async def test_queries(case: Text) -> None:
    """No sign in a search means more than itself."""
    bench = await prepared()
    assert await bench.code("links.search", Who.MEMBER, query=case.text) == case.code


@pytest.mark.asyncio
@for_each("case", HOSTILE_IDS)
async def test_ids(case: Value) -> None:
    """An invalid id is refused, and the link keeps its owner."""
    bench = await prepared()
    assert await bench.code("links.transfer", title="known", to=case.given) == case.code
    owner = link_of(success(await bench.call("links.get", title="known"))).added_by
    assert owner == (Who.AUTHOR.value if case.code else int(str(case.given)))


@given(hostile_text)
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_any_use_case(text: str) -> None:
    """Whatever text is in whatever field, the answer is a success or a registered code, never an internal error."""

    async def try_all() -> None:
        bench = await prepared()
        for operation in bench.app.operations():
            for field in operation.command.model_fields:
                sound = {"title": "known", "content": "x", "tag": "Maps", "query": "plain", "new_title": "n"}
                raw = {name: value for name, value in sound.items() if name in operation.command.model_fields}
                bench.clock.advance(61)
                outcome = await operation.call(raw | {field: text}, bench.by(Who.OPERATOR))
                if isinstance(outcome, Failure):
                    error = refusal(outcome)
                    assert error.code in registered_errors()
                    assert error.kind != "internal", (operation.name, field)

    asyncio.run(try_all())


@given(titles, contents, st.none() | tags)
@settings(max_examples=200, deadline=None)
def test_what_is_taken_comes_back(title: str, content: str, tag: str | None) -> None:
    """Whatever is accepted is found again by its title, its tag and its words, as it was written."""

    async def there_and_back() -> None:
        bench = build()
        link = link_of(success(await bench.call("links.add", title=title, content=content, tag=tag)))
        assert (link.title, link.content) == (title.strip(), content.strip())
        assert success(await bench.call("links.get", Who.MEMBER, title=title)) == link
        folded = await bench.call("links.get", Who.MEMBER, title=name_key(title))  # a key alone may be no name
        assert isinstance(folded, Failure) or success(folded) == link
        assert not isinstance(folded, Failure) or refusal(folded).kind == "invalid"
        assert await bench.code("links.list", Who.MEMBER, tag=tag or "Untagged") is None
        assert await bench.code("links.search", Who.MEMBER, query=title) in {None, "links.nothing_found"}

    asyncio.run(there_and_back())
