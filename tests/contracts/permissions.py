"""What every store of permission rules promises; subclass it and provide a `store` fixture."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.links import HOSTILE
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, START, Store, added_within, committed, insisted
from tests.waiting import PATIENCE
from twi_core.kernel.ids import LARGEST_ID, ChannelId, GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.unit import UNAUDITED
from twi_core.permissions import PERMISSIONS, PermissionsUnit
from twi_core.permissions.domain import (
    REASON_LIMIT,
    Effect,
    Rule,
    RuleId,
    Subject,
    SubjectKind,
    channel,
    role,
    user,
)

SOMEBODY = user(UserId(500))


def rule(
    number: int,
    subject: Subject = SOMEBODY,
    pattern: str = "links.add",
    *,
    guild: GuildId = GUILD,
    ends: datetime | None = None,
) -> Rule:
    """Make a rule."""
    return Rule(
        id=RuleId(number),
        guild=guild,
        subject=subject,
        pattern=pattern,
        effect=Effect.ALLOW,
        reason=None,
        set_by=UserId(9),
        set_at=START,
        expires_at=ends,
    )


async def put(store: Store, *rules: Rule) -> list[Rule | None]:
    """Store rules in one unit, and return what each one replaced."""

    async def work(unit: PermissionsUnit) -> list[Rule | None]:
        return [await unit.permission_rules.put(each) for each in rules]

    return await committed(store.open(PERMISSIONS), work)


async def rules(store: Store, guild: GuildId = GUILD) -> Sequence[Rule]:
    """Return the committed rules of a guild."""
    async with store.open(PERMISSIONS)(CALL) as unit:
        return await unit.permission_rules.of_guild(guild)


class PermissionRulesContract:
    """The contract of `PermissionRules`."""

    @pytest.mark.asyncio
    @pytest.mark.parametrize("effect", Effect)
    @pytest.mark.parametrize("kind", SubjectKind)
    async def test_a_rule_comes_back_as_it_was(self, store: Store, kind: SubjectKind, effect: Effect) -> None:
        """Every field survives, filled or empty, with its type, to the microsecond and up to the largest id."""
        full = Rule(
            id=RuleId(LARGEST_ID),
            guild=GuildId(LARGEST_ID),
            subject=Subject(kind, Snowflake(LARGEST_ID)),
            pattern="*",
            effect=effect,
            reason="x" * REASON_LIMIT,
            set_by=UserId(LARGEST_ID),
            set_at=START,
            expires_at=datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        )
        bare = replace(full, id=RuleId(1), pattern="links.*", reason=None, set_by=None, expires_at=None)
        await put(store, full, bare)
        found = await rules(store, full.guild)
        assert found == [bare, full]
        last = found[-1]
        assert [type(each) for each in (last.id, last.guild, last.subject.id, last.set_by)] == [
            *(RuleId, GuildId, Snowflake, UserId)
        ]
        assert type(last.subject.kind) is SubjectKind
        assert type(last.effect) is Effect
        assert last.set_at.utcoffset() == timedelta(0)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("reason", [text[:REASON_LIMIT] for text in HOSTILE])
    async def test_any_reason_comes_back_as_it_was_written(self, store: Store, reason: str) -> None:
        """No reason is changed or mistaken for something else."""
        await put(store, replace(rule(1), reason=reason))
        assert [each.reason for each in await rules(store)] == [reason]

    @pytest.mark.asyncio
    async def test_rules_come_in_order_of_id(self, store: Store) -> None:
        """All rules of a guild come in the order of their ids, whenever they were stored; ended ones too."""
        subjects = {number: user(UserId(number)) for number in (30, 4, 200, 1_000, 5)}
        await put(store, *(rule(number, subject, ends=START) for number, subject in subjects.items()))
        assert [each.id for each in await rules(store)] == [4, 5, 30, 200, 1_000]
        assert await rules(store, OTHER_GUILD) == []

    @pytest.mark.asyncio
    async def test_a_rule_takes_the_place_of_the_one_before(self, store: Store) -> None:
        """A guild has one rule for a subject and a pattern: the last one put, which returns the one before."""
        first, second = rule(1), replace(rule(2), effect=Effect.DENY, reason="because")
        assert await put(store, first) == [None]
        assert await put(store, second) == [first]
        third = replace(rule(3), set_by=None)
        assert await put(store, third, rule(1)) == [second, third]
        assert await rules(store) == [rule(1)]

    @pytest.mark.asyncio
    async def test_only_the_same_subject_and_pattern_of_the_guild_is_replaced(self, store: Store) -> None:
        """Another kind of subject with the same id, another pattern and another guild have separate rules."""
        kept = [
            rule(1, user(UserId(GUILD))),
            rule(2, role(RoleId(GUILD))),
            rule(3, channel(ChannelId(GUILD))),
            rule(4, user(UserId(GUILD + 1))),
            rule(5, user(UserId(GUILD)), "links.*"),
            rule(6, user(UserId(GUILD)), "*"),
        ]
        elsewhere = rule(7, user(UserId(GUILD)), guild=OTHER_GUILD)
        assert await put(store, *kept, elsewhere) == [None] * 7
        assert await put(store, replace(kept[0], id=RuleId(8))) == [kept[0]]
        assert await rules(store) == [*kept[1:], replace(kept[0], id=RuleId(8))]
        assert await rules(store, OTHER_GUILD) == [elsewhere]

    @pytest.mark.asyncio
    async def test_a_rule_is_removed_once(self, store: Store) -> None:
        """A removed rule is returned once; every other rule stays; its place is free again."""
        kept = [
            rule(2, SOMEBODY, "links.*"),
            rule(3, role(RoleId(SOMEBODY.id))),
            rule(4, user(UserId(SOMEBODY.id + 1))),
        ]
        elsewhere = rule(5, guild=OTHER_GUILD)
        await put(store, rule(1), *kept, elsewhere)
        for expected in (rule(1), None):
            found = await committed(
                store.open(PERMISSIONS), lambda unit: unit.permission_rules.remove(GUILD, SOMEBODY, "links.add")
            )
            assert found == expected
        assert await rules(store) == kept
        assert await rules(store, OTHER_GUILD) == [elsewhere]
        async with store.open(PERMISSIONS)(CALL) as unit:
            for pattern in ("%", "links.%", "links_add", "LINKS.ADD", ""):
                assert await unit.permission_rules.remove(GUILD, SOMEBODY, pattern) is None
        assert await put(store, rule(6)) == [None]

    @pytest.mark.asyncio
    async def test_rules_that_ended_long_ago_are_removed(self, store: Store) -> None:
        """Rules of that guild that ended before the given time go; those that end then or later, or never, stay."""
        moment = timedelta(microseconds=1)
        stays = [
            rule(2, user(UserId(2)), ends=START),
            rule(3, user(UserId(3)), ends=START + moment),
            rule(4, user(UserId(4))),
        ]
        elsewhere = rule(5, guild=OTHER_GUILD, ends=START - moment)
        await put(store, rule(1, ends=START - moment), *stays, elsewhere)
        await committed(store.open(PERMISSIONS), lambda unit: unit.permission_rules.remove_ended(GUILD, START))
        assert await rules(store) == stays
        assert await rules(store, OTHER_GUILD) == [elsewhere]

    @pytest.mark.asyncio
    async def test_only_the_unit_itself_sees_uncommitted_changes(self, store: Store) -> None:
        """Until the commit only the unit itself sees its change, and without a commit it never happened."""
        ended = rule(1, user(UserId(1)), ends=START - timedelta(days=1))
        kept, gone = rule(2, user(UserId(2))), rule(3, user(UserId(3)))
        await put(store, ended, kept, gone)
        async with store.open(PERMISSIONS)(CALL) as unit:
            changed = replace(kept, id=RuleId(4), effect=Effect.DENY)
            assert await unit.permission_rules.put(changed) == kept
            assert await unit.permission_rules.remove(GUILD, gone.subject, gone.pattern) == gone
            await unit.permission_rules.remove_ended(GUILD, START)
            assert await unit.permission_rules.put(rule(5)) is None
            assert await unit.permission_rules.of_guild(GUILD) == [changed, rule(5)]
            assert await rules(store) == [ended, kept, gone]
        assert await rules(store) == [ended, kept, gone]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("before", [None, rule(100)], ids=["none before", "one before"])
    async def test_units_that_put_one_rule_at_once_come_one_after_another(
        self, store: Store, before: Rule | None
    ) -> None:
        """Of concurrent units each replaces exactly one other's rule, and one is left: none is lost."""
        if before is not None:
            await put(store, before)
        put_at_once = [rule(number) for number in range(1, 9)]

        replaced = await asyncio.gather(*(insisted(store.open(PERMISSIONS), _putting(mine)) for mine in put_at_once))
        (left,) = await rules(store)
        assert _ids([*replaced, left]) == _ids([*put_at_once, before])

    @pytest.mark.asyncio
    async def test_units_that_put_and_remove_at_once_come_one_after_another(self, store: Store) -> None:
        """Each removal returns a rule that was put and that no other removal returned; the one not returned is left."""
        first, put_at_once = rule(100), [rule(number) for number in range(1, 7)]
        await put(store, first)

        async def remove(unit: PermissionsUnit) -> Rule | None:
            found = await unit.permission_rules.remove(GUILD, SOMEBODY, "links.add")
            await asyncio.sleep(0)
            return found

        adding = [insisted(store.open(PERMISSIONS), _putting(mine)) for mine in put_at_once]
        given = await asyncio.gather(*adding, *(insisted(store.open(PERMISSIONS), remove) for _ in put_at_once))
        taken = [each for each in [*given, *await rules(store)] if each is not None]
        assert _ids(taken) == _ids([first, *put_at_once])

    @pytest.mark.asyncio
    async def test_units_that_count_before_they_add_cannot_pass_a_limit(self, store: Store) -> None:
        """Of concurrent units that each add a rule unless there are three, three are stored; guilds are separate."""
        await put(store, *(rule(number, guild=OTHER_GUILD, pattern=f"p{number}") for number in range(101, 106)))

        added = await added_within(
            3,
            store.open(PERMISSIONS),
            lambda unit: unit.permission_rules.count_to_add(GUILD),
            lambda unit, number: unit.permission_rules.put(rule(number, user(UserId(number)))),
        )
        assert added == len(await rules(store)) == 3

    @pytest.mark.asyncio
    async def test_units_with_different_rules_do_not_block_each_other(self, store: Store) -> None:
        """Rules about other subjects or patterns, or in other guilds, are stored at the same time, with no conflict."""
        apart = [
            rule(1),
            rule(2, SOMEBODY, "links.*"),
            rule(3, role(RoleId(SOMEBODY.id))),
            rule(4, user(UserId(1))),
        ]
        elsewhere = rule(5, guild=OTHER_GUILD)
        ready = asyncio.Barrier(5)

        async def attempt(mine: Rule) -> None:
            async with store.open(PERMISSIONS)(CALL) as unit:
                await unit.permission_rules.put(mine)
                await ready.wait()
                await unit.commit(UNAUDITED)

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(attempt, [*apart, elsewhere]))
        assert await rules(store) == apart
        assert await rules(store, OTHER_GUILD) == [elsewhere]

    @pytest.mark.asyncio
    async def test_a_rule_that_is_set_again_is_not_removed_as_ended(self, store: Store) -> None:
        """When units drop ended rules while another one sets one of them again, the new one stays."""
        long_ago = START - timedelta(days=90)
        for number in range(1, 11):
            subject = user(UserId(number))
            await put(store, rule(number, subject, ends=long_ago))
            renewed = rule(number + 1_000, subject)
            await asyncio.gather(
                insisted(store.open(PERMISSIONS), _cleaning),
                insisted(store.open(PERMISSIONS), _putting(renewed)),
                insisted(store.open(PERMISSIONS), _cleaning),
            )
            assert renewed in await rules(store)
        assert len(await rules(store)) == 10


def _putting(mine: Rule) -> Callable[[PermissionsUnit], Awaitable[Rule | None]]:
    """Put a rule, and let other units run between that and the commit."""

    async def work(unit: PermissionsUnit) -> Rule | None:
        found = await unit.permission_rules.put(mine)
        await asyncio.sleep(0)
        return found

    return work


async def _cleaning(unit: PermissionsUnit) -> None:
    """Drop ended rules, and let other units run between that and the commit."""
    await unit.permission_rules.remove_ended(GUILD, START)
    await asyncio.sleep(0)


def _ids(found: Sequence[Rule | None]) -> list[int]:
    return sorted(0 if each is None else each.id for each in found)
