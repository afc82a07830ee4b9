"""The operations of limits."""

from typing import final

from twi_core.kernel.handling import Api, use
from twi_core.limits.use_cases.exempt import ExemptFromLimitsUseCase
from twi_core.limits.use_cases.reset import ResetLimitUseCase
from twi_core.limits.use_cases.rules import ListLimitRulesUseCase
from twi_core.limits.use_cases.set import SetLimitUseCase
from twi_core.limits.use_cases.show import ShowLimitsUseCase


@final
class LimitsApi(Api):
    """How often things may be done, and by whom."""

    show = use(ShowLimitsUseCase)
    rules = use(ListLimitRulesUseCase)
    set = use(SetLimitUseCase)
    exempt = use(ExemptFromLimitsUseCase)
    reset = use(ResetLimitUseCase)
