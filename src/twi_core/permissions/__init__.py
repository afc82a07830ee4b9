"""Who can do what in a server, and why."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.permissions.api import PermissionsApi
    from twi_core.permissions.domain import Effect, Rule, RuleId, Subject, SubjectKind
    from twi_core.permissions.permissions import (
        PERMISSIONS_APPOINT,
        PERMISSIONS_EXPLAIN,
        PERMISSIONS_MANAGE,
        PERMISSIONS_VIEW,
    )
    from twi_core.permissions.ports import PermissionsUnit
    from twi_core.permissions.rules.explaining import Explanation, Remedy
    from twi_core.permissions.rules.resolution import Ground
    from twi_core.permissions.rules.writing import SetRule
    from twi_core.permissions.use_cases.check import CheckPermission
    from twi_core.permissions.use_cases.deny import DenyPermission
    from twi_core.permissions.use_cases.explain import ExplainPermission
    from twi_core.permissions.use_cases.grant import GrantPermission
    from twi_core.permissions.use_cases.list import DescribedPermission, ListPermissions
    from twi_core.permissions.use_cases.overview import Decided, Overview, OverviewPermissions
    from twi_core.permissions.use_cases.revoke import RevokePermission
    from twi_core.permissions.use_cases.show import ListedRule, ShowPermissions
    from twi_core.permissions.use_cases.simulate import Difference, SimulatePermission, Simulation
    from twi_core.permissions.use_cases.suggest import SuggestPermissions

__all__ = [
    "PERMISSIONS",
    "PERMISSIONS_APPOINT",
    "PERMISSIONS_EXPLAIN",
    "PERMISSIONS_MANAGE",
    "PERMISSIONS_VIEW",
    "CheckPermission",
    "Decided",
    "DenyPermission",
    "DescribedPermission",
    "Difference",
    "Effect",
    "ExplainPermission",
    "Explanation",
    "GrantPermission",
    "Ground",
    "ListPermissions",
    "ListedRule",
    "Overview",
    "OverviewPermissions",
    "PermissionsApi",
    "PermissionsUnit",
    "Remedy",
    "RevokePermission",
    "Rule",
    "RuleId",
    "SetRule",
    "ShowPermissions",
    "SimulatePermission",
    "Simulation",
    "Subject",
    "SubjectKind",
    "SuggestPermissions",
]

PERMISSIONS: "Final[Context[PermissionsApi, PermissionsUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = PERMISSIONS.public_name
