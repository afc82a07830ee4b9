"""Construct objects from their constructors' annotations, after checking that everything needed is supplied."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, TypeVar, cast, final, get_type_hints

from twi_core.kernel.handling import Factory

T = TypeVar("T")

_OF_VALUES: Final = frozenset({"builtins", "datetime"})
_PASSED_ON: Final = frozenset({inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})


@final
class WiringError(Exception):
    """A constructor needs something that nothing supplies, or needs itself; the message is the path to it."""


class Container(Protocol):
    """A builder of factories from bindings: what constructor parameters receive, by type."""

    def __call__(self, bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
        """Return the factory; `kinds` are the classes it will be called with and the classes those need.

        `check_wiring` has accepted both. A parameter with a default uses it only if nothing is bound.
        """
        ...


def by_annotation(bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
    """Construct each class from its parameters' annotations; shared dependencies are constructed once."""
    made: dict[object, object] = dict(bindings)

    def make(kind: type[T], /) -> T:
        if kind not in made:
            made[kind] = kind(**{name: supplied(hint) for name, hint in _parameters(kind, bindings).items()})
        return cast("T", made[kind])

    def supplied(hint: object) -> object:
        return make(hint) if isinstance(hint, type) and hint in kinds else made[hint]

    return make


def wiring(kinds: Iterable[type], bindings: Mapping[object, object]) -> tuple[Sequence[type], Sequence[object]]:
    """Return the classes to construct, including their dependencies, and everything else that these need."""
    wanted, asked = dict.fromkeys(kinds), dict[object, None]()
    waiting = list(wanted)
    for kind in waiting:
        for hint in _parameters(kind, bindings).values():
            if isinstance(hint, type) and hint not in bindings and _is_constructed(hint):
                if hint not in wanted:
                    wanted[hint] = None
                    waiting.append(hint)
            else:
                asked[hint] = None
    return tuple(wanted), tuple(asked)


def check_wiring(bindings: Mapping[object, object], kinds: Sequence[type]) -> None:
    """Follow each class's constructor down to what is bound.

    Raises:
        WiringError: something is missing or needs itself.
    """
    for kind in kinds:
        _check(kind, bindings, kinds, ())


def _check(kind: type, bindings: Mapping[object, object], kinds: Sequence[type], path: tuple[type, ...]) -> None:
    here = (*path, kind)
    names = " -> ".join(each.__name__ for each in here)
    if kind in path:
        raise WiringError(f"{names}: needs itself")
    for name, hint in _parameters(kind, bindings).items():
        if hint in bindings:
            continue
        if not isinstance(hint, type) or hint not in kinds:
            raise WiringError(f"{names}: nothing supplies {name} ({hint})")
        _check(hint, bindings, kinds, here)


def _is_constructed(kind: type) -> bool:
    """Return whether a class is constructed when needed: not a port, and not a plain value such as a text."""
    return not getattr(kind, "_is_protocol", False) and kind.__module__ not in _OF_VALUES


def _parameters(kind: type, bindings: Mapping[object, object]) -> Mapping[str, object]:
    """Return the constructor parameters to supply, with their annotations."""
    hints = get_type_hints(inspect.getattr_static(kind, "__init__"))
    return {
        name: hints.get(name)
        for name, found in inspect.signature(kind).parameters.items()
        if found.kind not in _PASSED_ON
        and (found.default is inspect.Parameter.empty or _is_bound(hints.get(name), bindings))
    }


def _is_bound(hint: object, bindings: Mapping[object, object]) -> bool:
    return hint is not None and hint in bindings
