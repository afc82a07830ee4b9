"""Commands as they are typed in a shell: each line such that it runs."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, final

from twi_cli.output.typed import shell_line
from twi_core.kernel.ids import GuildId
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters
from twi_runtime.plain import plain

if TYPE_CHECKING:
    from twi_core.kernel.handling import AnyOperation

GUILD: Final = "175928847299117063"
"""An id of a server, for lines where no server was named."""


@final
class ShellWording:
    """How operations are called in a shell: its wording for errors and answers.

    Args:
        guild: The server of the call, if it has one.
        used: The operation that was called, if one was.
    """

    def __init__(self, guild: GuildId | None = None, used: "AnyOperation | None" = None) -> None:
        self._guild = guild
        self._used = used

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
        asked = {p.name: "" for p in parameters(self._used.command) if p.name == name}
        return self._line(self._used, asked)

    def _line(self, operation: "AnyOperation", given: Mapping[str, str]) -> str:
        words = ["twi", *operation.name.replace("_", "-").split(".")]
        shown = [p for p in parameters(operation.command) if p.required or p.name in given]
        placed = [_value(p, given) for p in shown if by_place(p)]
        unnamed = not any(value.startswith("-") for value in placed)
        words += placed if unnamed else ()
        for parameter in shown:
            if not (unnamed and by_place(parameter)):
                words += _option(parameter, given)
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


def _option(parameter: Parameter, given: Mapping[str, str]) -> Iterator[str]:
    name = option(parameter.name)
    if parameter.kind is ParameterKind.BOOLEAN:
        yield name
    elif parameter.several and not given.get(parameter.name) and isinstance(parameter.example, list | tuple):
        for item in parameter.example:
            yield from _pair(name, str(item))
    else:
        yield from _pair(name, _value(parameter, given))


def _pair(name: str, value: str) -> Iterator[str]:
    """Yield an option and its value, as one word where the value could be taken for another option."""
    yield from (f"{name}={value}",) if value.startswith("-") else (name, value)


def _value(parameter: Parameter, given: Mapping[str, str]) -> str:
    return given.get(parameter.name) or str(parameter.example)
