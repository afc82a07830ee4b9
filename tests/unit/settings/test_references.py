"""Roles and channels in settings: who may name which, and which must exist."""

from dataclasses import replace

import pytest

from tests.app import GUILD, Bench, Who, build, refusal, success
from tests.unit.permissions.people import (
    HELPER,
    LEAD,
    OTHERS,
    OWNER,
    ROOM,
    SECTION,
    STAFF,
    WithoutMembers,
    bench,
    directory,
)
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import RoleFacts
from twi_core.kernel.ids import RoleId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.permissions import Level
from twi_core.permissions.settings import ADMIN_ROLES, HELP_CHANNEL, QUIET_REFUSALS
from twi_memory.ports.directory import MemoryDirectory
from twi_memory.settings import SETTING_ROWS

pytestmark = pytest.mark.asyncio

GONE, BOOSTERS = RoleId(777), RoleId(778)
EVERYONE = RoleId(GUILD)


def people() -> MemoryDirectory:
    """Return a guild whose administrator is at place 3, and that has a role of boosters at place 1."""
    found = directory()
    found.roles[GUILD, BOOSTERS] = RoleFacts(BOOSTERS, 1, managed=True)
    return found


def caller(found: Bench, who: str) -> CallContext:
    """Return a call of the administrator, the owner, or an operator."""
    context = found.by(Who.SHELL if who == "operator" else Who.ADMINISTRATOR)
    return replace(context, actor=OWNER) if who == "owner" else context


async def code(found: Bench, who: str, operation: str, **raw: object) -> str | None:
    """Return the code that answers a call."""
    outcome = await found.app.operation(operation).unwrap().call(raw, caller(found, who))
    return refusal(outcome).code if isinstance(outcome, Failure) else None


def roles(found: Bench) -> list[str]:
    """Return the admin roles that are stored."""
    return [row.value for row in found.store.table(SETTING_ROWS).rows.values() if row.key == ADMIN_ROLES.key]


PLACES: dict[tuple[str, RoleId], str | None] = {
    ("administrator", HELPER): None,
    ("administrator", STAFF): None,
    ("administrator", OTHERS): None,
    ("administrator", LEAD): "guild.outranked",
    ("administrator", GONE): "guild.unknown_role",
    ("administrator", BOOSTERS): "settings.unsuitable_role",
    ("administrator", EVERYONE): "settings.unsuitable_role",
    ("owner", HELPER): None,
    ("owner", LEAD): None,
    ("owner", GONE): "guild.unknown_role",
    ("owner", BOOSTERS): "settings.unsuitable_role",
    ("owner", EVERYONE): "settings.unsuitable_role",
    ("operator", HELPER): None,
    ("operator", LEAD): None,
    ("operator", GONE): "guild.unknown_role",
    ("operator", BOOSTERS): "settings.unsuitable_role",
    ("operator", EVERYONE): "settings.unsuitable_role",
}
"""Callers, roles and answers, which are the same for each way of naming a role."""


@pytest.mark.parametrize(("who", "role"), PLACES)
@pytest.mark.parametrize("verb", ["add", "set", "import"])
async def test_who_may_name_which_role(who: str, role: RoleId, verb: str) -> None:
    """Only an existing role that members are given, and that is below the caller, gets into a setting."""
    found, expected = build(directory=people()), PLACES[who, role]
    if verb == "import":
        raw: dict[str, object] = {"document": f'{{"{ADMIN_ROLES.key}": ["{role}"]}}', "apply": True}
        error = await code(found, who, "settings.import", **raw)
        assert error == (None if expected is None else "settings.unusable_document")
    else:
        assert await code(found, who, f"settings.{verb}", key=ADMIN_ROLES.key, value=f"<@&{role}>") == expected
    assert roles(found) == ([] if expected else [str(role)])


