"""Refusals and exit codes, compared with what is documented of them whenever a test causes one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, final

import pytest

from tests.app import build
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, registered_errors
from twi_core.kernel.handling import AnyOperation, Operation
from twi_core.kernel.outcome import Failure
from twi_core.kernel.wording import PlainWording
from twi_runtime.process.exits import RuntimeFailure
from twi_runtime.registry import exit_of, refusals_of

_CUT: Final = PlainWording(lambda _: "")
"""Cuts texts of users out, so that braces which are left are ours."""


@final
@dataclass
class Watch:
    """What was answered since the watch began.

    Args:
        answered: Each operation with each code that it was refused with.
        wrong: What contradicts the documentation, in words.
    """

    answered: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def refused(self, operation: AnyOperation, error: AppError) -> None:
        """Note a refusal, and whether the operation is documented to answer so."""
        self.answered.add((operation.name, error.code))
        if error.definition not in operation.policy.errors and error.definition not in refusals_of(operation):
            self.wrong.append(f"{operation.name} answers {error.code}, which is not among its refusals")
        self.complete(error)

    def ended(self, failure: RuntimeFailure) -> None:
        """Note how the process ends, and whether the code is documented with that exit code."""
        error, exit_code = failure.error, failure.exit_code
        if error.code in registered_errors() and exit_code != exit_of(error.definition):
            self.wrong.append(f"{error.code} ends with {exit_code}, and is documented with {exit_of(error.definition)}")
        self.complete(error)

    def complete(self, error: AppError) -> None:
        """Note a word in braces that is left in the message or the hint of an error; texts of users do not count."""
        for text in (error.message(_CUT), error.hint(_CUT)):
            if "{" in text:
                self.wrong.append(f"{error.code} lacks a fact: {text}")

    def missing(self) -> list[str]:
        """Return the codes that policies of the application declare and that were not answered, with the operation."""
        declared = {f"{each.name} {code.code}" for each in build().app.operations() for code in each.policy.errors}
        return sorted(declared - {" ".join(pair) for pair in self.answered})


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch every operation that is called in this process, and every failure that ends it."""
    watch = Watch()

    def watching(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        async def call(operation: AnyOperation, given: object, context: CallContext, /) -> object:
            outcome = await method(operation, given, context)
            if isinstance(outcome, Failure):
                watch.refused(operation, outcome.failure())
            return outcome

        return call

    def ending(method: Callable[..., None]) -> Callable[..., None]:
        @wraps(method)
        def begin(failure: RuntimeFailure, *given: Any, **named: Any) -> None:
            method(failure, *given, **named)
            watch.ended(failure)

        return begin

    with pytest.MonkeyPatch.context() as patch:
        for name in ("call", "__call__"):
            patch.setattr(Operation, name, watching(getattr(Operation, name)))
        patch.setattr(RuntimeFailure, "__init__", ending(RuntimeFailure.__init__))
        yield watch
