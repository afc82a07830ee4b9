"""The lists of operations and of error codes, for programs."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from twi_core.kernel.description import described
from twi_core.kernel.errors import Kind
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.parameters import ParameterKind
from twi_core.kernel.policy import Scope
from twi_http.errors import status_of
from twi_runtime.registry import Entry, Place
from twi_runtime.registry import described as described_code

_TEXT: Final = {"type": "string"}
_MAYBE_NUMBER: Final = {"type": ["number", "null"]}


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_PARAMETER_SCHEMA: Final = _object(
    {
        "name": _TEXT,
        "kind": {"enum": [kind.value for kind in ParameterKind]},
        "several": {"type": "boolean"},
        "required": {"type": "boolean"},
        "default": {},
        "minimum": _MAYBE_NUMBER,
        "maximum": _MAYBE_NUMBER,
        "multiline": {"type": "boolean"},
        "choices": {"type": "array", "items": _TEXT},
        "description": _TEXT,
        "example": {},
        "form": _TEXT,
        "most": {"type": ["integer", "null"]},
    }
)
_OPERATION_SCHEMA: Final = _object(
    {
        "name": _TEXT,
        "summary": _TEXT,
        "guild": {"type": "boolean"},
        "method": {"const": "POST"},
        "path": _TEXT,
        "permission": _object({"name": _TEXT, "level": _TEXT, "own": {"type": ["string", "null"]}}),
        "limits": {
            "type": "array",
            "items": _object(
                {
                    "amount": {"type": "integer"},
                    "seconds": {"type": "number"},
                    "scope": {"enum": [scope.value for scope in Scope]},
                }
            ),
        },
        "cost": {"type": "integer"},
        "heavy": {"type": "boolean"},
        "parameters": {"type": "array", "items": _PARAMETER_SCHEMA},
        "errors": {"type": "array", "items": _TEXT},
    }
)
CATALOGUE_SCHEMA: Final = _object({"operations": {"type": "array", "items": _OPERATION_SCHEMA}})
"""The schema of the list of operations."""

_CODE_SCHEMA: Final = _object(
    {
        "code": _TEXT,
        "kind": {"enum": [kind.value for kind in Kind]},
        "message": _TEXT,
        "hint": _TEXT,
        "cause": _TEXT,
        "exit_code": {"type": "integer"},
        "http_status": {"type": "integer"},
        "operations": {"type": "array", "items": _TEXT},
        "entrypoints": {"type": "array", "items": {"enum": [place.value for place in Place]}},
    }
)
CODES_SCHEMA: Final = _object({"errors": {"type": "array", "items": _CODE_SCHEMA}})
"""The schema of the list of error codes."""


def catalogue(operations: Mapping[str, AnyOperation]) -> bytes:
    """Return the operations, by their paths, as JSON."""
    found = [described(operation) | {"method": "POST", "path": path} for path, operation in operations.items()]
    return json.dumps({"operations": found}, ensure_ascii=False).encode()


def codes(entries: Iterable[Entry]) -> bytes:
    """Return the error codes as JSON."""
    found = [described_code(entry, status_of(entry.definition)) for entry in entries]
    return json.dumps({"errors": found}, ensure_ascii=False).encode()
