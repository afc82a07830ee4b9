"""Rules whose role or channel was deleted: how they are shown, and how they are cleared away."""

from dataclasses import replace

import pytest

from tests.app import GUILD, Who, build, success
from tests.unit.permissions.people import ELSEWHERE, HELPER, ROOM, STRANGER, WithoutMembers, at, bench
from twi_core.kernel.ids import ChannelId
from twi_core.kernel.unit import UNAUDITED
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.domain import RuleId
from twi_core.permissions.rules.explaining import Remedy
from twi_core.permissions.rules.resolution import Ground
from twi_memory.permissions import PERMISSION_RULE_ROWS

pytestmark = pytest.mark.asyncio


async def test_rules_about_what_was_deleted_are_marked() -> None:
    """A rule shows that its role or channel is gone; users who left may come back, and everyone is always there."""
    found = bench()
    there = [{"channel": str(ROOM)}, {"role": str(HELPER)}, {"role": str(GUILD)}, {"user": str(STRANGER)}]
    unknowing = build(store=found.store)  # where nobody can check whether it is there
    for subject in (*there, {"channel": "777"}, {"role": "778"}):
        success(await unknowing.call("permissions.grant", Who.SHELL, permission="links.view", **subject))
    page = success(await found.app.permissions.show.call({}, found.by(Who.MODERATOR)))
    assert {each.rule.subject.id for each in page.items if each.gone} == {777, 778}
    page = success(await unknowing.app.permissions.show.call({}, unknowing.by(Who.MODERATOR)))
    assert [each.gone for each in page.items] == [False] * 6


async def test_a_deleted_channel_that_closes_all_others_is_explained() -> None:
    """When the only channel that something was opened in is gone, the explanation names it and the rule to revoke."""
    found = bench()
    unknowing = build(store=found.store)  # where nobody can check whether it is there
    success(await unknowing.call("permissions.grant", Who.SHELL, permission="links.*", channel="777"))
    here = at(found.by(Who.MODERATOR), ROOM)
    explained = success(await found.app.permissions.explain.call({"operation": "links.add"}, here))
    assert (explained.allowed, explained.ground, explained.gone) == (False, Ground.OTHER_CHANNELS, (ChannelId(777),))
    assert explained.remedies == (Remedy("permissions.revoke", {"permission": "links.*", "channel": "777"}),)
    success(await found.call("permissions.grant", Who.SHELL, permission="links.*", channel=str(ELSEWHERE)))
    explained = success(await found.app.permissions.explain.call({"operation": "links.add"}, here))
    (remedy,) = explained.remedies
    assert remedy == Remedy("permissions.grant", {"permission": "links.add", "channel": str(ROOM)})


async def test_every_channel_that_is_gone_is_taken_back_at_once() -> None:
    """When all the rules open deleted channels only, the explanation names all of them, and following it helps."""
    found = bench()
    unknowing = build(store=found.store)  # where nobody can check whether it is there
    for number in range(1, 30):
        unknowing.clock.advance(10)
        success(await unknowing.call("permissions.grant", Who.SHELL, permission="links.add", channel=f"{700 + number}"))
    success(await unknowing.call("permissions.grant", Who.SHELL, permission="links.*", channel="777"))
    here = at(found.by(Who.MEMBER), ROOM)
    explained = success(await found.app.permissions.explain.call({"operation": "links.add"}, here))
    assert (explained.ground, explained.open_channels) == (Ground.LEVEL, ())
    assert set(explained.gone) == {ChannelId(700 + number) for number in range(1, 30)} | {ChannelId(777)}
    assert len(explained.remedies) == 31
    for remedy in explained.remedies:
        unknowing.clock.advance(10)
        success(await unknowing.call(remedy.operation, Who.SHELL, **remedy.parameters))
    assert success(await found.app.permissions.explain.call({"operation": "links.add"}, here)).allowed


async def test_the_rule_of_a_deleted_role_can_be_revoked_while_no_member_can_be_looked_up() -> None:
    """A deleted role outranks nobody, so how high the caller is doesn't matter; for an existing role it does."""
    found = build(directory=WithoutMembers())
    for role, expected in ((HELPER, "guild.no_directory"), (777, None)):
        raw: dict[str, object] = {"permission": "links.add", "role": str(role)}
        success(await found.call("permissions.grant", Who.SHELL, **raw))
        assert await found.code("permissions.simulate", Who.ADMINISTRATOR, change="revoke", **raw) == expected
        assert await found.code("permissions.revoke", Who.ADMINISTRATOR, **raw) == expected


async def test_a_rule_for_a_permission_that_is_gone_can_be_found_and_revoked() -> None:
    """A rule of an earlier version is shown by its name and does not stay forever; a trial run says so too."""
    found = bench()
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", role=str(HELPER)))
    (rule,) = found.store.table(PERMISSION_RULE_ROWS).rows.values()
    async with found.store.open(PERMISSIONS)(found.by(Who.SHELL)) as unit:
        await unit.permission_rules.put(replace(rule, id=RuleId(77), pattern="links.gone"))
        await unit.commit(UNAUDITED)
    raw: dict[str, object] = {"permission": "links.gone", "role": str(HELPER)}
    page = success(await found.app.permissions.show.call({"permission": "links.gone"}, found.by(Who.MODERATOR)))
    assert [each.rule.pattern for each in page.items] == ["links.gone"]
    success(await found.call("permissions.simulate", Who.ADMINISTRATOR, change="revoke", **raw))
    success(await found.call("permissions.revoke", Who.ADMINISTRATOR, **raw))
    assert list(found.store.table(PERMISSION_RULE_ROWS).rows.values()) == [rule]
    for operation in ("revoke", "show"):
        assert await found.code(f"permissions.{operation}", Who.ADMINISTRATOR, **raw) == "permissions.unknown"
