"""Clients that keep asking for what they are refused cost next to nothing, and hamper nobody else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from typing_extensions import override

from tests.app import START
from tests.integration.http.server import GUILD, MEMBER, OTHER_MEMBER, HttpServer, bearer, opened
from tests.integration.http.storage import FaultyStore
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.faults import Unavailable
from twi_core.pipeline.block import BLOCKED, INVALID_REQUESTS, INVALID_TOO_OFTEN, REFUSALS
from twi_memory.ports.sources import ManualClock
from twi_runtime.opening.lifecycle import Overrides

PATH: Final = f"/api/v1/guilds/{GUILD}/operations"
AMOUNT: Final = REFUSALS.amount


class CountingStore(FaultyStore):
    """Count the units that requests open; what the process writes by itself now and then is not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.units = 0

    @override
    def wrap(self, unit: Any, context: CallContext) -> Any:
        self.units += context.origin is Origin.HTTP
        return super().wrap(unit, context)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest_asyncio.fixture
async def counted(store: CountingStore, clock: ManualClock) -> AsyncIterator[HttpServer]:
    """Serve by a clock that stands still."""
    async with opened(Overrides(storage=store, clock=clock)) as found:
        yield found


Send = Callable[[HttpServer, str], Awaitable[httpx.Response]]
"""Send a request with a token."""


async def wrong_guild(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.call("links.tags", token=token, guild=71)


async def wrong_operation(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.call("links.gett", {}, token=token)


async def wrong_json(entrypoint: HttpServer, token: str) -> httpx.Response:
    headers = {**bearer(token), "Content-Type": "application/json"}
    return await entrypoint.client.post(f"{PATH}/links.get", headers=headers, content=b"{")


async def wrong_query(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.client.get("/api/v1/operations?x=1", headers=bearer(token))


async def wrong_token(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.call("links.tags", token=f"{token}x")


async def mistaken(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.call("links.get", {}, token=token)


async def forbidden(entrypoint: HttpServer, token: str) -> httpx.Response:
    return await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token)


def blocked(answer: httpx.Response) -> bool:
    """Return whether a client was asked to come back later, and check that such an answer is complete."""
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] in {definition.code for definition in BLOCKED}
    assert answer.headers["retry-after"] == str(answer.json()["params"]["retry_after"])
    return True


async def until_blocked(send: Send, entrypoint: HttpServer, token: str) -> int:
    """Send the same request until it is blocked, and return how often it was looked at."""
    for number in range(AMOUNT + 1):
        if blocked(await send(entrypoint, token)):
            return number
    raise AssertionError("it never was blocked")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "send",
    [wrong_guild, wrong_operation, wrong_json, wrong_query, wrong_token, forbidden],
    ids=lambda send: send.__name__,
)
async def test_a_blocked_client_costs_no_unit_of_storage(
    counted: HttpServer, store: CountingStore, clock: ManualClock, send: Send
) -> None:
    """After twenty refusals whatever comes with the token is answered unseen, until the first is a minute old."""
    token = await counted.token()
    assert await until_blocked(send, counted, token) == AMOUNT
    clock.advance(REFUSALS.per - 1)
    before = store.units
    for _ in range(5):
        answer = await send(counted, token)
        assert blocked(answer)
        assert answer.headers["retry-after"] == "1"
    assert store.units == before
    clock.advance(1)
    assert not blocked(await send(counted, token))


@pytest.mark.asyncio
async def test_a_client_that_keeps_mistyping_costs_no_unit_of_storage(
    counted: HttpServer, store: CountingStore
) -> None:
    """After sixty bodies that fit no operation the client is blocked as a whole, before its token is looked up."""
    token = await counted.token()
    for _ in range(INVALID_REQUESTS.amount):
        assert (await mistaken(counted, token)).json()["code"] == "input.missing"
    answers = [await mistaken(counted, token)]
    before = store.units
    answers += [await mistaken(counted, token), await counted.call("links.tags", token=token)]
    for answer in answers:
        assert blocked(answer)
        assert answer.json()["code"] == INVALID_TOO_OFTEN.code
        assert answer.json()["params"]["amount"] == INVALID_REQUESTS.amount
    assert store.units == before


@pytest.mark.asyncio
async def test_whatever_a_blocked_client_asks_for_is_not_looked_at(counted: HttpServer, store: CountingStore) -> None:
    """Refusals of every sort count together, and the answer is the same to what would be allowed."""
    token = await counted.token()
    sorts = (wrong_guild, wrong_operation, wrong_json, wrong_query)
    for number in range(AMOUNT):
        assert not blocked(await sorts[number % len(sorts)](counted, token))
    before = store.units
    assert blocked(await counted.call("links.tags", token=token))
    assert blocked(await counted.client.get("/api/v1/operations", headers=bearer(token)))
    assert blocked(await counted.client.post("/api/v1/operations/links.get", headers=bearer(token)))
    assert store.units == before


@pytest.mark.asyncio
async def test_other_clients_are_not_hampered(counted: HttpServer) -> None:
    """A client of another token is answered, of the same user too, whatever others with and without tokens send."""
    token, own, other = await counted.token(), await counted.token(), await counted.token(actor=OTHER_MEMBER)
    for send in (wrong_guild, wrong_token):
        await until_blocked(send, counted, token)
    for number in range(2 * AMOUNT):
        assert (await counted.call("links.tags", token=f"twi_{number}")).status_code == 401
    for valid in (own, other):
        assert (await counted.call("links.tags", token=valid)).status_code == 200


@pytest.mark.asyncio
async def test_a_user_whom_the_pipeline_refuses_costs_one_look_with_each_token(
    counted: HttpServer, store: CountingStore
) -> None:
    """Who may not call is counted as a user; each further token of theirs is looked up once and no more."""
    first, second = await counted.token(actor=MEMBER), await counted.token(actor=MEMBER)
    await until_blocked(forbidden, counted, first)
    before = store.units
    for _ in range(5):
        assert blocked(await counted.call("links.tags", token=second))
    assert store.units == before + 1


@pytest.mark.asyncio
async def test_without_a_token_nothing_is_looked_up(counted: HttpServer, store: CountingStore) -> None:
    """Requests that present none, or none as they should, are refused alike any number of times, and cost no unit."""
    token = await counted.token()
    before = store.units
    for header in ({}, {"Authorization": token}, {"Authorization": f"Basic {token}"}, {"Authorization": "Bearer"}):
        for _ in range(AMOUNT + 1):
            answer = await counted.client.post(f"{PATH}/links.tags", headers=header)
            assert (answer.status_code, answer.json()["code"]) == (401, "tokens.required")
    assert store.units == before


@pytest.mark.asyncio
async def test_what_is_not_a_clients_fault_does_not_count(counted: HttpServer, store: CountingStore) -> None:
    """Outages, wherever they strike, and what is not found turn nobody away."""
    token = await counted.token()
    for store.calls_only in (True, False):
        store.fault = Unavailable("gone")
        for _ in range(AMOUNT + 1):
            assert (await counted.call("links.suggest", {"typed": "x"}, token=token)).status_code == 503
    store.fault = None
    for _ in range(AMOUNT + 1):
        answer = await counted.call("links.get", {"title": "x"}, token=token)
        assert answer.status_code == 404
    assert (await counted.call("links.tags", token=token)).status_code == 200
