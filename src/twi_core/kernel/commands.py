"""Commands: the validated input of use cases."""

import json
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from twi_core.kernel.errors import AppError, ErrorCode, Kind, define_error, registered_errors
from twi_core.kernel.language import text
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.reasons import RANGE, reason
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_core.kernel.text import TEXT_TOO_COMPLEX, TEXT_TOO_LONG

MISSING: Final = define_error(
    "input.missing",
    Kind.INVALID,
    message="{--field} is missing.",
    hint="Add it: {usage}",
    otherwise="Add it and try again.",
    cause="A required parameter was left out.",
    example={"field": "title"},
)
UNKNOWN_FIELD: Final = define_error(
    "input.unknown_field",
    Kind.INVALID,
    message="{field} isn't a parameter of this command.",
    hint="Leave it out: {usage}",
    otherwise="Leave it out.",
    cause="The command doesn't have that parameter. The server and the caller come from the connection.",
    example={"field": "colour"},
)
MALFORMED: Final = define_error(
    "input.malformed",
    Kind.INVALID,
    message="The input isn't a valid JSON object: {reason}.",
    hint="Send one JSON object in UTF-8, with the names of parameters as keys: {usage}",
    otherwise="Send one JSON object in UTF-8, with the names of parameters as keys.",
    cause="The JSON can't be parsed, contains a key twice, or isn't an object.",
    example={"reason": "error in line 1, column 14"},
)

JSON_LIMIT: Final = 64 * 1024
"""Bytes of JSON; more are refused without parsing them."""
JSON_DEPTH: Final = 16
"""Levels of nesting; deeper JSON is refused without parsing it. No command nests deeper than two."""


class Command(BaseModel):
    """The input of a use case; its docstring is the summary in help, its fields have a description and an example."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


C = TypeVar("C", bound=Command)


def decode(command: type[C], raw: Mapping[str, object]) -> Outcome[C, AppError]:
    """Validate the input of an entrypoint, or refuse with the first field that is wrong and why."""
    try:
        return Success(command.model_validate(raw))
    except ValidationError as error:
        return Failure(_refusal(error.errors(include_url=False, include_input=False)[0], command))


def parse_object(given: bytes | str) -> Outcome[dict[str, object], AppError]:
    """Parse one JSON object strictly: bounded size and depth, no duplicate keys, no NaN, nothing but an object."""
    raw = given.encode(errors="surrogatepass") if isinstance(given, str) else given
    if len(raw) > JSON_LIMIT:
        return Failure(AppError(TEXT_TOO_LONG, {"field": text("The input"), "limit": JSON_LIMIT}))
    try:
        return Success(read_object(raw))
    except TooDeepError as error:
        return Failure(AppError(TEXT_TOO_COMPLEX, {"field": text("The input"), "found": str(error)}))
    except MalformedError as error:
        return Failure(AppError(MALFORMED, {"reason": str(error)}))


class MalformedError(ValueError):
    """A text that isn't a JSON object; its message completes "The input isn't a valid JSON object: …"."""


class TooDeepError(MalformedError):
    """JSON that is nested too deeply to be parsed."""


def read_object(raw: bytes) -> dict[str, object]:
    """Parse one JSON object strictly: bounded depth, no duplicate keys, no NaN, nothing but an object.

    Raises:
        MalformedError: the bytes aren't one.
    """
    if _depth(raw) > JSON_DEPTH:
        raise TooDeepError(text("it's nested too deeply"))
    try:
        found: object = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise MalformedError(text("it isn't UTF-8")) from None
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        raise MalformedError(text("error in line {line}, column {column}", line=line, column=column)) from None
    except MalformedError:
        raise
    except ValueError:  # Python's, for a number of thousands of digits
        raise MalformedError(text("a number is too long")) from None
    if not isinstance(found, dict):
        raise MalformedError(text("it isn't an object"))
    return found


def _unique_keys(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedError(text("a key appears twice"))
        found[key] = value
    return found


def _no_constant(_: str) -> NoReturn:
    raise MalformedError(text("NaN and Infinity aren't numbers in JSON"))


def _depth(raw: bytes) -> int:
    """Return the depth of the nesting without parsing; brackets in strings don't count."""
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


def _refusal(detail: ErrorDetails, command: type[Command]) -> AppError:
    """Map pydantic's first error to a registered code."""
    field = ".".join(str(part) for part in detail["loc"]) or text("The input")
    params: dict[str, str | int] = {"field": _shown_field(field)}
    kind = detail["type"]
    context = detail.get("ctx", {})
    code: ErrorCode | None = registered_errors().get(kind) if "." in kind else None
    if code is not None:
        return AppError(code, params | context)
    if kind == "missing":
        return AppError(MISSING, params)
    if kind == "extra_forbidden":
        return AppError(UNKNOWN_FIELD, params)
    asked = command.model_fields.get(str(detail["loc"][0])) if detail["loc"] else None
    why = reason(kind, context, asked.annotation if asked else None)
    return AppError(OUT_OF_RANGE if kind in RANGE else WRONG_TYPE, params | {"reason": why})


def _shown_field(field: str) -> str:
    """Shorten and clean the name of a field; the name of an unknown one is the caller's text."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in field[:64])
    return shown if len(field) <= 64 else f"{shown[:63]}…"
