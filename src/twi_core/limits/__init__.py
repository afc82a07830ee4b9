"""How often commands can be used in a server."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.limits.api import LimitsApi
    from twi_core.limits.domain import LimitRule, LimitRuleId, Subject, SubjectKind
    from twi_core.limits.permissions import LIMITS_BYPASS, LIMITS_MANAGE, LIMITS_SHOW, LIMITS_VIEW
    from twi_core.limits.ports import LimitsUnit
    from twi_core.limits.rules.resolution import Ground
    from twi_core.limits.rules.writing import SetLimitRule
    from twi_core.limits.use_cases.exempt import ExemptFromLimits
    from twi_core.limits.use_cases.reset import ResetLimit
    from twi_core.limits.use_cases.rules import ListLimitRules
    from twi_core.limits.use_cases.set import SetLimit
    from twi_core.limits.use_cases.show import HeldLimits, ShowLimits

__all__ = [
    "LIMITS",
    "LIMITS_BYPASS",
    "LIMITS_MANAGE",
    "LIMITS_SHOW",
    "LIMITS_VIEW",
    "ExemptFromLimits",
    "Ground",
    "HeldLimits",
    "LimitRule",
    "LimitRuleId",
    "LimitsApi",
    "LimitsUnit",
    "ListLimitRules",
    "ResetLimit",
    "SetLimit",
    "SetLimitRule",
    "ShowLimits",
    "Subject",
    "SubjectKind",
]

LIMITS: "Final[Context[LimitsApi, LimitsUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = LIMITS.public_name
