"""The decision: total, independent of order, and monotone, whatever rules there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twi_core.kernel.context import UNKNOWN_PLACE
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level, Permission, declared_permissions
from twi_core.links.permissions import LINKS_ADD
from twi_core.permissions.domain import Effect, Rule, RuleId, Rules, Subject, channel, role, user
from twi_core.permissions.permissions import PERMISSIONS_VIEW
from twi_core.permissions.rules.resolution import Caller, Ground, decide

NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)
GUILD: Final = GuildId(900)
USERS: Final = (UserId(1), UserId(2))
ROLES: Final = (RoleId(GUILD), RoleId(11), RoleId(12), RoleId(13))
PLACES: Final = (ChannelId(21), ChannelId(22), ChannelId(23))
PATTERNS: Final = (LINKS_ADD.name, "links.view", "links.*", PERMISSIONS_VIEW.name, "permissions.*", "*")
GRANTABLE: Final = tuple(found for found in declared_permissions().values() if not found.fixed)
ENDS: Final = st.sampled_from([None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)])

people = st.sampled_from([*(user(each) for each in USERS), *(role(each) for each in ROLES)])
places = st.sampled_from([channel(each) for each in PLACES])


def rule(subject: Subject, pattern: str, effect: Effect, *, number: int = 1, ends: datetime | None = None) -> Rule:
    return Rule(
        id=RuleId(number),
        guild=GUILD,
        subject=subject,
        pattern=pattern,
        effect=effect,
        reason=None,
        set_by=None,
        set_at=NOW,
        expires_at=ends,
    )


def rule_sets(subjects: st.SearchStrategy[Subject]) -> st.SearchStrategy[list[Rule]]:
    """Draw rules, at most one for a subject and a pattern, as the storage keeps them."""
    drawn = st.lists(
        st.tuples(subjects, st.sampled_from(PATTERNS), st.sampled_from(Effect), ENDS),
        max_size=12,
        unique_by=lambda found: (found[0], found[1]),
    )
    return drawn.map(
        lambda found: [
            rule(subject, pattern, effect, number=number, ends=ends)
            for number, (subject, pattern, effect, ends) in enumerate(found, 1)
        ]
    )


rules_of_people = rule_sets(people)
rules_of_all = rule_sets(people | places)
callers = st.builds(
    Caller,
    user=st.sampled_from([None, *USERS]),
    level=st.sampled_from(Level),
    roles=st.frozensets(st.sampled_from(ROLES)),
    places=st.permutations(PLACES).flatmap(lambda found: st.integers(0, 3).map(lambda count: tuple(found[:count]))),
)
permissions = st.sampled_from(tuple(declared_permissions().values()))


def allowed(permission: Permission, caller: Caller, rules: list[Rule], now: datetime = NOW) -> bool:
    return decide(permission, caller, GUILD, Rules(rules), now).allowed


@given(permissions, callers, rules_of_all, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(
    permission: Permission, caller: Caller, rules: list[Rule], chance: Random
) -> None:
    """Whichever rule was set first, the decision, its ground and the rule that is named are the same."""
    shuffled = chance.sample(rules, len(rules))
    found = [decide(permission, caller, GUILD, Rules(order), NOW) for order in (rules, shuffled)]
    assert [(each.allowed, each.ground, each.rule) for each in found[:1]] == [
        (each.allowed, each.ground, each.rule) for each in found[1:]
    ]
    assert set(found[0].elsewhere) == set(found[1].elsewhere)


@given(permissions, callers, rules_of_all, people, st.sampled_from(PATTERNS))
def test_one_more_allowance_takes_nothing_from_anybody(
    permission: Permission, caller: Caller, rules: list[Rule], subject: Subject, pattern: str
) -> None:
    """Allowing something to somebody never makes anybody lose anything."""
    if allowed(permission, caller, rules):
        more = Rules(rules).with_rule(rule(subject, pattern, Effect.ALLOW, number=99))
        assert decide(permission, caller, GUILD, more, NOW).allowed


@given(permissions, callers, rules_of_all, people | places, st.sampled_from(PATTERNS))
def test_one_more_denial_grants_nothing_to_anybody(
    permission: Permission, caller: Caller, rules: list[Rule], subject: Subject, pattern: str
) -> None:
    """Denying something, to somebody or in a channel, never makes anybody gain anything there."""
    before = Rules(rules)
    opened = before.find(subject, pattern, NOW)
    if opened is not None and opened.effect is Effect.ALLOW and subject.kind == "channel":
        return  # it replaces what opened this channel only, which opens the others
    if not allowed(permission, caller, rules):
        more = before.with_rule(rule(subject, pattern, Effect.DENY, number=99))
        assert not decide(permission, caller, GUILD, more, NOW).allowed


@given(permissions, callers, rules_of_all, places, st.sampled_from(PATTERNS))
def test_opening_a_channel_closes_it_for_nobody(
    permission: Permission, caller: Caller, rules: list[Rule], place: Subject, pattern: str
) -> None:
    """Allowing something in a channel never closes that channel, whatever it does to the others."""
    here = replace(caller, places=(ChannelId(place.id),))
    if allowed(permission, here, rules):
        more = Rules(rules).with_rule(rule(place, pattern, Effect.ALLOW, number=99))
        assert decide(permission, here, GUILD, more, NOW).allowed


@given(permissions, callers, rules_of_all)
def test_an_ended_rule_is_as_good_as_none(permission: Permission, caller: Caller, rules: list[Rule]) -> None:
    """From its end on, a rule changes nothing."""
    held = [each for each in rules if each.holds_at(NOW)]
    assert all(each.expires_at is None or each.expires_at > NOW for each in held)
    assert decide(permission, caller, GUILD, Rules(rules), NOW) == decide(permission, caller, GUILD, Rules(held), NOW)


@given(permissions, callers, rules_of_all)
def test_a_higher_level_never_may_less(permission: Permission, caller: Caller, rules: list[Rule]) -> None:
    """Anyone who rises keeps everything that they could do."""
    if allowed(permission, caller, rules):
        for level in Level:
            if level > caller.level:
                assert allowed(permission, replace(caller, level=level), rules)


@given(callers, rules_of_all)
def test_no_rule_grants_what_depends_on_the_level(caller: Caller, rules: list[Rule]) -> None:
    """Operator permissions, and those that nobody can be denied, are beyond every rule."""
    for permission in declared_permissions().values():
        if permission.fixed:
            assert allowed(permission, caller, rules) is (caller.level >= permission.default)


@given(permissions, callers, rules_of_all)
def test_without_a_guild_no_rule_counts(permission: Permission, caller: Caller, rules: list[Rule]) -> None:
    """In a direct message only the level decides."""
    verdict = decide(permission, caller, None, Rules(rules), NOW)
    assert verdict.allowed is (caller.level >= permission.default)


@given(callers, rules_of_all)
def test_administrators_are_bound_by_no_rule(caller: Caller, rules: list[Rule]) -> None:
    """Nobody can lock the administrators out, not even an administrator."""
    for permission in GRANTABLE:
        assert allowed(permission, replace(caller, level=Level.ADMINISTRATOR), rules)


@given(st.sampled_from(GRANTABLE), callers, rules_of_people)
def test_the_named_rule_is_the_ground(permission: Permission, caller: Caller, rules: list[Rule]) -> None:
    """A named rule is one that applies to the caller and has the effect that was decided."""
    verdict = decide(permission, replace(caller, level=Level.EVERYONE, places=()), GUILD, Rules(rules), NOW)
    if verdict.ground is Ground.RULE:
        assert verdict.rule in rules
        assert verdict.rule is not None
        assert verdict.rule.holds_at(NOW)
        assert (verdict.rule.effect is Effect.ALLOW) is verdict.allowed
        about = {role(RoleId(GUILD)), *(role(each) for each in caller.roles)}
        assert verdict.rule.subject in about | ({user(caller.user)} if caller.user else set())


ME, HELPERS, WIKI = user(UserId(1)), role(RoleId(11)), role(RoleId(12))
EVERYONE = role(RoleId(GUILD))
ALLOW, DENY = Effect.ALLOW, Effect.DENY


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], False),
        ([(EVERYONE, "links.add", ALLOW)], True),
        ([(EVERYONE, "links.*", ALLOW)], True),
        ([(EVERYONE, "*", ALLOW)], True),
        ([(EVERYONE, "links.view", ALLOW)], False),
        ([(HELPERS, "links.add", ALLOW), (EVERYONE, "links.add", DENY)], True),
        ([(HELPERS, "links.add", DENY), (EVERYONE, "links.add", ALLOW)], False),
        ([(HELPERS, "links.*", ALLOW), (EVERYONE, "links.add", DENY)], True),
        ([(HELPERS, "links.add", ALLOW), (WIKI, "links.add", DENY)], False),
        ([(HELPERS, "links.add", ALLOW), (WIKI, "links.*", DENY)], True),
        ([(HELPERS, "links.*", ALLOW), (WIKI, "*", DENY)], True),
        ([(ME, "*", ALLOW), (HELPERS, "links.add", DENY)], True),
        ([(ME, "*", DENY), (HELPERS, "links.add", ALLOW)], False),
        ([(ME, "links.*", DENY), (ME, "links.add", ALLOW)], True),
        ([(ME, "links.*", ALLOW), (ME, "links.add", DENY)], False),
        ([(user(UserId(2)), "links.add", ALLOW)], False),
        ([(role(RoleId(13)), "links.add", ALLOW)], False),
    ],
)
def test_the_more_specific_rule_wins(rules: list[tuple[Subject, str, Effect]], expected: bool) -> None:
    """A user before roles before everyone, a name before a group before all; among equals the denial."""
    caller = Caller(user=UserId(1), level=Level.EVERYONE, roles=frozenset({RoleId(11), RoleId(12)}))
    made = [rule(*each, number=number) for number, each in enumerate(rules, 1)]
    assert allowed(LINKS_ADD, caller, made) is expected


THREAD, CHANNEL, CATEGORY = (channel(each) for each in PLACES)
OTHER = channel(ChannelId(29))


@pytest.mark.parametrize(
    ("rules", "expected", "ground"),
    [
        ([], True, Ground.LEVEL),
        ([(CHANNEL, "links.*", DENY)], False, Ground.CHANNEL_RULE),
        ([(CATEGORY, "*", DENY)], False, Ground.CHANNEL_RULE),
        ([(CATEGORY, "*", DENY), (CHANNEL, "links.*", ALLOW)], True, Ground.LEVEL),
        ([(CHANNEL, "links.*", ALLOW), (THREAD, "links.*", DENY)], False, Ground.CHANNEL_RULE),
        ([(CHANNEL, "links.*", DENY), (CHANNEL, "links.add", ALLOW)], True, Ground.LEVEL),
        ([(OTHER, "links.*", DENY)], True, Ground.LEVEL),
        ([(OTHER, "links.*", ALLOW)], False, Ground.OTHER_CHANNELS),
        ([(OTHER, "permissions.*", ALLOW)], True, Ground.LEVEL),
        ([(OTHER, "links.*", ALLOW), (CATEGORY, "links.*", ALLOW)], True, Ground.LEVEL),
        ([(ME, "links.*", DENY), (CHANNEL, "links.*", ALLOW)], False, Ground.RULE),
        ([(ME, "links.*", ALLOW), (CHANNEL, "links.*", DENY)], False, Ground.CHANNEL_RULE),
    ],
)
def test_a_channel_is_open_or_closed(rules: list[tuple[Subject, str, Effect]], expected: bool, ground: Ground) -> None:
    """The nearest place decides; what is opened in some channel is closed in all others; people's rules come first."""
    caller = Caller(user=UserId(1), level=Level.MODERATOR, places=PLACES)
    made = Rules(rule(*each, number=number) for number, each in enumerate(rules, 1))
    verdict = decide(LINKS_ADD, caller, GUILD, made, NOW)
    assert (verdict.allowed, verdict.ground) == (expected, ground)


