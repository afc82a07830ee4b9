"""Which limits apply to whom: properties over any rules, and the documented order."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twi_core.kernel.ids import GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level, Permission, patterns
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.limits.domain import GuildLimits, LimitRule, LimitRuleId, Subject, SubjectKind, everyone, role, user
from twi_core.limits.rules.resolution import BY_GUILD, Bound, Ground, resolve

GUILD: Final = GuildId(7)
ROLES: Final = tuple(RoleId(number) for number in (101, 102, 103))
USERS: Final = tuple(UserId(number) for number in (1, 2))
PATTERNS: Final = ("links.add", "links.*", "*", "links.get", "polls.*")
ANY: Final = Permission("test.any", Level.EVERYONE, "test")
HOST: Final = (Rate(7, 10, Scope.USER), Rate(70, 10, Scope.EVERYONE))
MEMBER: Final = Rate(5, 60)
WHOLE: Final = Rate(50, 60, Scope.GUILD)
POLICIES: Final = tuple(
    Policy(name="links.add", requires=ANY, more_limits=(*own, *HOST))
    for own in ((), (MEMBER,), (WHOLE,), (MEMBER, WHOLE), (MEMBER, Rate(9, 600)))
)
ADD: Final = POLICIES[3]


def rule(
    subject: Subject, pattern: str, often: tuple[int, int] | None, scope: Scope = Scope.MEMBER, number: int = 1
) -> LimitRule:
    return LimitRule(
        id=LimitRuleId(number),
        guild=GUILD,
        subject=subject,
        pattern=pattern,
        scope=scope,
        amount=None if often is None else often[0],
        seconds=None if often is None else often[1],
        set_by=None,
        set_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


OFTEN: Final = st.tuples(st.integers(1, 3), st.sampled_from([1, 2, 3, 60]))
PLACES: Final = st.one_of(
    st.tuples(st.just(everyone(GUILD)), st.sampled_from(PATTERNS), OFTEN, st.sampled_from([Scope.MEMBER, Scope.GUILD])),
    st.tuples(
        st.sampled_from([everyone(GUILD), *(role(each, GUILD) for each in ROLES)]),
        st.sampled_from(PATTERNS),
        st.none() | OFTEN,
        st.just(Scope.MEMBER),
    ),
    st.tuples(
        st.sampled_from([user(each) for each in USERS]), st.sampled_from(PATTERNS), st.none(), st.just(Scope.MEMBER)
    ),
)


@st.composite
def any_rules(draw: st.DrawFn) -> list[LimitRule]:
    """Draw rules as a storage keeps them: one for each place."""
    drawn = draw(st.lists(PLACES, max_size=14, unique_by=lambda place: (place[0], place[1], place[3])))
    return [rule(*place, number) for number, place in enumerate(drawn, 1)]


BOUND: Final = st.builds(
    Bound, st.just(GUILD), st.none() | st.sampled_from(USERS), st.frozensets(st.sampled_from([*ROLES, RoleId(GUILD)]))
)


def applies(each: LimitRule, bound: Bound) -> bool:
    match each.subject.kind:
        case SubjectKind.EVERYONE:
            return True
        case SubjectKind.ROLE:
            return RoleId(each.subject.id) in bound.roles
        case SubjectKind.USER:
            return bound.user == each.subject.id


def as_documented(policy: Policy, bound: Bound, rules: Sequence[LimitRule]) -> list[Rate]:
    """Find the limits again, as documented: all rules that apply, ordered."""
    covering = [each for each in rules if applies(each, bound) and each.pattern in patterns(policy.name)]
    if any(each.rate is None for each in covering):
        return [rate for rate in policy.limits if rate.scope not in BY_GUILD]
    found = list(policy.limits)
    for scope in BY_GUILD:
        there = any(rate.scope is scope for rate in policy.limits)
        of_use = [each for each in covering if each.scope is scope and (there or each.pattern == policy.name)]

        def order(each: LimitRule) -> tuple[bool, int, float, int, int]:
            assert each.amount is not None
            assert each.seconds is not None
            specific = patterns(policy.name).index(each.pattern)
            general = each.subject.kind is SubjectKind.EVERYONE
            return general, specific, -each.amount / each.seconds, -each.amount, each.id

        if of_use:
            best = min(of_use, key=order).rate
            assert best is not None
            found = [*(rate for rate in found if rate.scope is not scope), best]
    return found


@given(any_rules(), BOUND, st.sampled_from(POLICIES))
@settings(max_examples=600, deadline=None)
def test_it_is_as_documented(rules: list[LimitRule], bound: Bound, policy: Policy) -> None:
    """Whatever the rules, the limits are those of the documented order."""
    held = resolve(policy, bound, GuildLimits(rules))
    assert sorted(held.rates, key=repr) == sorted(as_documented(policy, bound, rules), key=repr)


@given(any_rules(), BOUND, st.sampled_from(POLICIES), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_rules_and_roles_does_not_matter(
    rules: list[LimitRule], bound: Bound, policy: Policy, chance: random.Random
) -> None:
    """The same rules and roles in another order lead to the same answer, and name the same rules."""
    shuffled, roles = list(rules), list(bound.roles)
    chance.shuffle(shuffled)
    chance.shuffle(roles)
    one = resolve(policy, bound, GuildLimits(rules))
    assert one == resolve(policy, replace(bound, roles=frozenset(roles)), GuildLimits(shuffled))


@given(any_rules(), BOUND, st.sampled_from(POLICIES))
@settings(max_examples=200, deadline=None)
def test_no_guild_touches_what_protects_the_host(rules: list[LimitRule], bound: Bound, policy: Policy) -> None:
    """Limits of a user and of everyone apply as they were declared, whatever the rules."""
    rates = resolve(policy, bound, GuildLimits(rules)).rates
    assert [rate for rate in rates if rate.scope not in BY_GUILD] == list(HOST)


@given(any_rules(), BOUND, st.sampled_from(POLICIES))
@settings(max_examples=200, deadline=None)
def test_every_answer_says_why(rules: list[LimitRule], bound: Bound, policy: Policy) -> None:
    """Rules that are named apply to the caller, and their limits are used; without any the policy's are."""
    held = resolve(policy, bound, GuildLimits(rules))
    assert all(applies(each, bound) and each.pattern in patterns(policy.name) for each in held.rules)
    match held.ground:
        case Ground.POLICY:
            assert (held.rules, held.rates) == ((), policy.limits)
        case Ground.RULE:
            assert held.rules
            assert {each.rate for each in held.rules} <= set(held.rates)
        case _:
            assert held.ground is Ground.EXEMPTION
            assert [each.rate for each in held.rules] == [None]


