"""The pages of documentation, as text and in a browser without a network."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from tests.architecture.operations import EVERY
from tests.integration.chromium import open_tab
from tests.integration.http.server import GUILD, HttpServer
from tests.waiting import PATIENCE
from twi_core.kernel.errors import AppError, ErrorCode, Kind, registered_errors
from twi_core.kernel.handling import Operation
from twi_core.pipeline.guard import UNEXPECTED
from twi_http.docs import error_page
from twi_http.errors import Refused
from twi_http.markup import Markup, page, tag, together
from twi_http.pages import page_routes
from twi_http.paths import by_context, offered, path_of
from twi_http.problems import problem
from twi_http.wording import RequestWording
from twi_runtime.recorded import answered_at, recorded_answers
from twi_runtime.registry import Entry

CHROMIUM = shutil.which("chromium")
RENAMING = "links.rename Rename a link."


@pytest.mark.asyncio
async def test_every_operation_and_every_code_has_its_place(entrypoint: HttpServer) -> None:
    """Contexts lead to their operations, which have a form; a problem's `type` leads to the page of its code."""
    docs = (await entrypoint.client.get("/docs")).text
    index = (await entrypoint.client.get("/docs/errors")).text
    described = json.loads((await entrypoint.client.get("/openapi.json")).text)
    summaries = {context.name: context.summary for context in entrypoint.runtime.app.contexts}
    for context, operations in by_context(offered(EVERY)).items():
        assert tag("p", summaries[context]) in docs
        assert {"name": context, "description": summaries[context]} in described["tags"]
        assert f'<h2><a href="/docs/{context}">{context}</a></h2>' in docs
        answer = await entrypoint.client.get(f"/docs/{context}")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        for operation in operations:
            assert f'href="/docs/{context}#{operation.name}">{operation.name}</a> {together(operation.summary)}' in docs
            assert f'<section id="{operation.name}"' in answer.text
            assert f'data-path="{path_of(operation)}"' in answer.text
        assert answer.text.count("<form") == len(operations), "forms of its own context only"
    assert "tokens.create" not in docs
    for code, definition in registered_errors().items():
        example = AppError(definition, definition.example)
        address = json.loads(problem(Refused(example), "-").body)["type"]
        assert f'href="{address}"' in index
        answer = await entrypoint.client.get(address)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert f'<section id="{code}"' in answer.text
        assert tag("dd", definition.cause) in answer.text
        answers = recorded_answers(code)
        assert all(
            together(tag("p", answered_at(place)), shown_as_code(answers[place])) in answer.text for place in answers
        )
        assert ("(example)" in answer.text) is not bool(answers), code
        if not answers:
            assert tag("dd", example.message(RequestWording(EVERY, None, None))) in answer.text


def shown_as_code(answer: str) -> Markup:
    return tag("pre", answer, lang="en")


def test_a_code_that_was_not_provoked_is_shown_by_its_example() -> None:
    """A code of another package has no recorded answer: its facts are examples, and are called so."""
    code = ErrorCode(
        "shop.sold_out", Kind.CONFLICT, "There's no {thing} left.", "Wait.", "It's gone.", {"thing": "jam"}
    )
    found = error_page(Entry(code, 14, (), ()), frozenset()).decode()
    assert together(tag("dt", "Message (example)"), tag("dd", "There's no jam left.")) in found
    assert together(tag("dt", "What to do (example)"), tag("dd", "Wait.")) in found
    assert "<pre" not in found


@pytest.mark.asyncio
async def test_the_page_of_a_code_names_the_operations_that_answer_it(entrypoint: HttpServer) -> None:
    """What HTTP offers is linked to its place, what it does not is named; a code of an entrypoint says which."""
    found = (await entrypoint.client.get("/docs/errors/links.title_taken")).text
    assert '<a href="/docs/links#links.add">links.add</a>' in found
    assert ">links.get</a>" not in found
    found = (await entrypoint.client.get("/docs/errors/tokens.name_taken")).text
    assert "<li>tokens.create</li>" in found
    found = (await entrypoint.client.get("/docs/errors/http.no_route")).text
    assert "<dt>Shown by</dt><dd>http</dd>" in found


@pytest.mark.asyncio
async def test_every_code_of_every_door_is_listed_for_programs(entrypoint: HttpServer) -> None:
    """No token is needed: code, kind, texts, exit code, status and who answers it, whatever the entrypoint."""
    answer = await entrypoint.client.get("/api/v1/errors")
    assert answer.status_code == 200
    found = {entry["code"]: entry for entry in answer.json()["errors"]}
    assert set(found) == set(registered_errors())
    assert {"cli.unknown_option", "discord.expired", "sandbox.in_use", "settings.invalid"} <= set(found)
    assert found["links.title_taken"]["operations"] == ["links.add", "links.rename"]
    assert found["tokens.required"]["entrypoints"] == ["http"]
    assert (found["http.wrong_method"]["http_status"], found["http.wrong_method"]["exit_code"]) == (405, 10)
    assert found[UNEXPECTED.code]["hint"] == UNEXPECTED.hint
    assert found["links.not_found"]["hint"] == "See the tags, and the links with each: links.tags"
    refused = await entrypoint.client.get("/api/v1/errors?code=links.not_found")
    assert (refused.status_code, refused.json()["code"]) == (422, "input.unknown_field")


