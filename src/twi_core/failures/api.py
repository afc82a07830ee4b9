"""The operations of failures."""

from typing import final

from twi_core.failures.use_cases.describe import DescribeBugUseCase
from twi_core.failures.use_cases.list import ListBugsUseCase
from twi_core.failures.use_cases.resolve import ResolveBugUseCase
from twi_core.failures.use_cases.show import ShowFailureUseCase
from twi_core.kernel.handling import Api, use


@final
class FailuresApi(Api):
    """Failures, and the bugs behind them."""

    show = use(ShowFailureUseCase)
    list = use(ListBugsUseCase)
    describe = use(DescribeBugUseCase)
    resolve = use(ResolveBugUseCase)
