"""Command lines that can't be understood, in our own words: what is wrong, and the line to type instead."""

import difflib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, final, get_args, get_origin

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)
from cyclopts.exceptions import ArgumentOrderError

from twi_cli.commands.caller import read_guild
from twi_cli.errors import (
    DID_YOU_MEAN,
    INVALID_VALUE,
    MISSING_VALUE,
    REPEATED_OPTION,
    UNEXPECTED_WORDS,
    UNKNOWN_COMMAND,
    UNKNOWN_OPTION,
    UNNAMED_VALUE,
)
from twi_cli.output.outlet import UsageError
from twi_cli.output.typed import shell_line
from twi_cli.output.wording import Given, ShellWording, by_place, operation_called, option
from twi_core.kernel.errors import AppError, ErrorCode, Param
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import text
from twi_core.kernel.parameters import ParameterKind, parameters

WORD: Final = 64
"""Characters of a word that a message repeats."""
LINE: Final = 400
"""Characters of a command line that a hint repeats; in place of a longer one it names the help."""
CALLER: Final = ("--actor", "--role", "--as")
"""The options that name a caller; the server's is read apart."""
ALIKE: Final = 0.7
"""How similar a name must be to a misspelt one to be suggested."""


@final
class Mistake:
    """A command line that was refused, by the parser or by its command."""

    def __init__(self, app: App, arguments: Sequence[str]) -> None:
        self._arguments = list(arguments)
        self._chain, apps, _ = app.parse_commands(self._arguments)
        self._commands = [name for name in apps[-1] if not name.startswith("-")]
        self._command = shell_line(["twi", *self._chain])

    def wording(self) -> ShellWording:
        """Return how the command is called, with the server that the line names."""
        name = ".".join(self._chain).replace("-", "_")
        operation = operation_called(name) if "." in name else None
        given = None if operation is None else _read(self._arguments[len(self._chain) :], operation)
        return ShellWording(read_guild(self._arguments), operation, given)

    def error(self, refused: CycloptsError | UsageError) -> AppError:
        """Return the error, with the line that shows the help of this very command."""
        match refused:
            case UsageError(definition=code, params=params):
                known = {"help": self._help(), "command": self._command}
                lacking = {name: known[name] for name in known if name in code.example}
                return AppError(code, {**params, **lacking})
            case UnknownCommandError(unused_tokens=[word, *_]):
                return self._option(word) if word.startswith("-") else self._unknown_command(word)
            case UnknownOptionError():
                return self._option(refused.token.keyword or refused.token.value, refused)
            case UnusedCliTokensError(unused_tokens=[*words]):
                return self._unexpected(words)
            case MissingArgumentError():
                return self._missing(refused)
            case CoercionError():
                return self._invalid(refused)
            case RepeatArgumentError():
                name = refused.token.keyword or ""
                return self._error(REPEATED_OPTION, field=name)
            case ArgumentOrderError():
                return self._unnamed(refused)
            case _:  # what our commands, as they are, don't lead to
                return self._unexpected(self._arguments[len(self._chain) :])

    def _unknown_command(self, word: str) -> AppError:
        line = self._corrected(word, self._commands)
        return self._error(UNKNOWN_COMMAND, line, command=shell_line(["twi", *self._chain, _short(word)]))

    def _option(self, word: str, refused: UnknownOptionError | None = None) -> AppError:
        name = word.partition("=")[0]
        known = [each for a in refused.argument_collection for each in a.names if a.parse] if refused else []
        line = self._corrected(name, [*known, "--help"])
        return self._error(UNKNOWN_OPTION, line, command=self._command, option=_short(name))

    def _unexpected(self, words: Sequence[str]) -> AppError:
        return self._error(UNEXPECTED_WORDS, command=self._command, words=_short(" ".join(words)))

    def _missing(self, refused: MissingArgumentError) -> AppError:
        name = refused.keyword or (refused.argument.name if refused.argument else "")
        return self._error(MISSING_VALUE, field=name)

    def _invalid(self, refused: CoercionError) -> AppError:
        value, argument = refused.token.value if refused.token else "", refused.argument
        name = (refused.token.keyword if refused.token else None) or (argument.name if argument else "")
        choices = _choices(refused.target_type)
        line = self._corrected(value, choices)
        return self._error(INVALID_VALUE, line, option=name, value=_short(value), takes=_takes(refused.target_type))

    def _unnamed(self, refused: ArgumentOrderError) -> AppError:
        name = refused.argument.name if refused.argument else ""
        at = self._arguments.index(refused.token, len(self._chain))
        named = f"{name}={refused.token}"
        line = self._line([*self._arguments[:at], named, *self._arguments[at + 1 :]])
        return AppError(UNNAMED_VALUE, {"value": _short(refused.token), "line": line})

    def _corrected(self, wrong: str, known: Sequence[str]) -> str | None:
        """Return the line with a word replaced by the known one that resembles it; None where none does."""
        for near in difflib.get_close_matches(wrong.lower(), known, 1, ALIKE):
            for at, word in enumerate(self._arguments):
                if at >= len(self._chain) and (right := _replaced(word, wrong, near)):
                    return self._line([*self._arguments[:at], right, *self._arguments[at + 1 :]])
        return None

    def _line(self, words: Sequence[str]) -> str:
        line = shell_line(["twi", *words])
        return line if len(line) <= LINE else self._help()

    def _help(self) -> str:
        return f"{self._command} --help"

    def _error(self, code: ErrorCode, line: str | None = None, /, **params: str) -> AppError:
        found: Mapping[str, Param] = {**params, "help": self._help()}
        return AppError(code, found) if line is None else AppError(code, {**found, "line": line}, DID_YOU_MEAN)


def _read(words: Sequence[str], operation: AnyOperation) -> Given:
    """Return what can be read of a line that was refused; options that don't exist are left out, with their value."""
    described = {option(parameter.name): parameter for parameter in parameters(operation.command)}
    fields: dict[str, Any] = {}
    caller: dict[str, list[str]] = {}
    loose: list[str] = []
    left = deque(words)
    while left:
        word = left.popleft()
        name, equals, value = word.partition("=")
        parameter = described.get(name)
        if not word.startswith("-"):
            loose.append(word)
        elif parameter is not None and parameter.kind is ParameterKind.BOOLEAN:
            fields[parameter.name] = True
        elif equals or (left and not left[0].startswith("-")):
            value = value if equals else left.popleft()
            if parameter is None:
                caller.setdefault(name, []).extend((name, value) if name in CALLER else ())
            elif parameter.several:
                fields.setdefault(parameter.name, []).append(value)
            else:
                fields.setdefault(parameter.name, value)
    places = [each for each in described.values() if by_place(each) and each.name not in fields]
    fields |= {parameter.name: word for parameter, word in zip(places, loose, strict=False)}
    return Given(fields, {name: words for name, words in caller.items() if words}, as_json=False)


def _replaced(word: str, wrong: str, right: str) -> str | None:
    """Return a word of the line with what is wrong corrected; None where it isn't in it."""
    name, equals, value = word.partition("=")
    if name == wrong:
        return f"{right}{equals}{value}"
    return f"{name}={right}" if value == wrong else None


def _takes(kind: object) -> str:
    if choices := _choices(kind):
        return text("one of {choices}", choices=", ".join(choices))
    if kind is bool:
        return text("no value")
    return text("a whole number")


def _choices(kind: Any) -> tuple[str, ...]:
    return get_args(kind) if get_origin(kind) is Literal else ()


def _short(word: str) -> str:
    return word if len(word) <= WORD else f"{word[: WORD - 1]}…"
