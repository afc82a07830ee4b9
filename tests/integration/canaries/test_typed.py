"""Secrets that people type into the wrong place: nobody but they themselves is shown them again.

Where the template of a refusal repeats what was typed, the one who typed it sees it, escaped; that answer is no sink
here. Logs, what is stored, invalidations and what is shown to others are.
"""

from pathlib import Path

import pytest

from tests.integration.canaries.canaries import CANARIES
from tests.integration.canaries.sinks import Sinks, logged
from tests.integration.canaries.world import World, opened
from tests.integration.http.server import GUILD, bearer

pytestmark = pytest.mark.asyncio

ANSWERS = ("HTTP answer", "Discord")


@pytest.fixture
def sinks() -> Sinks:
    return Sinks()


async def seen_to_be_clean(world: World) -> None:
    """Collect what others than the one who typed are shown, which is nothing of that."""
    await world.written()
    for answers in ANSWERS:
        world.sinks.texts.pop(answers, None)
    await world.read_back()
    await world.documented()


async def test_over_http(sinks: Sinks, tmp_path: Path) -> None:
    """As a value, a field's name, an id, an operation, a query, a body that is no JSON, and in every header."""
    api = f"/api/v1/guilds/{GUILD}/operations"
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            client, headers = world.entrypoint.client, bearer(world.token)
            for canary in CANARIES:
                text, word = canary.text, canary.needle
                line = " ".join(text.split())
                answers = [
                    await client.post(f"{api}/links.get", json={"title": text}, headers=headers),
                    await client.post(f"{api}/links.add", json={"title": "a", "content": text}, headers=headers),
                    await client.post(f"{api}/links.get", json={"title": "a", text: text}, headers=headers),
                    await client.post(f"{api}/links.get", json={"title": {text: [text]}}, headers=headers),
                    await client.post(f"{api}/links.get", content=f'{{"title": {text}', headers=headers),
                    await client.post(f"{api}/links.get", params={text: text}, json={"title": "a"}, headers=headers),
                    await client.post(f"{api}/{word}", json={}, headers=headers),
                    await client.post(f"/api/v1/guilds/{word}/operations/links.get", json={}, headers=headers),
                    await client.post(f"/{word}", json={"title": text}),
                    await client.request(f"X{word[:8]}", "/docs"),
                    await client.post(f"{api}/links.get", json={"title": "a"}, headers=bearer(word)),
                    await client.post(f"{api}/links.get", headers={**headers, "Content-Type": line}, content=b"{}"),
                    await client.get("/docs", headers={"X-Request-ID": line, "Cookie": f"session={word}"}),
                    await client.get("/docs", headers={"X-Filler": line * 400}),
                ]
                assert all(answer.status_code >= 400 for answer in answers[:-2])
            await seen_to_be_clean(world)
    assert sinks.leaks() == []
    assert len(sinks.texts["stored occurrences"]) > 2 * len(CANARIES)


async def test_in_discord(sinks: Sinks, tmp_path: Path) -> None:
    """As a value, an option's name, a command, a word for the help, and while typing."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            stage, member = world.stage, world.stage.people["member"]
            for canary in CANARIES:
                text, word = canary.text[:90], canary.needle
                await stage.ask("member", "slash", "link get", title=text)
                await stage.ask("member", "slash", "link add", content=text, title="a")
                await stage.ask("member", "slash", "help", command=word)
                await stage.ask("member", "slash", "error", reference=word[:40])
                for written in (
                    f"link get {text}",
                    f"link get a --{word} {word}",
                    f"link {word}",
                    f"help {word}",
                    word,
                ):
                    await stage.write("member", f"!{written}")
                await member.autocomplete(stage.channel, "link get", "title", word)
                await member.autocomplete(stage.channel, "link get", "title", word * 9)
                stage.clock.advance(61)
            await seen_to_be_clean(world)
    assert sinks.leaks() == []
    assert len(sinks.texts["stored occurrences"]) > 2 * len(CANARIES)
