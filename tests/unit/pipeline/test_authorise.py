"""Who may call: levels, permissions, ownership, guilds."""

from dataclasses import replace
from itertools import product

import pytest

from tests.app import GUILD, refusal, success
from tests.unit.pipeline.stand_ins import ANY, OWN, POLICY, Do, Inner, authority, call
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import UserId
from twi_core.kernel.permissions import Level, NativePermissions, Permission
from twi_core.kernel.policy import Policy
from twi_core.kernel.wording import PLAIN
from twi_core.pipeline.authorise import Authorise

OPERATOR = 42
AUTHORITY = authority({UserId(OPERATOR)})
GATE = Authorise(AUTHORITY)
NATIVE = (
    (NativePermissions.NONE, Level.EVERYONE),
    (NativePermissions(1 << 5 | 1 << 13 | 1 << 1), Level.EVERYONE),
    (NativePermissions.BAN_MEMBERS, Level.MODERATOR),
    (NativePermissions.ADMINISTRATOR, Level.ADMINISTRATOR),
    (NativePermissions.ADMINISTRATOR | NativePermissions.BAN_MEMBERS, Level.ADMINISTRATOR),
    (NativePermissions(2**53 - 1), Level.ADMINISTRATOR),
)


@pytest.mark.parametrize(
    ("actor", "native", "asserted_level", "in_guild"),
    list(product((1, OPERATOR, None), NATIVE, Level, (True, False))),
)
@pytest.mark.asyncio
async def test_the_whole_matrix(
    actor: int | None, native: tuple[NativePermissions, Level], asserted_level: Level, in_guild: bool
) -> None:
    """The highest verified level counts; Discord's permissions count in a guild only, an operator always."""
    context = call(actor, GUILD if in_guild else None, native[0], asserted_level)
    expected = max(asserted_level, native[1] if in_guild else Level.EVERYONE)
    assert await AUTHORITY.level(context) is (Level.OPERATOR if actor == OPERATOR else expected)


@pytest.mark.parametrize("asserted_level", list(Level))
@pytest.mark.parametrize("actor", [1, OPERATOR, None])
@pytest.mark.asyncio
async def test_the_level_of_a_token_is_a_ceiling(asserted_level: Level, actor: int | None) -> None:
    """Over HTTP a caller has the token's level, whatever its actor may do in Discord."""
    context = call(actor, native=NativePermissions.ADMINISTRATOR, asserted_level=asserted_level, origin=Origin.HTTP)
    assert await AUTHORITY.level(context) is asserted_level


@pytest.mark.parametrize(("needed", "held"), list(product(Level, Level)))
@pytest.mark.asyncio
async def test_a_level_does_what_the_ranks_below_may(needed: Level, held: Level) -> None:
    """A call passes exactly if the caller's level reaches the permission's; the refusal names the required one."""
    policy = Policy(name="test.do", requires=Permission("test.needed", needed, "do it"))
    inner = Inner()
    outcome = await GATE.wrap(policy, inner)(Do(), call(asserted_level=held))
    assert inner.calls == (held >= needed)
    if held < needed:
        error = refusal(outcome)
        assert (error.code, error.message(PLAIN)) == ("permissions.denied", "You can't do it.")
        assert "test.needed" in error.hint(PLAIN)
        assert f"{needed.label}s" in error.hint(PLAIN)


@pytest.mark.parametrize(
    ("owner", "actor", "asserted_level", "with_own", "allowed"),
    [
        (1, 1, Level.EVERYONE, True, True),
        (2, 1, Level.EVERYONE, True, False),
        (2, 1, Level.MODERATOR, True, False),
        (2, 1, Level.ADMINISTRATOR, True, True),
        (2, OPERATOR, Level.EVERYONE, True, True),
        (1, 1, Level.EVERYONE, False, False),
        (None, 1, Level.EVERYONE, True, False),
        (None, None, Level.EVERYONE, True, False),
        (None, None, Level.OPERATOR, True, True),
        (None, 1, Level.ADMINISTRATOR, True, True),
        (1, None, Level.EVERYONE, True, False),
    ],
)
@pytest.mark.asyncio
async def test_ownership(
    owner: int | None, actor: int | None, asserted_level: Level, with_own: bool, allowed: bool
) -> None:
    """The owner may, where the policy says so; so may the permission's holder; a thing without an owner has none."""
    policy = Policy(name="test.do", requires=ANY, own=OWN if with_own else None)
    owned = None if owner is None else UserId(owner)
    error = await AUTHORITY.refusal_on(policy, owned, call(actor, asserted_level=asserted_level))
    assert (error is None) is allowed
    assert error is None or error.code == "permissions.denied"


@pytest.mark.asyncio
async def test_an_owner_needs_the_right_to_own() -> None:
    """Owning a thing is not enough when the permission over one's own needs a higher level than the caller's."""
    strict = Permission("test.own_strict", Level.MODERATOR, "do things to what you own")
    policy = Policy(name="test.do", requires=ANY, own=strict)
    assert await AUTHORITY.refusal_on(policy, UserId(1), call(1)) is not None
    inner = Inner()
    refusal(await GATE.wrap(policy, inner)(Do(), call(1)))
    assert inner.calls == 0
    success(await GATE.wrap(policy, inner)(Do(), call(1, asserted_level=Level.MODERATOR)))


@pytest.mark.asyncio
async def test_a_guild_is_asked_for_where_the_policy_says_so() -> None:
    """Without a guild only operations that need none can be called; the operator is no exception."""
    inner = Inner()
    outcome = await GATE.wrap(POLICY, inner)(Do(), call(OPERATOR, None))
    assert refusal(outcome).code == "guild.required"
    assert inner.calls == 0
    success(await GATE.wrap(Policy(name="test.do", requires=OWN, guild=False), inner)(Do(), call(1, None)))


@pytest.mark.asyncio
async def test_nobody_is_an_operator_by_default() -> None:
    """Without operators set, no user and no missing user is an operator."""
    assert await authority().level(call(OPERATOR)) is Level.EVERYONE
    assert await authority().level(call(None)) is Level.EVERYONE


@pytest.mark.asyncio
async def test_a_closed_entrypoint_stays_closed() -> None:
    """What a policy does not offer through an entrypoint is refused there, also to the operator, and nowhere else."""
    closed = Policy(name="test.do", requires=OWN, guild=False, closed_to={Origin.HTTP: "a reason"})
    inner = Inner()
    by_http = replace(call(OPERATOR, None), origin=Origin.HTTP)
    assert refusal(await GATE.wrap(closed, inner)(Do(), by_http)).code == "permissions.closed_here"
    assert inner.calls == 0
    success(await GATE.wrap(closed, inner)(Do(), replace(by_http, origin=Origin.CLI)))
