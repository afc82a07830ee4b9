"""How an entrypoint writes what a person types there, so that a hint can be followed as it stands."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol, final


class Wording(Protocol):
    """One entrypoint's way of writing text, options and commands.

    What an operation is called with is given by field; a required field that is not among them is filled with its
    example, so that the line can be typed.
    """

    def escape(self, text: str, /) -> str:
        """Return a text, perhaps a user's, so that it is harmless where it will be shown."""
        ...

    def option(self, name: str, /) -> str:
        """Return the name of an option or a field as it is written: `--clear-tag`, `clear_tag`."""
        ...

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """Return the line that calls an operation; None where this entrypoint doesn't offer it."""
        ...

    def usage(self, field: str, /) -> str | None:
        """Return the line of the call that is being refused, a field among what it is given; None outside of a call."""
        ...


@final
class PlainWording:
    """Names of operations and fields as the code has them: for logs, and for programs.

    Args:
        escape: Makes a text harmless where it will be shown.
        commands: Whether to name operations; without them only advice is left that holds at every entrypoint.
    """

    def __init__(self, escape: Callable[[str], str] = str, *, commands: bool = True) -> None:
        self._escape = escape
        self._commands = commands

    def escape(self, text: str, /) -> str:
        """See `Wording`."""
        return self._escape(text)

    def option(self, name: str, /) -> str:
        """See `Wording`."""
        return name

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Wording`."""
        if not self._commands:
            return None
        return self._escape(" ".join((operation, *(f"{name}={value}" for name, value in given.items()))))

    def usage(self, _: str, /) -> str | None:
        """See `Wording`."""
        return None


PLAIN: Final = PlainWording()
NO_COMMANDS: Final = PlainWording(commands=False)