@pytest.mark.parametrize(
    ("who", "role", "expected"),
    [
        ("administrator", HELPER, None),
        ("administrator", LEAD, "guild.outranked"),
        ("administrator", GONE, None),
        ("administrator", BOOSTERS, None),
        ("administrator", EVERYONE, None),
        ("owner", LEAD, None),
        ("owner", GONE, None),
        ("operator", LEAD, None),
        ("operator", GONE, None),
    ],
)
@pytest.mark.parametrize("verb", ["remove", "reset", "set", "replace"])
async def test_who_may_take_which_role_out(who: str, role: RoleId, expected: str | None, verb: str) -> None:
    """A role is removed by callers above it; a deleted or unsuitable one, by anyone who may change the setting."""
    nowhere = build()  # where nobody can be asked, the operator adds anything
    success(await nowhere.call("settings.set", Who.SHELL, key=ADMIN_ROLES.key, value="1"))
    found = build(directory=people(), store=nowhere.store)
    ((number, row),) = found.store.table(SETTING_ROWS).rows.items()
    found.store.table(SETTING_ROWS).rows[number] = replace(
        row, value=f"{HELPER},{role}" if role != HELPER else str(HELPER)
    )
    raws: dict[str, dict[str, object]] = {
        "remove": {"key": ADMIN_ROLES.key, "value": str(role)},
        "reset": {"key": ADMIN_ROLES.key},
        "set": {"key": ADMIN_ROLES.key, "value": str(STAFF)},
        "replace": {"document": "{}", "replace": True, "apply": True},
    }
    answer = await code(found, who, "settings.import" if verb == "replace" else f"settings.{verb}", **raws[verb])
    if verb == "replace" and expected is not None:
        expected = "settings.unusable_document"
    assert answer == expected
    assert (str(role) in roles(found)[0].split(",") if roles(found) else False) == (expected is not None)


async def test_one_role_that_may_not_be_named_stops_the_others() -> None:
    """Of several roles at once, none gets in if one may not."""
    found = build(directory=people())
    value = f"{HELPER},{STAFF},{LEAD}"
    assert await code(found, "administrator", "settings.set", key=ADMIN_ROLES.key, value=value) == "guild.outranked"
    assert roles(found) == []


async def test_roles_that_stay_are_not_judged() -> None:
    """A caller who adds a role need not be above those that are in the list already."""
    found = build(directory=people())
    success(await found.call("settings.add", Who.SHELL, key=ADMIN_ROLES.key, value=str(LEAD)))
    assert await code(found, "administrator", "settings.add", key=ADMIN_ROLES.key, value=str(HELPER)) is None
    both = f"{HELPER} {LEAD} {STAFF}"
    assert await code(found, "administrator", "settings.set", key=ADMIN_ROLES.key, value=both) is None


@pytest.mark.parametrize("verb", ["add", "set", "import"])
async def test_without_discord_only_the_operator_names_roles(verb: str) -> None:
    """When places cannot be looked up, nobody else adds a role; settings without roles are changed as ever."""
    found = build()
    raw: dict[str, object] = {"key": ADMIN_ROLES.key, "value": "3"}
    if verb == "import":
        raw = {"document": f'{{"{ADMIN_ROLES.key}": ["3"], "links.page_size": 7}}', "apply": True}
    assert await code(found, "administrator", f"settings.{verb}", **raw) == "guild.no_directory"
    assert not found.store.table(SETTING_ROWS).rows
    assert await code(found, "administrator", "settings.set", key=QUIET_REFUSALS.key, value="yes") is None
    assert await code(found, "administrator", "settings.set", key=HELP_CHANNEL.key, value="5") is None
    assert await code(found, "operator", f"settings.{verb}", **raw) is None
    assert roles(found) == ["3"]


