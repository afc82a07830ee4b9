"""Settings as administrators, moderators and members see them in Discord."""

import json
import re
from typing import Any

import pytest
import simcord

from tests.contracts.settings import change
from tests.integration.discord.stage import WAYS, Stage, Way, answered, staged
from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import UNAUDITED
from twi_core.settings import SETTINGS
from twi_memory.settings import SETTING_ROWS

PAGE_SIZE = "links.page_size"
ADMIN_ROLES = "permissions.admin_roles"

pytestmark = pytest.mark.asyncio


def values(stage: Stage) -> dict[str, str]:
    """Return what is set."""
    return {row.key: row.value for row in stage.store.table(SETTING_ROWS).rows.values()}


def named(way: Way, role: simcord.RoleHandle) -> Any:
    """Return how a role is chosen, or how it is written."""
    return role if way == "slash" else role.mention


async def low_role(stage: Stage, name: str = "helper") -> simcord.RoleHandle:
    """Add and return a role below the administrator's."""
    role = stage.guild.create_role(name)
    await stage.env.settle()
    return role


async def holder(stage: Stage, role: simcord.RoleHandle) -> simcord.MemberActor:
    """Add and return a member who holds only this role."""
    member = stage.guild.add_member(stage.env.create_user("holder"), roles=[role])
    await stage.env.settle()
    return member


@pytest.mark.parametrize("way", WAYS)
async def test_a_setting_is_shown_changed_and_put_back(way: Way) -> None:
    """Its answers name the old value and the new one; its history names everybody who changed it."""
    async with staged() as stage:
        assert "No changes recorded" in (await stage.ask("moderator", way, "settings history")).text
        shown = await stage.ask("moderator", way, "settings show", key=PAGE_SIZE)
        assert "\nValue: 20 (default)\n" in shown.text
        assert "\nPossible values: a whole number from 5 to 20\n" in shown.text
        done = await stage.ask("administrator", way, "settings set", key=PAGE_SIZE, value="7")
        assert done.text == "**links.page\\_size** is now 7. It was 20 (default)."
        assert values(stage) == {PAGE_SIZE: "7"}
        shown = await stage.ask("moderator", way, "settings show", key=PAGE_SIZE)
        assert shown.text.splitlines() == [
            "links.page\\_size",
            "How many links to show on a page.",
            "Value: 7",
            "Changed with: `links.configure` (administrator\\)",
            "Possible values: a whole number from 5 to 20",
            "Default: 20",
        ]
        again = await stage.ask("administrator", way, "settings set", key=PAGE_SIZE, value="7")
        assert again.text == "**links.page\\_size** is already 7."
        back = await stage.ask("administrator", way, "settings reset", key=PAGE_SIZE)
        assert back.text == "**links.page\\_size** is now 20 (default). It was 7."
        assert values(stage) == {}
        history = (await stage.ask("moderator", way, "settings history", key=PAGE_SIZE)).text.splitlines()
        assert [line.rpartition(" · ")[2] for line in history[1:]] == [
            f"`{PAGE_SIZE}`: 7 → the default",
            f"`{PAGE_SIZE}`: the default → 7",
        ]
        assert all(f"<@{stage.people['administrator'].id}>" in line for line in history[1:])
        listed = (await stage.ask("moderator", way, "settings list")).text
        assert f"- `{PAGE_SIZE}`: **20 (default)**" in listed
        assert f"- `{ADMIN_ROLES}`: **none (default)**" in listed
        assert stage.pings() == []


async def test_switches_are_shown_as_people_write_them() -> None:
    """Yes and no, whichever way it was set."""
    async with staged() as stage:
        given: dict[str, Any] = {"key": "permissions.quiet_refusals", "value": "on"}
        done = await stage.ask("administrator", "slash", "settings set", **given)
        assert done.text.endswith("is now yes. It was no (default).")


async def test_only_the_caller_sees_settings() -> None:
    """Values and their authors are shown only to the one who asks."""
    async with staged() as stage:
        assert (await stage.ask("moderator", "slash", "settings list")).private
        assert (await stage.ask("administrator", "slash", "settings set", key=PAGE_SIZE, value="7")).private


@pytest.mark.parametrize("way", WAYS)
async def test_a_refusal_names_the_permission_it_takes(way: Way) -> None:
    """A member may not look; a moderator may look and change nothing; the refusal names the permission."""
    async with staged() as stage:
        refused = await stage.ask("member", way, "settings list")
        assert "settings.view" in refused.text.replace("\\", "")
        refused = await stage.ask("moderator", way, "settings set", key=PAGE_SIZE, value="7")
        assert "permissions.denied" in refused.text
        assert "links.configure" in refused.text
        assert values(stage) == {}


