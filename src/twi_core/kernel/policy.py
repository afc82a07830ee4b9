"""What a use case declares about itself; the pipeline, the help and every entrypoint read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.ids import UserId
from twi_core.kernel.permissions import Level, Permission


class Scope(StrEnum):
    """Say whose calls are counted together."""

    USER = "user"
    """One user's, wherever they call from."""
    MEMBER = "member"
    """One user's in one guild."""
    GUILD = "guild"
    """Everybody's in one guild; calls from outside of any are not counted."""
    EVERYONE = "everyone"
    """Everybody's, everywhere."""

    @property
    def whose(self) -> str:
        """Name them, as in "each user may do it …"."""
        return _WHOSE[self]


_WHOSE: Mapping[Scope, str] = {
    Scope.USER: "each user",
    Scope.MEMBER: "each member",
    Scope.GUILD: "the whole server",
    Scope.EVERYONE: "everybody together",
}


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """Allow `amount` calls within any `per` seconds, to those whose calls are counted together."""

    amount: int
    per: float
    scope: Scope = Scope.MEMBER


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Declare how a use case is called.

    `requires` is the permission it asks for. With `own`, holding that permission is enough on what the caller owns,
    and the use case asks `Ownership` once it has loaded the thing. `limit` bounds how often it is called, and so does
    each of `more_limits`. `cost` is what one call takes from the budgets that all operations share, in ordinary calls;
    `heavy` marks what strains the host, and must have a limit. `guild` says that it acts within a guild; with
    `anywhere` it can do without one. `public` says that its success may be shown to the whole channel. `errors` lists
    the refusals of its own. `closed_to` names entrypoints that do not offer it, each with the reason.
    """

    name: str
    requires: Permission
    own: Permission | None = None
    limit: Rate | None = None
    more_limits: tuple[Rate, ...] = ()
    cost: int = 1
    heavy: bool = False
    guild: bool = True
    anywhere: bool = False
    public: bool = False
    errors: tuple[ErrorCode, ...] = ()
    closed_to: Mapping[Origin, str] = field(default_factory=dict)
    limits: tuple[Rate, ...] = field(init=False)
    """Everything that bounds how often it is called."""

    def __post_init__(self) -> None:
        """Collect the limits once, as every call asks for them."""
        limits = self.more_limits if self.limit is None else (self.limit, *self.more_limits)
        object.__setattr__(self, "limits", limits)


@final
class Policies:
    """The policy of every operation; the first question makes `load` import what they are declared in."""

    def __init__(self, load: Callable[[], Iterable[Policy]] = tuple) -> None:
        self._load = load

    @cached_property
    def _found(self) -> Mapping[str, Policy]:
        return {policy.name: policy for policy in self._load()}

    def find(self, name: str) -> Policy | None:
        """Return the policy of an operation, none where there is no such operation."""
        return self._found.get(name)

    def of(self, name: str) -> Policy:
        """Return the policy of an operation that there is."""
        return self._found[name]

    def names(self) -> tuple[str, ...]:
        """Return the name of every operation, in the order of the alphabet."""
        return tuple(sorted(self._found))


class Authority(Protocol):
    """Know what a caller may do."""

    async def level(self, context: CallContext, /) -> Level:
        """Return the highest level that the facts of a call support."""
        ...

    async def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """Return whether the caller has a permission, here and now."""
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
        """Return the refusal, or none where the caller may; `owner` is none where nobody owns the thing."""
        ...
