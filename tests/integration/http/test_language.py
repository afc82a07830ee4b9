"""The language of a request: Accept-Language decides, also a hostile one, for problems and for pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.german import compile_german
from tests.integration.http.server import HttpServer, opened
from tests.integration.http.test_transport import raw
from twi_core.kernel.language import speaking
from twi_runtime.languages import Catalogues

GERMAN = "Unter dieser Adresse gibt es nichts."
ENGLISH = "There's nothing at this address."


@pytest_asyncio.fixture
async def entrypoint(tmp_path: Path) -> AsyncIterator[HttpServer]:
    """Serve with a German catalogue, from a terminal that speaks German."""
    compile_german(tmp_path)
    with speaking(Catalogues.read(tmp_path).find("de")):
        async with opened(catalogues=tmp_path) as found:
            yield found


@pytest.mark.asyncio
async def test_the_header_chooses_the_language_of_a_problem(entrypoint: HttpServer) -> None:
    """The first wanted language that has a catalogue answers, by weight; a weight of nothing is no wish."""
    for header, detail in {
        "de": GERMAN,
        "de-AT, en;q=0.5": GERMAN,
        "fr, de;q=0.3, en;q=0.2": GERMAN,
        "de;q=0.2, en;q=0.9": ENGLISH,
        "de;q=0, en": ENGLISH,
        "de;Q=0,en": ENGLISH,
        "en;q=0.5, de ; Q=0.501": GERMAN,
        "de;q=1.999, en;q=0.1": ENGLISH,
        "de;q=0.5555, en;q=0.1": ENGLISH,
        "de;q=1.000, en;q=0.999": GERMAN,
        "x" * 196 + ", de": GERMAN,
        "x" * 197 + ", de": ENGLISH,
        "x" * 196 + ", de-AT": ENGLISH,
        "fr": ENGLISH,
        "*": ENGLISH,
        "de;Q=0, en": ENGLISH,
        "de;q=1.999, en;q=0.5": ENGLISH,
        "de;q=nonsense, fr": ENGLISH,
        f"{', '.join(f'x{number};q=0.{number}' for number in range(10, 20))}, de": GERMAN,
        "": ENGLISH,
    }.items():
        answer = await entrypoint.client.get("/nowhere", headers={"Accept-Language": header})
        assert answer.json()["detail"] == detail, header
        assert answer.json()["title"] == ("Nicht gefunden" if detail == GERMAN else "Not found")
        assert answer.json()["code"] == "http.no_route"
        assert answer.headers["Content-Language"] == ("de" if detail == GERMAN else "en")
    assert (await entrypoint.client.get("/nowhere")).json()["detail"] == ENGLISH, "the terminal's language is not asked"


@pytest.mark.asyncio
async def test_several_headers_are_one_list(entrypoint: HttpServer) -> None:
    """A language of a later header counts, by its weight."""
    headers = [("Accept-Language", "fr;q=0.9, en;q=0.1"), ("Accept-Language", "de;q=0.5")]
    assert (await entrypoint.client.get("/nowhere", headers=headers)).json()["detail"] == GERMAN


@pytest.mark.asyncio
async def test_a_refused_call_is_answered_in_the_language_of_its_request(entrypoint: HttpServer) -> None:
    """Message and title are German, the facts of the case are what they were."""
    token = await entrypoint.token()
    entrypoint.client.headers["Accept-Language"] = "de"
    found = (await entrypoint.call("links.get", {"title": "Weltkarte"}, token=token)).json()
    assert found["detail"] == "Hier gibt es keinen Link „Weltkarte“."
    assert found["params"]["title"] == "Weltkarte"


@pytest.mark.asyncio
async def test_a_hostile_header_changes_nothing_but_the_language(entrypoint: HttpServer) -> None:
    """Headers that are long, broken, or no language at all are answered as ever, in English or in what they ask for."""
    for header in (
        b"de" * 5_000,
        b"x, " * 3_000 + b"de",
        b";;q=,,;",
        b"de;q=nan",
        b"de;q=1e309",
        b"de;q=-1",
        b"../../../etc/passwd",
        b"%00de",
        b"{detail} {0.__class__}",
        b"\xff\xfe\x80",
        "de\u0131".encode(),
        b"de\tde",
    ):
        answer = await entrypoint.client.get("/nowhere", headers=[(b"Accept-Language", header)])
        assert (answer.status_code, answer.json()["code"]) == (404, "http.no_route"), header
        assert answer.json()["detail"] in {ENGLISH, GERMAN}


@pytest.mark.asyncio
async def test_what_is_no_request_is_answered_in_english(entrypoint: HttpServer) -> None:
    """Bytes that are no HTTP ask for no language, whatever the terminal of the server speaks."""
    status, _, body = await raw(entrypoint, b"GET / HTTP/1.1\r\n\r\n")
    assert (status, json.loads(body)["title"]) == (400, "Invalid request")


@pytest.mark.asyncio
async def test_pages_are_written_in_each_readers_language(entrypoint: HttpServer) -> None:
    """Readers of two languages never get each other's page, at the same time or later; the page names its language."""

    async def page(path: str, language: str) -> str:
        answer = await entrypoint.client.get(path, headers={"Accept-Language": language})
        assert answer.headers["Content-Language"] == language
        assert answer.headers["Cache-Control"] == "no-store", "nothing is cached, so that it need not vary"
        return answer.text

    for _ in range(2):
        pages = await asyncio.gather(*(page("/docs", language) for language in ("de", "en") * 5))
        assert [("<title>API von twi_core</title>" in found, '<html lang="de">' in found) for found in pages] == [
            (True, True),
            (False, False),
        ] * 5
    assert "Senden</button>" in await page("/docs/links", "de")
    assert "Send</button>" in await page("/docs/links", "en")
    assert "Hier gibt es keinen Link „world map“." in await page("/docs/errors/links.not_found", "de")


@pytest.mark.asyncio
async def test_what_programs_read_is_english(entrypoint: HttpServer) -> None:
    """The OpenAPI description and the lists of codes and operations are the same for everyone."""

    async def read(path: str, language: str) -> httpx.Response:
        return await entrypoint.client.get(path, headers={"Accept-Language": language})

    for path in ("/openapi.json", "/api/v1/errors"):
        german, english = await read(path, "de"), await read(path, "en")
        assert german.content == english.content
        assert "Content-Language" not in german.headers
        assert "Not found" in english.text or "There's no link called" in english.text
