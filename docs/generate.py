"""Write the pages that are made from the code: `python docs/generate.py`. With `--check`, only say which are stale.

`docs/errors.md` is made whole. In `docs/configuration.md` the part between its two marks is.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from twi_cli.catalogue import import_every_code
from twi_core.kernel.errors import ErrorCode, Kind, registered_errors
from twi_http.errors import STATUSES, status_of
from twi_runtime.failures import EXITS
from twi_runtime.settings import settings_table

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
BEGIN: Final = "<!-- made by docs/generate.py: begin -->"
END: Final = "<!-- made by docs/generate.py: end -->"


def errors_page() -> str:
    """Make the page that documents every error code, one section each."""
    import_every_code()
    lines = [
        "# Error codes",
        "",
        "<!-- Made by docs/generate.py from the registered codes; change the code's own texts instead. -->",
        "",
        "Every refusal has a code, which is the same through Discord, the command line and HTTP, a message, a hint",
        "and a short reference. The reference finds the call in the bot's log. Words in braces stand for the facts",
        "of the case.",
        "",
        "The kind of a code decides how a program sees it:",
        "",
        "| kind | meaning | exit code of `twi` | HTTP status |",
        "| --- | --- | --- | --- |",
        *(f"| {kind.value} | {told} | {EXITS[kind].value} | {STATUSES[kind]} |" for kind, told in KINDS.items()),
        "",
    ]
    for code in registered_errors().values():
        lines.extend(_section(code))
    return "\n".join(lines)


def with_settings(page: str) -> str:
    """Put the table of settings between the marks of the configuration page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{settings_table().strip()}\n\n{END}{after}"


def pages() -> Iterator[tuple[Path, str]]:
    """Give each page that is made, and what it is to hold."""
    yield DOCS / "errors.md", errors_page()
    configuration = DOCS / "configuration.md"
    yield configuration, with_settings(configuration.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Write the pages; with `--check`, name the stale ones and give 1."""
    stale = [(path, text) for path, text in pages() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path, text in stale:
        if "--check" in arguments:
            print(f"{path.name} is stale; run: uv run python docs/generate.py", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


def _section(code: ErrorCode) -> Iterator[str]:
    yield f"## {code.code}"
    yield ""
    yield f'<a id="{code.code}"></a>'
    yield f"Kind: {code.kind.value}. HTTP status: {status_of(code)}."
    yield ""
    yield f"- Message: {code.message}"
    yield f"- When it happens: {code.cause}"
    yield f"- What to do: {code.hint}"
    yield ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
