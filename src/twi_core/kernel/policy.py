"""What a use case declares about itself; the pipeline, the help and every door read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.ids import UserId
from twi_core.kernel.permissions import Permission


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """Allow `amount` calls within any `per` seconds."""

    amount: int
    per: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Declare how a use case is called.

    `requires` is the permission it asks for. With `own`, holding that permission is enough on what the caller owns,
    and the use case asks `Ownership` once it has loaded the thing. `limit` bounds each caller in each guild. `guild`
    says that it acts within a guild. `public` says that its success may be shown to the whole channel. `errors` lists
    the refusals of its own. `closed_to` names doors that do not offer it, each with the reason.
    """

    name: str
    requires: Permission
    own: Permission | None = None
    limit: Rate | None = None
    guild: bool = True
    public: bool = False
    errors: tuple[ErrorCode, ...] = ()
    closed_to: Mapping[Origin, str] = field(default_factory=dict)


class Ownership(Protocol):
    """Decide whether the caller may act on what somebody owns."""

    async def refusal(self, policy: Policy, owner: UserId | None, context: CallContext, /) -> AppError | None:
        """Give the refusal, or none where the caller may; `owner` is none where nobody owns the thing."""
        ...
