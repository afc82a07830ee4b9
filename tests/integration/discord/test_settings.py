"""Settings as administrators, moderators and members meet them in Discord."""


import pytest
import simcord

from tests.integration.discord.stage import WAYS, Stage, Way, staged

PAGE_SIZE = "links.page_size"
ADMIN_ROLES = "permissions.admin_roles"


def values(stage: Stage) -> dict[str, str]:
    """Give what is set."""
    return {row.key: row.value for row in stage.store.settings.rows.values()}


def low_role(stage: Stage, name: str = "helper") -> simcord.RoleHandle:
    """Give a role below that of the administrator."""
    return stage.guild.create_role(name, position=1)


async def member_with(stage: Stage, role: simcord.RoleHandle) -> simcord.MemberActor:
    """Give somebody who holds a role, and nothing else."""
    member = stage.guild.add_member(stage.env.create_user("holder"), roles=[role])
    await stage.env.settle()
    return member


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.asyncio
async def test_a_setting_is_shown_changed_and_put_back(way: Way) -> None:
    """Its answers name the value there was and the one there is; its history names everybody who changed it."""
    async with staged() as stage:
        shown = await stage.ask("moderator", way, "settings show", key=PAGE_SIZE)
        assert "is 20 (default)" in shown.text
        assert "a whole number from 5 to 20" in shown.text
        done = await stage.ask("administrator", way, "settings set", key=PAGE_SIZE, value="7")
        assert done.text == "**links.page\\_size** is now 7. Before, it was 20 (default)."
        assert values(stage) == {PAGE_SIZE: "7"}
        again = await stage.ask("administrator", way, "settings set", key=PAGE_SIZE, value="7")
        assert again.text == "Nothing was changed: **links.page\\_size** is 7 already."
        back = await stage.ask("administrator", way, "settings reset", key=PAGE_SIZE)
        assert back.text == "**links.page\\_size** is now 20 (default). Before, it was 7."
        assert values(stage) == {}
        history = (await stage.ask("moderator", way, "settings history", key=PAGE_SIZE)).text.splitlines()
        assert [line.partition(": ")[2] for line in history[1:]] == [
            f"`{PAGE_SIZE}` from 7 to the default",
            f"`{PAGE_SIZE}` from the default to 7",
        ]
        assert all(f"<@{stage.people['administrator'].id}>" in line for line in history[1:])
