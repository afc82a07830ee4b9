"""Hostile inputs through all entrypoints side by side; each entrypoint's own tests send it the whole tables."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import pytest

from tests.contexts import Call
from tests.hostile import (
    HOSTILE_BODIES,
    HOSTILE_CONTENTS,
    HOSTILE_CURSORS,
    HOSTILE_IDS,
    HOSTILE_QUERIES,
    HOSTILE_TAGS,
    HOSTILE_TITLES,
    Text,
    Value,
)
from tests.integration.parity.compare import alike, play
from tests.integration.parity.entrypoints import discord_stage, play_cli, play_http
from tests.integration.parity.world import World, seed

TITLE = "world map"
OTHER_MENTIONS = (
    Value(42, "role-mention", "<@&175928847299117063>", "input.invalid_type"),
    Value(42, "channel-mention", "<#175928847299117063>", "input.invalid_type"),
)
"""A written command takes a mention of a person for the person, and no other mention for one."""


def sent(cases: Sequence[Text]) -> list[Text]:
    """Leave out what cannot be sent as UTF-8, and megabytes."""
    return [case for case in cases if case.utf8 and len(case.text) < 20_000]


def adding(field: str, cases: Sequence[Text]) -> list[tuple[Call, str | None]]:
    """Add a link with each text in one field."""
    sound = {"title": "a title", "content": "some text"}
    return [(Call("links.add", "moderator", {**sound, field: case.text}), case.code) for case in sent(cases)]


def asking(name: str, field: str, cases: Sequence[Text], **more: Any) -> list[tuple[Call, str | None]]:
    """Ask with each text in one field."""
    return [(Call(name, "member", {**more, field: case.text}, before=seed("links")), case.code) for case in sent(cases)]


def transferring() -> list[tuple[Call, str | None]]:
    """Transfer a link to each id that may be none."""
    return [
        (Call("links.transfer", "owner", {"title": TITLE, "to": case.given}, before=seed("links")), case.code)
        for case in (*HOSTILE_IDS, *OTHER_MENTIONS)
        if not (isinstance(case.given, float) and not math.isfinite(case.given))  # JSON has no such number
        and (not isinstance(case.given, str) or case.given.isprintable())
    ]


TABLES: dict[str, list[tuple[Call, str | None]]] = {
    "titles": adding("title", HOSTILE_TITLES),
    "tags": adding("tag", [case for case in HOSTILE_TAGS if case not in HOSTILE_TITLES]),
    "contents": adding("content", [case for case in HOSTILE_CONTENTS if case not in HOSTILE_TITLES]),
    "queries": asking("links.search", "query", HOSTILE_QUERIES[-12:]),
    "cursors": asking("links.tags", "after", HOSTILE_CURSORS),
    "bodies": [(Call("links.add", "moderator", case.given), case.code) for case in HOSTILE_BODIES],
}


@pytest.mark.parametrize("table", [*TABLES, "ids"])
def test_each_row_is_answered_alike(table: str) -> None:
    """The code that the table asks for comes through every entrypoint that can carry the row, with the same words."""
    rows = TABLES[table] if table != "ids" else transferring()
    truths, played = alike([call for call, _ in rows])
    assert [truth.code for truth in truths] == [code for _, code in rows]
    for entrypoint in ("call", "http"):
        carried = [answer for answer in played[entrypoint] if answer is not None]
        assert len(carried) >= len(rows) - 1, "no process can be given a NUL; everything else is carried"


def test_what_only_a_person_can_mistype_is_named_alike() -> None:
    """A parameter that there is not, and one that lacks, have the same code wherever they can be written at all."""
    wrong = Call("links.get", "member", {"title": "x", "bogus": "1"})
    lacking = Call("links.get", "member", {})
    _, played = play([wrong, lacking])
    codes = ["input.unknown_field", "input.missing"]
    for entrypoint in ("call", "http"):
        assert [answer and answer.code for answer in played[entrypoint]] == codes
    assert played["slash"] == played["typed"] == [None, None], "Discord and the typed command line let nobody write it"

    async def written() -> list[str]:
        async with discord_stage(World()) as stage:
            return [(await stage.write("member", text)).text for text in ("!link get x --bogus 1", "!link get")]

    for code, text in zip(codes, asyncio.run(written()), strict=True):
        assert f"`{code}`" in text


def test_a_caller_gives_themselves_no_rights() -> None:
    """Naming a guild, a level or an actor among the parameters is refused, and nothing is stored."""
    calls = [
        Call("links.add", "member", {"title": "a", "content": "b", name: "1"})
        for name in ("guild", "guild_id", "asserted_level", "actor", "as", "roles")
    ]
    for answers in (play_cli(calls)["call"], asyncio.run(play_http(calls))):
        assert [answer and answer.code for answer in answers] == ["input.unknown_field"] * len(calls)
        assert not any(answer and answer.state.get("links") for answer in answers)
