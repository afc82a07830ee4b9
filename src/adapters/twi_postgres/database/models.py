"""Every model, so that `Base.metadata` is complete; one more context is one more line."""

from twi_postgres.failures.bugs import BugRow
from twi_postgres.failures.occurrences import BatchRow, OccurrenceRow
from twi_postgres.limits import LimitRuleRow
from twi_postgres.links import LinkRow
from twi_postgres.permissions import PermissionRuleRow
from twi_postgres.settings import SettingChangeRow, SettingRow
from twi_postgres.tokens import TokenRow

__all__ = [
    "BatchRow",
    "BugRow",
    "LimitRuleRow",
    "LinkRow",
    "OccurrenceRow",
    "PermissionRuleRow",
    "SettingChangeRow",
    "SettingRow",
    "TokenRow",
]
