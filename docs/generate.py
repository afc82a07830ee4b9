"""Write the pages that are made from the code: `python docs/generate.py`. With `--check`, only say which are stale.

`docs/errors.md` and the pages in `docs/errors` are made whole, one for each code; those of codes that are no more are
removed. In `docs/configuration.md` and `docs/settings.md` the part between the two marks is made.
"""

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from twi_cli.output.outlet import tell
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import AppError, ErrorCode, Kind, Param
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.settings import declared_settings
from twi_core.settings.rules.states import state_of
from twi_discord.replies.message import refusal_text
from twi_http.errors import STATUSES, Refused, status_of
from twi_http.paths import offered
from twi_http.problems import problem
from twi_http.refusals import refusals
from twi_runtime.configuration.settings import settings_table
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.process.exits import EXITS
from twi_runtime.registry import Entry, every_entry

DOCS: Final = Path(__file__).parent
KINDS: Final = {
    Kind.INVALID: "What was given cannot be used.",
    Kind.UNAUTHENTICATED: "Who calls is not known.",
    Kind.FORBIDDEN: "Who calls may not do it.",
    Kind.NOT_FOUND: "What was asked for is not there.",
    Kind.CONFLICT: "It contradicts what is there already.",
    Kind.THROTTLED: "It was asked for too often.",
    Kind.UNAVAILABLE: "Something that the bot needs cannot be reached.",
    Kind.TIMEOUT: "Something that the bot needs took too long.",
    Kind.INTERNAL: "The bot itself failed.",
}
DOORS: Final = {
    Origin.DISCORD: "the Discord entrypoint",
    Origin.CLI: "`twi`, on standard error",
    Origin.HTTP: "the HTTP API",
}
REFERENCE: Final = "7z4fg5hknq"
FACTS: Final[Mapping[str, Param]] = {
    "action": "save links",
    "address": "http://127.0.0.1:8080",
    "amount": 10,
    "code": "links.not_fuond",
    "server": "http",
    "extra": "http",
    "field": "title",
    "fingerprint": "0f3a9c5b7d1e2468",
    "found": "U+202E",
    "holders": "moderators",
    "key": "links.page_size",
    "kind": "KeyError",
    "known": ("0001", "0002", "head"),
    "limit": 100,
    "name": "dashboard",
    "often": "10 times in a minute",
    "part": "discord",
    "per": 60,
    "permission": "links.add",
    "permissions": "links.add, links.manage_any",
    "port": 8642,
    "problems": "TWI_HTTP_PORT: it should be a valid integer",
    "query": "the blue inn",
    "reason": "it must be text",
    "reference": "k3v9x0pm2a",
    "retry_after": 42,
    "revision": "0009",
    "seconds": 10,
    "span": "a minute",
    "tag": "maps",
    "takes": "a whole number from 5 to 20",
    "target": "role",
    "title": "world map",
    "wait": "42 seconds",
    "what": "The HTTP API",
    "whose": "each member",
    "until": "2026-11-30 12:00 UTC",
}
"""What stands for the words in braces in examples; a new one needs a line here."""
FACTS_OF: Final[Mapping[str, Mapping[str, Param]]] = {
    "cli.usage": {"problem": "Unknown option: “--colour”."},
    "discord.option_twice": {"field": "--tag"},
    "discord.sync_failed": {"reason": "it answered 503"},
    "discord.unknown_command": {"name": "lnik"},
    "discord.unreachable": {"reason": "it answered 503"},
    "guild.outranked": {"reason": "it stands above you"},
    "http.cannot_listen": {"reason": "address already in use"},
    "input.invalid_url": {"field": "content", "reason": "it has no sound host"},
    "input.malformed": {"reason": "line 1, column 14"},
    "input.out_of_range": {"field": "to", "reason": "an id has at most 63 bits"},
    "input.too_complex": {"found": "more than 8 marks on one letter"},
    "input.unknown_field": {"field": "colour"},
    "links.reserved_tag": {"field": "tag"},
    "logs.unreadable": {"name": "bot.log", "reason": "Permission denied"},
    "operations.unknown": {"name": "links.fly"},
    "permissions.closed_here": {"reason": "a secret must not appear in a chat"},
    "settings.unknown": {"key": "links.colour"},
    "settings.unsuitable_role": {"reason": "everybody has it"},
    "settings.unusable_document": {
        "problems": ("links.page_size: it takes a whole number from 5 to 20", "links.colour: there is no such setting"),
    },
    "sandbox.folder_unusable": {"problem": "Permission denied"},
}
"""What stands for them in the example of one code. A message that is nothing but a problem is shown with its cause."""
MADE: Final = "<!-- Made by docs/generate.py from the registered codes; change the code's own texts instead. -->"
BEGIN: Final = "<!-- made by docs/generate.py: begin -->"
END: Final = "<!-- made by docs/generate.py: end -->"
_WORDS: Final = re.compile(r"\{([a-z_]+)\}")


