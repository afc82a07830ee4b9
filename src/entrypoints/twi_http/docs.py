"""The documentation as pages in the language of the request; every part of them comes from this process.

One lists the contexts; each has a page, with a form to try each operation. So have the error codes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib.resources import files
from typing import Final

from twi_core.kernel.context import Origin
from twi_core.kernel.errors import ErrorCode
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import ENGLISH, language, text, translated
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters
from twi_http.errors import status_of
from twi_http.markup import Markup, page, tag, together
from twi_http.openapi import described
from twi_http.paths import DOCS, ERROR_PAGES, EXAMPLE_GUILD, docs_of, path_of, place_of
from twi_http.problems import page_of, title
from twi_http.refusals import refusals
from twi_http.wording import wording
from twi_runtime.recorded import answered_at, recorded_answers
from twi_runtime.registry import Entry, by_first_word, example_of

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
            tag("p", translated(summaries.get(context, ""))),
            tag("ul", *(_listed(operation) for operation in operations)),
            class_="context",
        )
        for context, operations in contexts.items()
    )
    body = tag("main", tag("section", _introduction()), _filter(), *lists)
    return page(text("API of twi_core"), _head(), together(_header(text("Operations")), body))


def context_page(context: str, contexts: Mapping[str, Sequence[AnyOperation]], summaries: Mapping[str, str]) -> bytes:
    """Write the page of a context's operations."""
    summary = tag("p", translated(summaries.get(context, "")))
    main = tag("main", tag("h2", context), summary, _caller(), *map(_operation, contexts[context]))
    body = tag("div", _contents(context, contexts), main, class_="columns")
    title = text("{context} · API of twi_core", context=context)
    return page(title, _head(), together(_header(text("Operations")), body))


def errors_page(entries: Mapping[str, Entry]) -> bytes:
    """Write the page that lists the error codes, each with a link to its page."""
    groups = by_first_word(entries)
    codes = text("Every refusal has one of these codes, the same in Discord, in the terminal and over HTTP.")
    note = tag("p", codes, " ", text("The facts in these messages are examples."))
    lists = (
        together(tag("h2", name), tag("table", *map(_row, group), class_="codes")) for name, group in groups.items()
    )
    title, heading = text("Error codes of twi_core"), text("Error codes")
    return page(title, _head(), together(_header(heading), tag("main", note, *lists)))


def error_page(entry: Entry, offered: AbstractSet[str]) -> bytes:
    """Write the page of one error code; a problem's `type` names it. `offered` operations have a place to link to."""
    code, answers = entry.definition, recorded_answers(entry.definition.code)
    status, end = str(status_of(code)), str(entry.exit_code)
    kind = text("{kind}: HTTP {status}, exit code {end}", kind=title(code.kind), status=status, end=end)
    facts = tag(
        "dl",
        *(() if answers and language().tag == ENGLISH.tag else _example(code)),
        *_pair(text("When it happens"), translated(code.cause)),
        *_pair(text("Kind"), kind),
        *(_pair(text("Shown by"), ", ".join(place.value for place in entry.places)) if entry.places else ()),
    )
    links = (tag("li", tag("a", name, href=place_of(name)) if name in offered else name) for name in entry.operations)
    answering = (tag("p", text("Returned by:")), tag("ul", *links)) if entry.operations else ()
    section = tag("section", tag("h2", code.code), facts, *_recorded(answers), id=code.code, class_="error")
    body = tag("main", section, *answering)
    return page(f"{code.code} · twi_core", _head(), together(_header(text("Error codes")), body))


def _row(entry: Entry) -> Markup:
    code = entry.definition.code
    link = tag("a", code, href=page_of(code))
    return tag("tr", tag("td", link), tag("td", example_of(entry.definition).message(wording())), id=code)


def _example(code: ErrorCode) -> tuple[Markup, ...]:
    """Show message and hint with example facts: where no answer is recorded, or not in the reader's language."""
    shown = example_of(code)
    return (
        *_pair(text("Message (example)"), shown.message(wording())),
        *_pair(text("What to do (example)"), shown.hint(wording())),
    )


def _recorded(answers: Mapping[Origin, str]) -> Iterator[Markup]:
    for place, answer in answers.items():
        yield tag("p", answered_at(place))
        yield tag("pre", answer, lang=ENGLISH.tag)


def _head() -> Markup:
    return together(
        tag("link", rel="icon", href="/docs/icon.svg"),
        tag("link", rel="stylesheet", href="/docs/docs.css"),
        tag("script", src="/docs/docs.js", defer=True),
    )


def _header(title: str) -> Markup:
    links = [(DOCS, text("Operations")), (ERROR_PAGES, text("Error codes")), ("/openapi.json", "OpenAPI")]
    return tag(
        "header", tag("h1", f"twi_core · {title}"), tag("nav", *(tag("a", shown, href=href) for href, shown in links))
    )


def _listed(operation: AnyOperation) -> Markup:
    link = tag("a", operation.name, href=place_of(operation.name))
    return tag("li", link, " ", translated(operation.summary), id=operation.name)


def _filter() -> Markup:
    return tag("input", type="search", id="filter", placeholder=text("Filter"), aria_label=text("Filter operations"))


