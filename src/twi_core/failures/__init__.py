"""Failures, and the bugs behind them."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.failures.api import FailuresApi
    from twi_core.failures.domain import Bug, Occurrence
    from twi_core.failures.permissions import FAILURES_MANAGE, FAILURES_VIEW
    from twi_core.failures.ports import FailuresUnit
    from twi_core.failures.use_cases.describe import DescribeBug
    from twi_core.failures.use_cases.list import ListBugs
    from twi_core.failures.use_cases.resolve import ResolveBug
    from twi_core.failures.use_cases.show import FoundFailure, ShowFailure

__all__ = [
    "FAILURES",
    "FAILURES_MANAGE",
    "FAILURES_VIEW",
    "Bug",
    "DescribeBug",
    "FailuresApi",
    "FailuresUnit",
    "FoundFailure",
    "ListBugs",
    "Occurrence",
    "ResolveBug",
    "ShowFailure",
]

FAILURES: "Final[Context[FailuresApi, FailuresUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = FAILURES.public_name
