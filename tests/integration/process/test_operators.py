"""Who operates the bot: the users that the settings name, else the ones that Discord names."""

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
    """Start the bot and return which of all people are shown that they operate it."""
    found = set()
    async with online(discord, environment={**in_memory(discord, folder), **more}) as twi:
        for user in (OPERATOR, ADMIN, MOD, ALICE, BOB):
            if RUNS in await ask(discord, twi, "permissions explain", {"operation": "links.add"}, by=user):
                found.add(user)
    return found


async def test_the_owner_of_the_application_runs_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """Without a setting Discord's answer counts."""
    assert await running_it(discord, tmp_path) == {OPERATOR}


async def test_those_who_may_change_the_application_run_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """Of a team, those who have joined and may do more than read."""
    discord.world.team = team(discord)
    try:
        assert await running_it(discord, tmp_path) == {ADMIN, MOD}
    finally:
        discord.world.team = None


async def test_the_settings_name_who_runs_the_bot(discord: FakeDiscord, tmp_path: Path) -> None:
    """When the settings name somebody, nobody else is an operator, not even the application's owner."""
    assert await running_it(discord, tmp_path, TWI_OPERATOR_IDS=str(ALICE)) == {ALICE}
