"""The documentation as pages, whose every part comes from this process.

One lists the contexts; each has a page of its own, with a form to try each operation. So have the error codes.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib.resources import files
from typing import Final

from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.parameters import Parameter, parameters
from twi_http.errors import status_of
from twi_http.markup import Markup, page, tag, together
from twi_http.openapi import described
from twi_http.paths import DOCS, ERROR_PAGES, docs_of, path_of, place_of
from twi_http.problems import page_of
from twi_http.refusals import refusals
from twi_runtime.registry import Entry, by_first_word

ASSETS: Final[Mapping[str, str]] = {
    "docs.css": "text/css",
    "docs.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""The files of the pages and their content types; they lie in `static`."""


def asset(name: str) -> bytes:
    """Read a file of the pages."""
    return files("twi_http").joinpath("static", name).read_bytes()


def contexts_page(contexts: Mapping[str, Sequence[AnyOperation]], summaries: Mapping[str, str]) -> bytes:
    """Write the page that lists the contexts, each with its summary and its operations, all with their addresses."""
    lists = (
        tag(
            "section",
            tag("h2", tag("a", context, href=docs_of(context))),
            tag("p", summaries.get(context, "")),
            tag("ul", *(_listed(operation) for operation in operations)),
            class_="context",
        )
        for context, operations in contexts.items()
    )
    body = tag("main", tag("section", _introduction()), _filter(), *lists)
    return page("API of twi_core", _head(), together(_header("Operations"), body))


def context_page(context: str, contexts: Mapping[str, Sequence[AnyOperation]], summaries: Mapping[str, str]) -> bytes:
    """Write the page of a context's operations."""
    main = tag(
        "main", tag("h2", context), tag("p", summaries.get(context, "")), _caller(), *map(_operation, contexts[context])
    )
    body = tag("div", _contents(context, contexts), main, class_="columns")
    return page(f"{context} · API of twi_core", _head(), together(_header("Operations"), body))


def errors_page(entries: Mapping[str, Entry]) -> bytes:
    """Write the page that lists the error codes, each with the address of its own."""
    groups = by_first_word(entries)
    note = tag("p", "Every refusal carries one of these codes, the same through Discord, command line and HTTP.")
    lists = (
        together(tag("h2", name), tag("table", *map(_row, group), class_="codes")) for name, group in groups.items()
    )
    return page("Error codes of twi_core", _head(), together(_header("Error codes"), tag("main", note, *lists)))


def error_page(entry: Entry, offered: AbstractSet[str]) -> bytes:
    """Write the page of one error code; a problem's `type` names it. `offered` operations have a place to link to."""
    code = entry.definition
    facts = tag(
        "dl",
        *_pair("Says", code.message),
        *_pair("Happens when", code.cause),
        *_pair("What to do", code.hint),
        *_pair("Kind", f"{code.kind.value}: HTTP {status_of(code)}, exit code {entry.exit_code}"),
        *(_pair("Told by", ", ".join(place.value for place in entry.places)) if entry.places else ()),
    )
    links = (tag("li", tag("a", name, href=place_of(name)) if name in offered else name) for name in entry.operations)
    answering = (tag("p", "Operations that can answer it:"), tag("ul", *links)) if entry.operations else ()
    body = tag("main", tag("section", tag("h2", code.code), facts, id=code.code, class_="error"), *answering)
    return page(f"{code.code} · twi_core", _head(), together(_header("Error codes"), body))


def _row(entry: Entry) -> Markup:
    code = entry.definition
    link = tag("a", code.code, href=page_of(code.code))
    return tag("tr", tag("td", link), tag("td", code.message), id=code.code)


def _head() -> Markup:
    return together(
        tag("link", rel="icon", href="/docs/icon.svg"),
        tag("link", rel="stylesheet", href="/docs/docs.css"),
        tag("script", src="/docs/docs.js", defer=True),
    )


def _header(title: str) -> Markup:
    links = [(DOCS, "Operations"), (ERROR_PAGES, "Error codes"), ("/openapi.json", "OpenAPI")]
    return tag(
        "header", tag("h1", f"twi_core · {title}"), tag("nav", *(tag("a", text, href=href) for href, text in links))
    )


def _listed(operation: AnyOperation) -> Markup:
    return tag("li", tag("a", operation.name, href=place_of(operation.name)), " ", operation.summary, id=operation.name)


