"""Every value that an operation can answer with is described."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, get_args, get_origin

from tests.architecture.operations import EVERY, named
from tests.each import for_each
from twi_cli.output.presenters import Presenters
from twi_core.application import Application
from twi_core.kernel.contexts import offered
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import Snowflake
from twi_core.kernel.paging import Page

CONTEXTS: Final = {context.name: context for context in offered(Application)}


def described_types(answer: object) -> Iterator[object]:
    """Yield the types of the values that an answer shows: what it is, or what a page or a sequence of it holds."""
    if get_origin(answer) in {Page, Sequence, tuple}:
        for part in get_args(answer):
            if part is not Ellipsis:
                yield from described_types(part)
    else:
        yield answer


def plain(kind: object) -> bool:
    """Return whether a value needs no description."""
    return kind in {str, int, bool} or (isinstance(kind, type) and issubclass(kind, Snowflake))


@for_each("operation", EVERY, ids=named)
def test_its_answer_is_described(operation: AnyOperation) -> None:
    """No entrypoint falls back to the fields of a dataclass for one of our operations."""
    facts = CONTEXTS[operation.name.partition(".")[0]].facts
    missing = [kind for kind in described_types(operation.value) if not (plain(kind) or facts.describes(kind))]
    assert missing == []


def test_the_check_looks_into_pages() -> None:
    """A page of undescribed values, or a tuple of them, is found."""
    assert list(described_types(Page[Path])) == [Path]
    assert list(described_types(Sequence[Path])) == list(described_types(tuple[Path, ...])) == [Path]
    assert list(described_types(Path)) == [Path]


def test_what_a_list_says_when_it_is_empty_is_of_an_operation() -> None:
    """Each text belongs to an operation of that context that answers with a list."""
    lists = {operation.name for operation in EVERY if get_origin(operation.value) in {Page, Sequence, tuple}}
    for name, context in CONTEXTS.items():
        presenters = context.find("twi_cli", "PRESENTERS", Presenters)
        said = set() if presenters is None else set(presenters.nothing)
        assert said <= {each for each in lists if each.startswith(f"{name}.")}
