"""Put the application together: a plain function, no container."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast, final, get_type_hints

from twi_core.application import CONTEXTS, Application
from twi_core.failures.api import FailuresApi
from twi_core.failures.ports import FailuresUnit
from twi_core.failures.rules.recording import FailureRecorder
from twi_core.failures.rules.records import FailureRecords
from twi_core.kernel.directory import Directory, NoDirectory
from twi_core.kernel.handling import Factory, Middleware, UncountedInvalidRequests, declared_use_cases
from twi_core.kernel.hierarchy import Hierarchy
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.policy import Authority, Ownership, Policies, Policy, Rate
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Open
from twi_core.limits.api import LimitsApi
from twi_core.limits.ports import LimitsUnit
from twi_core.limits.rules.enforcement import RuleLimits
from twi_core.limits.rules.planning import LimitPlanner
from twi_core.links.api import LinksApi
from twi_core.links.ports import LinksUnit
from twi_core.permissions.api import PermissionsApi
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.explaining import Explainer
from twi_core.permissions.rules.member_contexts import MemberContexts
from twi_core.permissions.rules.planning import Planner
from twi_core.permissions.rules.subjects import SubjectCheck
from twi_core.pipeline.authorise import Authorise
from twi_core.pipeline.block import REFUSALS, BlockCallers, CountedInvalidRequests
from twi_core.pipeline.guard import Guard
from twi_core.pipeline.throttle import BUDGETS, Throttle
from twi_core.pipeline.trace import Trace
from twi_core.pipeline.transact import Transact
from twi_core.settings.api import SettingsApi
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.changing import Changer
from twi_core.settings.rules.reading import ReadSettings
from twi_core.settings.rules.references import References
from twi_core.tokens.api import TokensApi
from twi_core.tokens.ports import TokensUnit
from twi_core.tokens.rules.authenticate import Authenticate

T = TypeVar("T")


class AppUnit(LinksUnit, TokensUnit, PermissionsUnit, SettingsUnit, FailuresUnit, LimitsUnit, Protocol):
    """Be a unit of work over every context; each storage has one class for it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Hold what the application needs from outside.

    `invalidations` are those that the storage publishes to; without them nothing is kept at hand from call to call.
    `operators` run the bot. Without a `directory`, calls that depend on the places of roles are refused unless an
    operator makes them. `redact` leaves secrets out of what is stored about bugs. `budgets` bound all operations
    together. After so many `refusals` a caller is turned away; without them nobody is, whatever they mistype.
    """

    open_unit: Open[AppUnit]
    limiter: Limiter
    clock: Clock
    random: RandomSource
    ids: IdSource
    invalidations: Invalidations = field(default_factory=Invalidations)
    operators: Operators = field(default_factory=Operators)
    directory: Directory = field(default_factory=NoDirectory)
    budgets: tuple[Rate, ...] = BUDGETS
    refusals: Rate | None = REFUSALS
    redact: Redactor = field(default_factory=Redactor)


class Container(Protocol):
    """Make a constructor of objects from what their parameters may ask for, by the type asked for."""

    def __call__(self, bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
        """Give the constructor; `kinds` are the classes that it will be asked for."""
        ...


def by_annotation(bindings: Mapping[object, object], _: Sequence[type], /) -> Factory:
    """Supply each constructor's parameters by their annotations."""

    def make(kind: type[T], /) -> T:
        wanted = get_type_hints(kind.__init__)
        return kind(**{name: bindings[hint] for name, hint in wanted.items() if name != "return"})

    return make


def build_application(ports: Ports, container: Container = by_annotation) -> Application:
    """Build every use case, each wrapped by the pipeline; `container` constructs them."""
    kinds = [kind for api in CONTEXTS.values() for _, kind in declared_use_cases(api)]
    policies = Policies(cast("Policy", kind.policy) for kind in kinds)
    settings = ReadSettings(ports.open_unit, ports.invalidations, ports.clock)
    authority = RuleAuthority(ports.open_unit, settings, ports.operators, ports.invalidations, ports.clock)
    limits = RuleLimits(ports.open_unit, authority, ports.invalidations, ports.clock)
    throttle = Throttle(ports.limiter, limits, ports.budgets)
    recorder = FailureRecorder(ports.clock, ports.redact)
    bindings = {**_supplies(ports, policies, settings, authority), RuleLimits: limits, Throttle: throttle}
    invalid_requests = UncountedInvalidRequests() if ports.refusals is None else CountedInvalidRequests(ports.clock)
    make = container(bindings, [*kinds, Authenticate])
    chain: tuple[Middleware, ...] = (
        Trace(ports.clock),
        Guard(recorder),
        *(() if ports.refusals is None else (BlockCallers(ports.clock, ports.refusals),)),
        Authorise(authority),
        throttle,
        Transact(),
    )
    return Application(
        links=LinksApi(make, chain, recorder, invalid_requests),
        tokens=TokensApi(make, chain, recorder, invalid_requests),
        permissions=PermissionsApi(make, chain, recorder, invalid_requests),
        limits=LimitsApi(make, chain, recorder, invalid_requests),
        settings=SettingsApi(make, chain, recorder, invalid_requests),
        failures=FailuresApi(make, chain, recorder, invalid_requests),
        authenticate=make(Authenticate),
        authority=authority,
        settings_of=settings,
        recorder=recorder,
        invalid_requests=invalid_requests,
        failure_records=FailureRecords(recorder, ports.open_unit, ports.clock, ports.ids),
        _clock=ports.clock,
        _ids=ports.ids,
    )


def _supplies(
    ports: Ports, policies: Policies, settings: ReadSettings, authority: RuleAuthority
) -> Mapping[object, object]:
    """Give what the constructors of use cases may ask for."""
    hierarchy = Hierarchy(authority, ports.directory)
    presence = SubjectCheck(ports.directory)
    return {
        Open[LinksUnit]: ports.open_unit,
        Open[TokensUnit]: ports.open_unit,
        Open[PermissionsUnit]: ports.open_unit,
        Open[SettingsUnit]: ports.open_unit,
        Open[LimitsUnit]: ports.open_unit,
        Open[FailuresUnit]: ports.open_unit,
        Authority: authority,
        Ownership: authority,
        RuleAuthority: authority,
        GuildSettings: settings,
        Directory: ports.directory,
        Policies: policies,
        Hierarchy: hierarchy,
        Planner: Planner(authority, hierarchy, ports.clock, ports.ids),
        Explainer: Explainer(authority, policies, presence),
        SubjectCheck: presence,
        Changer: Changer(ports.open_unit, authority, References(authority, ports.directory), ports.clock, ports.ids),
        LimitPlanner: LimitPlanner(hierarchy, policies, ports.clock, ports.ids),
        MemberContexts: MemberContexts(ports.directory),
        Clock: ports.clock,
        RandomSource: ports.random,
        IdSource: ports.ids,
    }
