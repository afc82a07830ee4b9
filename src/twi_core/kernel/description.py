"""Describe operations to programs, identically through every entrypoint."""

from dataclasses import asdict
from datetime import datetime, timedelta

from twi_core.kernel.durations import written_duration
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import Snowflake
from twi_core.kernel.moments import written_moment
from twi_core.kernel.parameters import Parameter, parameters
from twi_core.kernel.policy import Rate


def described(operation: AnyOperation) -> dict[str, object]:
    """Return a JSON-compatible description: name, permission, limits, parameters and the operation's own refusals."""
    policy = operation.policy
    return {
        "name": operation.name,
        "summary": operation.summary,
        "guild": policy.guild,
        "permission": {
            "name": policy.requires.name,
            "level": policy.requires.default.label,
            "own": policy.own and policy.own.name,
        },
        "limits": [_limit(rate) for rate in policy.limits],
        "cost": policy.cost,
        "heavy": policy.heavy,
        "parameters": [_parameter(parameter) for parameter in parameters(operation.command)],
        "errors": [error.code for error in policy.errors],
    }


def _limit(rate: Rate) -> dict[str, object]:
    return {"amount": rate.amount, "seconds": rate.per, "scope": rate.scope.value}


def _parameter(parameter: Parameter) -> dict[str, object]:
    return asdict(parameter) | {"default": _simple(parameter.default), "example": _simple(parameter.example)}


def _simple(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_simple(item) for item in value]
    if isinstance(value, datetime):
        return written_moment(value)
    if isinstance(value, timedelta):
        return written_duration(value)
    return str(value) if isinstance(value, Snowflake) else value
