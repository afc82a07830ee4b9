"""The scripted conversation: it passes on the real bot, and notices a broken one."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.waiting import PATIENCE
from twi_core.kernel.ids import GuildId
from twi_core.kernel.permissions import Level
from twi_core.links.domain import Link
from twi_core.links.use_cases.tags import ListTags
from twi_memory.links import MemoryLinks
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, open_runtime
from twi_sandbox.stage.parts import fill
from twi_sandbox.stage.session import Unlimited, open_world, operator_id
from twi_sandbox.stage.tour import play, story
from twi_sandbox.stage.world import GUILD_ID, World

TWI: Final = str(Path(sys.executable).with_name("twi"))


@asynccontextmanager
async def world_on(store: MemoryStore) -> AsyncIterator[World]:
    settings = Settings(storage="memory", operator_ids=frozenset({operator_id()}))
    async with open_runtime(settings, Overrides(storage=store, limiter=Unlimited())) as runtime:
        operator = runtime.app.context(actor=None, guild=GuildId(GUILD_ID), asserted_level=Level.OPERATOR)
        await fill(runtime.app, operator)
        async with open_world(runtime) as world:
            yield world


@pytest.mark.asyncio
async def test_every_answer_is_as_the_script_expects() -> None:
    """The bot on memory answers the whole script as expected."""
    written: list[str] = []
    async with world_on(MemoryStore()) as world:
        assert await play(world, written.append) == 0, "\n".join(written)


@pytest.mark.asyncio
async def test_a_broken_use_case_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """When deleting says that it worked and does nothing, the tour counts an unexpected answer."""

    async def forget(_: MemoryLinks, _link: Link, /) -> None:
        """Do nothing, which is the planted fault."""

    monkeypatch.setattr(MemoryLinks, "remove", forget)
    written: list[str] = []
    async with world_on(MemoryStore()) as world:
        assert await play(world, written.append) == 1
    assert any(line.startswith("✗") for line in written)


def test_the_chapters_of_contexts_are_one_story() -> None:
    """A member who is refused in the links chapter asks why in the next one, from permissions; farewells come last."""
    chapters = story()
    headings = [chapter.heading for chapter in chapters]
    asking = next(place for place, heading in enumerate(headings) if heading.startswith("A refused member asks why"))
    assert headings[asking - 1].startswith("Members can't change other people's links")
    assert [chapter.act for chapter in chapters] == sorted(chapter.act for chapter in chapters)
    assert sum(len(chapter.steps) for chapter in chapters) >= 25


@pytest.mark.asyncio
async def test_a_filled_server_is_left_as_it_is() -> None:
    """Demo data is added where there is none: filling again changes nothing."""
    settings = Settings(storage="memory")
    async with open_runtime(settings, Overrides(storage=MemoryStore(), limiter=Unlimited())) as runtime:
        operator = runtime.app.context(actor=None, guild=GuildId(GUILD_ID), asserted_level=Level.OPERATOR)
        await fill(runtime.app, operator)
        tags = (await runtime.app.links.tags(ListTags(), operator)).unwrap()
        assert sum(tag.links for tag in tags.items) > 25
        await fill(runtime.app, operator)
        assert (await runtime.app.links.tags(ListTags(), operator)).unwrap() == tags


def test_the_tour_runs_from_the_command_line(tmp_path: Path) -> None:
    """`twi sandbox --tour` plays on an embedded database, exits 0, and leaves nothing of its folder's server."""
    ran = subprocess.run([TWI, "sandbox", "--tour"], capture_output=True, text=True, timeout=PATIENCE * 5, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Max (member): /link get title:world map" in ran.stdout
    assert "0 unexpected answers" in ran.stdout
    assert "Traceback" not in ran.stderr
