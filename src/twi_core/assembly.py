"""Put the application together: a plain function, no container."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol, TypeVar, final, get_type_hints

from twi_core.access.api import AccessApi
from twi_core.access.authenticate import Authenticate
from twi_core.access.ports import AccessUnit
from twi_core.application import CONTEXTS, Application
from twi_core.kernel.handling import Make, Middleware, declared_use_cases
from twi_core.kernel.ids import UserId
from twi_core.kernel.policy import Ownership
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Open
from twi_core.links.api import LinksApi
from twi_core.links.ports import LinksUnit
from twi_core.pipeline.authorise import Authority
from twi_core.pipeline.guard import Guard
from twi_core.pipeline.throttle import Limiter, Throttle
from twi_core.pipeline.trace import Trace
from twi_core.pipeline.transact import Transact

T = TypeVar("T")


class AppUnit(LinksUnit, AccessUnit, Protocol):
    """Be a unit of work over every context; each storage has one class for it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Hold what the application needs from outside."""

    open_unit: Open[AppUnit]
    limiter: Limiter
    clock: Clock
    random: RandomSource
    ids: IdSource
    operators: AbstractSet[UserId] = frozenset()


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
    authority = Authority(ports.operators)
    supplies: Mapping[object, object] = {
        Open[LinksUnit]: ports.open_unit,
        Open[AccessUnit]: ports.open_unit,
        Ownership: authority,
        Clock: ports.clock,
        RandomSource: ports.random,
        IdSource: ports.ids,
    }
    kinds = [kind for api in CONTEXTS.values() for _, kind in declared_use_cases(api)]
    make = container(supplies, [*kinds, Authenticate])
    chain: tuple[Middleware, ...] = (Trace(ports.clock), Guard(), authority, Throttle(ports.limiter), Transact())
    return Application(
        links=LinksApi(make, chain),
        access=AccessApi(make, chain),
        authenticate=make(Authenticate),
        _clock=ports.clock,
        _ids=ports.ids,
    )
