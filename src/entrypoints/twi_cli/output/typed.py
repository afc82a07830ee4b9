"""The command line that is being answered, so that an answer can show the line that goes on from there."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from twi_runtime.plain import plain

_typed: Final[ContextVar[Sequence[str]]] = ContextVar("typed", default=())


@contextmanager
def answering(arguments: Sequence[str]) -> Iterator[None]:
    """Answer the command line with these arguments within the block."""
    token = _typed.set(arguments)
    try:
        yield
    finally:
        _typed.reset(token)


def shell_line(words: Sequence[str]) -> str:
    """Return words as they are typed in a shell, each quoted where it needs that, and harmless in a terminal."""
    return " ".join(_quoted(plain(word)) for word in words)


def typed_with(name: str, value: str | None = None) -> str:
    """Return the line that was typed with one more option, or with another value of it."""
    arguments = list(_typed.get())
    end = arguments.index("--") if "--" in arguments else len(arguments)
    option = name if value is None else f"{name}={value}"
    return shell_line(["twi", *_without(name, arguments[:end]), option, *arguments[end:]])


def _quoted(word: str) -> str:
    quoted = shlex.quote(word)
    return f"'{quoted}'" if quoted.startswith("=") else quoted  # zsh looks for a command behind it


def _without(name: str, words: Iterable[str]) -> Iterator[str]:
    """Yield words without an option that takes a value."""
    left = iter(words)
    for word in left:
        if word == name:
            next(left, None)
        elif not word.startswith(f"{name}="):
            yield word
