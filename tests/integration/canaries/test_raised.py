"""Secrets in exceptions, raised wherever something can break: none is shown anywhere."""

from pathlib import Path

import pytest

from tests.integration.canaries.canaries import CANARIES, CARRIERS
from tests.integration.canaries.sinks import Sinks, logged
from tests.integration.canaries.world import World, opened, raising
from tests.integration.discord.entries import KINDS, WHO, Kind
from tests.integration.discord.stage import Said, answered
from tests.integration.discord.test_listeners import listening

pytestmark = pytest.mark.asyncio

PARTS = {"log for people", "log for programs", "log file", "stored occurrences", "stored bugs", "announcement"}


@pytest.fixture
def sinks() -> Sinks:
    return Sinks()


def seen_to_be_clean(sinks: Sinks, *further: str) -> None:
    """Check that there was something in each sink, and no canary in any."""
    assert {*PARTS, *further} <= {sink for sink, texts in sinks.texts.items() if "".join(texts).strip()}
    assert sinks.leaks() == []


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_in_an_operation(sinks: Sinks, tmp_path: Path, carrier: str) -> None:
    """A use case, an adapter or the storage breaks with a secret in any part of the exception: by every entrypoint."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            stage = world.stage
            for canary in CANARIES:
                world.storage.error = CARRIERS[carrier](canary.text)
                await world.http("links.get", {"title": "x"})
                await stage.ask("member", "slash", "link list")
                await stage.ask("member", "prefix", "link list")
                await stage.people["member"].autocomplete(stage.channel, "link get", "title", "x")
                world.storage.error = None
                stage.clock.advance(61)
            await collect(world)
    outages = carrier in {"unavailable", "timed_out", "conflict"}
    if outages:
        sinks.add("announcement", "an outage is no bug")
        sinks.add("stored bugs", "an outage is no bug")
    seen_to_be_clean(sinks, "HTTP answer", "Discord")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
async def test_in_the_discord_door(sinks: Sinks, tmp_path: Path, kind: Kind) -> None:
    """What answers a command, a click, a form or a menu breaks outside of any operation."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            use = await kind.arm(world.stage, raising(lambda: error))
            for canary in CANARIES:
                error = CARRIERS["cause"](canary.text)
                said = await (submitted(world) if kind.name == "form" else use(0.0))
                assert "`internal.unexpected`" in said.text
            await collect(world)
    seen_to_be_clean(sinks, "HTTP answer", "Discord")


async def submitted(world: World) -> Said:
    """Open a new form, as each is sent once, and send it."""
    member = world.stage.people[WHO]
    form = await member.slash(world.stage.channel, "probe")
    return answered(await member.submit_modal(form, {"text": "typed"}))


async def test_in_a_listener(sinks: Sinks, tmp_path: Path) -> None:
    """A listener to an event breaks."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            cog = await listening(world.stage)
            for canary in CANARIES:
                cog._error = ValueError(canary.text)
                await world.stage.people["member"].send(world.stage.channel, "hello")
            await collect(world)
    seen_to_be_clean(sinks, "HTTP answer", "Discord")


async def test_in_the_http_door(sinks: Sinks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads a request breaks."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            for canary in CANARIES:

                def broken(*_: object, text: str = canary.text) -> None:
                    raise ValueError({"body": text})

                monkeypatch.setattr("twi_http.operations.read_object", broken)
                await world.http("links.get", {"title": "x"})
                monkeypatch.undo()
            await collect(world)
    seen_to_be_clean(sinks, "HTTP answer")


async def test_in_the_announcement_itself(sinks: Sinks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord refuses the announcement with its own words."""
    with logged(sinks, tmp_path):
        async with opened(sinks) as world:
            for canary in CANARIES:
                world.storage.error = ValueError(canary.text)
                await world.http("links.get", {"title": "x"})

                async def refused(*_: object, text: str = canary.text, **__: object) -> None:
                    raise OSError(5, text)

                monkeypatch.setattr(world.stage.bot.http, "send_message", refused)
                await world.written()
                monkeypatch.undo()
                await world.http("links.get", {"title": "x"})
                world.storage.error = None
            await collect(world)
    seen_to_be_clean(sinks, "HTTP answer")


async def collect(world: World) -> None:
    """Write, announce, look at everything, and collect it."""
    await world.written()
    await world.read_back()
    await world.documented()
    world.said()
