"""Commands as they are typed in a shell: each line such that it runs."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from twi_cli.output.typed import shell_line
from twi_core.kernel.ids import GuildId
from twi_core.kernel.parameters import Parameter, ParameterKind, as_json, parameters
from twi_runtime.plain import plain

if TYPE_CHECKING:
    from twi_core.kernel.handling import AnyOperation

GUILD: Final = "175928847299117063"
"""An id of a server, for lines where no server was named."""
LONGEST: Final = 500
"""Characters of a line that repeats a call; a longer one isn't shown."""


@final
@dataclass(frozen=True, slots=True)
class Given:
    """What a call was given: its fields, the options of its caller by field, and whether the fields were JSON."""

    fields: Mapping[str, object]
    caller: Mapping[str, Sequence[str]]
    as_json: bool


@final
class ShellWording:
    """How operations are called in a shell: its wording for errors and answers.

    Args:
        guild: The server of the call, if it has one.
        used: The operation that was called, if one was.
        given: What it was called with, once it was called.
    """

    def __init__(
        self, guild: GuildId | None = None, used: "AnyOperation | None" = None, given: Given | None = None
    ) -> None:
        self._guild = guild
        self._used = used
        self._given = given

    def escape(self, text: str, /) -> str:
        """See `Wording`."""
        return plain(text)

    def option(self, name: str, /) -> str:
        """See `Wording`."""
        return option(name)

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Wording`."""
        found = operation_called(operation)
        return None if found is None else self._line(found, given)

    def usage(self, field: str, /) -> str | None:
        """See `Wording`; a field may also be named as its option."""
        if self._used is None:
            return None
        name = field.lstrip("-").replace("-", "_")
        given = self._given or Given({}, {}, as_json=False)
        kept = {each: value for each, value in given.fields.items() if each != name and _can_be_typed(value)}
        shown = [p for p in parameters(self._used.command) if p.required or p.name in {*kept, name}]
        values = [(p, _typed(p, kept[p.name]) if p.name in kept else as_json(p, "")) for p in shown]
        caller = [] if pointless(self._used) & given.caller.keys() else given.caller.values()
        line = self._call(self._used, values, [word for words in caller for word in words])
        return line if len(line) <= LONGEST else None

    def again(self, field: str, value: object) -> str | None:
        """Return the line that repeats the call with another value of a field.

        None where the typed command can't be called like that, or the line would be too long to be read.
        """
        if self._used is None or self._given is None or pointless(self._used) & self._given.caller.keys():
            return None
        given = {**self._given.fields, field: value}
        fields = [p for p in parameters(self._used.command) if given.get(p.name) is not None]
        values = [(p, _typed(p, given[p.name])) for p in fields]
        if any(value in ([], ()) for _, value in values):
            return None  # an empty list has no option
        line = self._call(self._used, values, [word for words in self._given.caller.values() for word in words])
        return line if len(line) <= LONGEST else None

    def addition(self, field: str, value: object) -> str:
        """Return what is added to a call, as it was typed, to set a field: an option, or a part of its JSON."""
        if self._given is not None and self._given.as_json:
            return json.dumps({field: value})[1:-1]
        return option(field) if value is True else shell_line([f"{option(field)}={value}"])

    def _line(self, operation: "AnyOperation", given: Mapping[str, str]) -> str:
        shown = [p for p in parameters(operation.command) if p.required or p.name in given]
        return self._call(operation, [(p, as_json(p, given.get(p.name, ""))) for p in shown])

    def _call(
        self, operation: "AnyOperation", values: Sequence[tuple[Parameter, object]], caller: Sequence[str] = ()
    ) -> str:
        words = ["twi", *operation.name.replace("_", "-").split(".")]
        placed = [str(value) for parameter, value in values if by_place(parameter)]
        unnamed = not any(value.startswith("-") for value in placed)
        words += placed if unnamed else ()
        for parameter, value in values:
            if not (unnamed and by_place(parameter)):
                words += _option(parameter, value)
        words += caller
        if operation.policy.guild:
            words += ["--guild", GUILD if self._guild is None else str(self._guild)]
        return shell_line(words)


def operation_called(name: str) -> "AnyOperation | None":
    """Return the operation of a name; None where there is none, or the command line doesn't offer it."""
    from twi_core.kernel.context import Origin  # here, as most refusals name no operation
    from twi_core.kernel.outcome import Failure
    from twi_runtime.opening.lifecycle import application_without_storage

    found = application_without_storage().operation(name)
    if isinstance(found, Failure) or Origin.CLI in found.unwrap().policy.closed_to:
        return None
    return found.unwrap()


def option(name: str) -> str:
    """Return the option of a field: `--clear-tag`."""
    return f"--{name.replace('_', '-')}"


def by_place(parameter: Parameter) -> bool:
    """Return whether a value is given by its place, without the option's name."""
    return parameter.required and not parameter.several and parameter.kind is not ParameterKind.BOOLEAN


def pointless(operation: "AnyOperation") -> Set[str]:
    """Return the options of the caller that a typed command has no use for; `twi call` has them all."""
    taken = {parameter.name for parameter in parameters(operation.command)}
    unused = set(taken)
    if "actor" in taken:
        unused.add("as_")
    if not operation.policy.guild:
        unused |= {"guild", "role"}
    return unused


def _can_be_typed(value: object) -> bool:
    return bool(value) if isinstance(value, list | tuple) else isinstance(value, str | int | float)


def _typed(parameter: Parameter, value: object) -> object:
    """Return a value as the typed command takes it; JSON may hold `"yes"` for true."""
    whether = parameter.kind is ParameterKind.BOOLEAN and not isinstance(value, bool)
    return as_json(parameter, str(value)) if whether else value


def _option(parameter: Parameter, value: object) -> Iterator[str]:
    name = option(parameter.name)
    if isinstance(value, bool):
        yield name if value else f"--no-{name.removeprefix('--')}"
        return
    for item in value if isinstance(value, list | tuple) else (value,):
        yield from _pair(name, str(item))


def _pair(name: str, value: str) -> Iterator[str]:
    """Yield an option and its value, as one word where the value could be taken for another option."""
    yield from (f"{name}={value}",) if value.startswith("-") else (name, value)