@pytest.mark.parametrize("way", WAYS)
async def test_a_holder_of_an_admin_role_becomes_an_administrator(way: Way) -> None:
    """A member gains administrator rights when their role is added and loses them when it is removed."""
    async with staged() as stage:
        role = await low_role(stage)
        member = await holder(stage, role)
        change: dict[str, Any] = {"key": PAGE_SIZE, "value": "7"}
        assert "permissions.denied" in (await stage.ask(member, way, "settings set", **change)).text
        done = await stage.ask("administrator", way, "settings admin-role add", role=named(way, role))
        assert done.text == f"**permissions.admin\\_roles** is now {role.mention}. It was none (default)."
        assert values(stage) == {ADMIN_ROLES: str(role.id)}
        assert "is now 7" in (await stage.ask(member, way, "settings set", **change)).text
        assert role.mention in (await stage.ask("moderator", way, "settings admin-role list")).text
        gone = await stage.ask("administrator", way, "settings admin-role remove", role=named(way, role))
        assert gone.text == f"**permissions.admin\\_roles** is now none (default). It was {role.mention}."
        assert "permissions.denied" in (await stage.ask(member, way, "settings reset", key=PAGE_SIZE)).text
        assert stage.pings() == []


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_appoints_a_role_as_high_as_their_own(way: Way) -> None:
    """A role as high as the caller's, a managed one, and everyone's are refused, with the reason."""
    async with staged() as stage:
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        own = next(role for role in guild.roles if role.name == "administrator")
        managed = next(role for role in guild.roles if role.managed)
        for role, code in (
            (own, "guild.outranked"),
            (managed, "settings.unsuitable_role"),
            (guild.default_role, "settings.unsuitable_role"),
        ):
            mention = f"<@&{role.id}>"
            refused = await stage.ask("administrator", way, "settings set", key=ADMIN_ROLES, value=mention)
            assert f"`{code}`" in refused.text, role
        assert values(stage) == {}


@pytest.mark.parametrize("way", WAYS)
async def test_the_predecessors_commands_know_one_role(way: Way) -> None:
    """`/set_admin_role` replaces all roles with one; `/get_admin_role` shows it."""
    async with staged() as stage:
        first, second, third = [await low_role(stage, name) for name in ("one", "two", "three")]
        assert "none (default)" in (await stage.ask("moderator", way, "get_admin_role")).text
        for role in (first, second):
            await stage.ask("administrator", way, "settings admin-role add", role=named(way, role))
        both = (await stage.ask("moderator", way, "get_admin_role")).text
        assert f"\nValue: {first.mention}, {second.mention}\n" in both
        done = await stage.ask("administrator", way, "set_admin_role", role=named(way, third))
        assert f"is now {third.mention}. It was {first.mention} and {second.mention}." in done.text
        assert values(stage) == {ADMIN_ROLES: str(third.id)}
        shown = (await stage.ask("moderator", way, "get_admin_role")).text
        assert third.mention in shown
        assert first.mention not in shown
        assert "permissions.denied" in (await stage.ask("member", way, "set_admin_role", role=named(way, first))).text


@pytest.mark.parametrize("way", WAYS)
async def test_an_export_is_shown_as_code_and_taken_back(way: Way) -> None:
    """The code block holds JSON that the import takes; it previews first, and changes with apply."""
    async with staged() as stage:
        await stage.ask("administrator", way, "settings set", key=PAGE_SIZE, value="7")
        text = (await stage.ask("moderator", way, "settings export")).text
        block = re.search(r"```json\n(.*)\n```", text, re.DOTALL)
        assert block is not None
        assert json.loads(block[1]) == {PAGE_SIZE: 7}
        await stage.ask("administrator", way, "settings reset", key=PAGE_SIZE)
        document = " ".join(block[1].split())
        shown = await stage.ask("administrator", way, "settings import", document=document)
        assert "Nothing has changed yet" in shown.text
        assert f"`{PAGE_SIZE}`: the default → 7" in shown.text
        assert values(stage) == {}
        done = await stage.ask("administrator", way, "settings import", document=document, apply=True)
        assert done.text.startswith("Changed:")
        assert values(stage) == {PAGE_SIZE: "7"}
        again = await stage.ask("administrator", way, "settings import", document=document, apply=True)
        assert again.text == "Everything is already up to date."


async def test_an_export_survives_backticks() -> None:
    """No value ends the code block, and the JSON reads back the same."""
    from twi_core.settings.use_cases.export import ExportedSettings
    from twi_discord.settings import _exported

    hostile = {"some.key": "``` @everyone `x` ```", "other.key": "`"}
    shown = _exported(ExportedSettings(json.dumps(hostile))).text
    assert shown.count("```") == 2
    assert json.loads(shown.partition("```json\n")[2].removesuffix("\n```")) == hostile


