"""The same request by slash and in writing leaves the same state and says the same."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.discord.stage import Stage, staged

WORDS = st.text(st.sampled_from("ab ÄßİI1-_*`@<>|\"'\\#.:/(){}%😀é\u0301"), min_size=1, max_size=12)


TYPED = r"(?<!\\)`(?:[/!]|--)[^`]*`|(?<!\\)`[a-z_]+`"
"""What is to be typed, and the names of options: each way has its own spelling of them."""


def writable(text: str) -> bool:
    """Leave out what a written command cannot express: lines, enclosing quotes, words like --name among quotes."""
    stripped = text.strip()
    quoted = len(stripped) > 1 and stripped[0] == stripped[-1] == '"'
    return bool(stripped) and not ("--" in stripped and '"' in stripped) and not quoted and "\n" not in stripped


TEXT = WORDS.filter(writable) | st.sampled_from(["run it with --verbose please", "--tag maps"])
TITLE = st.sampled_from(["map", "MAP", "part 2", "other"]) | TEXT
TAG = st.sampled_from(["maps", "Untagged"]) | TEXT
CONTENT = st.sampled_from(["https://example.org/x", "javascript:x", "text"]) | TEXT
WHO = st.sampled_from(["operator", "administrator", "moderator", "owner", "member"])


def optional(**given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=given)


def request(name: str, required: dict[str, Any], **rest: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.fixed_dictionaries(required, optional=rest).map(lambda given: (name, given))


REQUESTS = st.one_of(
    request("link get", {"title": TITLE}),
    request("link list", {}, tag=TAG),
    request("link search", {"query": TEXT}),
    request("link add", {"title": TITLE, "content": CONTENT}, tag=TAG, preview=st.booleans()),
    request("link edit", {"title": TITLE}, content=CONTENT, tag=TAG, clear_tag=st.booleans(), preview=st.booleans()),
    request("link rename", {"title": TITLE, "new_title": TITLE}),
    request("link delete", {"title": TITLE}),
    request("link info", {"title": TITLE}),
    request("tag", {"tag": TAG}),
)


async def both(requests: list[tuple[str, tuple[str, dict[str, Any]]]]) -> None:
    """Send the same requests to two bots, one by slash and one in writing."""
    said: dict[str, list[str]] = {}
    left: dict[str, object] = {}
    for way in ("slash", "prefix"):
        async with staged() as stage:
            said[way] = [(await _ask(stage, way, who, name, given)) for who, (name, given) in requests]
            left[way] = stage.links()
            assert stage.pings() == []
    assert said["slash"] == said["prefix"]
    assert left["slash"] == left["prefix"]


async def _ask(stage: Stage, way: Any, who: str, name: str, given: dict[str, Any]) -> str:
    answer = await stage.ask(who, way, name, **given)
    assert len(answer.messages) == 1
    assert "`internal.unexpected`" not in answer.text
    return re.sub(TYPED, "`a command`", answer.stable)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(WHO, REQUESTS), min_size=4, max_size=16))
def test_both_ways_say_and_do_the_same(requests: list[tuple[str, tuple[str, dict[str, Any]]]]) -> None:
    """Any requests by anybody, sent by slash to one bot and in writing to another, end alike in every word."""
    asyncio.run(both(requests))


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(WHO, REQUESTS), min_size=4, max_size=16))
def test_both_ways_say_and_do_the_same_for_long(requests: list[tuple[str, tuple[str, dict[str, Any]]]]) -> None:
    """The same, tried far more often."""
    asyncio.run(both(requests))
