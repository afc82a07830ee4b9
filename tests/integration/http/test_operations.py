"""Every operation, through a socket: what it answers, whom it refuses, and with which code."""

from typing import Any, Final

import pytest

from tests.integration.http.server import GUILD, LEVELS, MEMBER, OTHER_MEMBER, HttpServer, opened
from tests.unlimited import Unlimited
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.permissions import Level
from twi_http.paths import offered
from twi_runtime.opening.lifecycle import Overrides

MAP: Final = {"title": "World Map", "content": "https://wanderinginn.com/map", "tag": "maps"}

HAPPY: Final[tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]] = (
    ("links.add", MAP, {**MAP, "preview": True, "guild": str(GUILD), "added_by": str(MEMBER)}),
    ("links.get", {"title": "world  map"}, MAP),
    ("links.info", {"title": "WORLD MAP"}, {"changed_by": str(MEMBER)}),
    ("links.tags", {}, {"items": [{"tag": "maps", "links": 1}], "next": None}),
    ("links.edit", {"title": "world map", "content": "new", "preview": False}, {"content": "new", "preview": False}),
    ("links.rename", {"title": "world map", "new_title": "Atlas"}, {"title": "Atlas", "content": "new"}),
    ("links.transfer", {"title": "atlas", "to": str(OTHER_MEMBER)}, {"added_by": str(OTHER_MEMBER)}),
    ("links.delete", {"title": "atlas"}, {"title": "Atlas"}),
)
PAGES: Final = (
    ("links.list", {"tag": "maps"}, ["World Map"]),
    ("links.search", {"query": "wor ma"}, ["World Map"]),
)
LISTS: Final = (
    ("links.suggest", {"typed": "wor"}, ["World Map"]),
    ("links.suggest_tags", {"typed": "ma"}, ["maps"]),
)
REFUSED: Final = (
    ("links.add", MAP, 409, "links.title_taken"),
    ("links.get", {"title": "none such"}, 404, "links.not_found"),
    ("links.info", {"title": "none such"}, 404, "links.not_found"),
    ("links.tags", {"after": "###"}, 422, "input.invalid_cursor"),
    ("links.list", {"tag": "none such"}, 404, "links.tag_not_found"),
    ("links.search", {"query": "none such"}, 404, "links.nothing_found"),
    ("links.suggest", {"typed": "a\u0000"}, 422, "input.invalid_text"),
    ("links.suggest_tags", {"typed": 5}, 422, "input.invalid_type"),
    ("links.edit", {"title": "world map"}, 422, "links.nothing_to_change"),
    ("links.rename", {"title": "none such", "new_title": "x"}, 404, "links.not_found"),
    ("links.transfer", {"title": "world map", "to": "0"}, 422, "input.out_of_range"),
    ("links.delete", {"title": "none such"}, 404, "links.not_found"),
)


@pytest.mark.asyncio
async def test_every_operation_answers(entrypoint: HttpServer) -> None:
    """Each operation of links does over HTTP what it says, and answers with ids as texts."""
    token = await entrypoint.token("administrator")
    for name, body, expected in HAPPY:
        answer = await entrypoint.call(name, body, token=token)
        assert answer.status_code == 200, (name, answer.text)
        assert expected.items() <= answer.json().items(), name
        if name == "links.add":
            for other, asked, titles in PAGES:
                found = (await entrypoint.call(other, asked, token=token)).json()
                assert [item["title"] for item in found["items"]] == titles, other
            for other, asked, values in LISTS:
                found = (await entrypoint.call(other, asked, token=token)).json()
                assert [item.get("title", item["tag"]) for item in found] == values, other
    covered = {name for name, *_ in (*HAPPY, *PAGES, *LISTS)}
    assert covered == {operation.name for operation in links(entrypoint)}


def links(entrypoint: HttpServer) -> list[AnyOperation]:
    """Return the operations whose rows are here; `tests/integration/matrix` and parity call all the others too."""
    return [found for found in offered(entrypoint.runtime.app.operations()) if found.name.startswith("links.")]


@pytest.mark.asyncio
async def test_every_operation_refuses(entrypoint: HttpServer) -> None:
    """The own refusal of each operation of links comes as a problem with code and status, and changes nothing."""
    token = await entrypoint.token("administrator")
    assert (await entrypoint.call("links.add", MAP, token=token)).status_code == 200
    for name, body, status, code in REFUSED:
        answer = await entrypoint.call(name, body, token=token)
        assert (answer.status_code, answer.json()["code"]) == (status, code), name
    assert (await entrypoint.call("links.get", {"title": "world map"}, token=token)).json()["content"] == MAP["content"]
    assert {name for name, *_ in REFUSED} == {operation.name for operation in links(entrypoint)}


