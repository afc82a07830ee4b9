"""The examples of the pages that are written by hand, executed as readers do."""

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from tests.integration.discord.stage import Stage, staged
from tests.integration.pages.blocks import ROOT, Block, blocks, commands, pages
from tests.integration.pages.programs import run_programs
from tests.integration.pages.terminal import MEANT, NOT_RUN, SERVING, Terminal, terminal
from tests.integration.parity.test_hints import NOT_UNDERSTOOD, slash
from tests.integration.postgres.before import make_before
from tests.integration.postgres_server import libpq
from tests.integration.provoked.calls import code_of
from tests.integration.provoked.recording import rewriting, stable
from tests.integration.provoked.shell import run_words
from tests.unit.runtime.log_lines import line as log_line
from twi_runtime.logs.format import Level, LogLine, as_text, read_time

PLANS: Final = "docs/indexes.md"
NOT_EXAMPLES: Final = {
    "mermaid": "a drawing",
    PLANS: "plans and times that were measured; tests/integration/postgres/test_indexes.py holds the plans",
}
"""Languages of blocks, and pages, that hold nothing to execute, each with the reason."""
TAKEN_FOR_GRANTED: Final = {"docs/secrets.md": "twi tokens create dashboard 1001 --guilds 42"}
"""What has been done where a page begins."""
ROLES: Final = ("Helpers", "Wiki")
"""The roles that pages mention."""

PAGES: Final = [path for path in pages() if list(blocks(path)) or commands(path)]


def name(path: Path) -> str:
    """Return how a page is called."""
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder with a path that is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="twi-page-"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("path", [path for path in PAGES if list(blocks(path))], ids=name)
def test_the_examples_of_a_page_work(path: Path, home: Path, request: pytest.FixtureRequest) -> None:
    """Each block is executed, one after another, and what it prints is what the page prints."""
    every = [block for block in blocks(path) if not NOT_EXAMPLES.keys() & {block.language, block.page}]
    if programs := [block for block in every if block.language == "python"]:
        asyncio.run(run_programs(programs))
    found = [block for block in every if block.language != "python"]
    if any(block.language in {"sh", "console", "json"} or "twi " in block.text for block in found):
        with terminal(home, request.getfixturevalue("postgres_url")) as shell:
            shell.run(TAKEN_FOR_GRANTED.get(name(path), ""))
            for block in found:
                execute(block, shell, request)
    else:
        for block in found:
            execute(block, None, request)


def execute(block: Block, shell: Terminal | None, request: pytest.FixtureRequest) -> None:
    """Execute a block by its language."""
    match block.language:
        case "sh" | "" if shell is not None and (block.language or block.text.startswith("twi ")):
            shell.run(block.text)
        case "console" if shell is not None:
            compare(block, "\n".join(prompted(block.text, shell)))
        case "" | "discord":
            asyncio.run(chat(block))
        case "sql":
            run_sql(block, request)
        case "json" if shell is not None:
            exported = shell.run(
                f"twi settings import '{block.text}' --apply --guild 42 >&2\ntwi settings export --guild 42"
            )
            assert json.loads(exported[exported.index("\n{") :]) == json.loads(block.text), block
        case "text":
            assert as_text(read_text(block.text)) == block.text.strip(), block
        case _:
            raise AssertionError(f"{block}: nobody knows how to execute {block.language!r}")


def compare(block: Block, printed: str) -> None:
    """Compare a block with what was printed, or write that into the page."""
    if printed.strip() == block.text.strip():
        return
    assert rewriting(), f"{block} prints\n{block.text}\nand this is printed:\n{printed}"
    page = ROOT / block.page
    text = page.read_text(encoding="utf-8")
    assert text.count(block.text) == 1, block
    page.write_text(text.replace(block.text, f"{printed.strip()}\n"), encoding="utf-8")


def prompted(text: str, shell: Terminal) -> Iterator[str]:
    """Yield the lines after `$` again, each with what it prints now."""
    for line in text.splitlines():
        if line.startswith("$ "):
            yield line
            yield from stable(shell.run(line[2:], failing=True), shell.home).splitlines()


def read_text(text: str) -> LogLine:
    """Return a line of the log as people read it."""
    found = re.fullmatch(r"(\S+) (\S+) (\S+) \[(\S+) (.*)\] (.*)\n", text)
    assert found is not None, text
    facts: dict[str, Any] = dict(fact.split("=") for fact in found[5].split())
    made = log_line(found[6], level=Level[found[2]], logger=found[3], reference=found[4], **facts)
    return replace(made, time=read_time(found[1]))


