"""Commands: what a use case is asked for, checked where it enters."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from twi_core.kernel.errors import AppError, ErrorCode, Kind, define_error, registered_errors
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_core.kernel.text import TEXT_TOO_COMPLEX, TEXT_TOO_LONG

MISSING: Final = define_error(
    "input.missing",
    Kind.INVALID,
    message="{field} is missing.",
    hint="Add it, for example: {usage}",
    otherwise="Add it and try again.",
    cause="A required parameter was left out.",
    example={"field": "title"},
)
UNKNOWN_FIELD: Final = define_error(
    "input.unknown_field",
    Kind.INVALID,
    message="{field} is not a parameter of this command.",
    hint="Leave it out, or look at the help of this command for its parameters.",
    cause="A parameter was given that the command does not have. Guild and caller come from the connection only.",
    example={"field": "colour"},
)
MALFORMED: Final = define_error(
    "input.malformed",
    Kind.INVALID,
    message="The input is not a JSON object: {reason}.",
    hint="Send one JSON object with the parameters' names as keys, in UTF-8.",
    cause="The text sent as JSON cannot be read, names a key twice, or is no object.",
    example={"reason": "line 1, column 14"},
)

JSON_LIMIT: Final = 64 * 1024
"""More bytes of JSON than this are refused before they are parsed."""
JSON_DEPTH: Final = 16
"""Deeper JSON than this is refused before it is parsed; no command nests deeper than two."""


class Command(BaseModel):
    """Be asked for; its docstring is the help's first line, its fields carry their description and an example."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


C = TypeVar("C", bound=Command)


def decode(command: type[C], raw: Mapping[str, object]) -> Outcome[C, AppError]:
    """Make a command from what an entrypoint was given, or refuse with the first field that is wrong and why."""
    try:
        return Success(command.model_validate(raw))
    except ValidationError as error:
        return Failure(_refusal(error.errors(include_url=False, include_input=False)[0]))


def parse_object(text: bytes | str) -> Outcome[dict[str, object], AppError]:
    """Read one JSON object strictly: bounded size and depth, no key twice, no NaN, nothing but an object."""
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(raw) > JSON_LIMIT:
        return Failure(AppError(TEXT_TOO_LONG, {"field": "The input", "limit": JSON_LIMIT}))
    try:
        return Success(read_object(raw))
    except TooDeepError as error:
        return Failure(AppError(TEXT_TOO_COMPLEX, {"field": "The input", "found": str(error)}))
    except MalformedError as error:
        return Failure(AppError(MALFORMED, {"reason": str(error)}))


class MalformedError(ValueError):
    """Tell why a text is not a JSON object, to complete "it is not a JSON object: …"."""


class TooDeepError(MalformedError):
    """Tell that it is nested too deeply to be read."""


def read_object(raw: bytes) -> dict[str, object]:
    """Read one JSON object strictly: bounded depth, no key twice, no NaN, nothing but an object.

    Raises:
        MalformedError: it is not that.
    """
    if _depth(raw) > JSON_DEPTH:
        raise TooDeepError("it is nested too deeply")
    try:
        found: object = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise MalformedError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise MalformedError(f"line {error.lineno}, column {error.colno}") from None
    except ValueError as error:  # ours, or Python's for a number of thousands of digits
        raise MalformedError(str(error) if type(error) is MalformedError else "a number is too long") from None
    if not isinstance(found, dict):
        raise MalformedError("it is not an object")
    return found


def _unique_keys(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedError("a key appears twice")
        found[key] = value
    return found


def _no_constant(_: str) -> NoReturn:
    raise MalformedError("NaN and Infinity are not numbers")


def _depth(raw: bytes) -> int:
    """Count the deepest nesting without parsing; brackets within strings do not count."""
    depth = deepest = 0
    quoted = escaped = False
    for byte in raw:
        if quoted:
            quoted = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            quoted, escaped = True, False
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


_RANGES: Final = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal", "int_parsing_size"})


def _refusal(detail: ErrorDetails) -> AppError:
    """Turn pydantic's first complaint into a registered code."""
    field = ".".join(str(part) for part in detail["loc"]) or "The input"
    params: dict[str, str | int] = {"field": _shown_field(field)}
    kind = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    code: ErrorCode | None = registered_errors().get(kind) if "." in kind else None
    if code is not None:
        return AppError(code, params | dict(context))
    if kind == "missing":
        return AppError(MISSING, params)
    if kind == "extra_forbidden":
        return AppError(UNKNOWN_FIELD, params)
    if kind == "too_long":  # a list; texts are held to their length by their own shape
        return AppError(WRONG_TYPE, params | {"reason": f"it takes at most {context['max_length']} items"})
    if kind in _RANGES:
        return AppError(OUT_OF_RANGE, params | {"reason": _plain(detail["msg"])})
    return AppError(WRONG_TYPE, params | {"reason": _plain(detail["msg"])})


def _shown_field(field: str) -> str:
    """Cut and clean the name of a field, which for an unknown one is the caller's own text."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in field[:64])
    return shown if len(field) <= 64 else f"{shown[:63]}…"


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(".")
