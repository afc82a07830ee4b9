"""Who may do what with links: every use case by every kind of caller."""

import pytest

from tests.app import Bench, Who, build, refusal, success
from twi_core.kernel.ids import GuildId
from twi_core.kernel.policy import Policy
from twi_core.kernel.wording import PLAIN
from twi_memory.links import LINK_ROWS
from twi_memory.tokens import TOKEN_ROWS

pytestmark = pytest.mark.asyncio

EVERYBODY = frozenset(Who)
NATIVE_GUILD = GuildId(9_001)

READS: dict[str, dict[str, object]] = {
    "links.get": {"title": "one"},
    "links.info": {"title": "one"},
    "links.tags": {},
    "links.list": {"tag": "Maps"},
    "links.search": {"query": "text"},
    "links.suggest": {"typed": "o"},
    "links.suggest_tags": {"typed": "m"},
}
CHANGES: dict[str, dict[str, object]] = {
    "links.edit": {"title": "one", "content": "other"},
    "links.rename": {"title": "one", "new_title": "uno"},
    "links.transfer": {"title": "one", "to": "55"},
    "links.delete": {"title": "one"},
}
TOKENS: dict[str, dict[str, object]] = {
    "tokens.create": {"name": "new", "actor": "1", "guilds": ["1"]},
    "tokens.list": {},
    "tokens.revoke": {"name": "old"},
}
ALLOWED: dict[str, frozenset[Who]] = {
    **dict.fromkeys(READS, EVERYBODY),
    "links.add": EVERYBODY - {Who.MEMBER},
    **dict.fromkeys(CHANGES, frozenset({Who.OPERATOR, Who.SHELL, Who.ADMINISTRATOR, Who.AUTHOR})),
    **dict.fromkeys(TOKENS, frozenset({Who.OPERATOR, Who.SHELL})),
}
RAW = READS | {"links.add": {"title": "new", "content": "text"}} | CHANGES | TOKENS


async def prepared() -> Bench:
    bench = build()
    success(await bench.call("links.add", Who.AUTHOR, title="one", content="text", tag="Maps"))
    success(await bench.call("tokens.create", Who.SHELL, name="old", actor="1", guilds=["1"]))
    return bench


async def test_the_table_is_complete() -> None:
    """No operation of links and access is left out of the table; `tests/integration/matrix` has all others too."""
    app = build().app
    mine = {operation.name for api in (app.links, app.tokens) for operation in api.operations()}
    assert set(ALLOWED) == set(RAW) == mine


@pytest.mark.parametrize("name", sorted(ALLOWED))
@pytest.mark.parametrize("who", list(Who), ids=lambda who: who.name)
async def test_who_may(name: str, who: Who) -> None:
    """A caller is allowed exactly what the table says; a refusal names the permission and changes nothing."""
    bench = await prepared()
    links, tokens = dict(bench.store.table(LINK_ROWS).rows), dict(bench.store.table(TOKEN_ROWS).rows)
    outcome = await bench.call(name, who, **RAW[name])
    if who in ALLOWED[name]:
        success(outcome)
        return
    error = refusal(outcome)
    assert error.code == "permissions.denied"
    assert error.kind == "forbidden"
    policy: Policy = bench.app.operation(name).unwrap().policy
    assert policy.requires.name in error.hint(PLAIN)
    assert (bench.store.table(LINK_ROWS).rows, bench.store.table(TOKEN_ROWS).rows) == (links, tokens)


@pytest.mark.parametrize("name", sorted(CHANGES))
async def test_a_member_manages_what_they_own(name: str) -> None:
    """The owner of a link may change it at any level; that says nothing about other links."""
    bench = await prepared()
    success(await bench.call("links.transfer", Who.ADMINISTRATOR, title="one", to=str(Who.MEMBER.value)))
    success(await bench.call("links.add", Who.AUTHOR, title="two", content="text"))
    assert await bench.code(name, Who.MEMBER, **CHANGES[name] | {"title": "two"}) == "permissions.denied"
    success(await bench.call(name, Who.MEMBER, **CHANGES[name]))


@pytest.mark.parametrize("name", sorted(CHANGES))
async def test_nobody_owns_what_the_command_line_added(name: str) -> None:
    """A link without an owner is changed by administrators only, not by callers without an account either."""
    bench = await prepared()
    success(await bench.call("links.add", Who.SHELL, title="free", content="text"))
    raw = CHANGES[name] | {"title": "free"}
    for who in (Who.AUTHOR, Who.MODERATOR, Who.MEMBER):
        assert await bench.code(name, who, **raw) == "permissions.denied"
    nobody = bench.app.context(actor=None, guild=NATIVE_GUILD)
    assert refusal(await bench.app.operation(name).unwrap().call(raw, nobody)).code == "permissions.denied"
    success(await bench.call(name, Who.ADMINISTRATOR, **raw))


@pytest.mark.parametrize("name", sorted(CHANGES))
async def test_a_level_in_one_guild_is_none_in_another(name: str) -> None:
    """The level of a call is that of its guild, and reaches nothing elsewhere."""
    bench = await prepared()
    error = refusal(await bench.call(name, Who.ADMINISTRATOR, GuildId(77), **CHANGES[name]))
    assert error.code == "links.not_found"
    assert bench.store.table(LINK_ROWS).rows[1].title == "one"


@pytest.mark.parametrize("name", sorted(name for name in ALLOWED if name.startswith("links.")))
@pytest.mark.parametrize("who", [Who.MEMBER, Who.ADMINISTRATOR, Who.OPERATOR, Who.SHELL], ids=lambda who: who.name)
async def test_links_live_in_a_guild(name: str, who: Who) -> None:
    """Without a guild no use case of links does anything, for any caller."""
    bench = await prepared()
    assert await bench.code(name, who, None, **RAW[name]) == "guild.required"


@pytest.mark.parametrize("name", sorted(CHANGES))
async def test_a_stranger_learns_no_more_than_a_reader(name: str) -> None:
    """A stranger who tries to change a missing link sees that it is missing, as every reader does."""
    bench = await prepared()
    assert await bench.code(name, Who.MEMBER, **CHANGES[name] | {"title": "nothing"}) == "links.not_found"