async def test_an_import_without_a_document_asks_for_it_in_a_form() -> None:
    """The form takes the document; the command's other options, and the sender's rights, apply to it."""
    async with staged() as stage:
        administrator = stage.people["administrator"]
        shown = await administrator.slash(stage.channel, "settings import", apply=True)
        assert shown.modal is not None
        assert shown.modal["title"] == "Import settings"
        sent = answered(await administrator.submit_modal(shown, {"document": '{"links.page_size":\n 7}'}))
        assert sent.text.startswith("Changed:")
        assert sent.private
        assert values(stage) == {PAGE_SIZE: "7"}
        shown = await administrator.slash(stage.channel, "settings import")
        wrong = answered(await administrator.submit_modal(shown, {"document": '{"links.page_size": 99, "x": 1}'}))
        assert "links.page\\_size: It takes a whole number from 5 to 20." in wrong.text
        assert "x: There's no such setting." in wrong.text
        assert "`settings.unusable_document`" in wrong.text
        member = stage.people["moderator"]
        shown = await member.slash(stage.channel, "settings import", apply=True)
        refused = answered(await member.submit_modal(shown, {"document": '{"links.page_size": 9}'}))
        assert "`permissions.denied`" in refused.text
        assert values(stage) == {PAGE_SIZE: "7"}
        written = await stage.write("administrator", "!settings import")
        assert '`!settings import {"links.page_size": 10}`' in written.text


async def test_keys_and_values_are_suggested() -> None:
    """Keys while one is typed, and the chosen one's values if they can be listed; nothing to those who may not look."""
    async with staged() as stage:
        moderator = stage.people["moderator"]

        async def suggested(command: str, option: str, typed: str, **given: str) -> list[str]:
            found = await moderator.autocomplete(stage.channel, command, option, typed, **given)
            return [choice["value"] for choice in found]

        assert await suggested("settings show", "key", "page") == [PAGE_SIZE]
        assert await suggested("settings add", "key", "") == [ADMIN_ROLES]
        assert await suggested("settings set", "value", "", key="permissions.quiet_refusals") == ["yes", "no"]
        assert await suggested("settings set", "value", "1", key=PAGE_SIZE) == [str(size) for size in range(10, 20)]
        assert await suggested("settings set", "value", "", key=ADMIN_ROLES) == []
        assert await suggested("settings set", "value", "") == []
        assert await suggested("settings set", "value", "", key="``` \x00") == []
        member = stage.people["member"]
        assert await member.autocomplete(stage.channel, "settings show", "key", "") == []


async def test_a_channel_is_named_by_mention() -> None:
    """A channel of the server is accepted, and shown as Discord shows it; a foreign one is refused."""
    async with staged() as stage:
        key, mention = "permissions.help_channel", f"<#{stage.channel.id}>"
        done = await stage.ask("administrator", "slash", "settings set", key=key, value=mention)
        assert done.text == f"**permissions.help\\_channel** is now {mention}. It was none (default)."
        refused = await stage.ask("administrator", "slash", "settings set", key=key, value="<#12345>")
        assert "`guild.unknown_channel`" in refused.text
        assert values(stage) == {key: str(stage.channel.id)}


async def test_the_commands_can_be_taken_back() -> None:
    """Unloading the extension removes all of them, the group within the group too, and loading adds them again."""
    async with staged() as stage:
        names = ("settings", "set_admin_role", "get_admin_role")
        await stage.bot.unload_extension("twi_discord.settings")
        assert [stage.bot.get_command(name) for name in names] == [None] * 3
        await stage.bot.load_extension("twi_discord.settings")
        assert stage.bot.get_command("settings admin-role add") is not None


async def test_the_history_of_a_removed_setting_is_still_shown() -> None:
    """The history of a removed setting still shows its texts, inertly."""
    async with staged() as stage:
        guild = GuildId(stage.guild.id)
        gone = change(1, None, "**x** @everyone", key="old.key", guild=guild)
        async with stage.store.open(SETTINGS)(stage.app.context(actor=None, guild=guild)) as unit:
            await unit.settings.put(gone)
            await unit.commit(UNAUDITED)
        shown = (await stage.ask("moderator", "slash", "settings history")).text
        assert "`old.key`: the default → \\*\\*x\\*\\*" in shown
        assert "@everyone" not in shown


async def test_a_group_within_a_group_lists_its_commands() -> None:
    """The name of the inner group alone, or with an unknown word, is answered with the help."""
    async with staged() as stage:
        shown = (await stage.write("administrator", "!settings admin-role")).text
        assert "`!settings admin-role add`" in shown
        wrong = (await stage.write("administrator", "!settings admin-role bogus")).text
        assert "“settings admin-role bogus”" in wrong.replace("\\", "")
        assert values(stage) == {}


@pytest.mark.parametrize("way", WAYS)
async def test_what_people_type_is_shown_as_plain_text(way: Way) -> None:
    """A key or a value that is markup or a mention is shown inertly, if at all."""
    async with staged() as stage:
        hostile = "@everyone **x** <@&1>"
        tried: list[dict[str, Any]] = [{"key": hostile, "value": "1"}, {"key": PAGE_SIZE, "value": hostile}]
        for given in tried:
            said = await stage.ask("administrator", way, "settings set", **given)
            assert "@everyone" not in said.text
            assert "**x**" not in said.text
        document = json.dumps({hostile: 1})
        said = await stage.ask("administrator", way, "settings import", document=document)
        assert "@everyone" not in said.text
        assert "**x**" not in said.text
        assert stage.pings() == []
