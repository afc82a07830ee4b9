"""Who runs the bot: whom the settings name, else whom Discord names."""

from pathlib import Path

import pytest

from tests.integration.process.stage import ask, in_memory, online
from tests.wire import ALICE, BOB, FakeDiscord, Json
from tests.wire.world import ADMIN, MOD, OPERATOR

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUNS = "You run this bot."


def team(discord: FakeDiscord) -> Json:
    """Make a team: its owner is an administrator of it, one develops, one only reads, one has not accepted yet."""
    roles = {ADMIN: ("admin", 2), MOD: ("developer", 2), ALICE: ("read_only", 2), BOB: ("admin", 1)}
    return {
        "id": "77",
        "name": "The Innkeepers",
        "icon": None,
        "owner_user_id": str(ADMIN),
        "members": [
            {
                "user": discord.world.users[user],
                "team_id": "77",
                "membership_state": state,
                "permissions": ["*"],
                "role": role,
            }
            for user, (role, state) in roles.items()
        ],
    }


async def running_it(discord: FakeDiscord, folder: Path, **more: str) -> set[int]:
    """Start the bot and give who of all people is told that they run it."""
    found = set()
    async with online(discord, environment={**in_memory(discord, folder), **more}) as twi:
        for user in (OPERATOR, ADMIN, MOD, ALICE, BOB):
            if RUNS in await ask(discord, twi, "permissions explain", {"operation": "links.add"}, by=user):
                found.add(user)
    return found


async def test_the_owner_of_the_application_runs_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """Without a setting Discord's word counts."""
    assert await running_it(discord, tmp_path) == {OPERATOR}


async def test_whoever_may_change_the_application_runs_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """Of a team, those who have joined and may do more than read."""
    discord.world.team = team(discord)
    try:
        assert await running_it(discord, tmp_path) == {ADMIN, MOD}
    finally:
        discord.world.team = None


async def test_the_settings_name_who_runs_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """Where the settings name somebody, nobody else is an operator, the application's owner included."""
    assert await running_it(discord, tmp_path, TWI_OPERATOR_IDS=str(ALICE)) == {ALICE}
