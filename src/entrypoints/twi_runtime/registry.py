"""Every error code of every entrypoint, and who answers with it: what the reference of codes is made from."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from twi_core.application import UNKNOWN_OPERATION, Application
from twi_core.kernel.commands import MALFORMED, MISSING, UNKNOWN_FIELD
from twi_core.kernel.context import Origin
from twi_core.kernel.contexts import offered
from twi_core.kernel.durations import INVALID_DURATION
from twi_core.kernel.errors import AppError, ErrorCode, registered_errors
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import ENGLISH, speaking
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_core.kernel.text import TEXT_EMPTY, TEXT_INVALID, TEXT_TOO_COMPLEX, TEXT_TOO_LONG
from twi_core.permissions.errors import CLOSED_CHANNEL, DENIED
from twi_core.pipeline.authorise import CLOSED_HERE, NO_GUILD
from twi_core.pipeline.block import INVALID_TOO_OFTEN, REFUSED_TOO_OFTEN
from twi_core.pipeline.guard import CONFLICT, TIMED_OUT, UNAVAILABLE, UNEXPECTED
from twi_core.pipeline.throttle import LIMITED, OVER_BUDGET
from twi_core.tokens.errors import GUILD_CLOSED, TOKEN_REQUIRED
from twi_runtime.opening.storage_errors import REFUSALS
from twi_runtime.process.drain import STOPPING
from twi_runtime.process.exits import EXITS, Exit

REGISTERING: Final = (
    "twi_core.assembly",
    "twi_runtime.process.servers",
    "twi_runtime.logs.reading",
    "twi_cli.errors",
    "twi_discord.errors",
    "twi_http.errors",
    "twi_sandbox.errors",
)
"""What registers all codes when it is imported; none of it needs an extra, and none loads an entrypoint."""

Place: TypeAlias = Origin
"""Where a code occurs outside the answers of operations: at an entrypoint, or (`cli`) on standard error of `twi`."""

_BY_NAME: Final[Mapping[str, tuple[Place, ...]]] = {
    TOKEN_REQUIRED.code: (Origin.HTTP,),
    GUILD_CLOSED.code: (Origin.HTTP,),
    MALFORMED.code: (Origin.CLI, Origin.HTTP),
    TEXT_TOO_LONG.code: (Origin.CLI, Origin.HTTP),
    TEXT_TOO_COMPLEX.code: (Origin.CLI, Origin.HTTP),
    WRONG_TYPE.code: (Origin.HTTP,),
    OUT_OF_RANGE.code: (Origin.HTTP,),
    NO_GUILD.code: (Origin.HTTP,),
    REFUSED_TOO_OFTEN.code: (Origin.HTTP,),
    INVALID_TOO_OFTEN.code: (Origin.DISCORD, Origin.HTTP),
    UNKNOWN_OPERATION.code: (Origin.CLI, Origin.HTTP),
    STOPPING.code: (Origin.DISCORD, Origin.HTTP),
    CONFLICT.code: (),
    "discord.intent_missing": (Origin.CLI,),
    "discord.sync_failed": (Origin.CLI,),
    "discord.token_missing": (Origin.CLI,),
    "discord.token_refused": (Origin.CLI,),
    "discord.unreachable": (Origin.CLI,),
    "http.cannot_listen": (Origin.CLI,),
    "settings.invalid": (Origin.CLI,),
}
"""Codes that occur elsewhere than their first word says."""
_BY_FIRST_WORD: Final[Mapping[str, tuple[Place, ...]]] = {
    "cli": (Origin.CLI,),
    "discord": (Origin.DISCORD,),
    "http": (Origin.HTTP,),
    "logs": (Origin.CLI,),
    "runtime": (Origin.CLI,),
    "sandbox": (Origin.CLI,),
    "storage": (Origin.CLI,),
}

USAGE_CODES: Final = (
    "cli.unknown_command",
    "cli.unknown_option",
    "cli.unexpected_words",
    "cli.missing_value",
    "cli.invalid_value",
    "cli.repeated_option",
    "cli.unnamed_value",
    "cli.unreadable_file",
    "cli.not_confirmed",
    "cli.unknown_shell",
)
"""Codes of command lines that can't be understood."""

_ENDS: Final[Mapping[str, int]] = {
    **{code: end for code, (_, end) in REFUSALS.items()},
    **dict.fromkeys(USAGE_CODES, Exit.USAGE),
    "discord.intent_missing": Exit.SETTINGS,
    "discord.token_missing": Exit.SETTINGS,
    "discord.token_refused": Exit.SETTINGS,
    "http.cannot_listen": Exit.SETTINGS,
    "runtime.catalogue_unreadable": Exit.SETTINGS,
    "runtime.catalogues_unusable": Exit.SETTINGS,
    "runtime.extra_missing": Exit.SETTINGS,
    "settings.invalid": Exit.SETTINGS,
    "storage.no_database": Exit.SETTINGS,
}
"""Codes with which `twi` ends otherwise than their kind says: 78 where somebody must change something first."""

