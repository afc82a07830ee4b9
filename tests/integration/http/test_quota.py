"""Answers show clients how they stand to their limits."""

import httpx
import pytest

from tests.integration.http.server import MEMBER, OTHER_MEMBER, HttpServer
from twi_core.pipeline.throttle import BUDGETS

HEADERS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


def quota(answer: httpx.Response) -> list[int]:
    """Return what the headers say; nothing where they are left out."""
    return [int(answer.headers[name]) for name in HEADERS if name in answer.headers]


@pytest.mark.asyncio
async def test_what_remains_is_shown(entrypoint: HttpServer) -> None:
    """Limit, remaining calls and seconds come with each answer, whether it succeeds or not."""
    token = await entrypoint.token()
    for left in (29, 28):
        limit, remaining, reset = quota(await entrypoint.call("links.tags", token=token))
        assert (limit, remaining) == (30, left)
        assert 1 <= reset <= 60
    missed = await entrypoint.call("links.get", {"title": "nothing"}, token=token)
    assert (missed.status_code, quota(missed)[1]) == (404, quota(missed)[0] - 1)
    assert quota(await entrypoint.call("links.tags", token=token))[1] == 27
    for _ in range(27):
        await entrypoint.call("links.tags", token=token)
    refused = await entrypoint.call("links.tags", token=token)
    assert refused.status_code == 429
    assert quota(refused)[:2] == [30, 0]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert int(refused.headers["retry-after"]) == quota(refused)[2]


@pytest.mark.asyncio
async def test_the_nearest_limit_is_shown(entrypoint: HttpServer) -> None:
    """Where an operation has no limit of its own it is the budget; where that is nearer to its end, too."""
    token = await entrypoint.token()
    budget = BUDGETS[0].amount
    assert quota(await entrypoint.call("links.suggest", token=token))[:2] == [budget, budget - 1]
    for _ in range(budget - 10):
        await entrypoint.call("links.suggest", token=token)
    answer = await entrypoint.call("links.tags", token=token)
    assert quota(answer)[0] == budget
    assert quota(answer)[1] < 29


@pytest.mark.asyncio
async def test_callers_are_counted_separately(entrypoint: HttpServer) -> None:
    """What one user has called does not show in the answers to another one."""
    one, other = await entrypoint.token(actor=MEMBER), await entrypoint.token(actor=OTHER_MEMBER)
    for _ in range(5):
        await entrypoint.call("links.tags", token=one)
    assert quota(await entrypoint.call("links.tags", token=other))[1] == 29


@pytest.mark.asyncio
async def test_nothing_is_shown_where_there_is_nothing_to_show(entrypoint: HttpServer) -> None:
    """No headers for the operator, nor for requests that never became a call or are for something else."""
    operator, member = await entrypoint.token("operator"), await entrypoint.token()
    assert quota(await entrypoint.call("links.tags", token=operator)) == []
    assert quota(await entrypoint.call("links.tags", token=None)) == []
    assert quota(await entrypoint.call("links.tags", {"no": "field"}, token=member)) == []
    assert quota(await entrypoint.client.get("/health/live")) == []


@pytest.mark.asyncio
async def test_who_is_refused_too_often_is_shown_when_to_come_back(entrypoint: HttpServer) -> None:
    """Twenty refusals within a minute, and the next request is not looked at: 429 with Retry-After; others are."""
    token, other = await entrypoint.token(), await entrypoint.token(actor=OTHER_MEMBER)
    statuses = [
        (await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token)).status_code for _ in range(22)
    ]
    assert statuses == [403] * 20 + [429] * 2
    answer = await entrypoint.call("links.tags", token=token)
    assert (answer.status_code, answer.json()["code"]) == (429, "limits.refused_too_often")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert quota(answer) == []
    assert (await entrypoint.call("links.tags", token=other)).status_code == 200
