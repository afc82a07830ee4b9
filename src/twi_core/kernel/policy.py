"""What a use case declares about itself; the pipeline, the help and every entrypoint read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.ids import UserId
from twi_core.kernel.language import text
from twi_core.kernel.permissions import Level, Permission


class Scope(StrEnum):
    """A group of callers whose calls are counted together."""

    USER = "user"
    """One user's, in any server."""
    MEMBER = "member"
    """One user's in one guild."""
    GUILD = "guild"
    """Everyone's in one guild; calls outside guilds aren't counted."""
    EVERYONE = "everyone"
    """Everyone's, everywhere."""

    @property
    def whose(self) -> str:
        """Return whose calls they are, as in "10 times a minute, for each user"."""
        match self:
            case Scope.USER:
                return text("each user")
            case Scope.MEMBER:
                return text("each member")
            case Scope.GUILD:
                return text("the whole server")
            case Scope.EVERYONE:
                return text("everyone together")


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """A limit of `amount` calls within any `per` seconds for those counted together."""

    amount: int
    per: float
    scope: Scope = Scope.MEMBER


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A use case's declaration of how it may be called.

    `requires` is the permission it needs. With `own`, that permission is enough for what the caller owns, and the use
    case checks `Ownership` once it has loaded the thing. `limit` and each of `more_limits` bound how often it may be
    called. `cost` is what one call takes from the budgets shared by all operations, in ordinary calls; `heavy` marks a
    call that strains the host and must have a limit. `guild` means that it acts within a guild; with `anywhere` it also
    works without one. With `public` its success may be shown to the whole channel. `errors` lists its own refusals.
    `closed_to` maps the entrypoints that don't offer it to the reason.
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
    """All limits on how often it may be called."""

    def __post_init__(self) -> None:
        """Collect the limits once, since every call needs them."""
        limits = self.more_limits if self.limit is None else (self.limit, *self.more_limits)
        object.__setattr__(self, "limits", limits)


@final
class Policies:
    """The policy of every operation; the first lookup calls `load`, which imports the operations."""

    def __init__(self, load: Callable[[], Iterable[Policy]] = tuple) -> None:
        self._load = load

    @cached_property
    def _found(self) -> Mapping[str, Policy]:
        return {policy.name: policy for policy in self._load()}

    def find(self, name: str) -> Policy | None:
        """Return the policy of an operation, or None if there is no such operation."""
        return self._found.get(name)

    def of(self, name: str) -> Policy:
        """Return the policy of an existing operation."""
        return self._found[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all operations, in alphabetical order."""
        return tuple(sorted(self._found))


class Authority(Protocol):
    """The judge of what a caller may do."""

    async def level(self, context: CallContext, /) -> Level:
        """Return the highest level that the call's facts support."""
        ...

    async def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """Return whether the caller has a permission, here and now."""
        ...

    async def refusal(self, policy: Policy, context: CallContext, /) -> AppError | None:
        """Refuse callers who can't be allowed whatever they own, or return None if the call may proceed."""
        ...

    async def refusal_for(self, permission: Permission, context: CallContext, /) -> AppError | None:
        """Refuse callers who don't hold a permission here and now, or return None if they do."""
        ...


class Ownership(Protocol):
    """The judge of whether a caller may act on something that has an owner."""

    async def refusal_on(self, policy: Policy, owner: UserId | None, context: CallContext, /) -> AppError | None:
        """Return the refusal, or None if the caller may act; `owner` is None if nobody owns the thing."""
        ...
