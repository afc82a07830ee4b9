"""The list of operations, for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import Snowflake
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters

_TEXT: Final = {"type": "string"}
_MAYBE_NUMBER: Final = {"type": ["integer", "null"]}


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
    }
)
_OPERATION_SCHEMA: Final = _object(
    {
        "name": _TEXT,
        "summary": _TEXT,
        "method": {"const": "POST"},
        "path": _TEXT,
        "permission": _object({"name": _TEXT, "level": _TEXT, "own": {"type": ["string", "null"]}}),
        "limit": {"anyOf": [_object({"amount": {"type": "integer"}, "seconds": {"type": "number"}}), {"type": "null"}]},
        "parameters": {"type": "array", "items": _PARAMETER_SCHEMA},
        "errors": {"type": "array", "items": _TEXT},
    }
)
CATALOGUE_SCHEMA: Final = _object({"operations": {"type": "array", "items": _OPERATION_SCHEMA}})
"""What the list looks like."""


def catalogue(operations: Mapping[str, AnyOperation]) -> bytes:
    """Write the operations, by their paths, as JSON."""
    found = [_described(path, operation) for path, operation in operations.items()]
    return json.dumps({"operations": found}, ensure_ascii=False).encode()


def _described(path: str, operation: AnyOperation) -> dict[str, object]:
    policy = operation.policy
    return {
        "name": operation.name,
        "summary": operation.summary,
        "method": "POST",
        "path": path,
        "permission": {
            "name": policy.requires.name,
            "level": policy.requires.default.label,
            "own": policy.own and policy.own.name,
        },
        "limit": policy.limit and {"amount": policy.limit.amount, "seconds": policy.limit.per},
        "parameters": [_parameter(parameter) for parameter in parameters(operation.command)],
        "errors": [error.code for error in policy.errors],
    }


def _parameter(parameter: Parameter) -> dict[str, object]:
    described = asdict(parameter)
    return described | {"default": _plain(parameter.default), "example": _plain(parameter.example)}


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Snowflake) else value
