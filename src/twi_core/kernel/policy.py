"""What a use case declares about itself; the pipeline, the help and every door read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.ids import UserId
from twi_core.kernel.permissions import Level, Permission


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
    says that it acts within a guild; with `anywhere` it can do without one. `public` says that its success may be shown
    to the whole channel. `errors` lists the refusals of its own. `closed_to` names doors that do not
    offer it, each with the reason.
    """

    name: str
    requires: Permission
    own: Permission | None = None
    limit: Rate | None = None
    guild: bool = True
    anywhere: bool = False
    public: bool = False
    errors: tuple[ErrorCode, ...] = ()
    closed_to: Mapping[Origin, str] = field(default_factory=dict)


@final
class Policies:
    """Know the policy of every operation."""

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        self._found = {policy.name: policy for policy in policies}

    def find(self, name: str) -> Policy | None:
        """Give the policy of an operation, none where there is no such operation."""
        return self._found.get(name)

    def names(self) -> tuple[str, ...]:
        """Give the name of every operation, in the order of the alphabet."""
        return tuple(sorted(self._found))


class Authority(Protocol):
    """Know what a caller may do."""

    async def level(self, context: CallContext, /) -> Level:
        """Give the highest level that the facts of a call support."""
        ...

    async def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """Say whether the caller has a permission, here and now."""
        ...

    async def refusal(self, policy: Policy, context: CallContext, /) -> AppError | None:
        """Refuse who cannot be allowed whatever they own; none where the call may go on."""
        ...

    async def refusal_for(self, permission: Permission, context: CallContext, /) -> AppError | None:
        """Refuse who does not hold a permission, here and now; none where they do."""
        ...


class Ownership(Protocol):
    """Decide whether the caller may act on what somebody owns."""

    async def refusal_on(self, policy: Policy, owner: UserId | None, context: CallContext, /) -> AppError | None:
        """Give the refusal, or none where the caller may; `owner` is none where nobody owns the thing."""
        ...
