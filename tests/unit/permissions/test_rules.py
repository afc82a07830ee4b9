"""Rules as people set them: what they change, who may set them, and when they end."""

from typing import Final

import pytest

from tests.app import GUILD, OTHER_GUILD, Bench, Who, build, refusal, success
from tests.unit.permissions.people import (
    BOT,
    ELSEWHERE,
    HELPER,
    LEAD,
    OTHERS,
    OWNER,
    ROOM,
    SECTION,
    STAFF,
    STRANGER,
    THREAD,
    at,
    bench,
)
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.wording import PLAIN
from twi_memory.permissions import PERMISSION_RULE_ROWS

pytestmark = pytest.mark.asyncio

MEMBER = str(Who.MEMBER.value)
CHANGES: Final = ("grant", "deny", "revoke")


async def code(found: Bench, change: str, who: Who, *, tried: bool = False, **raw: object) -> str | None:
    """Make a change of rules, or only simulate it, and return the code that answers it."""
    if tried:
        return await found.code("permissions.simulate", who, change=change, **raw)
    return await found.code(f"permissions.{change}", who, **raw)


async def adds(
    found: Bench, who: Who = Who.MEMBER, *places: ChannelId, roles: frozenset[RoleId] = frozenset()
) -> str | None:
    """Try to add a link, and return the code of the refusal, none where it could be added."""
    context = at(found.by(who), *places, roles=roles)
    found.clock.advance(1)
    title = f"title {found.clock.monotonic():.0f}"
    outcome = await found.app.links.add.call({"title": title, "content": "text"}, context)
    return refusal(outcome).code if isinstance(outcome, Failure) else None


async def test_a_grant_works_at_once_and_a_revoke_too() -> None:
    """What was granted can be done by the very next call, and no longer after it was revoked."""
    found = bench()
    assert await adds(found) == "permissions.denied"
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.add", user=MEMBER))
    assert await adds(found) is None
    success(await found.call("permissions.revoke", Who.ADMINISTRATOR, permission="links.add", user=MEMBER))
    assert await adds(found) == "permissions.denied"


async def test_a_role_s_grant_reaches_its_holders_and_nobody_else() -> None:
    """Holding the role is what counts, call by call."""
    found = bench()
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.*", role=str(HELPER)))
    assert await adds(found, roles=frozenset({HELPER})) is None
    assert await adds(found, roles=frozenset({STAFF})) == "permissions.denied"


async def test_everyone_s_role_is_everyone() -> None:
    """A rule for the role whose id is the guild's holds for members whose roles are not even known."""
    found = bench()
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.add", role=str(GUILD)))
    assert await adds(found) is None


async def test_a_rule_ends_when_it_was_said_to() -> None:
    """It applies until the last second of its time, and no longer."""
    found = bench()
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.add", user=MEMBER, lasts="1h"))
    found.clock.advance(3599)
    assert await adds(found) is None
    assert await adds(found) == "permissions.denied"


async def test_a_second_rule_for_the_same_takes_the_place_of_the_first() -> None:
    """One subject and one permission have one rule; the answer shows which one it replaced."""
    found = bench()
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.add", user=MEMBER))
    done = success(await found.call("permissions.deny", Who.ADMINISTRATOR, permission="links.add", user=MEMBER))
    assert getattr(done, "replaced").effect == "allow"  # noqa: B009  # the entrypoint's view of it
    page = success(await found.app.permissions.show.call({}, found.by(Who.MODERATOR)))
    assert [each.rule.effect for each in page.items] == ["deny"]


