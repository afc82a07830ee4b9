"""The operations of permissions."""

from typing import final

from twi_core.kernel.handling import Api, use
from twi_core.permissions.use_cases.check import CheckPermissionUseCase
from twi_core.permissions.use_cases.deny import DenyPermissionUseCase
from twi_core.permissions.use_cases.explain import ExplainPermissionUseCase
from twi_core.permissions.use_cases.grant import GrantPermissionUseCase
from twi_core.permissions.use_cases.list import ListPermissionsUseCase
from twi_core.permissions.use_cases.overview import OverviewPermissionsUseCase
from twi_core.permissions.use_cases.revoke import RevokePermissionUseCase
from twi_core.permissions.use_cases.show import ShowPermissionsUseCase
from twi_core.permissions.use_cases.simulate import SimulatePermissionUseCase
from twi_core.permissions.use_cases.suggest import SuggestPermissionsUseCase


@final
class PermissionsApi(Api):
    """Who can do what in a server, and why."""

    list = use(ListPermissionsUseCase)
    show = use(ShowPermissionsUseCase)
    explain = use(ExplainPermissionUseCase)
    check = use(CheckPermissionUseCase)
    overview = use(OverviewPermissionsUseCase)
    simulate = use(SimulatePermissionUseCase)
    grant = use(GrantPermissionUseCase)
    deny = use(DenyPermissionUseCase)
    revoke = use(RevokePermissionUseCase)
    suggest = use(SuggestPermissionsUseCase)
