"""What every store of limit rules promises; subclass it and provide a `store` fixture."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.contracts.values import CALL, GUILD, OTHER_GUILD, START, Store, added_within, committed, insisted
from twi_core.kernel.ids import LARGEST_ID, GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.policy import Scope
from twi_core.limits import LIMITS, LimitsUnit
from twi_core.limits.domain import LimitRule, LimitRuleId, Place, Subject, everyone, role, user

OF_ROLE, OF_USER = role(RoleId(5), GUILD), user(UserId(5))


def rule(
    number: int,
    subject: Subject | None = None,
    *,
    pattern: str = "links.add",
    often: tuple[int, int] | None = (3, 60),
    scope: Scope = Scope.MEMBER,
    guild: GuildId = GUILD,
) -> LimitRule:
    """Make a rule."""
    return LimitRule(
        id=LimitRuleId(number),
        guild=guild,
        subject=subject or everyone(guild),
        pattern=pattern,
        scope=scope,
        amount=None if often is None else often[0],
        seconds=None if often is None else often[1],
        set_by=UserId(9),
        set_at=START,
    )


async def keep(store: Store, *rules: LimitRule) -> None:
    """Store rules for places that have none."""

    async def put(unit: LimitsUnit) -> None:
        for each in rules:
            assert await unit.limit_rules.put(each) is None

    await committed(store.open(LIMITS), put)


async def of_guild(store: Store, guild: GuildId = GUILD) -> Sequence[LimitRule]:
    """Return the committed rules of a guild."""
    async with store.open(LIMITS)(CALL) as unit:
        return await unit.limit_rules.of_guild(guild)


async def remove(store: Store, place: Place) -> LimitRule | None:
    """Remove the rule of a place."""
    return await committed(store.open(LIMITS), lambda unit: unit.limit_rules.remove(GUILD, place))


class LimitRulesContract:
    """The contract of `LimitRules`."""

    @pytest.mark.asyncio
    async def test_a_rule_comes_back_as_it_was(self, store: Store) -> None:
        """Every field of a limit or an exemption comes back as it went in, by id, at both ends of its range."""
        rules = [
            rule(1, often=(1, 1)),
            rule(2, OF_ROLE, often=(1_000, 86_400)),
            rule(3, OF_USER, pattern="*", often=None),
            rule(4, pattern="links.*", scope=Scope.GUILD),
            replace(rule(LARGEST_ID, user(UserId(LARGEST_ID)), often=None), set_by=None),
        ]
        await keep(store, *reversed(rules))
        found = await of_guild(store)
        assert list(found) == rules
        assert {type(each.id) for each in found} == {LimitRuleId}
        assert {type(each.subject.id) for each in found} == {Snowflake}
        assert {type(each.guild) for each in found} == {GuildId}

    @pytest.mark.asyncio
    async def test_a_guild_has_one_rule_per_place(self, store: Store) -> None:
        """A rule replaces the one for the same subject, pattern and scope, and returns it; others stay."""
        first = rule(1)
        others = [
            rule(2, OF_ROLE),
            rule(3, OF_USER, often=None),
            rule(4, pattern="links.*"),
            rule(5, scope=Scope.GUILD),
            rule(6, guild=OTHER_GUILD),
        ]
        await keep(store, first, *others)
        newer = rule(7, often=(9, 9))
        assert await committed(store.open(LIMITS), lambda unit: unit.limit_rules.put(newer)) == first
        assert list(await of_guild(store)) == [*others[:4], newer]
        exempt = rule(8, OF_ROLE, often=None)
        assert await committed(store.open(LIMITS), lambda unit: unit.limit_rules.put(exempt)) == others[0]

    @pytest.mark.asyncio
    async def test_a_rule_is_removed_once(self, store: Store) -> None:
        """The rule of a place is deleted and returned once; rules of other places and guilds stay."""
        elsewhere = replace(rule(3, OF_ROLE), guild=OTHER_GUILD)
        await keep(store, rule(1, OF_ROLE), rule(2, OF_USER, often=None), elsewhere)
        gone = (OF_ROLE, "links.add", Scope.MEMBER)
        assert await remove(store, gone) == rule(1, OF_ROLE)
        for never in (gone, (OF_USER, "links.%", Scope.MEMBER), (OF_USER, "links.add", Scope.GUILD)):
            assert await remove(store, never) is None
        assert list(await of_guild(store)) == [rule(2, OF_USER, often=None)]
        assert list(await of_guild(store, OTHER_GUILD)) == [elsewhere]

    @pytest.mark.asyncio
    async def test_what_was_not_committed_is_gone(self, store: Store) -> None:
        """Leaving a unit without a commit undoes what it set and removed; the unit itself saw both."""
        await keep(store, rule(1, OF_ROLE))
        async with store.open(LIMITS)(CALL) as unit:
            await unit.limit_rules.put(rule(2))
            await unit.limit_rules.remove(GUILD, rule(1, OF_ROLE).place)
            assert list(await unit.limit_rules.of_guild(GUILD)) == [rule(2)]
        assert list(await of_guild(store)) == [rule(1, OF_ROLE)]

    @pytest.mark.asyncio
    async def test_units_at_the_same_time_leave_one_rule(self, store: Store) -> None:
        """Of concurrent units that set a rule for one place, each takes its turn, and one rule is left."""

        async def put(number: int) -> None:
            await insisted(store.open(LIMITS), lambda unit: unit.limit_rules.put(rule(number)))

        await asyncio.gather(*(put(number) for number in range(1, 9)))
        found = await of_guild(store)
        assert [each.place for each in found] == [rule(1).place]

    @pytest.mark.asyncio
    async def test_units_that_count_before_they_add_cannot_pass_a_limit(self, store: Store) -> None:
        """Of concurrent units that each add a rule unless there are three, three are stored; guilds are separate."""
        await keep(store, *(rule(100 + number, pattern=f"p{number}", guild=OTHER_GUILD) for number in range(5)))

        added = await added_within(
            3,
            store.open(LIMITS),
            lambda unit: unit.limit_rules.count_to_add(GUILD),
            lambda unit, number: unit.limit_rules.put(rule(number, user(UserId(number)))),
        )
        assert added == len(await of_guild(store)) == 3
