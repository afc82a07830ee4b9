"""Hints repeat what was typed."""

import re
from typing import Any

import pytest

from tests.integration.discord.stage import staged

pytestmark = pytest.mark.asyncio

KEPT = (
    ("link edit", {"title": "my map", "tag": "t", "preview": True, "content": "\u200b"}, "content"),
    ("!link edit my map --tag t --preview yes --content", None, "--content"),
    ("!link edit my map --colour red --tag t --preview yes", None, None),
    ("!link edit my map --tag t --preview yes --tag u", None, None),
)


@pytest.mark.parametrize(("typed", "options", "field"), KEPT)
async def test_a_hint_repeats_what_was_typed(typed: str, options: dict[str, Any] | None, field: str | None) -> None:
    """Only what is missing or wrong is replaced by an example, so that the line does what was meant."""
    async with staged() as stage:
        if options is None:
            said = await stage.write("moderator", typed)
        else:
            said = await stage.ask("moderator", "slash", typed, **options)
        (line,) = re.findall(r"`([/!]link edit [^`]*)`", said.text)
        kept = "title:my map" if options else "!link edit my map"
        rest = "tag:t preview:yes" if options else "--tag t --preview yes"
        assert kept in line
        assert rest in line
        assert "world map" not in line
        assert field is None or field in line
