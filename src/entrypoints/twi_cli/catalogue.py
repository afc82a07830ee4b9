"""Describe operations and error codes to programs, and list the codes to people."""

import importlib
import pkgutil
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from twi_cli.caller import OutputOption
from twi_cli.outlet import write, write_json
from twi_cli.table import table
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import Snowflake
from twi_core.kernel.parameters import Parameter, parameters
from twi_runtime.failures import EXITS

PACKAGES: Final = ("twi_core", "twi_runtime", "twi_cli", "twi_discord", "twi_http", "twi_sandbox")
"""Who registers codes."""


def errors(*, output: OutputOption = "text") -> int:
    """List every error code, with what it means and what to do.

    Codes of a door whose extra is not installed are left out.
    """
    for package in PACKAGES:
        _import_all(package)
    codes = registered_errors().values()
    if output == "json":
        write_json({"errors": [asdict(code) | {"exit_code": int(EXITS[code.kind])} for code in codes]})
    else:
        rows = [
            {"code": code.code, "kind": code.kind.value, "exit": str(int(EXITS[code.kind])), "message": code.message}
            | {"hint": code.hint}
            for code in codes
        ]
        write(table(rows))
    return 0


def described(operation: AnyOperation) -> dict[str, object]:
    """Describe an operation, as JSON can hold it."""
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
        "limit": policy.limit and {"amount": policy.limit.amount, "seconds": policy.limit.per},
        "parameters": [_parameter(parameter) for parameter in parameters(operation.command)],
        "errors": [error.code for error in policy.errors],
    }


def _parameter(parameter: Parameter) -> dict[str, object]:
    return asdict(parameter) | {"default": _simple(parameter.default), "example": _simple(parameter.example)}


def _simple(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_simple(item) for item in value]
    return str(value) if isinstance(value, Snowflake) else value


def _import_all(package: str) -> None:
    with suppress(ImportError):
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}.", onerror=lambda _: None):
            with suppress(ImportError):
                importlib.import_module(module.name)
