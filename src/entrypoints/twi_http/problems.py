"""Errors as problem+json (RFC 9457)."""

import json
from dataclasses import dataclass, field
from typing import Final, final

from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.language import text
from twi_http.errors import Refused
from twi_http.paths import ERROR_PAGES
from twi_http.wording import wording

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER: Final = 10
"""Seconds after which a client may try again what is unavailable."""

PROBLEM_SCHEMA: Final = {
    "type": "object",
    "description": "Why a request is refused (RFC 9457), and what to do next.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is documented."},
        "title": {"type": "string", "description": "The kind of refusal."},
        "status": {"type": "integer", "description": "The status of the response."},
        "detail": {"type": "string", "description": "What is wrong."},
        "hint": {"type": "string", "description": "What to do next."},
        "code": {"type": "string", "description": "The code, the same at every entrypoint."},
        "reference": {"type": "string", "description": "Finds the request in the bot's log."},
        "params": {"type": "object", "description": "The facts of the case, such as the wrong field."},
    },
    "required": ["type", "title", "status", "detail", "hint", "code", "reference", "params"],
    "additionalProperties": False,
}


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def problem(refused: Refused, reference: str) -> Answer:
    """Write a refusal as problem+json."""
    error = refused.error
    body = {
        "type": page_of(error.code),
        "title": title(error.kind),
        "status": refused.status,
        "detail": error.message(wording()),
        "hint": error.hint(wording()),
        "code": error.code,
        "reference": reference,
        "params": {name: _shown(value) for name, value in error.params.items()},
    }
    return Answer(refused.status, PROBLEM_JSON, json.dumps(body).encode(), refused.headers | _retry(error))


def title(kind: Kind) -> str:
    """Return a kind of refusal in words."""
    match kind:
        case Kind.INVALID:
            return text("Invalid request")
        case Kind.UNAUTHENTICATED:
            return text("Not authenticated")
        case Kind.FORBIDDEN:
            return text("Not allowed")
        case Kind.NOT_FOUND:
            return text("Not found")
        case Kind.CONFLICT:
            return text("Conflict")
        case Kind.THROTTLED:
            return text("Too many requests")
        case Kind.UNAVAILABLE:
            return text("Unavailable at the moment")
        case Kind.TIMEOUT:
            return text("Timed out")
        case Kind.INTERNAL:
            return text("Internal error")


def page_of(code: str) -> str:
    """Return the address of a code's page."""
    return f"{ERROR_PAGES}/{code}"


def _retry(error: AppError) -> dict[str, str]:
    if error.kind is Kind.THROTTLED:
        return {"Retry-After": str(error.params.get("retry_after", 1))}
    return {"Retry-After": str(RETRY_AFTER)} if error.kind is Kind.UNAVAILABLE else {}


def _shown(value: str | int | tuple[str, ...]) -> str | int | list[str]:
    if isinstance(value, tuple):
        return [_sound(item) for item in value]
    return _sound(value) if isinstance(value, str) else value


def _sound(value: str) -> str:
    """Replace halves of surrogate pairs, which no JSON reader need accept; JSON itself escapes the rest."""
    return value.encode("utf-8", "replace").decode()
