"""Wiring: a constructor's dependencies are found by its annotations, or named with the path to them before it runs."""

from typing import Any, Protocol, cast

import pytest

from twi_core.kernel.handling import UseCase
from twi_core.kernel.wiring import WiringError, by_annotation, check_wiring, wiring


class Store(Protocol):
    """A dependency."""


class Leaf:
    def __init__(self, store: Store) -> None:
        self.store = store


class Branch:
    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf


class One:
    def __init__(self, other: "Other") -> None:
        self.other = other


class Other:
    def __init__(self, one: One) -> None:
        self.one = one


class Counts:
    def __init__(self, most: int) -> None:
        self.most = most


class Unannotated:
    def __init__(self, store) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  # what is tested
        self.store = store


class Declared(UseCase[object, object]):  # type: ignore[type-var]  # it is constructed, never called
    """A class that names the protocol as a base, and takes nothing."""


class Namesake:
    def __init__(self, other: Other) -> None:
        self.other = other


Namesake.__name__ = "One"


def checked(kind: type) -> None:
    kinds, _ = wiring([kind], {})
    check_wiring({}, kinds)


def test_what_is_asked_for_along_the_way_is_constructed_too() -> None:
    """Classes are followed to what is outside; only that has to be bound."""
    kinds, asked = wiring([Branch], {})
    assert (kinds, asked) == ((Branch, Leaf), (Store,))
    store = object()
    check_wiring({Store: store}, kinds)
    assert by_annotation({Store: store}, kinds)(Branch).leaf.store is store


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Branch, r"^Branch -> Leaf: nothing supplies store .*Store"),
        (One, r"^One -> Other -> One: needs itself$"),
        (Counts, r"^Counts: nothing supplies most \(<class 'int'>\)$"),
        (Unannotated, r"^Unannotated: nothing supplies store \(None\)$"),
    ],
)
def test_what_cannot_be_supplied_is_named_with_its_path(kind: type, message: str) -> None:
    """The message says who asks, along which path, for which parameter; of a cycle, the whole cycle."""
    with pytest.raises(WiringError, match=message):
        checked(kind)


def test_two_classes_of_one_name_are_no_circle() -> None:
    """A class is itself, even if another one has its name."""
    one = object()
    check_wiring({One: one}, [Namesake, Other])
    made = by_annotation({One: one}, [Namesake, Other])(Namesake)
    assert made.other.one is cast("One", one)


def test_a_class_that_names_its_protocol_takes_what_its_own_constructor_takes() -> None:
    """The constructor that Protocol adds to a class without one asks for nothing."""
    checked(Declared)
    kind: Any = Declared
    assert type(by_annotation({}, [kind])(kind)) is kind
