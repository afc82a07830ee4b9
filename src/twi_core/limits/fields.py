"""Field types shared by the commands of limits."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.ids import RoleId, UserId
from twi_core.kernel.permissions import meant_name
from twi_core.kernel.schemas import TextShape
from twi_core.limits.domain import AMOUNT_LIMIT, SECONDS_LIMIT

NAME_LIMIT = 100

OperationPattern: TypeAlias = Annotated[
    str,
    TextShape(NAME_LIMIT, rule=meant_name),
    Field(description="An operation such as links.add, a group such as links.*, or * for all.", examples=["links.add"]),
]
Amount: TypeAlias = Annotated[
    int, Field(ge=1, le=AMOUNT_LIMIT, description="How many times it can be used.", examples=[10])
]
Seconds: TypeAlias = Annotated[
    int, Field(ge=1, le=SECONDS_LIMIT, description="The period in seconds, up to a day.", examples=[3600])
]
RuleScope: TypeAlias = Annotated[
    Literal["member", "guild"],
    Field(description="Whether to count each member separately, or the whole server together.", examples=["member"]),
]


class OfHolders(Command):
    """Name a role, or everyone."""

    role: RoleId | None = Field(
        None, description="The role it applies to; leave it out for everyone.", examples=["175928847299117064"]
    )


class OfSubject(OfHolders):
    """Name a role, a user, or everyone."""

    user: UserId | None = Field(None, description="The user it applies to.", examples=["175928847299117065"])
