"""Why somebody may or may not: the explanation is the decision, and its remedy helps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import GUILD, Bench, Who, build, refusal, success
from tests.unit.permissions.people import (
    ELSEWHERE,
    HELPER,
    ROOM,
    SECTION,
    STAFF,
    STRANGER,
    THREAD,
    at,
    bench,
    directory,
)
from tests.unit.permissions.test_resolution import PATTERNS
from twi_core.kernel.context import UNKNOWN_PLACE, CallContext, Origin
from twi_core.kernel.directory import MemberFacts
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level, NativePermissions, declared_permissions
from twi_core.permissions.rules.explaining import Explanation
from twi_core.permissions.rules.resolution import Ground
from twi_core.permissions.use_cases.simulate import Simulation
from twi_memory.permissions import PERMISSION_RULE_ROWS

MEMBER = str(Who.MEMBER.value)
CALLERS = (Who.MEMBER, Who.MODERATOR, Who.ADMINISTRATOR, Who.OPERATOR)
PLACES: tuple[tuple[ChannelId, ...], ...] = ((), (THREAD, ROOM, SECTION), (ELSEWHERE,))
SUBJECTS: tuple[Mapping[str, str], ...] = (
    {"user": MEMBER},
    {"user": str(Who.MODERATOR.value)},
    {"role": str(STAFF)},
    {"role": str(GUILD)},
    {"channel": str(ROOM)},
    {"channel": str(ELSEWHERE)},
)
rules = st.lists(
    st.tuples(st.sampled_from(["grant", "deny"]), st.sampled_from(PATTERNS), st.sampled_from(SUBJECTS)), max_size=8
)
callers = st.tuples(
    st.sampled_from(CALLERS), st.sampled_from(PLACES), st.sampled_from([frozenset(), frozenset({STAFF})])
)


async def ruled(found: Bench, chosen: list[tuple[str, str, Mapping[str, str]]]) -> None:
    for change, pattern, subject in chosen:
        success(await found.call(f"permissions.{change}", Who.SHELL, permission=pattern, **subject))


async def explain(found: Bench, asked: str, context: CallContext) -> Explanation:
    return success(await found.app.permissions.explain.call({"operation": asked}, context))


@given(rules, callers)
@settings(max_examples=60)
@pytest.mark.asyncio
async def test_an_explanation_says_what_the_call_itself_says(
    chosen: list[tuple[str, str, Mapping[str, str]]], caller: tuple[Who, tuple[ChannelId, ...], frozenset[RoleId]]
) -> None:
    """Whatever the rules, the explanation allows exactly what the call is allowed; its remedies make it so.

    And nobody else loses anything by them, anywhere.
    """
    found = bench()
    await ruled(found, chosen)
    who, places, roles = caller
    context = replace(at(found.by(who), *places), roles=roles)
    explained = await explain(found, "links.add", context)
    raw = {"title": "a", "content": "b"}
    assert explained.allowed is isinstance(await found.app.links.add.call(raw, context), Success)
    if explained.allowed:
        assert explained.remedies == ()
        return
    assert explained.remedies
    others = [at(found.by(each), *place) for each in CALLERS for place in PLACES]
    could = [other for other in others if (await explain(found, "links.add", other)).allowed]
    for remedy in explained.remedies:
        success(await found.call(remedy.operation, Who.SHELL, **remedy.parameters))
    for other in could:
        assert (await explain(found, "links.add", other)).allowed
    success(await found.app.links.add.call(raw, context))


@given(rules, st.sampled_from(["grant", "deny", "revoke"]), st.sampled_from(PATTERNS), st.sampled_from(SUBJECTS))
@settings(max_examples=60)
@pytest.mark.asyncio
async def test_a_trial_run_shows_what_the_change_does(
    chosen: list[tuple[str, str, Mapping[str, str]]], change: str, pattern: str, subject: Mapping[str, str]
) -> None:
    """A trial run changes nothing, is refused where the change would be, and names exactly who gains or loses."""
    found = bench()
    await ruled(found, chosen)
    before = dict(found.store.table(PERMISSION_RULE_ROWS).rows)
    raw: dict[str, object] = {"permission": pattern, **subject}
    tried = await found.call("permissions.simulate", Who.ADMINISTRATOR, change=change, **raw)
    assert found.store.table(PERMISSION_RULE_ROWS).rows == before
    views = _views(found, subject)
    was = [await explain(found, "links.add", view) for view in views]
    done = await found.call(f"permissions.{change}", Who.ADMINISTRATOR, **raw)
    assert isinstance(tried, Success) is isinstance(done, Success)
    if not isinstance(done, Success):
        assert refusal(tried).code == refusal(done).code
        return
    now = [await explain(found, "links.add", view) for view in views]
    explained = {
        (each.level.label, each.before, each.after)
        for each in getattr(tried.unwrap(), "differences")  # noqa: B009  # any operation's value
        if each.permission == "links.add" and each.where in {None, "this channel"}
    }
    seen = {
        (then.level.label, then.allowed, after.allowed)
        for then, after in zip(was, now, strict=True)
        if then.allowed != after.allowed
    }
    assert explained == seen


def _views(found: Bench, subject: Mapping[str, str]) -> list[CallContext]:
    """Return the calls of those whom a rule is about: the user, or per level a caller without any other rule."""
    if "user" in subject:
        who = Who(int(subject["user"]))
        return [at(found.by(who), roles=frozenset({STAFF}) if who is Who.MODERATOR else frozenset())]
    views = [replace(found.by(who), actor=UserId(77_777)) for who in (Who.MEMBER, Who.MODERATOR)]
    if "channel" in subject:
        return [at(view, ChannelId(int(subject["channel"]))) for view in views]
    roles = frozenset({STAFF}) if subject["role"] == str(STAFF) else frozenset[RoleId]()
    return [replace(view, roles=roles) for view in views]


async def simulated(found: Bench, change: str, user: int) -> Simulation:
    raw: dict[str, object] = {"change": change, "permission": "links.add", "user": str(user)}
    return cast("Simulation", success(await found.call("permissions.simulate", Who.SHELL, **raw)))


@pytest.mark.asyncio
async def test_a_trial_run_for_a_user_knows_their_roles_and_level() -> None:
    """A right that a role's rule grants already is no gain and stays after a revoke; nothing binds an administrator."""
    people = directory()
    people.members[GUILD, UserId(7)] = MemberFacts(
        id=UserId(7), roles=frozenset({HELPER}), native=NativePermissions.NONE, position=1
    )
    found = build(directory=people)
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", role=str(HELPER)))
    success(await found.call("permissions.deny", Who.SHELL, permission="links.add", role=str(STAFF)))

    assert (await simulated(found, "grant", 7)).differences == ()
    (lost,) = (await simulated(found, "deny", 7)).differences
    assert (lost.level, lost.before, lost.after) == (Level.EVERYONE, True, False)
    (gained,) = (await simulated(found, "grant", Who.MODERATOR.value)).differences
    assert (gained.level, gained.before, gained.after) == (Level.MODERATOR, False, True)
    for nobody_s in (Who.ADMINISTRATOR, Who.OPERATOR):
        assert (await simulated(found, "deny", nobody_s.value)).differences == ()
    for who in (7, Who.MODERATOR.value):
        assert not (await simulated(found, "grant", who)).supposed


