"""Assemble an application from its ports: a plain function that doesn't grow with the contexts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast, final, get_args, get_origin

from twi_core.application import Core, Parts
from twi_core.failures import FAILURES
from twi_core.failures.rules.recording import FailureRecorder
from twi_core.failures.rules.records import FailureRecords
from twi_core.kernel.contexts import AnyContext, Storage, offered
from twi_core.kernel.directory import Directory, NoDirectory
from twi_core.kernel.handling import (
    Api,
    InvalidRequests,
    Middleware,
    UncountedInvalidRequests,
    UseCase,
    declared_use_cases,
)
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.language import EnglishOnly, Languages
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.policy import Authority, Ownership, Policies, Policy, Rate
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Open
from twi_core.kernel.wiring import Container, by_annotation, check_wiring, wiring
from twi_core.limits import LIMITS
from twi_core.limits.rules.enforcement import RuleLimits
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.pipeline.authorise import Authorise
from twi_core.pipeline.block import REFUSALS, BlockCallers, CountedInvalidRequests
from twi_core.pipeline.guard import Guard
from twi_core.pipeline.throttle import BUDGETS, Throttle
from twi_core.pipeline.trace import Trace
from twi_core.pipeline.transact import Transact
from twi_core.settings import SETTINGS
from twi_core.settings.rules.reading import ReadSettings
from twi_core.tokens import TOKENS
from twi_core.tokens.rules.authenticate import Authenticate

App = TypeVar("App", bound=Core)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What an application needs from outside.

    `invalidations` are the ones the storage publishes to; without them nothing is cached between calls. `operators` run
    the bot. Without a `directory`, calls that depend on the role hierarchy are refused unless an operator makes them.
    `redact` removes secrets from stored bugs. `budgets` bound all operations together. After `refusals` a caller is
    blocked for a while; None never blocks anyone, however often they mistype.
    """

    storage: Storage
    limiter: Limiter
    clock: Clock
    random: RandomSource
    ids: IdSource
    invalidations: Invalidations = field(default_factory=Invalidations)
    operators: Operators = field(default_factory=Operators)
    directory: Directory = field(default_factory=NoDirectory)
    languages: Languages = field(default_factory=EnglishOnly)
    budgets: tuple[Rate, ...] = BUDGETS
    refusals: Rate | None = REFUSALS
    redact: Redactor = field(default_factory=Redactor)


def build_application(
    application: type[App], ports: Ports, container: Container = by_annotation, *, lazily: bool = False
) -> App:
    """Build an application: every use case of its contexts, each wrapped by the pipeline.

    `container` constructs them. With `lazily` a context is built on first use, which suits a process that makes a
    single call.

    Raises:
        LookupError: the storage keeps nothing for a context; the message says what to add.
        WiringError: a constructor needs something that nothing supplies, or needs itself.
    """
    contexts = tuple(offered(application))
    for context in contexts:
        context.declare()
    shared = _Shared(ports, contexts)

    def make_api(context: AnyContext) -> Api:
        kinds, asked = wiring(_use_cases(context.api), shared.bindings)
        units = {hint: ports.storage.open(context) for hint in asked if _is_unit_of(context, hint)}
        bindings = {**shared.bindings, **units}
        check_wiring(bindings, kinds)
        made = container(bindings, kinds)
        api: Api = context.api(made, shared.chain, shared.recorder, shared.invalid_requests)
        return api

    app = application(shared.parts(make_api))
    if not lazily:
        app.operations()
    return app


@final
class _Shared:
    """What the use cases of all contexts share: the pipeline and the constructor arguments."""

    def __init__(self, ports: Ports, contexts: Sequence[AnyContext]) -> None:
        self._ports = ports
        opening, clock = ports.storage.open, ports.clock
        policies = Policies(
            lambda: (cast("Policy", kind.policy) for context in contexts for kind in _use_cases(context.api))
        )
        self._settings = ReadSettings(opening(SETTINGS), ports.invalidations, clock)
        self._authority = RuleAuthority(
            opening(PERMISSIONS), self._settings, ports.operators, ports.invalidations, clock
        )
        limits = RuleLimits(opening(LIMITS), self._authority, ports.invalidations, clock)
        throttle = Throttle(ports.limiter, limits, ports.budgets)
        self.recorder = FailureRecorder(clock, ports.redact)
        self.invalid_requests: InvalidRequests = UncountedInvalidRequests()
        blocking: tuple[Middleware, ...] = ()
        if ports.refusals is not None:
            self.invalid_requests = CountedInvalidRequests(clock)
            blocking = (BlockCallers(clock, ports.refusals),)
        self.chain: tuple[Middleware, ...] = (
            *(Trace(clock), Guard(self.recorder)),
            *blocking,
            *(Authorise(self._authority), throttle, Transact()),
        )
        self.bindings: Mapping[object, object] = {
            **dict.fromkeys((Authority, Ownership, RuleAuthority), self._authority),
            GuildSettings: self._settings,
            RuleLimits: limits,
            Throttle: throttle,
            Policies: policies,
            Directory: ports.directory,
            Invalidations: ports.invalidations,
            Operators: ports.operators,
            Redactor: ports.redact,
            Clock: clock,
            RandomSource: ports.random,
            IdSource: ports.ids,
        }

    def parts(self, make_api: Callable[[AnyContext], Api]) -> Parts:
        """Return the parts an application is built from."""
        opening = self._ports.storage.open
        return Parts(
            make_api=make_api,
            authenticate=Authenticate(opening(TOKENS)),
            authority=self._authority,
            settings_of=self._settings,
            recorder=self.recorder,
            invalid_requests=self.invalid_requests,
            failure_records=FailureRecords(self.recorder, opening(FAILURES), self._ports.clock, self._ports.ids),
            languages=self._ports.languages,
            clock=self._ports.clock,
            ids=self._ports.ids,
        )


def _use_cases(api: type[Api]) -> Iterator[type[UseCase[Any, Any]]]:
    for _, kind in declared_use_cases(api):
        yield kind


def _is_unit_of(context: AnyContext, hint: object) -> bool:
    """Return whether a constructor takes the `Open` of its own context's unit."""
    if get_origin(hint) is not Open:
        return False
    (unit,) = get_args(hint)
    return bool(unit.__module__.startswith(f"{context.package}."))
