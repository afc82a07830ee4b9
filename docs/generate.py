"""Write the pages that are made from the code: `python docs/generate.py`. With `--check`, only say which are stale.

`docs/errors.md` and the pages in `docs/errors` are made whole: one for each first word of a code, which is the name of
the context that refuses, or of a part of the bot; those without a code are removed. So are `docs/messages.md` and
`docs/languages/twi.pot`. In `docs/configuration.md` and `docs/settings.md` the part between the two marks is made.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from catalogue import messages, sheet, template

from twi_core.kernel.context import Origin
from twi_core.kernel.errors import ErrorCode, Kind
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.settings import declared_settings
from twi_core.settings.rules.states import state_of
from twi_http.errors import STATUSES, status_of
from twi_http.paths import offered
from twi_http.refusals import refusals
from twi_runtime.configuration.settings import settings_table
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.process.exits import EXITS
from twi_runtime.registry import Entry, by_first_word, every_entry

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
ENTRYPOINTS: Final = {
    Origin.DISCORD: "the Discord entrypoint",
    Origin.CLI: "`twi`, on standard error",
    Origin.HTTP: "the HTTP API",
}
EXAMPLES: Final = {"discord": "in Discord", "cli": "on the command line", "http": "through HTTP"}
PROMPTS: Final = {"discord": "", "cli": "$ ", "http": ""}
RECORD: Final = DOCS.parent / "tests/integration/provoked/answers.json"
"""What was answered when each code was provoked; see `docs/testing.md`."""
Answers: TypeAlias = Sequence[Mapping[str, str]]
MADE: Final = "<!-- Made by docs/generate.py from the registered codes; change the code's own texts instead. -->"
BEGIN: Final = "<!-- made by docs/generate.py: begin -->"
END: Final = "<!-- made by docs/generate.py: end -->"


def errors_page(groups: Mapping[str, Sequence[Entry]]) -> str:
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
    for group, entries in groups.items():
        lines += ["", f"## {group}", "", "| code | message |", "| --- | --- |"]
        codes = (entry.definition for entry in entries)
        lines += [f"| [{code.code}](errors/{group}.md#{code.code}) | {_cell(code.message)} |" for code in codes]
    return "\n".join([*lines, ""])


def group_page(
    group: str, entries: Sequence[Entry], operations: Sequence[AnyOperation], record: Mapping[str, Answers]
) -> str:
    """Make the page of the codes that begin with one word; each has a section, whose anchor is the code."""
    head = [f"# Error codes of {group}", "", MADE, "", "[All error codes](../errors.md)", ""]
    return "\n".join([*head, *(line for entry in entries for line in _section(entry, operations, record))])


def _section(entry: Entry, operations: Sequence[AnyOperation], record: Mapping[str, Answers]) -> list[str]:
    code = entry.definition
    return [
        f'<a id="{code.code}"></a>',
        "",
        f"## {code.code}",
        "",
        f"> {code.message}",
        "",
        "| kind | exit code of `twi` | HTTP status |",
        "| --- | --- | --- |",
        f"| {code.kind.value}: {KINDS[code.kind]} | {entry.exit_code} | {_statuses(code, operations)} |",
        "",
        "### When it happens",
        "",
        code.cause,
        "",
        "### What to do",
        "",
        code.hint,
        "",
        *(line for hint in code.other_hints for line in (f"Or, where more is known: {hint}", "")),
        "### Who answers with it",
        "",
        *_answerers(entry, operations),
        "",
        *_examples(record.get(code.code, ())),
    ]


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


def pages(docs: Path = DOCS) -> Iterator[tuple[Path, str]]:
    """Give each page in a folder that is made, and what it is to hold."""
    operations = application_without_storage().operations()
    groups = by_first_word(every_entry(operations))
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    yield docs / "errors.md", errors_page(groups)
    for group, entries in groups.items():
        yield docs / "errors" / f"{group}.md", group_page(group, entries, operations, record)
    found = messages()
    yield docs / "messages.md", sheet(found, MADE)
    yield docs / "languages" / "twi.pot", template(found)
    for page, table in (("configuration.md", settings_table()), ("settings.md", guild_settings_table())):
        yield docs / page, with_table((docs / page).read_text(encoding="utf-8"), table)


def main(arguments: Sequence[str], docs: Path = DOCS) -> int:
    """Write the pages and remove those that are no more; with `--check`, name them and give 1."""
    made = dict(pages(docs))
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphaned = sorted(path for path in (docs / "errors").glob("*") if path not in made)
    if "--check" in arguments:
        for path in (*stale, *orphaned):
            what = "documents no code" if path in orphaned else "is stale"
            print(f"{path.relative_to(docs)} {what}; run: uv run python docs/generate.py", file=sys.stderr)
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
    yield from (f"- {ENTRYPOINTS[place]}" for place in entry.places)


def _examples(answers: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield what was sent at each entrypoint to provoke a code, and what was answered."""
    for answer in answers:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", answer["sent"] + answer["answered"])), default=0))
        yield from (
            f"### Example, {EXAMPLES[answer['where']]}",
            "",
            f"{fence}text",
            PROMPTS[answer["where"]] + answer["sent"],
        )
        yield from ("", *answer["answered"].splitlines(), fence, "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
