"""Every message to people: the template that translators begin with, and the sheet of all of them by context.

Babel collects the literals of the source through `literals`; what is registered (error codes, summaries, descriptions,
names of commands) is read from the registry, so that nothing has to be marked there.
"""

import ast
import asyncio
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, TypeAlias

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from twi_core.application import Application
from twi_core.kernel.contexts import offered
from twi_core.kernel.parameters import parameters
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.settings import declared_settings
from twi_discord.calls.attachment import attach
from twi_discord.commands.extension import Spec
from twi_discord.commands.grammar import choice_name
from twi_discord.commands.help import help_command
from twi_discord.commands.mounting import mount
from twi_discord.commands.specs import CommandSpec
from twi_discord.connection.bot import TwiBot, extensions
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.registry import every_entry
from twi_sandbox.stage.parts import parts
from twi_sandbox.stage.world import PEOPLE

SOURCE: Final = Path(__file__).parents[1] / "src"
FUNCTIONS: Final[Mapping[str, int]] = {"text": 1, "say": 1, "translated": 1, "phrase": 1, "Fact": 1, "plural": 2}
"""Functions that take messages, and how many of their first arguments are forms of one."""
HELP: Final = "help"
"""The keyword behind which help of the command line stands."""
ELSEWHERE: Final = "the bot"
"""What messages belong to that are no context's."""
DISCORD: Final = "commands of Discord"
SANDBOX: Final = "the sandbox"


Found: TypeAlias = tuple[int, str | None, str | tuple[str, str], list[str]]
"""What Babel is given for a call: line, kind of function, message or its two forms, comments."""


class Message(NamedTuple):
    """A message, the form for many where it depends on a count, and where it is."""

    text: str
    many: str | None
    place: str


def literals(file: IO[bytes], *_: object, **__: object) -> Iterator[Found]:
    """Yield the messages of a Python file, as one of Babel's extraction methods."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        yield from (
            (node.lineno, None, found, []) for word in node.keywords if word.arg == HELP for found in _texts(word.value)
        )
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            continue
        forms = [tuple(_texts(each)) for each in node.args[: FUNCTIONS[node.func.id]]]
        if len(forms) == 2 and all(forms):
            yield node.lineno, "ngettext", (forms[0][0], forms[1][0]), []
        else:
            yield from ((node.lineno, None, found, []) for form in forms for found in form)


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an expression may stand for; none where it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def messages() -> list[Message]:
    """Return every message, once in each place, those of a place together."""
    found = [message for message in (*_registered(), *_in_source()) if any(map(str.isalpha, message.text))]
    return sorted(dict.fromkeys(found), key=lambda each: (each.place, found.index(each)))


def _in_source() -> Iterator[Message]:
    for name, _, message, *_ in extract_from_dir(str(SOURCE), [("**.py", f"{__name__}:{literals.__name__}")]):
        place = _context_of(name)
        if isinstance(message, tuple):
            yield Message(message[0], message[1], place)
        else:
            yield Message(message, None, place)


def _context_of(name: str) -> str:
    """Return the context that a file of the source belongs to."""
    names = {context.name for context in offered(Application)}
    parts = Path(name).with_suffix("").parts
    return next((part for part in parts if part in names), ELSEWHERE)


def _registered() -> Iterator[Message]:
    app = application_without_storage()
    names = {context.name for context in app.contexts}
    for code, entry in every_entry(app.operations()).items():
        defined = entry.definition
        first = code.partition(".")[0]
        for text in (defined.message, defined.hint, *defined.other_hints, defined.otherwise, defined.cause):
            yield Message(text, None, first if first in names else ELSEWHERE)
    for context in app.contexts:
        yield Message(context.summary, None, context.name)
    for operation in app.operations():
        place = operation.name.partition(".")[0]
        yield Message(operation.summary, None, place)
        yield from (Message(reason, None, place) for reason in operation.policy.closed_to.values())
        for parameter in parameters(operation.command):
            yield Message(parameter.description, None, place)
            yield Message(parameter.form, None, place)
    for name, permission in declared_permissions().items():
        yield Message(permission.summary, None, name.partition(".")[0])
    for name, setting in declared_settings().items():
        yield Message(setting.summary, None, name.partition(".")[0])
    for part in parts():
        for chapter in part.tour:
            yield Message(chapter.heading, None, SANDBOX)
    for person in PEOPLE:
        yield Message(person.rank, None, SANDBOX)
    for spec in asyncio.run(_specs(app)):
        for text in _of_spec(spec):
            yield Message(text, None, DISCORD)


async def _specs(app: Application) -> list[Spec]:
    """Return what describes each command of Discord."""
    bot = TwiBot(app)
    host = await attach(bot, app, prefix="!")
    await mount(host, __name__, [help_command(host)])
    for extension in extensions(app):
        await bot.load_extension(extension)
    found = sorted((*bot.walk_commands(), *bot.tree.get_commands()), key=lambda each: each.qualified_name)
    return [each.spec for each in found if hasattr(each, "spec")]


def _of_spec(spec: Spec) -> Iterator[str]:
    yield from (f"command:{spec.name}", spec.summary)
    if isinstance(spec, CommandSpec):
        for option in spec.options:
            yield from (f"option:{option.name}", option.parameter.description)
            choices = () if option.parameter.several else option.parameter.choices
            yield from (f"choice:{choice_name(choice)}" for choice in choices)


def template(found: Iterable[Message]) -> str:
    """Return the template of gettext, without dates or line numbers, so that it changes with the messages only."""
    catalog = Catalog(project="twi_core", charset="utf-8")
    for message in found:
        key: Any = message.text if message.many is None else (message.text, message.many)
        catalog.add(key, locations=[(message.place, 0)])
    file = io.BytesIO()
    write_po(file, catalog, omit_header=True, include_lineno=False, width=0)
    return file.getvalue().decode()


def sheet(found: Iterable[Message], made: str) -> str:
    """Return the page that lists every message by context."""
    lines = ["# All messages", "", made, "", "What people read, by context. Words in braces stand for facts."]
    for place, group in groupby(found, key=lambda message: message.place):
        lines += ["", f"## {place}", "", "```text"]
        for message in group:
            forms = (message.text,) if message.many is None else (message.text, message.many)
            lines.append(" | ".join(form.replace("\n", "\\n") for form in forms))
        lines.append("```")
    return "\n".join([*lines, ""])