@pytest.mark.parametrize("verb", ["remove", "reset", "replace"])
async def test_without_discord_only_the_operator_removes_roles(verb: str) -> None:
    """While nobody knows how high a role is, it stays until an operator removes it."""
    found, value = build(), str(HELPER)
    success(await found.call("settings.add", Who.SHELL, key=ADMIN_ROLES.key, value=value))
    raws: dict[str, dict[str, object]] = {
        "remove": {"key": ADMIN_ROLES.key, "value": value},
        "reset": {"key": ADMIN_ROLES.key},
        "replace": {"document": "{}", "replace": True, "apply": True},
    }
    operation = "settings.import" if verb == "replace" else f"settings.{verb}"
    assert await code(found, "administrator", operation, **raws[verb]) == "guild.no_directory"
    assert roles(found) == [value]
    assert await code(found, "operator", operation, **raws[verb]) is None
    assert roles(found) == []


@pytest.mark.parametrize("verb", ["remove", "reset"])
async def test_a_deleted_role_can_be_removed_while_no_member_can_be_looked_up(verb: str) -> None:
    """A deleted role outranks nobody, so how high the caller is doesn't matter; for an existing role it does."""
    for role, expected in ((HELPER, "guild.no_directory"), (GONE, None)):
        nowhere = build()  # where nobody can be asked, the operator adds anything
        success(await nowhere.call("settings.add", Who.SHELL, key=ADMIN_ROLES.key, value=str(role)))
        found = build(directory=WithoutMembers(), store=nowhere.store)
        raw = {"value": str(role)} if verb == "remove" else {}
        assert await code(found, "administrator", f"settings.{verb}", key=ADMIN_ROLES.key, **raw) == expected
        assert roles(found) == ([str(role)] if expected else [])


async def test_everyones_role_is_refused_also_where_nobody_can_be_asked() -> None:
    """`@everyone` is known without Discord; so not even the operator makes everybody an administrator."""
    found = build()
    for verb in ("add", "set"):
        answer = await code(found, "operator", f"settings.{verb}", key=ADMIN_ROLES.key, value=f"3,{EVERYONE}")
        assert answer == "settings.unsuitable_role"
    assert roles(found) == []


async def test_somebody_whom_discord_does_not_know_names_no_role() -> None:
    """A caller who is an administrator by a token's level, such as an actor who has left, is not above any role."""
    found = build(directory=people())
    context = replace(found.by(Who.MEMBER), actor=None, asserted_level=Level.ADMINISTRATOR)
    raw = {"key": ADMIN_ROLES.key, "value": str(HELPER)}
    for actor in (None, type(OWNER)(4040)):
        outcome = await found.app.settings.add.call(raw, replace(context, actor=actor))
        assert refusal(outcome).code == "guild.no_directory"


@pytest.mark.parametrize(("channel", "expected"), [(ROOM, None), (SECTION, None), (12, "guild.unknown_channel")])
@pytest.mark.parametrize("verb", ["set", "import"])
async def test_a_channel_must_be_there(channel: int, expected: str | None, verb: str) -> None:
    """A channel that the server does not have cannot be named, by any caller."""
    for who in ("administrator", "operator"):
        found = bench()
        raw: dict[str, object] = {"key": HELP_CHANNEL.key, "value": f"<#{channel}>"}
        if verb == "import":
            raw = {"document": f'{{"{HELP_CHANNEL.key}": "{channel}"}}', "apply": True}
        answer = await code(found, who, f"settings.{verb}", **raw)
        assert answer == ("settings.unusable_document" if expected and verb == "import" else expected)
        assert bool(found.store.table(SETTING_ROWS).rows) == (expected is None)


async def test_a_channel_that_is_gone_can_be_taken_out() -> None:
    """Resetting a setting does not ask whether the old channel is still there."""
    found = build()
    success(await found.call("settings.set", Who.SHELL, key=HELP_CHANNEL.key, value="12"))
    known = build(directory=people(), store=found.store)
    assert await code(known, "administrator", "settings.set", key=HELP_CHANNEL.key, value="12") is None, "unchanged"
    assert await code(known, "administrator", "settings.reset", key=HELP_CHANNEL.key) is None
