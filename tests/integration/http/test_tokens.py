"""Bearer tokens: who is let in, as whom, and where."""

from typing import Final

import httpx
import pytest

from tests.integration.http.server import GUILD, MEMBER, OTHER_GUILD, HttpServer, bearer, opened

GET: Final = f"/api/v1/guilds/{GUILD}/operations/links.tags"


def seen(answer: httpx.Response) -> tuple[object, ...]:
    """Return all that a caller can compare answers by, but for their reference and date."""
    body = {key: value for key, value in answer.json().items() if key != "reference"}
    return answer.status_code, answer.headers["www-authenticate"], sorted(answer.headers), body


@pytest.mark.asyncio
async def test_without_a_known_token_every_api_address_answers_alike(entrypoint: HttpServer) -> None:
    """Missing, malformed, unknown, doubled and misplaced tokens get one and the same 401."""
    token = await entrypoint.token("operator")
    attempts: list[list[tuple[str, str]]] = [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", token)],
        [("Authorization", f"Basic {token}")],
        [("Authorization", f"Bearer {token}x")],
        [("Authorization", f"Bearer {token[:-1]}")],
        [("Authorization", f"Bearer {token} {token}")],
        [("Authorization", f"Bearer {token.upper()}")],
        [("Authorization", f"Bearer {'a' * 8_000}")],
        [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")],
        [("X-Authorization", f"Bearer {token}")],
        [("Cookie", f"token={token}")],
    ]
    answers = [await entrypoint.client.post(GET, headers=attempt) for attempt in attempts]
    answers.append(await entrypoint.client.post("/api/v1/guilds/x/operations/none.such"))
    answers.append(await entrypoint.client.post("/api/v1/operations/none.such"))
    answers.append(await entrypoint.client.get("/api/v1/operations"))
    answers.append(await entrypoint.client.get(f"/api/v1/operations?token={token}"))
    assert {repr(seen(answer)) for answer in answers} == {repr(seen(answers[0]))}
    assert (answers[0].status_code, answers[0].json()["code"]) == (401, "tokens.required")
    assert answers[0].headers["www-authenticate"].startswith("Bearer")


@pytest.mark.asyncio
async def test_non_ascii_credentials_are_unknown_ones(entrypoint: HttpServer) -> None:
    """Bytes that are no ASCII are looked up like any other secret."""
    for secret in (b"Bearer \xff\xfe", "Bearer ключ".encode(), b"Bearer a\tb"):
        answer = await entrypoint.client.post(GET, headers=[(b"Authorization", secret)])
        assert (answer.status_code, answer.json()["code"]) == (401, "tokens.required")


@pytest.mark.asyncio
async def test_the_scheme_is_read_in_any_case(entrypoint: HttpServer) -> None:
    """`bearer` means `Bearer` (RFC 9110)."""
    answer = await entrypoint.client.post(GET, headers={"authorization": f"bearer {await entrypoint.token()}"})
    assert answer.status_code == 200


@pytest.mark.asyncio
async def test_a_token_works_only_in_its_guilds(entrypoint: HttpServer) -> None:
    """Another server's links are neither shown nor touched, whatever the level, and the body cannot name a server."""
    home = await entrypoint.token("operator", guilds=(GUILD,))
    away = await entrypoint.token("operator", guilds=(OTHER_GUILD,))
    both = await entrypoint.token("everyone", guilds=(GUILD, OTHER_GUILD))
    assert (await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=home)).status_code == 200
    for name, body in (("links.get", {"title": "a"}), ("links.delete", {"title": "a"}), ("links.nix", {})):
        answer = await entrypoint.call(name, body, token=away)
        assert (answer.status_code, answer.json()["code"]) == (403, "tokens.guild_closed"), name
    smuggled = await entrypoint.call("links.get", {"title": "a", "guild": str(GUILD)}, token=away, guild=OTHER_GUILD)
    assert smuggled.json()["code"] == "input.unknown_field"
    assert (await entrypoint.call("links.get", {"title": "a"}, token=away, guild=OTHER_GUILD)).status_code == 404
    assert (await entrypoint.call("links.get", {"title": "a"}, token=both)).status_code == 200


@pytest.mark.asyncio
async def test_a_revoked_token_is_refused_at_once(entrypoint: HttpServer) -> None:
    """The next request after a revocation is refused, on the same connection too."""
    token = await entrypoint.token()
    assert (await entrypoint.client.post(GET, headers=bearer(token))).status_code == 200
    await entrypoint.revoke(1)
    answer = await entrypoint.client.post(GET, headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "tokens.required")


@pytest.mark.asyncio
async def test_a_tokens_level_is_a_ceiling() -> None:
    """A token of low level that acts as one who runs the bot does not make its bearer an operator."""
    async with opened(operator_ids=str(MEMBER)) as entrypoint:
        token = await entrypoint.token("everyone", actor=MEMBER)
        answer = await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "permissions.denied")


@pytest.mark.asyncio
async def test_no_secret_comes_back(entrypoint: HttpServer) -> None:
    """A token sent in the wrong place is echoed nowhere."""
    token = await entrypoint.token()
    answers = [
        await entrypoint.client.post(f"/api/v1/guilds/{token}/operations/links.get", headers=bearer(token), json={}),
        await entrypoint.client.post(GET, headers={"Authorization": f"Token {token}"}),
        await entrypoint.client.get(f"/nowhere/{token}", headers=bearer(token)),
    ]
    assert not any(token in answer.text or token in str(answer.headers) for answer in answers)
