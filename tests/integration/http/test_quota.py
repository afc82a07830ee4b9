"""Clients are told how they stand to their limits."""

import httpx
import pytest

from tests.integration.http.door import MEMBER, OTHER_MEMBER, HttpDoor
from twi_core.pipeline.throttle import BUDGETS

HEADERS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


def told(answer: httpx.Response) -> list[int]:
    """Give what the headers say; nothing where they are left out."""
    return [int(answer.headers[name]) for name in HEADERS if name in answer.headers]


@pytest.mark.asyncio
async def test_what_remains_is_told(door: HttpDoor) -> None:
    """Limit, remaining calls and seconds come with each answer, whether it succeeds or not."""
    token = await door.token()
    for left in (29, 28):
        limit, remaining, reset = told(await door.call("links.categories", token=token))
        assert (limit, remaining) == (30, left)
        assert 1 <= reset <= 60
    missed = await door.call("links.get", {"title": "nothing"}, token=token)
    assert (missed.status_code, told(missed)[1]) == (404, told(missed)[0] - 1)
    assert told(await door.call("links.categories", token=token))[1] == 27
    for _ in range(27):
        await door.call("links.categories", token=token)
    refused = await door.call("links.categories", token=token)
    assert refused.status_code == 429
    assert told(refused)[:2] == [30, 0]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert int(refused.headers["retry-after"]) == told(refused)[2]


@pytest.mark.asyncio
async def test_the_nearest_limit_is_told(door: HttpDoor) -> None:
    """Where an operation has no limit of its own it is the budget; where that is nearer to its end, too."""
    token = await door.token()
    budget = BUDGETS[0].amount
    assert told(await door.call("links.suggest", token=token))[:2] == [budget, budget - 1]
    for _ in range(budget - 10):
        await door.call("links.suggest", token=token)
    answer = await door.call("links.categories", token=token)
    assert told(answer)[0] == budget
    assert told(answer)[1] < 29


@pytest.mark.asyncio
async def test_callers_are_told_apart(door: HttpDoor) -> None:
    """What one user has called does not show in what another one is told."""
    one, other = await door.token(actor=MEMBER), await door.token(actor=OTHER_MEMBER)
    for _ in range(5):
        await door.call("links.categories", token=one)
    assert told(await door.call("links.categories", token=other))[1] == 29


@pytest.mark.asyncio
async def test_nothing_is_told_where_there_is_nothing_to_tell(door: HttpDoor) -> None:
    """No headers for whoever runs the bot, nor for requests that never became a call or are for something else."""
    operator, member = await door.token("operator"), await door.token()
    assert told(await door.call("links.categories", token=operator)) == []
    assert told(await door.call("links.categories", token=None)) == []
    assert told(await door.call("links.categories", {"no": "field"}, token=member)) == []
    assert told(await door.client.get("/health/live")) == []


@pytest.mark.asyncio
async def test_who_is_refused_too_often_is_told_when_to_come_back(door: HttpDoor) -> None:
    """Twenty refusals within a minute, and the next request is not looked at: 429 with Retry-After; others are."""
    token, other = await door.token(), await door.token(actor=OTHER_MEMBER)
    statuses = [
        (await door.call("links.add", {"title": "a", "content": "b"}, token=token)).status_code for _ in range(22)
    ]
    assert statuses == [403] * 20 + [429] * 2
    answer = await door.call("links.categories", token=token)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttling.refused_too_often")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert told(answer) == []
    assert (await door.call("links.categories", token=other)).status_code == 200
