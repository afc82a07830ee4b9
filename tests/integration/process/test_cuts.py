"""The socket is cut at every event of a script: nothing runs twice, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from tests.integration.process.stage import MODERATORS, added, ask, in_memory, online, replies, shown
from tests.wire import ALICE, FakeDiscord, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVENTS = 200
Side = Literal["before", "after"]
Way = Literal["slash", "written", "mixed"]


class Script:
    """People who each add a few links, by slash, in writing, or in turns, under titles that occur once."""

    def __init__(self, discord: FakeDiscord, way: Way) -> None:
        self.events: list[tuple[str, Json]] = []
        self._discord = discord
        self._slashes: dict[str, Json] = {}
        self._messages: dict[str, Json] = {}
        for number in range(EVENTS):
            title, by = f"title {number}", MODERATORS[number % len(MODERATORS)]
            if way == "slash" or (way == "mixed" and number % 2):
                self._slashes[title] = made = added(discord, title, by=by)
                self.events.append(("INTERACTION_CREATE", made))
            else:
                words = f"!link add {title} --content some words --tag tag"
                self._messages[title] = made = discord.world.message(words, by=by)
                self.events.append(("MESSAGE_CREATE", made))

    def answers(self) -> dict[str, list[str]]:
        """Return the first lines of what each title's command was answered with."""
        slashes = {title: [shown(self._discord, made) or ""] for title, made in self._slashes.items()}
        written = {title: replies(self._discord, made) for title, made in self._messages.items()}
        return {title: [text.split("\n")[0] for text in texts] for title, texts in (slashes | written).items()}

    def answered(self) -> bool:
        """Return whether every command has an answer."""
        return all(any(texts) for texts in self.answers().values())

    def repeated(self) -> list[str]:
        """Return the titles whose interaction was answered more than once."""
        return [title for title, made in self._slashes.items() if len(self._discord.answers_to(made)) != 1]


@pytest.mark.parametrize(
    ("side", "way"),
    [
        ("after", "mixed"),
        *(
            pytest.param(side, way, marks=pytest.mark.long)
            for side in ("before", "after")
            for way in ("slash", "written")
        ),
    ],
)
async def test_a_cut_at_every_event_loses_and_repeats_nothing(
    discord: FakeDiscord, tmp_path: Path, side: Side, way: Way
) -> None:
    """A script of 200 writes, the socket cut at each of them: each is done and answered once, in one session."""
    identifies, resumes = len(discord.identifies), len(discord.resumes)
    async with online(discord, environment=in_memory(discord, tmp_path)) as twi:
        script = Script(discord, way)
        cuts = range(EVENTS)
        last = discord.play(script.events, **{f"cut_{side}": cuts})
        await discord.wait_until_delivered(last)
        await twi.until(script.answered, "200 answers")

        assert script.answers() == {f"title {n}": [f"Added **title {n}**"] for n in range(EVENTS)}, twi.tail
        assert script.repeated() == []
        listed = await ask(discord, twi, "link list", {}, by=ALICE)
        assert f"**tag**: {EVENTS} links" in listed
        assert len(discord.identifies) == identifies + 1, "the session was lost"
        assert len(discord.resumes) == resumes + EVENTS, "not every cut struck"
        await twi.stopped()