# Discord


async def chat(block: Block) -> None:
    """Send each line, with what it prints below it where the block is of the language `discord`."""
    async with staged() as stage:
        await furnish(stage)
        shown = []
        for line in block.text.splitlines():
            if line[:1] in {"/", "!"}:
                said = await send(stage, line)
                shown += [line, *stable(said.text).splitlines()]
                if block.language != "discord":
                    assert code_of(said) is None, f"{block}: {line} is answered with {said.text}"
        if block.language == "discord":
            compare(block, "\n".join(shown))


async def furnish(stage: Stage) -> None:
    """Make what pages mention: roles, a channel, somebody, and a link."""
    for role in ROLES:
        stage.guild.create_role(role)
    stage.guild.create_text_channel("bots")
    await stage.env.settle()
    await stage.add("world map", "https://wanderinginn.com/map", tag="maps")


async def send(stage: Stage, line: str) -> Any:
    """Send a line as the operator: what is mentioned in it is chosen as Discord's client does."""
    line = re.sub(r" {2,}\(.*\)$", "", line)
    if line.startswith("!"):
        return await stage.write("operator", line)
    command, given = slash(stage, line)
    named = {f"@{role.name}": role for role in stage.guild.roles.values()}
    for option, name in re.findall(r" ([a-z_]+):(@\w+)", line):
        if name in named:
            given[option] = named[name].mention if isinstance(given[option], str) else named[name]
    return await stage.ask("operator", "slash", command, **given)


# SQL


def run_sql(block: Block, request: pytest.FixtureRequest) -> None:
    """Run statements on a database of ours, or on one from before revision 0007 if they name `public`."""
    before = "public." in block.text
    url: str = request.getfixturevalue("empty_url" if before else "postgres_url")
    if before:
        make_before(url, "0006")
    users = sorted(set(re.findall(r"TO (\w+);", block.text)))
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        try:
            for user in users:
                connection.execute(f"CREATE ROLE {user}".encode())
            connection.execute(block.text.encode())
        finally:
            connection.execute("ROLLBACK")
            for user in {*users, *re.findall(r"CREATE ROLE (\w+)", block.text)}:
                connection.execute(f"DROP OWNED BY {user}; DROP ROLE {user}".encode())


# Commands within a line


def test_commands_within_lines_are_understood(home: Path, postgres_url: str) -> None:
    """Each command in the text of a page, as far as it is written out, is one that can be typed."""
    wrong = []
    spans = {span: name(path) for path in PAGES for span in commands(path)}
    with terminal(home, postgres_url):
        for span, page in spans.items():
            if "twi " in span and (refused := misunderstood(span)) is not None:
                wrong.append(f"{page}: {span}: {refused}")
    wrong += asyncio.run(unknown_in_chat({span: page for span, page in spans.items() if "twi " not in span}))
    assert wrong == []


def misunderstood(span: str) -> str | None:
    """Return why a line isn't understood; one without arguments only has to be a command."""
    words = [MEANT.get(word, word) for word in span.removeprefix("uv run ").split()[1:]]
    named = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
    bare = named == words or words[0] in SERVING or NOT_RUN.keys() & set(words)
    ran = run_words([*named[:2], "--help"] if bare else words)
    found = re.search(r"^code:  (\S+?),?(?: |$)", ran.err, re.MULTILINE)
    return found[1] if found and NOT_UNDERSTOOD.match(found[1]) else None


async def unknown_in_chat(spans: dict[str, str]) -> list[str]:
    """Return the commands of Discord that aren't understood."""
    wrong = []
    async with staged() as stage:
        await furnish(stage)
        names = {each.qualified_name for each in stage.bot.walk_commands()}
        for span, page in spans.items():
            words = span[1:].split(":")[0].split()
            if words[0] not in {each.split()[0] for each in names}:
                if span.startswith("/") and span.count(" ") == 0:
                    continue  # a path
                wrong.append(f"{page}: {span}")
            elif ":" in span:
                said = await send(stage, span)
                if (code := code_of(said)) and NOT_UNDERSTOOD.match(code):
                    wrong.append(f"{page}: {span}: {code}")
            elif span[1:] not in names:
                wrong.append(f"{page}: {span}")
    return wrong
