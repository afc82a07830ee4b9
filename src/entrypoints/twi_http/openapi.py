"""The OpenAPI document, generated from the operations."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from pydantic import TypeAdapter

from twi_core.kernel.commands import UNKNOWN_FIELD
from twi_core.kernel.contexts import AnyContext
from twi_core.kernel.errors import ErrorCode
from twi_core.kernel.facts import often
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import text
from twi_core.kernel.permissions import Permission
from twi_core.pipeline.block import INVALID_TOO_OFTEN, REFUSED_TOO_OFTEN
from twi_core.pipeline.guard import TIMED_OUT, UNAVAILABLE, UNEXPECTED
from twi_core.tokens.errors import TOKEN_REQUIRED
from twi_http.catalogue import CATALOGUE_SCHEMA, CODES_SCHEMA
from twi_http.errors import BUSY, status_of
from twi_http.paths import ERRORS, EXAMPLE_GUILD, OPERATIONS, path_of
from twi_http.problems import PROBLEM_JSON, PROBLEM_SCHEMA, title
from twi_http.quota import QUOTA_HEADERS
from twi_http.refusals import refusals
from twi_runtime.process.drain import STOPPING

Json = dict[str, Any]
"""A part of a JSON document, which is a tree of any shape."""

SCHEMAS: Final = "#/components/schemas/"
GUILD_PARAMETER: Final[Json] = {
    "name": "guild",
    "in": "path",
    "required": True,
    "description": "The id of the server.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": [EXAMPLE_GUILD]},
}
RETRY_HEADER: Final[Json] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
LOGIN_HEADER: Final[Json] = {"WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}}}
HEADERS: Final[Mapping[int, Json]] = {401: LOGIN_HEADER, 429: {**RETRY_HEADER, **QUOTA_HEADERS}, 503: RETRY_HEADER}


def document(operations: Sequence[AnyOperation], contexts: Iterable[AnyContext]) -> Json:
    """Return the OpenAPI 3.1 document of the API: a path for each operation, a tag for each of the `contexts`."""
    schemas, definitions = _schemas(operations)
    paths = {path_of(operation): {"post": _operation(operation, schemas)} for operation in operations}
    used = {operation.name.partition(".")[0] for operation in operations}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "twi_core",
            "version": version("twi-core"),
            "description": "Every operation of the bot. Ids are strings; times are ISO 8601 in UTC.",
        },
        "tags": [
            *({"name": each.name, "description": each.summary} for each in contexts if each.name in used),
            {"name": "process", "description": "The process and what it offers."},
        ],
        "paths": {**paths, **_process_paths()},
        "components": {
            "schemas": {
                **definitions,
                "Problem": PROBLEM_SCHEMA,
                "Operations": CATALOGUE_SCHEMA,
                "Errors": CODES_SCHEMA,
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "An API token."}},
        },
    }


def described(operation: AnyOperation) -> str:
    """Return who may call an operation and how often, in a few sentences in the language of the request."""
    policy = operation.policy
    sentences = [text("Needs the permission {permission} (default: {level}).", **_needs(policy.requires))]
    if policy.own is not None:
        own = _needs(policy.own)
        sentences.append(text("For the caller's own things, {permission} (default: {level}) is enough.", **own))
    sentences += [text("At most {rate}.", rate=often(rate)) for rate in policy.limits]
    return " ".join(sentences)


def _needs(permission: Permission) -> dict[str, str]:
    return {"permission": permission.name, "level": permission.default.shown}


def _schemas(operations: Sequence[AnyOperation]) -> tuple[Mapping[tuple[str, str], Json], Json]:
    """Return the schemas of requests and answers, and the definitions they refer to."""
    wanted: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for operation in operations:
        wanted.append((operation.name, "validation", TypeAdapter(operation.command)))
        wanted.append((operation.name, "serialization", operation.values))
    found, whole = TypeAdapter.json_schemas(wanted, ref_template=f"{SCHEMAS}{{model}}")
    return {(name, str(mode)): schema for (name, mode), schema in found.items()}, whole.get("$defs", {})


def _operation(operation: AnyOperation, schemas: Mapping[tuple[str, str], Json]) -> Json:
    needs_body = any(field.is_required() for field in operation.command.model_fields.values())
    found: Json = {
        "operationId": operation.name,
        "tags": [operation.name.partition(".")[0]],
        "summary": operation.summary,
        "description": described(operation),
        "security": [{"token": []}],
        "requestBody": {
            "required": needs_body,
            "content": {"application/json": {"schema": schemas[operation.name, "validation"]}},
        },
        "responses": {
            "200": {
                **_answer("The result.", schemas[operation.name, "serialization"]),
                "headers": QUOTA_HEADERS,
            },
            **{str(status): _refusal(status, codes) for status, codes in refusals(operation).items()},
        },
    }
    return {"parameters": [GUILD_PARAMETER], **found} if operation.policy.guild else found


def _answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusal(status: int, codes: Sequence[ErrorCode]) -> Json:
    narrowed = {"properties": {"code": {"enum": [code.code for code in codes]}, "status": {"const": status}}}
    schema = {"allOf": [{"$ref": f"{SCHEMAS}Problem"}, narrowed]}
    found: Json = {
        "description": f"{title(codes[0].kind)}: " + ", ".join(code.code for code in codes),
        "content": {PROBLEM_JSON: {"schema": schema}},
    }
    return found | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _refusals_of(*codes: ErrorCode, status: int | None = None) -> Json:
    found: dict[int, list[ErrorCode]] = {}
    for code in codes:
        found.setdefault(status or status_of(code), []).append(code)
    return {str(at): _refusal(at, several) for at, several in sorted(found.items())}


def _process_paths() -> Json:
    health = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    gone = _refusals_of(UNAVAILABLE, TIMED_OUT, BUSY, STOPPING, status=503)
    listing = _refusals_of(
        *(TOKEN_REQUIRED, UNKNOWN_FIELD, REFUSED_TOO_OFTEN, INVALID_TOO_OFTEN, UNEXPECTED, UNAVAILABLE, TIMED_OUT),
        *(BUSY, STOPPING),
    )
    reading = _refusals_of(UNKNOWN_FIELD, UNEXPECTED, BUSY, STOPPING)
    return {
        ERRORS: _get("errors", "List the error codes of all entrypoints.", f"{SCHEMAS}Errors", reading),
        OPERATIONS: _get("operations", "List the operations.", f"{SCHEMAS}Operations", listing, token=True),
        "/health/live": _get("live", "Check whether the process is alive.", health, _refusals_of(BUSY)),
        "/health/ready": _get("ready", "Check whether the process can serve.", health, gone | _refusals_of(UNEXPECTED)),
    }


def _get(name: str, summary: str, schema: Json | str, refused: Json, *, token: bool = False) -> Json:
    answer = {"$ref": schema} if isinstance(schema, str) else schema
    found: Json = {
        "operationId": name,
        "tags": ["process"],
        "summary": summary,
        "responses": {"200": _answer("The result.", answer), **refused},
    }
    return {"get": {**found, "security": [{"token": []}]} if token else found}