def _filter() -> Markup:
    return tag("input", type="search", id="filter", placeholder="Filter", aria_label="Filter operations")


def _contents(context: str, contexts: Mapping[str, Sequence[AnyOperation]]) -> Markup:
    own = (tag("li", tag("a", operation.name, href=f"#{operation.name}")) for operation in contexts[context])
    others = (tag("li", tag("a", name, href=docs_of(name))) for name in contexts if name != context)
    return tag(
        "nav",
        _filter(),
        tag("ul", *own),
        tag("h2", "See also"),
        tag("ul", *others, class_="others"),
        class_="contents",
        aria_label="Operations",
    )


def _introduction() -> Markup:
    return tag(
        "p",
        "Send one JSON object by POST, with the header ",
        tag("code", "Authorization: Bearer TOKEN"),
        ". Whoever runs the bot makes a token with ",
        tag("code", "twi tokens create"),
        ". Ids are texts, times are ISO 8601 in UTC. A refusal is problem+json with a ",
        tag("a", "code", href=ERROR_PAGES),
        ", what to do next, and a reference that finds the request in the bot's log.",
    )


def _caller() -> Markup:
    """Ask who calls, for all forms of the page."""
    return tag(
        "section",
        tag(
            "div",
            _field("token", "API token", type="password", autocomplete="off", placeholder="twi_…"),
            _field("guild", "Server id", inputmode="numeric", autocomplete="off", placeholder="175928847299117063"),
            class_="who",
        ),
        tag("p", "Both stay on this page: they are not stored, and sent nowhere but to this bot.", class_="small"),
    )


def _field(name: str, label: str, **attributes: str) -> Markup:
    return tag("label", label, tag("input", id=name, spellcheck="false", **attributes))


def _operation(operation: AnyOperation) -> Markup:
    return tag(
        "section",
        tag("h3", tag("a", operation.name, href=f"#{operation.name}")),
        tag("p", operation.summary),
        tag("pre", tag("b", "POST "), path_of(operation), class_="path"),
        _parameters(parameters(operation.command)),
        tag("p", described(operation), class_="small"),
        _try(operation),
        _errors(operation),
        id=operation.name,
        class_="operation",
    )


def _parameters(found: Sequence[Parameter]) -> Markup:
    head = tag("tr", *(tag("th", title, scope="col") for title in ("Parameter", "Takes", "Meaning", "Example")))
    rows = (
        tag(
            "tr",
            tag("td", tag("code", parameter.name), Markup() if parameter.required else tag("i", " optional")),
            tag("td", _takes(parameter)),
            tag("td", parameter.description),
            tag("td", tag("code", json.dumps(parameter.example, ensure_ascii=False))),
        )
        for parameter in found
    )
    return tag("table", tag("thead", head), tag("tbody", *rows)) if found else tag("p", "It takes no parameters.")


def _takes(parameter: Parameter) -> str:
    kind = " or ".join(parameter.choices) or parameter.kind.value
    if parameter.kind.value in {"user", "role", "channel", "guild", "message"}:
        kind = f"id of a {kind}"
    kind = f"{kind} such as {parameter.form}" if parameter.form else kind
    low, high = parameter.minimum, parameter.maximum
    bounds = f", {low or 0} to {high}" if high is not None else f", at least {low}" if low is not None else ""
    return f"{'list of ' if parameter.several else ''}{kind}{bounds}"


def _try(operation: AnyOperation) -> Markup:
    example = {p.name: p.example for p in parameters(operation.command) if p.required}
    text = json.dumps(example, ensure_ascii=False, indent=2)
    return tag(
        "form",
        tag("label", "Body", tag("textarea", text, rows=str(text.count("\n") + 2), spellcheck="false")),
        tag("div", tag("button", "Send", type="submit"), tag("output", aria_live="polite"), class_="send"),
        tag("pre", class_="answer", hidden=True, tabindex="0"),
        class_="try",
        data_path=path_of(operation),
    )


def _errors(operation: AnyOperation) -> Markup:
    rows = (
        tag(
            "li",
            tag("b", f"{status} "),
            *(together(tag("a", code.code, href=page_of(code.code)), " ") for code in codes),
        )
        for status, codes in refusals(operation).items()
    )
    return tag("details", tag("summary", "Errors"), tag("ul", *rows))


def _pair(term: str, text: str) -> tuple[Markup, Markup]:
    return tag("dt", term), tag("dd", text)
