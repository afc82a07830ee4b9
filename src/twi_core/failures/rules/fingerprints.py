"""Identify an exception by its type and origin, and record where it came from, without secrets."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from traceback import TracebackException
from typing import Final, final

from twi_core.failures.domain import CHAIN_LIMIT, NAME_LIMIT, TRACE_LIMIT

FINGERPRINT: Final = 16
"""Number of hexadecimal digits in a fingerprint."""
MESSAGE_LIMIT: Final = 500
"""Maximum length of one exception's message, in characters."""
FRAMES_LIMIT: Final = 40
"""How many frames of a deeper stack are recorded: the ones nearest to the fault."""
GROUP_LIMIT: Final = 3
"""How many exceptions of a group are recorded."""

_MARGIN: Final = 4_000
"""How many extra characters of a message are searched for secrets, so that the cut doesn't leave part of one."""


@final
@dataclass(frozen=True, slots=True)
class Recognised:
    """What identifies a bug: its fingerprint, and the types of the exception and its causes."""

    fingerprint: str
    kinds: tuple[str, ...]


def recognise(error: BaseException, where: str) -> Recognised:
    """Identify the bug that broke off `where`, regardless of its message and of moved lines."""
    errors = chain(error)
    kinds = tuple(_kind(each) for each in errors)
    places = [list(dict.fromkeys(place for place, _ in _frames(each))) for each in errors]  # at any depth
    digest = hashlib.sha256(json.dumps([where, kinds, places]).encode())
    return Recognised(digest.hexdigest()[:FINGERPRINT], kinds)


def chain(error: BaseException) -> Sequence[BaseException]:
    """Return an exception, its members if it is a group, and its causes, up to `CHAIN_LIMIT`."""
    found: list[BaseException] = []
    left = [error]
    while left and len(found) < CHAIN_LIMIT:
        each = left.pop(0)
        if any(each is known for known in found):
            continue
        found.append(each)
        if isinstance(each, BaseExceptionGroup):
            left.extend(each.exceptions[:GROUP_LIMIT])
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if cause is not None:
            left.append(cause)
    return found


def written(error: BaseException, redact: Callable[[str], str]) -> str:
    """Return the messages of the exceptions and the functions and lines they passed through; no values, no paths."""
    parts = [line for each in chain(error) for line in _lines(each, redact)]
    whole = "\n".join(parts)
    return whole if len(whole) <= TRACE_LIMIT else f"{whole[: TRACE_LIMIT - 1]}…"


def shown(text: str) -> str:
    """Replace characters that no storage accepts or that could mislead a reader."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in text)


def _lines(error: BaseException, redact: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines for one exception: its message, where it was raised, and the callers."""
    yield _message(error, redact).replace("\n", "\n    ")
    frames = list(_frames(error))
    for place, line in reversed(frames[-FRAMES_LIMIT:]):
        yield f"  {place}, line {line}"
    if len(frames) > FRAMES_LIMIT:
        yield f"  … {len(frames) - FRAMES_LIMIT} more"


def _message(error: BaseException, redact: Callable[[str], str]) -> str:
    """Return the type, message and notes; any code that an exception runs to produce them may fail."""
    formatted = TracebackException(type(error), error, None, limit=0, lookup_lines=False, compact=True)
    text = "".join(formatted.format_exception_only()).strip()
    found = redact(text[: MESSAGE_LIMIT + _MARGIN])
    if len(text) > MESSAGE_LIMIT + _MARGIN:
        found = found[:-_MARGIN]  # it may end in half a secret
    return shown(found if len(found) <= MESSAGE_LIMIT else f"{found[: MESSAGE_LIMIT - 1]}…")


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield the functions and lines that an exception passed through, outermost first."""
    trace = error.__traceback__
    while trace is not None:
        module: object = trace.tb_frame.f_globals.get("__name__")
        yield shown(f"{module}:{trace.tb_frame.f_code.co_qualname}"[:NAME_LIMIT]), trace.tb_lineno
        trace = trace.tb_next


def _kind(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return shown(name[:NAME_LIMIT])
