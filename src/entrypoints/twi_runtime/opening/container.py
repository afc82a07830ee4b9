"""The use of punq, kept in one module: it constructs the use cases once, at start, and is then discarded."""

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

import punq

from twi_core.kernel.handling import Factory

T = TypeVar("T")


def punq_container(bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
    """See `twi_core.kernel.wiring.Container`."""
    container = punq.Container()
    for key, instance in bindings.items():
        container.register(cast("type[object]", key), instance=instance)
    for kind in kinds:
        container.register(kind, scope=punq.Scope.singleton)

    def make(kind: type[T], /) -> T:
        return container.resolve(kind)

    return make
