"""Tokens are changed as docs/secrets.md says, and nothing is lost: those of the API, and the one of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio

from tests.integration.process.stage import (
    MODERATORS,
    PATIENCE,
    Twi,
    added,
    admit_moderators,
    answer,
    ask,
    online,
    pointed_at,
    replies,
    started,
)
from tests.integration.process.steady import GUILDS, address, issued, links, steady
from tests.wire import ALICE, TOKEN, FakeDiscord

pytestmark = pytest.mark.asyncio

NEW_TOKEN: Final = "second.wire.token"
FATAL: Final = 78


@pytest_asyncio.fixture
async def portal() -> AsyncIterator[FakeDiscord]:
    """A separate Discord for the test, where the bot's token can be reset."""
    async with FakeDiscord() as server:
        admit_moderators(server)
        yield server


async def _status(url: str, token: str) -> tuple[int, str | None]:
    """Return how the API answers a token: the status, and the code of a refusal."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        found = await client.post(
            f"/api/v1/guilds/{GUILDS[0]}/operations/links.tags", headers={"Authorization": f"Bearer {token}"}
        )
        return found.status_code, None if found.status_code == 200 else found.json()["code"]


async def _refused(twi: Twi, *secrets: str) -> None:
    """Check that the process ends because of its token, with one sentence that says what to do, and no secret in it."""
    assert await twi.ended() == FATAL, twi.tail
    assert "Discord refused the token. Copy a new one" in twi.err.replace("\nhint:  ", " ")
    assert "discord.token_refused" in twi.err
    assert "Traceback" not in twi.err
    assert not [secret for secret in secrets if secret in twi.out + twi.err]
    assert twi.left_behind() == []


async def test_an_api_token_is_replaced_while_it_is_in_use(postgres_url: str, tmp_path: Path) -> None:
    """The new token works beside the old one, its users switch, and the old one ends: no request is refused."""
    file = tmp_path / "database"
    file.write_text(postgres_url)
    environment = {"TWI_DATABASE_URL_FILE": str(file), "TWI_HTTP_PORT": "0"}
    async with started("http", environment=environment) as twi:
        url = await address(twi)
        old = await issued("dashboard", environment)
        async with steady(url, old) as caller:
            await caller.goes_on(twi)
            new = await issued("dashboard, second", environment)
            assert await _status(url, old) == await _status(url, new) == (200, None)
            caller.token = new
            await caller.goes_on(twi)
            async with started("tokens", "revoke", "dashboard", environment=environment) as revoking:
                assert await revoking.ended() == 0, revoking.tail
            assert await _status(url, old) == (401, "tokens.required")
            assert await _status(url, new) == (200, None)
            await caller.goes_on(twi)
        assert (caller.failed, caller.wrong) == ([], [])
        assert sorted(links(postgres_url)) == sorted(caller.stored)
        await twi.stopped()
    assert not [secret for secret in (old, new) if secret in twi.out + twi.err]


async def test_the_discord_token_is_replaced_between_two_lives(
    portal: FakeDiscord, postgres_url: str, tmp_path: Path
) -> None:
    """Stopped, reset, started with the new token: what was stored is there, the old token ends the process with 78.

    A message from the time between is not answered, as nobody was there; the same one again is.
    """
    environment = {**pointed_at(portal, tmp_path), "TWI_DATABASE_URL": postgres_url}
    async with online(portal, environment=environment) as before:
        kept = portal.interact(added(portal, "kept", by=MODERATORS[0]))
        assert (await answer(portal, before, kept)).startswith("Added **kept**")
        await before.stopped()
    missed = portal.say(portal.world.message("!link get kept", by=ALICE))
    portal.reset_token(NEW_TOKEN)
    async with started("bot", environment=environment) as stale:
        await _refused(stale, TOKEN)
    pointed_at(portal, tmp_path, token=NEW_TOKEN)
    async with online(portal, environment=environment) as after:
        again = portal.say(portal.world.message("!link get kept", by=ALICE))
        await after.until(lambda: bool(replies(portal, again)), "reply")
        assert replies(portal, again) == ["**kept**\nsome words"]
        assert (await ask(portal, after, "link get", {"title": "kept"}, by=ALICE)).startswith("**kept**")
        assert replies(portal, missed) == []
        await after.stopped()
    assert not [secret for secret in (TOKEN, NEW_TOKEN) if secret in after.err]


@pytest.mark.parametrize("closing", [True, False], ids=["closed at once", "closed at the next resume"])
async def test_a_token_that_is_reset_under_a_running_bot_ends_it(
    portal: FakeDiscord, postgres_url: str, tmp_path: Path, closing: bool
) -> None:
    """Whenever Discord closes the session, the process ends with 78 and says why; with the new token all is there."""
    environment = {**pointed_at(portal, tmp_path), "TWI_DATABASE_URL": postgres_url}
    async with online(portal, environment=environment) as leaked:
        first = portal.interact(added(portal, "before the reset", by=MODERATORS[0]))
        assert (await answer(portal, leaked, first)).startswith("Added **before the reset**")
        portal.reset_token(NEW_TOKEN, closing=closing)
        if not closing:  # answers to slash commands need no token of the bot's
            second = portal.interact(added(portal, "after it", by=MODERATORS[0]))
            assert (await answer(portal, leaked, second)).startswith("Added **after it**")
            portal.cut()
        await _refused(leaked, TOKEN)
    pointed_at(portal, tmp_path, token=NEW_TOKEN)
    async with online(portal, environment=environment) as mended:
        for title in ("before the reset", *(() if closing else ("after it",))):
            assert (await ask(portal, mended, "link get", {"title": title}, by=ALICE)).startswith(f"**{title}**")
        await mended.stopped()