def errors_page(entries: Mapping[str, Entry]) -> str:
    """Make the page that lists the error codes."""
    lines = [
        "# Error codes",
        "",
        MADE,
        "",
        "Every refusal has a code, which is the same through Discord, the command line and HTTP, a message, a hint",
        "and a short reference. The reference finds the call in the bot's log. Words in braces stand for the facts",
        "of the case. `twi errors CODE` and `/docs/errors/CODE` of the HTTP API tell the same as these pages.",
        "",
        "The kind of a code decides how a program sees it:",
        "",
        "| kind | meaning | exit code of `twi` | HTTP status |",
        "| --- | --- | --- | --- |",
        *(f"| {kind.value} | {told} | {EXITS[kind].value} | {STATUSES[kind]} |" for kind, told in KINDS.items()),
    ]
    group = ""
    for name, entry in entries.items():
        if name.partition(".")[0] != group:
            group = name.partition(".")[0]
            lines += ["", f"## {group}", "", "| code | message |", "| --- | --- |"]
        lines.append(f"| [{name}](errors/{name}.md) | {_cell(entry.definition.message)} |")
    return "\n".join([*lines, ""])


def error_page(entry: Entry, operations: Sequence[AnyOperation]) -> str:
    """Make the page of one code."""
    code = entry.definition
    where, example = _example(entry, operations)
    lines = [
        f"# {code.code}",
        "",
        MADE,
        "",
        f"> {code.message}",
        "",
        "| kind | exit code of `twi` | HTTP status |",
        "| --- | --- | --- |",
        f"| {code.kind.value}: {KINDS[code.kind]} | {entry.exit_code} | {_statuses(code, operations)} |",
        "",
        "## When it happens",
        "",
        code.cause,
        "",
        "## What to do",
        "",
        code.hint,
        "",
        "## Who answers with it",
        "",
        *_answerers(entry, operations),
        "",
        f"## Example, {where}",
        "",
        "```text",
        *example.splitlines(),
        "```",
        "",
        "[All error codes](../errors.md)",
        "",
    ]
    return "\n".join(lines)


def with_table(page: str, table: str) -> str:
    """Put a table between the marks of a page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table.strip()}\n\n{END}{after}"


def guild_settings_table() -> str:
    """Make the table of what a guild can set."""
    lines = ["| setting | for | takes | default | changed with |", "| --- | --- | --- | --- | --- |"]
    for setting in declared_settings().values():
        state = state_of(setting, None)
        default = f"`{state.default}`" if state.default else "none"
        holders = f"`{state.permission}` ({state.level.label})"
        lines.append(f"| `{state.key}` | {_cell(state.summary)} | {state.takes} | {default} | {holders} |")
    return "\n".join(lines)


def pages() -> Iterator[tuple[Path, str]]:
    """Give each page that is made, and what it is to hold."""
    operations = application_without_storage().operations()
    entries = every_entry(operations)
    yield DOCS / "errors.md", errors_page(entries)
    for name, entry in entries.items():
        yield DOCS / "errors" / f"{name}.md", error_page(entry, operations)
    for page, table in (("configuration.md", settings_table()), ("settings.md", guild_settings_table())):
        yield DOCS / page, with_table((DOCS / page).read_text(encoding="utf-8"), table)


def main(arguments: list[str]) -> int:
    """Write the pages and remove those of codes that are no more; with `--check`, name them and give 1."""
    made = dict(pages())
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphaned = sorted(path for path in (DOCS / "errors").glob("*") if path not in made)
    if "--check" in arguments:
        for path in (*stale, *orphaned):
            what = "documents no code" if path in orphaned else "is stale"
            print(f"{path.relative_to(DOCS)} {what}; run: uv run python docs/generate.py", file=sys.stderr)
        return 1 if stale or orphaned else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    for path in orphaned:
        path.unlink()
    return 0


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _statuses(code: ErrorCode, operations: Sequence[AnyOperation]) -> str:
    """Give every status that HTTP answers a code with; it may depend on where the fault lies."""
    found = {status_of(code)}
    for operation in offered(operations):
        found.update(status for status, codes in refusals(operation).items() if code in codes)
    return ", ".join(map(str, sorted(found)))


def _answerers(entry: Entry, operations: Sequence[AnyOperation]) -> Iterator[str]:
    if len(entry.operations) == len(operations):
        yield "- every operation"
    else:
        yield from (f"- `{name}`" for name in entry.operations)
    yield from (f"- {DOORS[place]}" for place in entry.places)


def _example(entry: Entry, operations: Sequence[AnyOperation]) -> tuple[str, str]:
    """Give what a person sees, and where: in Discord where that can be."""
    code = entry.definition
    error = AppError(code, _facts(code))
    closed = [operation.policy.closed_to for operation in operations if operation.name in entry.operations]
    if Origin.DISCORD in entry.places or any(Origin.DISCORD not in entrypoints for entrypoints in closed):
        return "in Discord", refusal_text(error, REFERENCE)
    if closed or Origin.CLI in entry.places:
        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            tell(error, as_json=False, reference=REFERENCE if closed else None)
        return "on the command line", told.getvalue()
    body = json.loads(problem(Refused(error), REFERENCE).body)
    return "through HTTP", json.dumps(body, ensure_ascii=False, indent=2)


def _facts(code: ErrorCode) -> Mapping[str, Param]:
    """Give the facts of an example.

    Raises:
        SystemExit: nothing stands for a word in braces.
    """
    own: Mapping[str, Param] = {"problem": code.cause} if code.message == "{problem}" else {}
    facts = {**FACTS, **own, **FACTS_OF.get(code.code, {})}
    wanted = dict.fromkeys(_WORDS.findall(code.message + code.hint))
    if missing := [word for word in wanted if word not in facts]:
        raise SystemExit(f"docs/generate.py: FACTS lacks {', '.join(missing)}, which {code.code} needs for its example")
    return {word: facts[word] for word in wanted}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