OF_EVERY_CALL: Final = (UNEXPECTED, UNAVAILABLE, TIMED_OUT, CONFLICT, REFUSED_TOO_OFTEN, INVALID_TOO_OFTEN)
"""What the pipeline can answer whatever was called."""
OF_SOME_CALLS: Final = (CLOSED_HERE, NO_GUILD, DENIED, CLOSED_CHANNEL, LIMITED, OVER_BUDGET)
"""What the pipeline answers to those operations whose policy asks for it."""
OF_TEXTS: Final = (TEXT_EMPTY, TEXT_TOO_LONG, TEXT_INVALID, TEXT_TOO_COMPLEX)
OF_INPUT: Final = (MISSING, UNKNOWN_FIELD, WRONG_TYPE, OUT_OF_RANGE, *OF_TEXTS)
"""What is said of input that a command cannot be made from; rules of a context's own are in its policies."""
_OF_KINDS: Final[Mapping[ParameterKind, tuple[ErrorCode, ...]]] = {
    ParameterKind.TEXT: OF_TEXTS,
    ParameterKind.DATETIME: OF_TEXTS,
    ParameterKind.DURATION: (*OF_TEXTS, INVALID_DURATION),
    ParameterKind.BOOLEAN: (),
    ParameterKind.CHOICE: (),
}
"""What is said of values by their kind; of ids and numbers, that they are out of range."""


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """A code, its exit code of `twi`, the names of the operations that can answer with it, and where else it occurs."""

    definition: ErrorCode
    exit_code: int
    operations: tuple[str, ...]
    places: tuple[Place, ...]


def import_every_code() -> None:
    """Import whatever registers codes, so that all of them are registered."""
    for module in REGISTERING:
        importlib.import_module(module)
    for context in offered(Application):
        context.declare()


def every_entry(operations: Sequence[AnyOperation]) -> Mapping[str, Entry]:
    """Return an entry for each code, in the order of the alphabet."""
    import_every_code()
    answered: dict[str, list[str]] = {}
    for operation in operations:
        for code in refusals_of(operation):
            answered.setdefault(code.code, []).append(operation.name)
    return {
        code: Entry(definition, exit_of(definition), tuple(sorted(answered.get(code, ()))), places_of(code))
        for code, definition in registered_errors().items()
    }


def by_first_word(entries: Mapping[str, Entry]) -> Mapping[str, Sequence[Entry]]:
    """Return entries by the first word of their codes: the context, or the part of the bot, that they are about."""
    groups: dict[str, list[Entry]] = {}
    for code, entry in entries.items():
        groups.setdefault(code.partition(".")[0], []).append(entry)
    return groups


def refusals_of(operation: AnyOperation) -> frozenset[ErrorCode]:
    """Return an operation's possible refusals: its own, those of its input, and those of the pipeline."""
    return frozenset((*operation.policy.errors, *_of_input(operation), *OF_EVERY_CALL, *_of_policy(operation.policy)))


def places_of(code: str) -> tuple[Place, ...]:
    """Return where a code occurs outside the answers of operations."""
    return _BY_NAME[code] if code in _BY_NAME else _BY_FIRST_WORD.get(code.partition(".")[0], ())


def exit_of(definition: ErrorCode) -> int:
    """Return the exit code of `twi` where it ends with a code."""
    return int(_ENDS.get(definition.code, EXITS[definition.kind]))


def described(entry: Entry, status: int) -> dict[str, object]:
    """Describe an entry to programs, in English, as JSON can hold it; `status` is the one of HTTP.

    The facts in its message and hint are examples, and commands are names of operations.
    """
    code, shown = entry.definition, example_of(entry.definition)
    with speaking(ENGLISH):
        message, hint = shown.message(), shown.hint()
    return {
        "code": code.code,
        "kind": code.kind.value,
        "message": message,
        "hint": hint,
        "cause": code.cause,
        "exit_code": entry.exit_code,
        "http_status": status,
        "operations": list(entry.operations),
        "entrypoints": [place.value for place in entry.places],
    }


def example_of(code: ErrorCode) -> AppError:
    """Return an error with the facts of the code's example."""
    return AppError(code, code.example)


def _of_input(operation: AnyOperation) -> Iterator[ErrorCode]:
    found = parameters(operation.command)
    yield UNKNOWN_FIELD
    if any(parameter.required for parameter in found):
        yield MISSING
    if found:
        yield WRONG_TYPE
    for parameter in found:
        yield from _OF_KINDS.get(parameter.kind, (OUT_OF_RANGE,))


def _of_policy(policy: Policy) -> Iterator[ErrorCode]:
    if policy.closed_to:
        yield CLOSED_HERE
    if policy.guild:
        yield NO_GUILD
    subject_to_rules = policy.guild and not policy.requires.fixed
    if subject_to_rules:
        yield CLOSED_CHANNEL
    if subject_to_rules or policy.requires.default > Level.EVERYONE:
        yield DENIED
    if policy.requires.default is not Level.OPERATOR:
        yield OVER_BUDGET
        if policy.limits or policy.guild:  # a guild may limit by name an operation that has none
            yield LIMITED
