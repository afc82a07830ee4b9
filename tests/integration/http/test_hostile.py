"""Hostile inputs through HTTP: the expected code for each, nothing lost, nothing changed, no 500."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.hostile import (
    HOSTILE_BODIES,
    HOSTILE_CONTENTS,
    HOSTILE_CURSORS,
    HOSTILE_IDS,
    HOSTILE_JSON,
    HOSTILE_QUERIES,
    HOSTILE_TAGS,
    HOSTILE_TITLES,
    MALFORMED,
    TOO_LONG,
    Text,
)
from tests.integration.http.server import GUILD, OTHER_MEMBER, HttpServer, bearer, opened
from tests.integration.http.test_problems import check_problem
from tests.unlimited import Unlimited
from twi_core.kernel.commands import JSON_LIMIT
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_runtime.opening.lifecycle import Overrides

STATUSES = {MALFORMED: 400, "links.nothing_found": 404}


class Attacker:
    """Send bodies as bytes, with an administrator's token."""

    def __init__(self, entrypoint: HttpServer, token: str) -> None:
        self.entrypoint = entrypoint
        self.headers = {**bearer(token), "Content-Type": "application/json"}

    async def send(self, name: str, body: bytes) -> httpx.Response:
        """Send a body."""
        path = f"/api/v1/guilds/{GUILD}/operations/{name}"
        return await self.entrypoint.client.post(path, headers=self.headers, content=body)

    async def call(self, name: str, body: Mapping[str, Any]) -> httpx.Response:
        """Send an object as a careless client writes it: half surrogates escaped, NaN as it stands."""
        return await self.send(name, json.dumps(body).encode())

    async def refused(self, name: str, body: bytes, code: str) -> httpx.Response:
        """Send a body that must be refused with a code; one that is too large is stopped before it is read."""
        answer = await self.send(name, body)
        if len(body) > JSON_LIMIT:
            check_problem(answer, 413, TOO_LONG)
        else:
            early = answer.status_code == 400
            check_problem(answer, STATUSES.get(code, 400 if early else 422), code)
            assert not early or code in {MALFORMED, "input.too_complex"}
        return answer


@pytest_asyncio.fixture
async def attacker() -> AsyncIterator[Attacker]:
    """Serve without limits."""
    async with opened(Overrides(limiter=Unlimited(), refusals=None)) as entrypoint:
        yield Attacker(entrypoint, await entrypoint.token("administrator"))


async def check_field(attacker: Attacker, field: str, case: Text) -> None:
    """Add a link with a hostile text in one field; where it is accepted, read it back and remove the link."""
    body = {"title": "a title", "content": "some text", field: case.text}
    if case.code is not None:
        await attacker.refused("links.add", json.dumps(body).encode(), case.code)
        return
    added = await attacker.call("links.add", body)
    assert added.status_code == 200, (str(case), added.text)
    got = await attacker.call("links.get", {"title": body["title"]})
    assert got.json()[field] == case.kept, str(case)
    assert got.json() == added.json()
    assert (await attacker.call("links.delete", {"title": body["title"]})).status_code == 200


async def left(attacker: Attacker) -> object:
    """Return the categories of what is stored, which are none where everything was refused or removed."""
    return (await attacker.call("links.tags", {})).json()["items"]


@pytest.mark.asyncio
async def test_hostile_titles(attacker: Attacker) -> None:
    """A hostile title is refused by its code or kept as written."""
    for case in HOSTILE_TITLES:
        await check_field(attacker, "title", case)
    assert await left(attacker) == []


@pytest.mark.asyncio
async def test_hostile_tags(attacker: Attacker) -> None:
    """A hostile tag is refused by its code or kept as written."""
    for case in HOSTILE_TAGS:
        await check_field(attacker, "tag", case)
    assert await left(attacker) == []


@pytest.mark.asyncio
async def test_hostile_contents(attacker: Attacker) -> None:
    """A hostile content is refused by its code or kept as written."""
    for case in HOSTILE_CONTENTS:
        await check_field(attacker, "content", case)
    assert await left(attacker) == []


@pytest.mark.asyncio
async def test_hostile_queries_and_cursors(attacker: Attacker) -> None:
    """A hostile search finds nothing or is refused; a forged cursor is refused in every list."""
    await attacker.call("links.add", {"title": "plain words", "content": "more words"})
    for case in HOSTILE_QUERIES:
        await attacker.refused("links.search", json.dumps({"query": case.text}).encode(), case.code or "")
    lists: dict[str, dict[str, str]] = {
        "links.tags": {},
        "links.list": {"tag": "Untagged"},
        "links.search": {"query": "plain"},
    }
    for case in HOSTILE_CURSORS:
        for name, body in lists.items():
            await attacker.refused(name, json.dumps({**body, "after": case.text}).encode(), case.code or "")
    assert await left(attacker) == [{"tag": None, "links": 1}]


@pytest.mark.asyncio
async def test_hostile_ids(attacker: Attacker) -> None:
    """An id that is none is refused in the body and in the path; a sound one is kept to the last digit."""
    await attacker.call("links.add", {"title": "mine", "content": "x"})
    for case in HOSTILE_IDS:
        body = json.dumps({"title": "mine", "to": case.given}).encode()
        if case.code is None:
            given = (await attacker.send("links.transfer", body)).json()
            assert given["added_by"] == str(case.given), str(case)
        else:
            number = (isinstance(case.given, float) and case.given != case.given) or case.given == float("inf")
            await attacker.refused("links.transfer", body, MALFORMED if number else case.code)
    back = await attacker.call("links.transfer", {"title": "mine", "to": str(OTHER_MEMBER)})
    assert back.status_code == 200
    for text, code in (
        ("0", OUT_OF_RANGE), ("9223372036854775808", OUT_OF_RANGE), ("-1", WRONG_TYPE), ("1_000", WRONG_TYPE),
        ("%D9%A1%D9%A2", WRONG_TYPE), ("abc", WRONG_TYPE), ("%201", WRONG_TYPE), ("1%0A", WRONG_TYPE),
        ("9" * 5000, WRONG_TYPE), ("1.0", WRONG_TYPE), ("%C2%B2", WRONG_TYPE), ("%ED%A0%80", WRONG_TYPE),
    ):  # fmt: skip
        url = f"/api/v1/guilds/{text}/operations/links.get"
        answer = await attacker.entrypoint.client.post(url, headers=attacker.headers, content=b'{"title": "mine"}')
        check_problem(answer, 422, code.code)
        assert answer.json()["params"]["field"] == "guild"


@pytest.mark.asyncio
async def test_hostile_json(attacker: Attacker) -> None:
    """Bytes that are no strict JSON object are refused before a command is made of them."""
    for case in HOSTILE_JSON:
        answer = await attacker.refused("links.add", case.given, case.code)
        if len(case.given) <= JSON_LIMIT:
            assert case.says in answer.json()["detail"], str(case)
    for fields in HOSTILE_BODIES:
        answer = await attacker.refused("links.add", json.dumps(fields.given).encode(), fields.code)
        assert fields.says in answer.json()["detail"], str(fields)
    assert await left(attacker) == []


@pytest.mark.asyncio
async def test_a_truth_value_is_no_word_and_no_number(attacker: Attacker) -> None:
    """JSON has true and false; what other entrypoints have to read out of text is refused here, as the schema says."""
    words: tuple[object, ...] = ("yes", "true", "1", 0, 1, 1.0, "", [], {})
    for given in words:
        await attacker.refused(
            "links.add", json.dumps({"title": "a", "content": "b", "preview": given}).encode(), WRONG_TYPE.code
        )
    assert await left(attacker) == []