@given(rule_sets(places), st.integers(1, 3))
def test_not_knowing_where_a_place_lies_opens_nothing(rules: list[Rule], known: int) -> None:
    """A caller allowed while a place's parents are unknown is also allowed when they are known."""
    caller = Caller(user=UserId(1), level=Level.MODERATOR, places=PLACES)
    if allowed(LINKS_ADD, replace(caller, places=(*PLACES[:known], UNKNOWN_PLACE)), rules):
        assert allowed(LINKS_ADD, caller, rules)


@pytest.mark.parametrize(
    ("rules", "expected", "ground"),
    [
        ([], True, Ground.LEVEL),
        ([(CATEGORY, "*", DENY)], False, Ground.UNKNOWN_PLACE),
        ([(OTHER, "links.add", DENY)], False, Ground.UNKNOWN_PLACE),
        ([(CATEGORY, "permissions.*", DENY)], True, Ground.LEVEL),
        ([(CATEGORY, "*", DENY), (THREAD, "links.*", ALLOW)], True, Ground.LEVEL),
        ([(OTHER, "links.*", ALLOW)], False, Ground.OTHER_CHANNELS),
    ],
)
def test_an_unknown_place_is_closed_for_what_some_place_denies(
    rules: list[tuple[Subject, str, Effect]], expected: bool, ground: Ground
) -> None:
    """What no channel denies stays open in it, and so does what a rule of the thread allows."""
    caller = Caller(user=UserId(1), level=Level.MODERATOR, places=(PLACES[0], UNKNOWN_PLACE))
    made = Rules(rule(*each, number=number) for number, each in enumerate(rules, 1))
    verdict = decide(LINKS_ADD, caller, GUILD, made, NOW)
    assert (verdict.allowed, verdict.ground) == (expected, ground)