@pytest.mark.asyncio
async def test_a_context_that_there_is_not_has_no_page(entrypoint: HttpServer) -> None:
    """A name that is no context's, that of one without operations here, and one of another case are unknown alike."""
    for name in ("nowhere", "tokens", "Links", "links.add", "errors/links", "<script>"):
        answer = await entrypoint.client.get(f"/docs/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "http.no_route"), name
        assert "script" not in answer.text


def test_no_context_takes_the_place_of_the_error_codes() -> None:
    """An operation of a context called `errors` cannot be offered: the page of its context is that of the codes."""
    links = [found for found in EVERY if found.name.startswith("links.") and isinstance(found, Operation)]
    foreign = replace(links[0], policy=replace(links[0].policy, name="errors.list"))
    with pytest.raises(ValueError, match="no context can be called 'errors'"):
        page_routes((*links, foreign), {}, ())
    assert page_routes(links, {}, ())


def test_text_in_pages_is_text() -> None:
    """What is put into a page cannot become markup, neither as content nor as an attribute."""
    hostile = "<script>alert('1')</script>\"&"
    escaped = "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&quot;&amp;"
    assert tag("p", hostile) == f"<p>{escaped}</p>"
    assert tag("a", href=hostile) == f'<a href="{escaped}"></a>'
    assert together(hostile, Markup("<b>x</b>")) == f"{escaped}<b>x</b>"
    assert f"<title>{escaped}</title>".encode() in page(hostile, Markup(), Markup())


@pytest.mark.asyncio
async def test_the_start_leads_to_the_documentation(entrypoint: HttpServer) -> None:
    """Anyone who opens the printed address lands on the documentation."""
    answer = await entrypoint.client.get("/", follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/docs")


@pytest.mark.asyncio
async def test_the_documentation_works_in_a_browser_without_a_network(entrypoint: HttpServer, tmp_path: Path) -> None:
    """A person fills in token and server, sends a call from the page, reads its answer; nothing outside is asked."""
    if CHROMIUM is None:
        message = "needs chromium: apt-get install chromium"
        pytest.fail(message) if os.environ.get("TWI_TEST_REQUIRE_ALL") == "1" else pytest.skip(message)
    token = await entrypoint.token("moderator")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            view = await browser.new_page()
            asked: list[str] = []
            troubles: list[str] = []
            view.on("request", lambda request: asked.append(request.url))
            view.on("pageerror", lambda error: troubles.append(str(error)))
            view.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
            await view.goto(f"{entrypoint.url}/docs")
            await view.fill("#filter", "rename")
            assert await view.locator(".context:visible li:visible").all_inner_texts() == [RENAMING]
            await view.get_by_text("links.rename").click()
            assert view.url == f"{entrypoint.url}/docs/links#links.rename"
            await send(view, "links.tags", "{}", "Fill in the server id")
            await view.fill("#token", token)
            await view.fill("#guild", str(GUILD))
            hostile = '{"title": "<img src=x onerror=alert(1)>", "content": "</pre><script>alert(1)</script>"}'
            answer = await send(view, "links.add", hostile, "200")
            assert '"title": "<img src=x onerror=alert(1)>"' in answer
            assert troubles == []
            assert "links.not_found" in await send(view, "links.get", '{"title": "nix"}', "404")
            await view.fill("#filter", "rename")
            assert await view.locator(".operation:visible h3").all_inner_texts() == ["links.rename"]
            await view.screenshot(path=tmp_path / "docs.png")
            await view.goto(f"{entrypoint.url}/docs/errors")
            await view.locator('[id="links.not_found"] a').click()
            assert await view.locator("h2", has_text="links.not_found").is_visible()
            assert view.url == f"{entrypoint.url}/docs/errors/links.not_found"
            assert [url for url in asked if not url.startswith(f"{entrypoint.url}/")] == []
        finally:
            await browser.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["/docs", "/docs/links", "/docs/errors", "/docs/errors/links.not_found"])
async def test_pages_fit_a_phone(entrypoint: HttpServer, address: str) -> None:
    """At the width of a phone nothing of a page lies beside the screen."""
    async with open_tab() as view:
        await view.set_viewport_size({"width": 390, "height": 844})
        await view.goto(f"{entrypoint.url}{address}")
        assert await view.evaluate("document.documentElement.scrollWidth") == 390


async def send(view: Page, operation: str, body: str, shown: str) -> str:
    """Send a call from the page, and give the answer once the page shows `shown`."""
    form = view.locator(f'[id="{operation}"] form')
    await form.locator("textarea").fill(body)
    await form.locator("button").click()
    await form.locator("output", has_text=shown).wait_for(timeout=PATIENCE * 1_000)
    return await form.locator(".answer").text_content() or ""