@given(any_rules(), BOUND, st.sampled_from(POLICIES), PLACES)
@settings(max_examples=200, deadline=None)
def test_rules_about_others_do_not_matter(
    rules: list[LimitRule], bound: Bound, policy: Policy, place: tuple[Subject, str, tuple[int, int] | None, Scope]
) -> None:
    """A rule that is not about the caller, or not about the operation, changes nothing."""
    more = rule(*place, 99)
    if not applies(more, bound) or more.pattern not in patterns(policy.name):
        assert resolve(policy, bound, GuildLimits([more, *rules])) == resolve(policy, bound, GuildLimits([*rules]))


A, B, EVERYONE = role(ROLES[0], GUILD), role(ROLES[1], GUILD), everyone(GUILD)
BOTH = Bound(GUILD, USERS[0], frozenset(ROLES[:2]))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], (5, 60)),
        ([rule(EVERYONE, "*", (1, 1))], (1, 1)),
        ([rule(EVERYONE, "*", (1, 1)), rule(EVERYONE, "links.*", (2, 1))], (2, 1)),
        ([rule(EVERYONE, "links.*", (2, 1)), rule(EVERYONE, "links.add", (3, 1))], (3, 1)),
        ([rule(EVERYONE, "links.add", (3, 1)), rule(A, "*", (1, 60))], (1, 60)),
        ([rule(A, "links.*", (1, 60)), rule(B, "*", (9, 1))], (1, 60)),
        ([rule(A, "*", (1, 60)), rule(B, "*", (2, 60))], (2, 60)),
        ([rule(A, "*", (20, 1_200)), rule(B, "*", (1, 60))], (20, 1_200)),
        ([rule(A, "*", (900, 1_000)), rule(B, "*", (1, 1))], (1, 1)),
        ([rule(A, "links.add", (1, 60)), rule(EVERYONE, "*", None)], None),
        ([rule(EVERYONE, "links.add", (1, 60)), rule(B, "*", None)], None),
        ([rule(A, "links.add", (1, 60)), rule(user(USERS[0]), "links.*", None)], None),
        ([rule(user(USERS[1]), "*", None), rule(A, "polls.*", None), rule(A, "links.get", None)], (5, 60)),
    ],
)
def test_the_documented_order(rules: list[LimitRule], expected: tuple[int, int] | None) -> None:
    """Exemptions first, then roles, then everyone; the name before its group before all; of roles the most generous."""
    rates = [rate for rate in resolve(ADD, BOTH, GuildLimits(rules)).rates if rate.scope is Scope.MEMBER]
    assert rates == ([] if expected is None else [Rate(*expected)])


def test_a_wildcard_adds_nothing() -> None:
    """An operation without a limit of a scope, such as suggestions, gets none by a wildcard, only by its name."""
    bare = POLICIES[0]
    for scope in BY_GUILD:
        for pattern in ("*", "links.*"):
            assert resolve(bare, BOTH, GuildLimits([rule(EVERYONE, pattern, (1, 1), scope)])).rates == HOST
        named = resolve(bare, BOTH, GuildLimits([rule(EVERYONE, "links.add", (1, 1), scope)]))
        assert set(named.rates) == {*HOST, Rate(1, 1, scope)}


def test_a_rule_replaces_all_limits_of_its_scope() -> None:
    """A rule replaces two limits of a member with one, and the rule for the whole guild stays beside it."""
    two = POLICIES[4]
    rules = [rule(EVERYONE, "links.*", (1, 1)), rule(EVERYONE, "links.add", (8, 9), Scope.GUILD)]
    assert set(resolve(two, BOTH, GuildLimits(rules)).rates) == {*HOST, Rate(1, 1), Rate(8, 9, Scope.GUILD)}
