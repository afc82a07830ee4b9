"""punq, kept in one module: it constructs the use cases, once, at start, and is thrown away."""

import inspect
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast, get_type_hints

import punq

from twi_core.kernel.handling import Factory

T = TypeVar("T")


class WiringError(Exception):
    """Tell which constructor asks for something that nothing supplies, or for itself, and along which path."""


def punq_container(bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
    """Check the whole graph, then give a constructor; see `twi_core.assembly.Container`.

    Raises:
        WiringError: something is missing, or asks for itself.
    """
    for kind in kinds:
        check_wiring(kind, bindings, kinds, ())
    container = punq.Container()
    for key, instance in bindings.items():
        container.register(cast("type[object]", key), instance=instance)
    for kind in kinds:
        container.register(kind, scope=punq.Scope.singleton)

    def make(kind: type[T], /) -> T:
        return container.resolve(kind)

    return make


def check_wiring(kind: type, bindings: Mapping[object, object], kinds: Sequence[type], path: tuple[str, ...]) -> None:
    """Follow a class's constructor down to what is supplied.

    Raises:
        WiringError: see `punq_container`; the message names the path.
    """
    here = (*path, kind.__name__)
    if kind.__name__ in path:
        raise WiringError(f"{' -> '.join(here)}: asks for itself")
    constructor = inspect.getattr_static(kind, "__init__")
    hints = get_type_hints(constructor)
    for name, parameter in inspect.signature(kind).parameters.items():
        wanted = hints.get(name)
        if wanted in bindings or parameter.default is not inspect.Parameter.empty:
            continue
        if isinstance(wanted, type) and wanted in kinds:
            check_wiring(wanted, bindings, kinds, here)
            continue
        raise WiringError(f"{' -> '.join(here)}: nothing supplies {name} ({wanted})")
