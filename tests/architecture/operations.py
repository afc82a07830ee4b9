"""The application's operations, for tests that hold for every one of them."""

from typing import Final

from tests.app import build
from twi_core.kernel.handling import AnyOperation

EVERY: Final = build().app.operations()


def named(operation: AnyOperation) -> str:
    """Name a case of a parametrised test."""
    return operation.name