@pytest.mark.asyncio
async def test_a_trial_run_for_an_unknown_user_says_so() -> None:
    """A user who is no member, or whom Discord cannot be asked about, is assumed to hold no role, at each level."""
    for found in (bench(), build()):
        explained = await simulated(found, "deny", STRANGER)
        assert explained.supposed
        assert [each.level for each in explained.differences] == [Level.MODERATOR]


@pytest.mark.asyncio
async def test_the_reason_is_for_the_staff() -> None:
    """The refused learn the rule, its author and its end; the reason is shown to those who may look at rules."""
    found = bench()
    raw: dict[str, object] = {"permission": "links.*", "user": MEMBER, "lasts": "2h", "reason": "spam"}
    success(await found.call("permissions.deny", Who.ADMINISTRATOR, **raw))
    explained = await explain(found, "links.list", found.by(Who.MEMBER))
    assert explained.rule is not None
    assert (explained.ground, explained.rule.pattern, explained.rule.reason) == (Ground.RULE, "links.*", None)
    assert explained.rule.set_by == Who.ADMINISTRATOR.actor
    assert explained.rule.expires_at is not None
    checked = success(
        await found.app.permissions.check.call({"user": MEMBER, "operation": "links.list"}, found.by(Who.MODERATOR))
    )
    assert checked.rule is not None
    assert checked.rule.reason == "spam"