def _contents(context: str, contexts: Mapping[str, Sequence[AnyOperation]]) -> Markup:
    own = (tag("li", tag("a", operation.name, href=f"#{operation.name}")) for operation in contexts[context])
    others = (tag("li", tag("a", name, href=docs_of(name))) for name in contexts if name != context)
    return tag(
        "nav",
        _filter(),
        tag("ul", *own),
        tag("h2", text("See also")),
        tag("ul", *others, class_="others"),
        class_="contents",
        aria_label=text("Operations"),
    )


def _introduction() -> Markup:
    facts = text(
        "Ids are strings, times are ISO 8601 in UTC. A refusal is problem+json with a code, what to do next, and a "
        "reference that finds the request in the bot's log."
    )
    return together(
        _with_code(text("Send one JSON object by POST, with this header:"), "Authorization: Bearer TOKEN"),
        _with_code(text("The bot's operator creates tokens:"), "twi tokens create"),
        tag("p", facts),
    )


def _with_code(sentence: str, code: str) -> Markup:
    return tag("p", sentence, " ", tag("code", code))


def _caller() -> Markup:
    """Write the fields of the caller, for all forms of the page."""
    return tag(
        "section",
        tag(
            "div",
            _field("token", text("API token"), type="password", autocomplete="off", placeholder="twi_…"),
            _field("guild", text("Server id"), inputmode="numeric", autocomplete="off", placeholder=EXAMPLE_GUILD),
            class_="who",
        ),
        tag("p", text("Both stay on this page. They're only sent to this bot, and never stored."), class_="small"),
        id="caller",
        data_no_guild=text("Fill in the server id at the top of the page first."),
        data_unreachable=text("The bot can't be reached."),
    )


def _field(name: str, label: str, **attributes: str) -> Markup:
    return tag("label", label, tag("input", id=name, spellcheck="false", **attributes))


def _operation(operation: AnyOperation) -> Markup:
    return tag(
        "section",
        tag("h3", tag("a", operation.name, href=f"#{operation.name}")),
        tag("p", translated(operation.summary)),
        tag("pre", tag("b", "POST "), path_of(operation), class_="path"),
        _parameters(parameters(operation.command)),
        tag("p", described(operation), class_="small"),
        _try(operation),
        _errors(operation),
        id=operation.name,
        class_="operation",
    )


def _parameters(found: Sequence[Parameter]) -> Markup:
    titles = text("Parameter"), text("Takes"), text("Meaning"), text("Example")
    head = tag("tr", *(tag("th", title, scope="col") for title in titles))
    rows = (
        tag(
            "tr",
            tag("td", tag("code", parameter.name), Markup() if parameter.required else tag("i", " ", text("optional"))),
            tag("td", _takes(parameter)),
            tag("td", translated(parameter.description)),
            tag("td", tag("code", json.dumps(parameter.example, ensure_ascii=False))),
        )
        for parameter in found
    )
    return tag("table", tag("thead", head), tag("tbody", *rows)) if found else tag("p", text("No parameters."))


def _takes(parameter: Parameter) -> str:
    """Return what a parameter takes: its kind, its form and its bounds."""
    parts = [text("list of {kind}", kind=_kind(parameter)) if parameter.several else _kind(parameter)]
    if parameter.form:
        parts.append(text("such as {form}", form=translated(parameter.form)))
    low, high = parameter.minimum, parameter.maximum
    if high is not None:
        parts.append(text("{low} to {high}", low=f"{low or 0:g}", high=f"{high:g}"))
    elif low is not None:
        parts.append(text("at least {low}", low=f"{low:g}"))
    return ", ".join(parts)


def _kind(parameter: Parameter) -> str:
    match parameter.kind:
        case ParameterKind.CHOICE:
            return text("one of {choices}", choices=", ".join(parameter.choices))
        case ParameterKind.TEXT:
            return text("text")
        case ParameterKind.INTEGER:
            return text("whole number")
        case ParameterKind.NUMBER:
            return text("number")
        case ParameterKind.BOOLEAN:
            return text("true or false")
        case ParameterKind.DATETIME:
            return text("date and time")
        case ParameterKind.DURATION:
            return text("duration")
        case ParameterKind.USER:
            return text("id of a user")
        case ParameterKind.ROLE:
            return text("id of a role")
        case ParameterKind.CHANNEL:
            return text("id of a channel")
        case ParameterKind.GUILD:
            return text("id of a server")
        case ParameterKind.MESSAGE:
            return text("id of a message")


def _try(operation: AnyOperation) -> Markup:
    example = {p.name: p.example for p in parameters(operation.command) if p.required}
    body = json.dumps(example, ensure_ascii=False, indent=2)
    return tag(
        "form",
        tag("label", text("Body"), tag("textarea", body, rows=str(body.count("\n") + 2), spellcheck="false")),
        tag("div", tag("button", text("Send"), type="submit"), tag("output", aria_live="polite"), class_="send"),
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
    return tag("details", tag("summary", text("Errors")), tag("ul", *rows))


def _pair(term: str, description: str) -> tuple[Markup, Markup]:
    return tag("dt", term), tag("dd", description)
