"""How the bot identifies a caller."""

from typing import Any

import discord
import pytest
import simcord

from tests.integration.discord.stage import WAYS, Stage, staged
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.permissions import NativePermissions
from twi_discord.replies.identify import identify

pytestmark = pytest.mark.asyncio


async def identified(stage: Stage, who: str, *, dm: bool = False, owners: dict[str, str] | None = None) -> CallContext:
    """Send an interaction and return how its caller is identified; `owners` are the accounts that installed the app."""
    found: list[CallContext] = []

    async def listen(interaction: discord.Interaction[Any]) -> None:
        if owners is not None:
            interaction._integration_owners = {int(key): int(value) for key, value in owners.items()}
        found.append(identify(stage.app, interaction))

    stage.bot.add_listener(listen, "on_interaction")
    await stage.ask(who, "slash", "link list", dm=dm)
    stage.bot.remove_listener(listen, "on_interaction")
    return found[0]


async def test_a_member_is_identified_by_what_discord_sends() -> None:
    """Actor, server, channel, roles and native permissions come from Discord; the entrypoint is named."""
    async with staged() as stage:
        context = await identified(stage, "moderator")
        assert context.actor == stage.people["moderator"].id
        assert context.guild == stage.guild.id
        assert context.channel == stage.channel.id
        assert stage.guild.roles["moderator"].id in context.roles
        assert NativePermissions.BAN_MEMBERS in context.native
        assert NativePermissions.ADMINISTRATOR not in context.native
        assert context.origin is Origin.DISCORD


async def test_a_private_caller_has_no_server_and_no_rights() -> None:
    """In a direct message there is neither server nor permission for any caller."""
    async with staged() as stage:
        context = await identified(stage, "administrator", dm=True)
        assert (context.guild, context.native, context.roles) == (None, NativePermissions.NONE, frozenset())


async def test_a_server_without_the_bot_counts_as_none() -> None:
    """Where only the caller has installed the app, there is no server and there are no rights."""
    async with staged() as stage:
        me = str(stage.people["administrator"].id)
        context = await identified(stage, "administrator", owners={"1": me})
        assert (context.guild, context.native) == (None, NativePermissions.NONE)
        both = await identified(stage, "administrator", owners={"0": str(stage.guild.id), "1": me})
        assert both.guild == stage.guild.id


async def test_the_servers_owner_is_an_administrator() -> None:
    """The owner may do everything, by slash and in writing, without any role."""
    async with staged() as stage:
        member = simcord.MemberActor(stage.env, stage.guild, stage.guild.owner)
        await stage.add("map")
        said = await stage.ask(member, "prefix", "link edit", title="map", content="by its owner")
        assert "Changed" in said.text
        said = await stage.ask(member, "slash", "link delete", title="map")
        assert "Deleted" in said.text


async def test_a_role_that_was_taken_away_no_longer_counts() -> None:
    """Rights are those of the moment: a moderator who lost the role adds nothing, in writing either."""
    async with staged() as stage:
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        member = await guild.fetch_member(stage.people["moderator"].id)
        await stage.add("map")
        await member.remove_roles(*[role for role in member.roles if role.name == "moderator"])
        await stage.env.settle()
        for way in WAYS:
            said = await stage.ask("moderator", way, "link add", title=f"by {way}", content="x")
            assert "`permissions.denied`" in said.text