@pytest.mark.asyncio
async def test_each_level_may_what_the_policies_say() -> None:
    """For all of links and every level, on somebody else's link and on one's own: refused just where it should be."""
    async with opened(Overrides(limiter=Unlimited(), refusals=None)) as entrypoint:
        owner = await entrypoint.token("administrator", actor=OTHER_MEMBER)
        for level in LEVELS:
            token = await entrypoint.token(level, actor=MEMBER)
            for operation in links(entrypoint):
                policy, rank = operation.policy, Level[level.upper()]
                for own in (False, True):
                    body = next(body for name, body, *_ in REFUSED if name == operation.name)
                    if policy.own is not None:
                        added = await entrypoint.call("links.add", {"title": "mine", "content": "x"}, token=owner)
                        assert added.status_code in {200, 409}
                        to = {"title": "mine", "to": str(MEMBER if own else OTHER_MEMBER)}
                        assert (await entrypoint.call("links.transfer", to, token=owner)).status_code == 200
                        body = {**next(body for name, body, _ in HAPPY if name == operation.name), "title": "mine"}
                    answer = await entrypoint.call(operation.name, body, token=token)
                    allowed = rank >= policy.requires.default or (
                        own and policy.own is not None and rank >= policy.own.default
                    )
                    if policy.own is None or not allowed:
                        denied = answer.status_code == 403 and answer.json()["code"] == "permissions.denied"
                        assert denied != allowed, (level, operation.name, own, answer.text)
                    else:
                        assert answer.status_code == 200, (level, operation.name, own, answer.text)
                    if operation.name == "links.rename":
                        await entrypoint.call("links.delete", {"title": "Atlas"}, token=owner)


@pytest.mark.asyncio
async def test_pages_follow_one_another() -> None:
    """`next` of a page asks for the page after it, until there is none."""
    async with opened(Overrides(limiter=Unlimited(), refusals=None)) as entrypoint:
        token = await entrypoint.token("administrator")
        for number in range(45):
            await entrypoint.call("links.add", {"title": f"part {number}", "content": "x", "tag": "t"}, token=token)
        seen: list[str] = []
        after = None
        while True:
            page = (await entrypoint.call("links.list", {"tag": "t", "after": after}, token=token)).json()
            seen.extend(item["title"] for item in page["items"])
            after = page["next"]
            if after is None:
                break
        assert seen == [f"part {number}" for number in range(45)]


@pytest.mark.asyncio
async def test_an_empty_body_is_enough_where_nothing_is_asked_for(entrypoint: HttpServer) -> None:
    """A command with defaults only may be sent without a body; any other one is refused because there is none."""
    token = await entrypoint.token()
    headers = {"Authorization": f"Bearer {token}"}
    listed = await entrypoint.client.post(f"/api/v1/guilds/{GUILD}/operations/links.tags", headers=headers)
    assert (listed.status_code, listed.json()) == (200, {"items": [], "next": None})
    got = await entrypoint.client.post(f"/api/v1/guilds/{GUILD}/operations/links.get", headers=headers)
    assert (got.status_code, got.json()["code"]) == (400, "input.malformed")


@pytest.mark.asyncio
async def test_what_is_closed_to_http_is_not_there(entrypoint: HttpServer) -> None:
    """Not even an operator's token makes tokens over HTTP; a name that does not exist is answered alike."""
    token = await entrypoint.token("operator")
    headers = {"Authorization": f"Bearer {token}"}
    for name in ("tokens.create", "tokens.list", "tokens.revoke", "links.gett"):
        for path in (f"/api/v1/operations/{name}", f"/api/v1/guilds/{GUILD}/operations/{name}"):
            answer = await entrypoint.client.post(path, headers=headers, json={})
            assert (answer.status_code, answer.json()["code"]) == (404, "operations.unknown"), path
    answer = await entrypoint.client.post("/api/v1/operations/links.get", headers=headers, json={"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "guild.required")


@pytest.mark.asyncio
async def test_the_list_of_operations_is_the_applications(entrypoint: HttpServer) -> None:
    """The list names each offered operation with what a program needs to call it."""
    answer = await entrypoint.client.get(
        "/api/v1/operations", headers={"Authorization": f"Bearer {await entrypoint.token()}"}
    )
    listed = {entry["name"]: entry for entry in answer.json()["operations"]}
    assert list(listed) == [operation.name for operation in offered(entrypoint.runtime.app.operations())]
    add = listed["links.add"]
    assert add["path"] == "/api/v1/guilds/{guild}/operations/links.add"
    assert (add["permission"]["name"], add["permission"]["level"]) == ("links.add", "moderator")
    assert add["limits"] == [{"amount": 10, "seconds": 60, "scope": "member"}]
    assert [p["name"] for p in add["parameters"] if p["required"]] == ["title", "content"]
    assert add["errors"] == ["links.title_taken", "input.invalid_url", "links.reserved_tag"]
