"""Field types shared by the commands of permissions."""

from typing import Annotated, TypeAlias

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.permissions import meant_name
from twi_core.kernel.schemas import Duration, TextShape
from twi_core.permissions.domain import REASON_LIMIT

NAME_LIMIT = 100

PermissionPattern: TypeAlias = Annotated[
    str,
    TextShape(NAME_LIMIT, rule=meant_name),
    Field(description="A permission, or a group such as links.*.", examples=["links.add"]),
]
OperationName: TypeAlias = Annotated[
    str,
    TextShape(NAME_LIMIT, rule=meant_name),
    Field(description="An operation or a permission.", examples=["links.add"]),
]
Reason: TypeAlias = Annotated[
    str, TextShape(REASON_LIMIT), Field(description="The reason, for staff to read.", examples=["helps with the wiki"])
]


class OfSubject(Command):
    """Name what a rule applies to: exactly one of the three."""

    role: RoleId | None = Field(None, description="The role it applies to.", examples=["175928847299117064"])
    user: UserId | None = Field(None, description="The user it applies to.", examples=["175928847299117065"])
    channel: ChannelId | None = Field(
        None, description="The channel, thread or category it applies to.", examples=["175928847299117066"]
    )


class OfRule(OfSubject):
    """Describe a rule to set."""

    lasts: Duration | None = Field(
        None, description="How long it lasts; leave it out to make it permanent.", examples=["7d"]
    )
    reason: Reason | None = None
