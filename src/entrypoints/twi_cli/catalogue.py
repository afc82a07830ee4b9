"""List the error codes, to people and to programs."""

import importlib
import pkgutil
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from twi_cli.caller import OutputOption
from twi_cli.outlet import write, write_json
from twi_cli.table import table
from twi_core.kernel.errors import registered_errors
from twi_runtime.failures import EXITS

PACKAGES: Final = ("twi_core", "twi_postgres", "twi_runtime", "twi_cli", "twi_discord", "twi_http", "twi_sandbox")
"""Who registers codes."""


def errors(*, output: OutputOption = "text") -> int:
    """List every error code, with what it means and what to do.

    Codes of a door whose extra is not installed are left out.
    """
    import_every_code()
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


def import_every_code() -> None:
    """Import whatever registers codes, so that all of them are registered."""
    for package in PACKAGES:
        _import_all(package)


def _import_all(package: str) -> None:
    with suppress(ImportError):  # an extra that is not installed
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}.", onerror=lambda _: None):
            with suppress(ImportError):
                importlib.import_module(module.name)
