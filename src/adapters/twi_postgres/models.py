"""Every model, so that `Base.metadata` is complete; one more context is one more line."""

from twi_postgres.access import TokenRow
from twi_postgres.bugs import BugRow
from twi_postgres.failures import BatchRow, OccurrenceRow
from twi_postgres.links import LinkRow
from twi_postgres.permissions import PermissionRuleRow
from twi_postgres.settings import SettingChangeRow, SettingRow
from twi_postgres.throttling import LimitRuleRow

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