async def test_a_rule_applies_to_its_guild_only() -> None:
    """What one server allows means nothing in another."""
    found = bench()
    success(await found.call("permissions.grant", Who.SHELL, OTHER_GUILD, permission="links.add", user=MEMBER))
    assert await adds(found) == "permissions.denied"
    assert await found.code("links.add", Who.MEMBER, OTHER_GUILD, title="a", content="b") is None
    assert await found.code("permissions.revoke", Who.ADMINISTRATOR, permission="links.add", user=MEMBER) == (
        "permissions.rule_not_found"
    )


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ((ROOM, SECTION), None),
        ((THREAD, ROOM, SECTION), None),
        ((ELSEWHERE,), "permissions.closed_channel"),
        ((), None),
    ],
)
async def test_links_in_one_channel_only(places: tuple[ChannelId, ...], expected: str | None) -> None:
    """Opening one channel closes the others, its threads stay open, and the command line has no channel."""
    found = bench()
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="links.*", channel=str(ROOM)))
    assert await adds(found, Who.MODERATOR, *places) == expected
    assert await adds(found, Who.ADMINISTRATOR, *places) is None


async def test_operators_are_bound_by_nothing() -> None:
    """No rule of a server keeps the operator out."""
    found = bench()
    operator = str(Who.OPERATOR.value)
    success(await found.call("permissions.deny", Who.ADMINISTRATOR, permission="*", user=operator))
    assert await adds(found, Who.OPERATOR) is None


@pytest.mark.parametrize("name", [found.name for found in declared_permissions().values() if found.fixed])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("tried", [False, True])
async def test_what_depends_on_the_level_cannot_be_granted(name: str, change: str, tried: bool) -> None:
    """Operator permissions, and the right to an explanation, cannot be granted by rules, by anyone."""
    found = bench()
    for who in (Who.ADMINISTRATOR, Who.OPERATOR, Who.SHELL):
        assert await code(found, change, who, tried=tried, permission=name, user=MEMBER) == "permissions.not_grantable"
    assert not found.store.table(PERMISSION_RULE_ROWS).rows


@pytest.mark.parametrize("name", [found.name for found in declared_permissions().values() if found.fixed])
async def test_the_list_has_no_rules_for_what_depends_on_the_level(name: str) -> None:
    """The list of rules refuses a permission that no rule can have, instead of being empty."""
    assert await bench().code("permissions.show", Who.MODERATOR, permission=name) == "permissions.not_grantable"


async def test_nobody_passes_on_what_they_do_not_hold() -> None:
    """A caller who may change rules grants and denies only what they hold, by name or by a pattern that covers more."""
    found = bench()
    moderator = str(Who.MODERATOR.value)
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="permissions.manage", user=moderator))
    raw: dict[str, object] = {"user": MEMBER}
    success(await found.call("permissions.grant", Who.MODERATOR, permission="links.add", **raw))
    for pattern in ("links.manage_any", "links.*", "*"):
        for change in CHANGES:
            found.clock.advance(60)  # so that nobody is refused for asking too often
            error = refusal(await found.call(f"permissions.{change}", Who.MODERATOR, permission=pattern, **raw))
            assert error.code == "permissions.not_held"
            assert "links.manage_any" in error.message(PLAIN)
            tried = await code(found, change, Who.MODERATOR, tried=True, permission=pattern, **raw)
            assert tried == "permissions.not_held"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"user": str(Who.MEMBER.value)}, None),
        ({"user": str(Who.MODERATOR.value)}, None),
        ({"user": str(Who.AUTHOR.value)}, "guild.outranked"),
        ({"user": str(Who.ADMINISTRATOR.value)}, "guild.outranked"),
        ({"user": str(OWNER)}, "guild.outranked"),
        ({"user": str(BOT)}, "guild.outranked"),
        ({"user": str(STRANGER)}, None),
        ({"role": str(GUILD)}, None),
        ({"role": str(HELPER)}, None),
        ({"role": str(STAFF)}, "guild.outranked"),
        ({"role": str(OTHERS)}, "guild.outranked"),
        ({"role": str(LEAD)}, "guild.outranked"),
        ({"role": "777"}, "guild.unknown_role"),
        ({"channel": str(ROOM)}, None),
        ({}, "permissions.one_subject"),
        ({"user": MEMBER, "role": str(HELPER)}, "permissions.one_subject"),
    ],
)
@pytest.mark.parametrize("change", ["grant", "deny", "simulate"])
async def test_rules_reach_only_those_below(given: dict[str, object], expected: str | None, change: str) -> None:
    """A caller who may change rules reaches those below, themselves, and absent users; a trial run says the same."""
    found = bench()
    moderator = str(Who.MODERATOR.value)
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, permission="permissions.manage", user=moderator))
    more = {"change": "grant"} if change == "simulate" else {}
    assert await found.code(f"permissions.{change}", Who.MODERATOR, permission="links.add", **given, **more) == expected


