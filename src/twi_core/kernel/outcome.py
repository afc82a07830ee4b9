"""The result of a use case: a value, or an expected refusal."""

from typing import TypeAlias, TypeVar

from returns.result import Failure, Success

__all__ = ["Failure", "Outcome", "Success"]

_T_co = TypeVar("_T_co", covariant=True)
_E_co = TypeVar("_E_co", covariant=True)

Outcome: TypeAlias = Success[_T_co] | Failure[_E_co]
"""Match on it: `case Success(value)`, `case Failure(error)`; type checkers know that there is no third case."""
