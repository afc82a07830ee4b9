"""Limits as a server sets them, through the whole pipeline."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

import twi_core.limits.rules.writing
from tests.app import GUILD, OTHER_GUILD, START, Bench, Who, build, refusal, success
from tests.unit.permissions.people import (
    BOT,
    HELPER,
    LEAD,
    OTHERS,
    OWNER,
    STAFF,
    STRANGER,
    WithoutMembers,
    bench,
    directory,
)
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.ids import GuildId, RoleId, UserId
from twi_core.kernel.operators import Operators
from twi_core.kernel.outcome import Failure
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.policy import Rate, Scope
from twi_core.kernel.unit import UNAUDITED
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRuleId
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.use_cases.show import HeldLimits
from twi_core.pipeline.throttle import BUDGETS
from twi_memory.limits import LIMIT_RULE_ROWS
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom

LIST: Final = "links.tags"
"""What everyone may call thirty times a minute."""
FREE: Final = 30


async def set_limit(found: Bench, who: Who = Who.SHELL, /, **given: Any) -> None:
    success(await found.call("limits.set", who, **{"operation": LIST, "amount": 2, "seconds": 60, **given}))


def as_somebody(
    found: Bench, user: int = 1, roles: frozenset[RoleId] = frozenset(), guild: GuildId | None = GUILD
) -> CallContext:
    return replace(found.by(Who.MEMBER, guild), actor=UserId(user), roles=roles)


async def often(found: Bench, context: CallContext, name: str = LIST) -> int:
    """Return how often a caller may call before they are refused for it; 50 stands for any number."""
    operation = found.app.operation(name).unwrap()
    for number in range(50):
        outcome = await operation.call({}, context)
        if isinstance(outcome, Failure):
            assert refusal(outcome).code == "limits.limited", number
            return number
    return 50


@pytest.mark.asyncio
async def test_a_limit_holds_at_once_for_each_member() -> None:
    """A server's limit replaces the operation's, there and for each member, until it is reset."""
    found = bench()
    await set_limit(found)
    assert await often(found, as_somebody(found, 1)) == 2
    assert await often(found, as_somebody(found, 2)) == 2
    assert await often(found, as_somebody(found, 1, guild=OTHER_GUILD)) == FREE
    error = refusal(await found.app.links.tags.call({}, as_somebody(found, 2)))
    assert (error.params["amount"], error.params["per"], error.params["whose"]) == (2, 60, "each member")
    success(await found.call("limits.reset", Who.SHELL, operation=LIST))
    assert await often(found, as_somebody(found, 2)) == FREE - 2
    assert await found.code("limits.reset", Who.SHELL, operation=LIST) == "limits.rule_not_found"


@pytest.mark.asyncio
async def test_a_limit_of_the_whole_server_counts_everybody() -> None:
    """Besides each member's limit, calls of all members together are counted; those elsewhere are not."""
    found = bench()
    await set_limit(found, scope="guild", amount=3)
    assert await often(found, as_somebody(found, 1)) == 3
    error = refusal(await found.app.links.tags.call({}, as_somebody(found, 2)))
    assert error.params["whose"] == "the whole server"
    assert await often(found, as_somebody(found, 1, guild=OTHER_GUILD)) == FREE


@pytest.mark.asyncio
async def test_a_role_has_a_limit_of_its_own() -> None:
    """Holders of a role are bound by its rule, others by everyone's; each operation is counted separately."""
    found = bench()
    await set_limit(found, operation="*")
    await set_limit(found, operation="links.*", amount=5, role=str(HELPER))
    assert await often(found, as_somebody(found, 1)) == 2
    assert await often(found, as_somebody(found, 2, frozenset({HELPER, OTHERS}))) == 5
    assert await often(found, as_somebody(found, 1), "permissions.list") == 2


@pytest.mark.asyncio
async def test_the_role_of_everyone_is_everyone() -> None:
    """A rule for the role whose id is the server's is the one for everyone, not a separate one."""
    found = bench()
    await set_limit(found, amount=9)
    await set_limit(found, role=str(GUILD))
    assert len(found.store.table(LIMIT_RULE_ROWS).rows) == 1
    assert await often(found, as_somebody(found)) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("given", [{"user": "1"}, {"role": str(HELPER)}], ids=["user", "role"])
