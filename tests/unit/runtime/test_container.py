"""The container: what is missing, or asks for itself, is named with its path, before anything runs."""

from typing import Protocol

import pytest

from twi_runtime.opening.container import WiringError, punq_container


class Store(Protocol):
    """Be asked for."""


class Leaf:
    def __init__(self, store: Store) -> None:
        self.store = store


class Branch:
    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf


class Optional:
    def __init__(self, leaf: Leaf, size: int = 3) -> None:
        self.leaf = leaf
        self.size = size


class One:
    def __init__(self, other: "Other") -> None:
        self.other = other


class Other:
    def __init__(self, one: One) -> None:
        self.one = one


def test_objects_are_constructed_once_and_shared() -> None:
    """What two classes ask for is the same object, and the supplied instance is the one that arrives."""
    store = object()
    make = punq_container({Store: store}, [Leaf, Branch, Optional])
    assert make(Branch).leaf is make(Leaf)
    assert make(Leaf).store is store
    assert make(Optional).size == 3


def test_a_missing_dependency_is_named_with_its_path() -> None:
    """The message says who asks, along which path, for which parameter."""
    with pytest.raises(WiringError, match=r"^Branch -> Leaf: nothing supplies store .*Store"):
        punq_container({}, [Branch, Leaf])


def test_a_cycle_is_named_with_its_path() -> None:
    """Classes that ask for each other are refused with the whole circle."""
    with pytest.raises(WiringError, match=r"^One -> Other -> One: asks for itself$"):
        punq_container({}, [One, Other])