async def test_without_discord_only_the_operator_sets_rules_about_people() -> None:
    """When places cannot be compared nobody is trusted; a channel has no place, and the operator needs none."""
    found = build()
    raw: dict[str, object] = {"permission": "links.add", "user": MEMBER}
    assert await found.code("permissions.grant", Who.ADMINISTRATOR, **raw) == "guild.no_directory"
    assert await found.code("permissions.grant", Who.SHELL, **raw) is None
    assert await found.code("permissions.grant", Who.ADMINISTRATOR, permission="links.add", channel=str(ROOM)) is None


@pytest.mark.parametrize("pattern", ["links.nothing", "nothing.*", "links", "", "li*", "links.add.*", "**"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("tried", [False, True])
async def test_a_rule_is_about_something_that_there_is(pattern: str, change: str, tried: bool) -> None:
    """A misspelt permission is refused, rather than kept as a rule that never applies."""
    found, expected = bench(), "permissions.unknown" if pattern else "input.empty"
    assert await code(found, change, Who.SHELL, tried=tried, permission=pattern, user=MEMBER) == expected
    assert not found.store.table(PERMISSION_RULE_ROWS).rows


async def test_ended_rules_are_dropped_in_time() -> None:
    """A rule that ended a month ago makes room when the next one is set."""
    found = bench()
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", user=MEMBER, lasts="1m"))
    found.clock.advance(29 * 86400)
    success(await found.call("permissions.grant", Who.SHELL, permission="links.view", user=MEMBER))
    assert len(found.store.table(PERMISSION_RULE_ROWS).rows) == 2
    found.clock.advance(2 * 86400)
    success(await found.call("permissions.grant", Who.SHELL, permission="links.*", user=MEMBER))
    assert {rule.pattern for rule in found.store.table(PERMISSION_RULE_ROWS).rows.values()} == {"links.view", "links.*"}


async def test_the_number_of_rules_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server has no more rules than can be read at each start, and the refusal says what to do about it."""
    monkeypatch.setattr("twi_core.permissions.rules.writing.RULES_LIMIT", 2)
    found = bench()
    for user in ("1", "2"):
        success(await found.call("permissions.grant", Who.SHELL, permission="links.add", user=user))
    for change in ("grant", "deny"):
        answer = await code(found, change, Who.SHELL, permission="links.add", user="3")
        assert answer == "permissions.too_many_rules"
    assert await found.code("permissions.deny", Who.SHELL, permission="links.add", user="2") is None


async def test_rules_are_shown_page_by_page() -> None:
    """Every rule is on exactly one page, in the order of the permissions; a filter leaves the others out."""
    found = bench()
    for user in range(1, 26):
        success(await found.call("permissions.grant", Who.SHELL, permission="links.add", user=str(user)))
    success(await found.call("permissions.deny", Who.SHELL, permission="permissions.view", role=str(HELPER)))
    shown: list[str] = []
    after: str | None = None
    while True:
        page = success(await found.app.permissions.show.call({"after": after}, found.by(Who.MODERATOR)))
        shown += [each.rule.pattern for each in page.items]
        after = page.next
        if after is None:
            break
    assert shown == ["links.add"] * 25 + ["permissions.view"]
    of_role = success(await found.app.permissions.show.call({"role": str(HELPER)}, found.by(Who.MODERATOR)))
    assert [each.rule.pattern for each in of_role.items] == ["permissions.view"]


async def test_what_is_held_for_a_time_is_passed_on_for_no_longer() -> None:
    """A caller who may change rules for an hour can neither extend that for themselves nor for others."""
    found = bench()
    moderator = str(Who.MODERATOR.value)
    given: dict[str, object] = {"permission": "permissions.manage", "user": moderator, "lasts": "1h"}
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, **given))
    for permission, user in (("permissions.manage", moderator), ("permissions.manage", MEMBER), ("links.add", MEMBER)):
        for lasts in ({}, {"lasts": "2h"}):
            raw = {"permission": permission, "user": user, **lasts}
            for tried in (True, False):
                answer = await code(found, "grant", Who.MODERATOR, tried=tried, **raw)
                assert answer == "permissions.held_for_a_time"
        for tried in (True, False):
            raw = {"permission": permission, "user": user, "lasts": "30m"}
            assert await code(found, "grant", Who.MODERATOR, tried=tried, **raw) is None
    found.clock.advance(3601)
    assert await found.code("permissions.grant", Who.MODERATOR, permission="links.add", user=MEMBER) == (
        "permissions.denied"
    )


@pytest.mark.parametrize("tried", [False, True])
async def test_what_is_held_for_a_time_can_be_denied_for_good(tried: bool) -> None:
    """A denial passes nothing on, so a caller who may change rules for an hour sets it without an end."""
    found = bench()
    given: dict[str, object] = {"permission": "permissions.manage", "user": str(Who.MODERATOR.value), "lasts": "1h"}
    success(await found.call("permissions.grant", Who.ADMINISTRATOR, **given))
    assert await code(found, "deny", Who.MODERATOR, tried=tried, permission="links.add", user=MEMBER) is None


async def test_a_rule_is_about_a_channel_that_there_is() -> None:
    """A mistyped channel would close all others: it is refused, and nothing is closed."""
    found = bench()
    answer = await found.code("permissions.grant", Who.ADMINISTRATOR, permission="links.*", channel="123456")
    assert answer == "guild.unknown_channel"
    assert await adds(found, Who.MODERATOR, ELSEWHERE) is None


async def test_the_rule_of_a_deleted_role_can_be_revoked() -> None:
    """What is left of a role can be cleared away by anyone who may change rules."""
    found = bench()
    success(await found.call("permissions.grant", Who.SHELL, permission="links.add", role="777"))
    assert await found.code("permissions.grant", Who.ADMINISTRATOR, permission="links.add", role="777") == (
        "guild.unknown_role"
    )
    assert await found.code("permissions.revoke", Who.ADMINISTRATOR, permission="links.add", role="777") is None


async def test_a_delegate_lifts_denials_of_others_and_never_their_own() -> None:
    """A delegate undoes an administrator's denial for those below, of what they hold; not for themselves."""
    found = bench()
    moderator = str(Who.MODERATOR.value)
    success(await found.call("permissions.grant", Who.SHELL, permission="permissions.manage", user=moderator))
    for who in (Who.MEMBER, Who.AUTHOR):
        await found.call("permissions.deny", Who.SHELL, permission="links.add", user=str(who.value))
    assert await found.code("permissions.revoke", Who.MODERATOR, permission="links.add", user=MEMBER) is None
    author = str(Who.AUTHOR.value)
    assert await found.code("permissions.revoke", Who.MODERATOR, permission="links.add", user=author) == (
        "guild.outranked"
    )

    success(await found.call("permissions.deny", Who.SHELL, permission="links.add", user=moderator))
    for subject in ({"user": moderator}, {"role": str(HELPER)}, {"role": str(GUILD)}, {"channel": str(ROOM)}):
        found.clock.advance(60)  # so that nobody is refused for asking too often
        for pattern in ("links.add", "links.*", "*"):
            for change in ("grant", "revoke"):
                answer = await found.code(f"permissions.{change}", Who.MODERATOR, permission=pattern, **subject)
                assert answer == "permissions.not_held"