async def test_an_exempt_member_is_bound_by_the_host_only(given: dict[str, str]) -> None:
    """An exemption lifts the limits of the member and the server, for what it covers; the shared budgets stay."""
    found = bench()
    await set_limit(found)
    await set_limit(found, scope="guild", amount=4)
    success(await found.call("limits.exempt", Who.SHELL, operation="links.*", **given))
    exempt = as_somebody(found, 1, frozenset({HELPER}))
    assert await often(found, exempt) == 50
    assert await often(found, as_somebody(found, 2)) == 2
    assert await often(found, as_somebody(found, 3)) == 2  # the exempt calls took nothing from the server's window
    await often(found, exempt)
    error = refusal(await found.app.links.tags.call({}, exempt))
    assert (error.code, error.params["amount"]) == ("limits.over_budget", BUDGETS[0].amount)
    found.clock.advance(10)
    success(await found.call("limits.reset", Who.SHELL, operation="links.*", **given))
    assert await often(found, exempt) == 0  # the server's window is full


@pytest.mark.asyncio
async def test_administrators_bypass_the_limits_of_their_server() -> None:
    """A caller with the permission to bypass is bound by neither kind of limit, and takes nothing from them."""
    found = bench()
    await set_limit(found)
    await set_limit(found, scope="guild", amount=4)
    administrator = found.by(Who.ADMINISTRATOR)
    assert await often(found, administrator) == 50
    assert await often(found, as_somebody(found, 1)) == 2
    assert await often(found, as_somebody(found, 2)) == 2
    assert await often(found, as_somebody(found, 3)) == 0
    await often(found, administrator)
    assert await found.code(LIST, Who.ADMINISTRATOR) == "limits.over_budget"


@pytest.mark.asyncio
async def test_the_permission_to_bypass_can_be_granted() -> None:
    """A grant frees a member at once, a revoke binds them again."""
    found = bench()
    member, given = as_somebody(found, 5), {"permission": "limits.bypass", "user": "5"}
    assert await often(found, member) == FREE
    success(await found.call("permissions.grant", Who.SHELL, **given))
    assert await often(found, member) == 50
    success(await found.call("permissions.revoke", Who.SHELL, **given))
    assert await often(found, member) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("who", [Who.OPERATOR, Who.SHELL])
async def test_operators_are_not_limited(who: Who) -> None:
    """No limit and no budget binds an operator, whatever the server's rules."""
    found = bench()
    await set_limit(found, operation="*")
    for _ in range(BUDGETS[0].amount * 2):
        success(await found.call(LIST, who))


@pytest.mark.asyncio
async def test_no_server_touches_the_budgets() -> None:
    """However generous the rules of a server, a member meets the budget that protects the others."""
    found = bench()
    await set_limit(found, operation="*", amount=1_000, seconds=1)
    calls = 0
    while (code := await found.code(LIST, Who.MEMBER)) is None:
        calls += 1
    assert (calls, code) == (BUDGETS[0].amount, "limits.over_budget")


@pytest.mark.asyncio
@pytest.mark.parametrize("change", ["set", "exempt", "reset"])
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Who.MEMBER, "permissions.denied"),
        (Who.MODERATOR, "permissions.denied"),
        (Who.ADMINISTRATOR, None),
        (Who.OPERATOR, None),
    ],
)
async def test_who_may_change_limits(change: str, who: Who, expected: str | None) -> None:
    """Administrators and operators; nobody else, unless it is granted."""
    found = bench()
    await set_limit(found, operation="links.*")
    given: Mapping[str, dict[str, Any]] = {
        "set": {"operation": LIST, "amount": 1, "seconds": 1},
        "exempt": {"operation": LIST, "role": str(GUILD)},
        "reset": {"operation": "links.*"},
    }
    assert await found.code(f"limits.{change}", who, **given[change]) == expected