@pytest.mark.asyncio
async def test_nobody_can_be_kept_from_asking_why() -> None:
    """Even a member who is denied everything, everywhere, is shown that and by which rule."""
    found = bench()
    success(await found.call("permissions.deny", Who.ADMINISTRATOR, permission="*", user=MEMBER))
    success(await found.call("permissions.deny", Who.ADMINISTRATOR, permission="*", channel=str(ROOM)))
    assert not (await explain(found, "links.get", at(found.by(Who.MEMBER), ROOM))).allowed


@pytest.mark.asyncio
async def test_what_is_one_s_own_is_shown_separately() -> None:
    """A member who may change only their own links is shown exactly that."""
    found = bench()
    explained = await explain(found, "links.delete", found.by(Who.MEMBER))
    assert (explained.allowed, explained.own, explained.permission) == (True, True, "links.manage_own")
    assert not (await explain(found, "links.delete", found.by(Who.ADMINISTRATOR))).own


@pytest.mark.asyncio
async def test_a_closed_entrypoint_and_a_missing_server_are_explained() -> None:
    """What no rule can change is explained too, and no remedy is promised."""
    found = bench()
    explained = await explain(found, "tokens.create", found.by(Who.OPERATOR))
    assert (explained.allowed, explained.ground, explained.remedies) == (False, Ground.CLOSED_ENTRYPOINT, ())
    assert explained.ground.value == "closed_entrypoint"
    explained = await explain(found, "links.add", found.by(Who.OPERATOR, None))
    assert (explained.allowed, explained.ground, explained.remedies) == (False, Ground.NO_GUILD, ())


@pytest.mark.asyncio
async def test_asking_for_somebody_else_needs_their_facts() -> None:
    """Staff see what Discord says about a member; a non-member is refused, and assumptions are accepted."""
    found = bench()
    ask = found.app.permissions.check
    staff = found.by(Who.MODERATOR)
    success(await found.call("permissions.grant", Who.SHELL, permission="links.manage_any", role=str(STAFF)))
    author = str(Who.AUTHOR.value)
    assert success(await ask.call({"user": author, "operation": "links.manage_any"}, staff)).allowed
    assert not success(await ask.call({"user": MEMBER, "operation": "links.manage_any"}, staff)).allowed
    supposed = {"user": MEMBER, "operation": "links.manage_any", "roles": [str(STAFF)]}
    assert success(await ask.call(supposed, staff)).allowed
    assert refusal(await ask.call({"user": "999", "operation": "links.add"}, staff)).code == "guild.unknown_member"
    assert refusal(await ask.call({"user": MEMBER, "operation": "nothing"}, staff)).code == "permissions.unknown"


