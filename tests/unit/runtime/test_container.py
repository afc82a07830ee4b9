"""The containers: both construct the same from the same."""

from typing import Protocol

import pytest

from twi_core.kernel.wiring import Container, by_annotation
from twi_runtime.opening.container import punq_container

CONTAINERS = pytest.mark.parametrize("container", [by_annotation, punq_container])


class Store(Protocol):
    """A dependency."""


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


class Sized:
    def __init__(self, size: int = 3) -> None:
        self.size = size


@CONTAINERS
def test_objects_are_constructed_once_and_shared(container: Container) -> None:
    """Two classes with one dependency get the same object, and the supplied instance is the one that arrives."""
    store = object()
    make = container({Store: store}, [Leaf, Branch, Optional])
    assert make(Branch).leaf is make(Leaf)
    assert make(Leaf).store is store
    assert make(Optional).size == 3


@CONTAINERS
def test_a_default_stands_only_where_nothing_is_bound(container: Container) -> None:
    """A parameter with a default gets what is bound for its type, whichever container constructs."""
    assert container({int: 7}, [Leaf, Optional, Sized])(Sized).size == 7
    assert container({}, [Leaf, Optional, Sized])(Sized).size == 3