@pytest.mark.asyncio
async def test_nobody_frees_others_while_bound_themselves() -> None:
    """A caller who may change limits sets and resets them, but exempts only with the permission to bypass."""
    found = bench()
    success(await found.call("permissions.grant", Who.SHELL, permission="limits.manage", role=str(STAFF)))
    staff = replace(found.by(Who.MODERATOR), roles=frozenset({STAFF}))
    api = found.app.limits
    success(await api.set.call({"operation": LIST, "amount": 1, "seconds": 1}, staff))
    for given in ({"user": str(Who.MODERATOR.value)}, {"role": str(HELPER)}, {"role": str(GUILD)}):
        assert refusal(await api.exempt.call(given, staff)).code == "limits.not_free"
    success(await found.call("permissions.grant", Who.SHELL, permission="limits.bypass", role=str(STAFF)))
    success(await api.exempt.call({"role": str(HELPER)}, staff))


ON: Final[Mapping[str, tuple[dict[str, str], str | None]]] = {
    "a lower role": ({"role": str(STAFF)}, None),
    "everyone's role": ({"role": str(GUILD)}, None),
    "the own role": ({"role": str(LEAD)}, "guild.outranked"),
    "no role": ({"role": "12345"}, "guild.unknown_role"),
    "a lower member": ({"user": str(Who.MODERATOR.value)}, None),
    "themselves": ({"user": str(Who.ADMINISTRATOR.value)}, None),
    "nobody there": ({"user": str(STRANGER)}, None),
    "the owner": ({"user": str(OWNER)}, "guild.outranked"),
    "the bot": ({"user": str(BOT)}, "guild.outranked"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", ON)
async def test_rules_reach_only_those_below(case: str) -> None:
    """Nobody sets or removes a rule about a target as high or higher, but a deleted role has no place."""
    found = bench()
    given, expected = ON[case]
    assert await found.code("limits.exempt", Who.ADMINISTRATOR, **given) == expected
    if "role" in given:
        limit = {"operation": LIST, "amount": 1, "seconds": 1}
        assert await found.code("limits.set", Who.ADMINISTRATOR, **limit, **given) == expected
    success(await found.call("limits.exempt", Who.SHELL, **given))
    undone = None if expected == "guild.unknown_role" else expected
    assert await found.code("limits.reset", Who.ADMINISTRATOR, operation="*", **given) == undone


@pytest.mark.asyncio
async def test_without_discord_only_the_operator_sets_rules_about_people() -> None:
    """When places of roles are unknown a rule about a person is refused, and one about everyone is not."""
    found = build()
    administrator = found.by(Who.ADMINISTRATOR)
    limit = {"operation": LIST, "amount": 1, "seconds": 1}
    api = found.app.limits
    success(await api.set.call(limit, administrator))
    assert refusal(await api.set.call({**limit, "role": "5"}, administrator)).code == "guild.no_directory"
    assert refusal(await api.exempt.call({"user": "5"}, administrator)).code == "guild.no_directory"
    success(await found.call("limits.exempt", Who.OPERATOR, user="5"))


@pytest.mark.asyncio
async def test_the_rule_of_a_deleted_role_can_be_reset_while_no_member_can_be_looked_up() -> None:
    """A deleted role outranks nobody, so how high the caller is doesn't matter; for an existing role it does."""
    found = build(directory=WithoutMembers())
    for role, expected in ((HELPER, "guild.no_directory"), (777, None)):
        await set_limit(found, role=str(role))
        assert await found.code("limits.reset", Who.ADMINISTRATOR, operation=LIST, role=str(role)) == expected


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("change", "given", "expected"),
    [
        ("set", {"operation": "links.nothing"}, "limits.unknown_operation"),
        ("set", {"operation": "nothing.*"}, "limits.unknown_operation"),
        ("set", {"operation": "links."}, "limits.unknown_operation"),
        ("set", {"operation": "**"}, "limits.unknown_operation"),
        ("set", {"operation": " LINKS.ADD "}, None),
        ("set", {"amount": 0}, "input.out_of_range"),
        ("set", {"amount": 1}, None),
        ("set", {"amount": 1_000}, None),
        ("set", {"amount": 1_001}, "input.out_of_range"),
        ("set", {"seconds": 0}, "input.out_of_range"),
        ("set", {"seconds": 86_400}, None),
        ("set", {"seconds": 86_401}, "input.out_of_range"),
        ("set", {"scope": "everyone"}, "input.invalid_type"),
        ("set", {"scope": "user"}, "input.invalid_type"),
        ("set", {"scope": "guild", "role": str(HELPER)}, "limits.guild_for_all"),
        ("set", {"scope": "guild", "role": str(GUILD)}, None),
        ("set", {"user": "5"}, "input.unknown_field"),
        ("exempt", {}, "limits.one_subject"),
        ("exempt", {"user": "5", "role": str(HELPER)}, "limits.one_subject"),
        ("exempt", {"user": "5", "operation": "nothing"}, "limits.unknown_operation"),
        ("reset", {"user": "5", "role": str(HELPER)}, "limits.one_subject"),
        ("reset", {"user": "5", "scope": "guild"}, "limits.guild_for_all"),
        ("reset", {"user": "5"}, "limits.rule_not_found"),
        ("reset", {"operation": "nothing"}, "limits.unknown_operation"),
        ("show", {"operation": "nothing"}, "limits.unknown_operation"),
        ("show", {"after": "x"}, "input.invalid_cursor"),
        ("rules", {"after": "x"}, "input.invalid_cursor"),
    ],
)
async def test_what_makes_no_sense_is_refused(change: str, given: dict[str, object], expected: str | None) -> None:
    """Unknown operations, numbers out of bounds, and rules about nobody or too many are refused."""
    found = bench()
    usual: dict[str, dict[str, object]] = {
        "set": {"operation": LIST, "amount": 5, "seconds": 60},
        "reset": {"operation": LIST},
    }
    assert await found.code(f"limits.{change}", Who.SHELL, **{**usual.get(change, {}), **given}) == expected


@pytest.mark.asyncio
async def test_a_rule_for_an_operation_that_is_gone_can_be_reset() -> None:
    """A rule that an earlier version allowed does not stay forever."""
    found = bench()
    await set_limit(found)
    (rule,) = found.store.table(LIMIT_RULE_ROWS).rows.values()
    async with found.store.open(LIMITS)(found.by(Who.SHELL)) as unit:
        await unit.limit_rules.put(replace(rule, id=LimitRuleId(77), pattern="links.gone"))
        await unit.commit(UNAUDITED)
    success(await found.call("limits.reset", Who.SHELL, operation="links.gone"))
    assert list(found.store.table(LIMIT_RULE_ROWS).rows.values()) == [rule]


@pytest.mark.asyncio
async def test_the_number_of_rules_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit a new rule is refused, one that replaces another is not, and another server has room."""
    monkeypatch.setattr(twi_core.limits.rules.writing, "RULES_LIMIT", 2)
    found = bench()
    await set_limit(found)
    await set_limit(found, scope="guild")
    given = {"operation": "*", "amount": 1, "seconds": 1}
    assert await found.code("limits.set", Who.SHELL, **given) == "limits.too_many_rules"
    assert await found.code("limits.exempt", Who.SHELL, user="1") == "limits.too_many_rules"
    await set_limit(found, amount=7)
    assert await found.code("limits.set", Who.SHELL, OTHER_GUILD, **given) is None
    assert len(found.store.table(LIMIT_RULE_ROWS).rows) == 3


@pytest.mark.asyncio
async def test_another_application_on_the_same_storage_applies_it() -> None:
    """A rule that one application sets applies in another one at the next call."""
    found, clock = bench(), ManualClock(START)
    ports = Ports(
        storage=found.store,
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=SeededRandom(),
        ids=CountingIds(),
        invalidations=found.store.invalidations,
        operators=Operators(),
        directory=directory(),
    )
    other = Bench(build_application(Application, ports), found.store, clock, ports.limiter)
    assert await often(other, as_somebody(other, 1)) == FREE
    await set_limit(found)
    assert await often(other, as_somebody(other, 2)) == 2


async def shown(found: Bench, context: CallContext, operation: str) -> HeldLimits:
    page = success(await found.app.limits.show.call({"operation": operation}, context))
    assert len(page.items) == 1
    return page.items[0]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("rules", "roles", "ground"),
    [
        ([], (), Ground.POLICY),
        ([{"amount": 2}], (), Ground.RULE),
        ([{"amount": 4}, {"amount": 3, "role": str(HELPER)}], (HELPER,), Ground.RULE),
        ([{"amount": 4, "scope": "guild"}], (), Ground.RULE),
    ],
)
async def test_what_is_shown_is_what_happens(
    rules: list[dict[str, Any]], roles: tuple[RoleId, ...], ground: Ground
) -> None:
    """The shown number of calls succeed, the next one is refused with the shown wait, and looking counts nothing."""
    found = bench()
    for given in rules:
        await set_limit(found, **given)
    somebody = as_somebody(found, roles=frozenset(roles))
    before = await shown(found, somebody, LIST)
    assert (before.ground, before.retry_after) == (ground, 0)
    assert before.remaining == await often(found, somebody)
    found.clock.advance(12.5)
    after = await shown(found, somebody, LIST)
    error = refusal(await found.app.links.tags.call({}, somebody))
    assert (after.remaining, after.retry_after) == (0, error.params["retry_after"]) == (0, 48)


@pytest.mark.asyncio
async def test_a_caller_who_is_not_limited_is_shown_why() -> None:
    """Operators, holders of the bypass and exempt members are shown that, and only their own rules count."""
    found = bench()
    await set_limit(found)
    success(await found.call("limits.exempt", Who.SHELL, user="9", operation="links.*"))
    operator = await shown(found, found.by(Who.OPERATOR), LIST)
    assert (operator.ground, operator.limits, operator.remaining) == (Ground.OPERATOR, (), None)
    administrator = await shown(found, found.by(Who.ADMINISTRATOR), LIST)
    assert (administrator.ground, administrator.limits) == (Ground.BYPASS, ())
    assert administrator.remaining == BUDGETS[0].amount - 1  # looking is a call as well
    exempt = await shown(found, as_somebody(found, 9), LIST)
    assert (exempt.ground, exempt.limits, exempt.rules[0].pattern) == (Ground.EXEMPTION, (), "links.*")
    bound = await shown(found, as_somebody(found, 8), LIST)
    assert (bound.limits, [rule.pattern for rule in bound.rules]) == ((Rate(2, 60),), [LIST])
    assert bound.rules[0].set_by is None


@pytest.mark.asyncio
async def test_every_operation_is_shown_once() -> None:
    """Page by page all operations are listed, by name, outside of servers too; a group shows its own."""
    found = bench()
    for guild in (GUILD, None):
        names, after = list[str](), None
        while True:
            found.clock.advance(10)
            page = success(
                await found.app.limits.show.call(
                    {} if after is None else {"after": after}, as_somebody(found, guild=guild)
                )
            )
            names += [each.operation for each in page.items]
            after = page.next
            if after is None:
                break
        assert names == sorted(operation.name for operation in found.app.operations())
    group = success(await found.app.limits.show.call({"operation": "limits.*"}, as_somebody(found)))
    assert {each.operation.partition(".")[0] for each in group.items} == {"limits"}


@pytest.mark.asyncio
async def test_rules_are_listed_for_staff() -> None:
    """Moderators see every rule and its author, page by page, each once; members do not."""
    found = bench()
    for number in range(1, 24):
        success(await found.call("limits.exempt", Who.ADMINISTRATOR, user=str(1_000 + number), operation="links.*"))
    await set_limit(found)
    listed, after = list[tuple[str, int]](), None
    while True:
        page = success(
            await found.app.limits.rules.call({} if after is None else {"after": after}, found.by(Who.MODERATOR))
        )
        listed += [(rule.pattern, rule.subject.id) for rule in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(listed) == sorted([*(("links.*", 1_000 + n) for n in range(1, 24)), (LIST, GUILD)])
    assert page.items[-1].set_by == Who.ADMINISTRATOR.actor or page.items[-1].pattern == LIST
    assert await found.code("limits.rules", Who.MEMBER) == "permissions.denied"


@pytest.mark.asyncio
async def test_a_token_s_user_counts_and_roles_do_not() -> None:
    """Over HTTP a user is exempt and limited as in Discord, in the same windows, while their roles are unknown."""
    found = bench()
    await set_limit(found)
    await set_limit(found, amount=9, role=str(HELPER))
    member = as_somebody(found, 7)
    by_http = replace(member, origin=Origin.HTTP, native=NativePermissions.NONE, asserted_level=Level.EVERYONE)
    assert await often(found, by_http) == 2
    assert await often(found, member) == 0
    success(await found.call("limits.exempt", Who.SHELL, user="7"))
    assert await often(found, by_http) == 50


def test_scopes_have_words() -> None:
    """Each scope says whose calls it counts."""
    assert len({scope.whose for scope in Scope}) == len(Scope)
