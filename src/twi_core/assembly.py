"""Put the application together: a plain function, no container."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast, final, get_type_hints

from twi_core.access.api import AccessApi
from twi_core.access.authenticate import Authenticate
from twi_core.access.ports import AccessUnit
from twi_core.application import CONTEXTS, Application
from twi_core.failures.api import FailuresApi
from twi_core.failures.ports import FailuresUnit
from twi_core.failures.recording import FailureRecorder
from twi_core.failures.records import FailureRecords
from twi_core.kernel.announcements import Announcements
from twi_core.kernel.directory import Directory, NoDirectory
from twi_core.kernel.handling import Make, Middleware, UncountedMistakes, declared_use_cases
from twi_core.kernel.hierarchy import Hierarchy
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.policy import Authority, Ownership, Policies, Policy, Rate
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Open
from twi_core.links.api import LinksApi
from twi_core.links.ports import LinksUnit
from twi_core.permissions.api import PermissionsApi
from twi_core.permissions.authority import RuleAuthority
from twi_core.permissions.explaining import Explainer
from twi_core.permissions.others import Others
from twi_core.permissions.planning import Planner
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.presence import Presence
from twi_core.pipeline.authorise import Authorise
from twi_core.pipeline.guard import Guard
from twi_core.pipeline.throttle import BUDGETS, Throttle
from twi_core.pipeline.trace import Trace
from twi_core.pipeline.transact import Transact
from twi_core.pipeline.turn_away import REFUSALS, CountedMistakes, TurnAway
from twi_core.settings.api import SettingsApi
from twi_core.settings.changing import Changer
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.reading import ReadSettings
from twi_core.settings.references import References
from twi_core.throttling.api import ThrottlingApi
from twi_core.throttling.limits import RuleLimits
from twi_core.throttling.planning import LimitPlanner
from twi_core.throttling.ports import ThrottlingUnit

T = TypeVar("T")


class AppUnit(LinksUnit, AccessUnit, PermissionsUnit, SettingsUnit, FailuresUnit, ThrottlingUnit, Protocol):
    """Be a unit of work over every context; each storage has one class for it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Hold what the application needs from outside.

    `announcements` are those that the storage publishes to; without them nothing is kept at hand from call to call.
    `operators` run the bot. Without a `directory`, calls that depend on the places of roles are refused unless an
    operator makes them. `redact` leaves secrets out of what is stored about bugs. `budgets` bound all operations
    together. After so many `refusals` a caller is turned away; without them nobody is, whatever they mistype.
    """

    open_unit: Open[AppUnit]
    limiter: Limiter
    clock: Clock
    random: RandomSource
    ids: IdSource
    announcements: Announcements = field(default_factory=Announcements)
    operators: Operators = field(default_factory=Operators)
    directory: Directory = field(default_factory=NoDirectory)
    budgets: tuple[Rate, ...] = BUDGETS
    refusals: Rate | None = REFUSALS
    redact: Redactor = field(default_factory=Redactor)


class Container(Protocol):
    """Make a constructor of objects from what their parameters may ask for, by the type asked for."""

    def __call__(self, supplies: Mapping[object, object], kinds: Sequence[type], /) -> Make:
        """Give the constructor; `kinds` are the classes that it will be asked for."""
        ...


def by_annotation(supplies: Mapping[object, object], _: Sequence[type], /) -> Make:
    """Supply each constructor's parameters by their annotations."""

    def make(kind: type[T], /) -> T:
        wanted = get_type_hints(kind.__init__)
        return kind(**{name: supplies[hint] for name, hint in wanted.items() if name != "return"})

    return make


def build_application(ports: Ports, container: Container = by_annotation) -> Application:
    """Build every use case, each wrapped by the pipeline; `container` constructs them."""
    kinds = [kind for api in CONTEXTS.values() for _, kind in declared_use_cases(api)]
    policies = Policies(cast("Policy", kind.policy) for kind in kinds)
    settings = ReadSettings(ports.open_unit, ports.announcements, ports.clock)
    authority = RuleAuthority(ports.open_unit, settings, ports.operators, ports.announcements, ports.clock)
    limits = RuleLimits(ports.open_unit, authority, ports.announcements, ports.clock)
    throttle = Throttle(ports.limiter, limits, ports.budgets)
    recorder = FailureRecorder(ports.clock, ports.redact)
    supplies = {**_supplies(ports, policies, settings, authority), RuleLimits: limits, Throttle: throttle}
    mistakes = UncountedMistakes() if ports.refusals is None else CountedMistakes(ports.clock)
    make = container(supplies, [*kinds, Authenticate])
    chain: tuple[Middleware, ...] = (
        Trace(ports.clock),
        Guard(recorder),
        *(() if ports.refusals is None else (TurnAway(ports.clock, ports.refusals),)),
        Authorise(authority),
        throttle,
        Transact(),
    )
    return Application(
        links=LinksApi(make, chain, recorder, mistakes),
        access=AccessApi(make, chain, recorder, mistakes),
        permissions=PermissionsApi(make, chain, recorder, mistakes),
        throttling=ThrottlingApi(make, chain, recorder, mistakes),
        settings=SettingsApi(make, chain, recorder, mistakes),
        failures=FailuresApi(make, chain, recorder, mistakes),
        authenticate=make(Authenticate),
        authority=authority,
        settings_of=settings,
        recorder=recorder,
        mistakes=mistakes,
        failure_records=FailureRecords(recorder, ports.open_unit, ports.clock, ports.ids),
        _clock=ports.clock,
        _ids=ports.ids,
    )


def _supplies(
    ports: Ports, policies: Policies, settings: ReadSettings, authority: RuleAuthority
) -> Mapping[object, object]:
    """Give what the constructors of use cases may ask for."""
    hierarchy = Hierarchy(authority, ports.directory)
    presence = Presence(ports.directory)
    return {
        Open[LinksUnit]: ports.open_unit,
        Open[AccessUnit]: ports.open_unit,
        Open[PermissionsUnit]: ports.open_unit,
        Open[SettingsUnit]: ports.open_unit,
        Open[ThrottlingUnit]: ports.open_unit,
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
        Presence: presence,
        Changer: Changer(ports.open_unit, authority, References(authority, ports.directory), ports.clock, ports.ids),
        LimitPlanner: LimitPlanner(hierarchy, policies, ports.clock, ports.ids),
        Others: Others(ports.directory),
        Clock: ports.clock,
        RandomSource: ports.random,
        IdSource: ports.ids,
    }
