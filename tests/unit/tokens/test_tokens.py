"""API tokens through the whole pipeline."""

import pytest

from tests.app import START, Bench, Who, build, operation, refusal, success
from tests.each import for_each
from tests.hostile import HOSTILE_IDS, HOSTILE_NAMES, Text, Value
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.paging import Page
from twi_core.kernel.permissions import Level
from twi_core.tokens.domain import SECRET_PREFIX, ApiToken, IssuedToken, digest
from twi_memory.tokens import TOKEN_ROWS

pytestmark = pytest.mark.asyncio


async def create(bench: Bench, name: str = "dashboard", **raw: object) -> IssuedToken:
    given = {"actor": "5", "guilds": ["1", "2"], "name": name} | raw
    issued = success(await bench.call("tokens.create", Who.SHELL, None, **given))
    assert isinstance(issued, IssuedToken)
    return issued


async def bearer(bench: Bench, secret: str) -> ApiToken | None:
    return await bench.app.authenticate(secret, bench.app.context(actor=None, guild=None, origin=Origin.HTTP))


async def test_a_token_is_recognised() -> None:
    """A new token's secret is recognised as that token, with its actor, level and guilds, each guild once."""
    bench = build()
    issued = await create(bench, level="moderator", guilds=["2", "1", 2])
    token = issued.token
    assert (token.name, token.actor, token.level) == ("dashboard", UserId(5), Level.MODERATOR)
    assert (token.guilds, token.created_at) == ((GuildId(1), GuildId(2)), START)
    assert await bearer(bench, issued.secret) == token


async def test_the_secret_is_kept_nowhere() -> None:
    """What is stored, and what a log could show of the answer, does not hold the secret."""
    bench = build()
    issued = await create(bench)
    stored = repr(bench.store.table(TOKEN_ROWS).rows)
    assert issued.secret.startswith(SECRET_PREFIX)
    assert issued.secret not in repr(issued)
    assert issued.secret.removeprefix(SECRET_PREFIX) not in stored
    assert digest(issued.secret) in [row.digest for row in bench.store.table(TOKEN_ROWS).rows.values()]
    written = operation(bench.app, "tokens.create").values.dump_python(issued, mode="json")
    assert written["secret"] == issued.secret


async def test_secrets_are_long_and_differ() -> None:
    """Each secret holds 256 bits of chance, in letters that fit a header."""
    bench = build()
    secrets = {(await create(bench, f"t{number}")).secret for number in range(20)}
    assert len(secrets) == 20
    for secret in secrets:
        assert len(secret) == len(SECRET_PREFIX) + 43
        assert secret.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("secret", ["", "twi_", "twi_x", "\ud800", "x" * 100_000, "' OR 1=1", "\x00"])
async def test_an_unknown_secret_is_nobody(secret: str) -> None:
    """No other text is recognised, and none makes the check fail."""
    bench = build()
    issued = await create(bench)
    assert await bearer(bench, secret) is None
    assert await bearer(bench, issued.secret + " ") is None
    assert await bearer(bench, issued.secret.swapcase()) is None


async def test_revoking() -> None:
    """A revoked token is returned as it was, is no longer recognised, and its name is free."""
    bench = build()
    issued = await create(bench, "Dashboard")
    assert success(await bench.call("tokens.revoke", Who.OPERATOR, None, name="dashBOARD")) == issued.token
    assert await bearer(bench, issued.secret) is None
    error = refusal(await bench.call("tokens.revoke", Who.OPERATOR, None, name="dashboard"))
    assert error.code == "tokens.not_found"
    assert (await create(bench, "dashboard")).secret != issued.secret


async def test_names_are_unique() -> None:
    """A name that looks the same is taken; the token that has it stays valid."""
    bench = build()
    issued = await create(bench, "dashboard")
    again = {"name": "DASH\u200bboard", "actor": "1", "guilds": ["1"]}
    assert await bench.code("tokens.create", Who.SHELL, None, **again) == "tokens.name_taken"
    assert await bearer(bench, issued.secret) == issued.token


async def test_listing() -> None:
    """Tokens are listed by name, in pages of fifty, without any secret."""
    bench = build()
    for number in range(51):
        await create(bench, f"token {number:02d}")
    first = success(await bench.call("tokens.list", Who.OPERATOR))
    assert isinstance(first, Page)
    second = success(await bench.call("tokens.list", Who.OPERATOR, after=first.next))
    assert isinstance(second, Page)
    names = [token.name for token in (*first.items, *second.items)]
    assert names == [f"token {number:02d}" for number in range(51)]
    assert (len(first.items), second.next) == (50, None)
    assert "twi_" not in repr(first)


@for_each("case", HOSTILE_NAMES)
async def test_hostile_names(case: Text) -> None:
    """A hostile name is refused with the table's code, or kept as written."""
    bench = build()
    raw = {"name": case.text[:50] if case.code is None else case.text, "actor": "1", "guilds": ["1"]}
    assert await bench.code("tokens.create", Who.SHELL, None, **raw) == case.code


@for_each("case", HOSTILE_IDS)
async def test_hostile_ids(case: Value) -> None:
    """An actor or a guild that is no id is refused, by name."""
    for raw in ({"actor": case.given, "guilds": ["1"]}, {"actor": "1", "guilds": ["1", case.given]}):
        code = await build().code("tokens.create", Who.SHELL, None, name="x", **raw)
        assert code == case.code


@pytest.mark.parametrize(
    "raw",
    [{"guilds": []}, {"guilds": ["1"] * 101}, {"guilds": "1"}, {"level": "owner"}, {"level": 3}, {"level": "\ud800"}],
)
async def test_limits(raw: dict[str, object]) -> None:
    """A token needs some guilds, not too many, and a level that exists."""
    given = {"name": "x", "actor": "1", "guilds": ["1"]} | raw
    assert await build().code("tokens.create", Who.SHELL, None, **given) == "input.invalid_type"


async def test_closed_entrypoints_have_a_reason() -> None:
    """Tokens are made and removed through no entrypoint that accepts tokens, nor in a chat; each has its reason."""
    for found in build().app.tokens.operations():
        assert set(found.policy.closed_to) == {Origin.DISCORD, Origin.HTTP}
        assert all(reason.strip() for reason in found.policy.closed_to.values())
