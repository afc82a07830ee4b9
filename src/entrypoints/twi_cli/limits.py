"""What is shown of limits, and of the rules about them."""

from collections.abc import Mapping

from twi_cli.output.cells import moment, person
from twi_core.kernel.durations import how_often, spoken
from twi_core.kernel.policy import Rate
from twi_core.limits.domain import LimitRule
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits
from twi_runtime.plain import plain


def often(rate: Rate) -> str:
    """Tell a limit: how often, and who is counted together."""
    return f"{how_often(rate.amount, rate.per)}, for {rate.scope.whose}"


def held_limits(held: HeldLimits, _: bool) -> Mapping[str, str]:
    """Tell how often somebody may do something, and why."""
    facts = {
        "operation": held.operation,
        "limits": ", ".join(map(often, held.limits)) or "none of its own",
        "because of": held.ground.value,
        "left now": "unlimited" if held.remaining is None else str(held.remaining),
    }
    if held.retry_after:
        facts["again in"] = spoken(held.retry_after)
    return facts | {"rules": "\n".join(map(_told, held.rules)) or "none"}


def limit_rule(rule: LimitRule, _: bool) -> Mapping[str, str]:
    """Tell a rule."""
    return {
        "operation": plain(rule.pattern),
        "limit": "exempt" if rule.rate is None else often(rule.rate),
        "about": f"{rule.subject.kind.value} {rule.subject.id}",
        "set": f"{moment(rule.set_at)} by {person(rule.set_by)}",
    }


def set_limit_rule(done: SetLimitRule, _: bool) -> Mapping[str, str]:
    """Tell a rule that was set, and the one that it replaced."""
    return {"rule": _told(done.rule)} | ({} if done.replaced is None else {"replaces": _told(done.replaced)})


def _told(rule: LimitRule) -> str:
    return ", ".join(limit_rule(rule, True).values())