@pytest.mark.asyncio
async def test_an_answer_that_does_not_rest_on_discord_says_so() -> None:
    """When Discord cannot be asked about somebody, or was not, a check and an overview are marked as assumed."""
    about: dict[str, object] = {"user": MEMBER}
    checked: dict[str, object] = {**about, "operation": "links.add"}
    for found, expected in ((bench(), False), (build(), True)):
        staff = found.by(Who.SHELL)
        assert success(await found.app.permissions.check.call(checked, staff)).supposed is expected
        assert success(await found.app.permissions.overview.call(about, staff)).supposed is expected
        for named in ({"level": "moderator"}, {"roles": [str(STAFF)]}):
            assert success(await found.app.permissions.check.call({**checked, **named}, staff)).supposed
        assert not (await explain(found, "links.add", found.by(Who.MEMBER))).supposed


@pytest.mark.asyncio
async def test_a_channel_of_a_supposed_call_lies_where_discord_says() -> None:
    """Rules of a category bind a check in one of its threads, for any assumed caller."""
    found = bench()
    success(await found.call("permissions.deny", Who.SHELL, permission="links.add", channel=str(SECTION)))
    asked = {"user": MEMBER, "operation": "links.add", "channel": str(THREAD), "level": "moderator"}
    explained = success(await found.app.permissions.check.call(asked, found.by(Who.SHELL)))
    assert (explained.allowed, explained.ground) == (False, Ground.CHANNEL_RULE)


@pytest.mark.asyncio
async def test_no_change_is_proposed_for_a_place_of_which_too_little_is_known() -> None:
    """Opening a thread whose channel is unknown would close the rest to everybody, so that is not proposed."""
    found = bench()
    success(await found.call("permissions.deny", Who.SHELL, permission="links.*", channel=str(SECTION)))
    for who in (Who.MEMBER, Who.MODERATOR):
        explained = await explain(found, "links.add", at(found.by(who), ChannelId(699), UNKNOWN_PLACE))
        ground = Ground.LEVEL if who is Who.MEMBER else Ground.UNKNOWN_PLACE
        assert (explained.ground, explained.remedies) == (ground, ())


@pytest.mark.asyncio
async def test_an_overview_says_what_each_check_says() -> None:
    """Every permission is in it, decided as a check of that permission alone decides it."""
    found = bench()
    success(await found.call("permissions.deny", Who.SHELL, permission="links.*", user=MEMBER))
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", role=str(STAFF)))
    staff = found.by(Who.MODERATOR)
    for user in (MEMBER, str(Who.AUTHOR.value)):
        found.clock.advance(60)  # every check counts against the limit of checks within a minute
        whole = success(await found.app.permissions.overview.call({"user": user}, staff))
        assert {each.permission for each in whole.permissions} == set(declared_permissions())
        for each in whole.permissions:
            checked = await found.app.permissions.check.call({"user": user, "operation": each.permission}, staff)
            explained = success(checked)
            assert (explained.allowed, explained.ground, explained.rule) == (each.allowed, each.ground, each.rule)


@pytest.mark.asyncio
async def test_a_token_s_level_stands_for_its_actor_s_rank_and_their_rules_count() -> None:
    """Over HTTP the actor's grants and denials apply, while their rank in Discord does not."""
    found = bench()
    by_http = replace(found.by(Who.MODERATOR), origin=Origin.HTTP)
    raw = {"title": "a", "content": "b"}
    assert refusal(await found.app.links.add.call(raw, by_http)).code == "permissions.denied"
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", user=str(Who.MODERATOR.value)))
    success(await found.app.links.add.call(raw, by_http))


@pytest.mark.asyncio
async def test_suggestions_come_while_typing() -> None:
    """Names that begin with what was typed come before those that contain it; no more than Discord shows."""
    found = bench()
    suggest = found.app.permissions.suggest
    context = found.by(Who.MEMBER)
    names = success(await suggest.call({"typed": "LINKS.A"}, context))
    assert names[0] == "links.add"
    assert "links.*" in success(await suggest.call({"typed": "links"}, context))
    assert len(success(await suggest.call({"typed": "", "operations": True}, context))) <= 25
    assert success(await suggest.call({"typed": "zz"}, context)) == ()
