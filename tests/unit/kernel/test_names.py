"""Names of operations and permissions, as people write them."""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app import Who, build, refusal, success
from tests.strategies import hostile_text
from twi_core.kernel.names import contexts_of, dotted, near_misses
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.wording import PLAIN

OPERATIONS: Final = tuple(operation.name for operation in build().app.operations())
KNOWN: Final = (*OPERATIONS, *declared_permissions())
CONTEXTS: Final = contexts_of(KNOWN)

spellings: Final = st.tuples(
    st.sampled_from(["", "/", " ", "/ "]),
    st.booleans(),
    st.sampled_from([".", " ", "  ", " . ", "-", "_"]),
    st.sampled_from(["_", "-", " "]),
    st.sampled_from([str.lower, str.upper, str.title]),
)


def spelt(name: str, spelling: tuple[str, bool, str, str, Callable[[str], str]]) -> str:
    """Return a name as somebody might write it."""
    before, singular, between, within, cased = spelling
    context, _, rest = name.partition(".")
    context = context.removesuffix("s") if singular else context
    return before + cased(context + between + rest.replace("_", within))


@given(st.sampled_from(KNOWN), spellings)
def test_a_name_is_understood_however_it_is_written(
    name: str, spelling: tuple[str, bool, str, str, Callable[[str], str]]
) -> None:
    """With a dot or blanks, a slash, the context in the singular, any case, and dashes for underscores."""
    assert dotted(spelt(name, spelling), CONTEXTS) == name


@given(st.sampled_from((*KNOWN, "*", *(f"{context}.*" for context in CONTEXTS))))
def test_a_name_as_it_is_stays_as_it_is(name: str) -> None:
    """A name or a pattern that is exact is not changed, so that what is stored is found again."""
    assert dotted(name, CONTEXTS) == name
    assert dotted(name, ()) == name


@given(hostile_text)
def test_understanding_a_name_twice_is_understanding_it_once(text: str) -> None:
    """Whatever was typed, its dotted name stays the same when it is read again."""
    once = dotted(text, CONTEXTS)
    assert dotted(once, CONTEXTS) == once


@pytest.mark.parametrize(
    ("written", "contexts", "meant"),
    [
        ("link add", ("link", "links"), "link.add"),
        ("reply add", ("replies",), "replies.add"),
        ("box add", ("boxes",), "boxes.add"),
        ("links *", ("links",), "links.*"),
        ("settings show", ("setting",), "setting.show"),
        ("bas add", ("basis", "bass"), "bass.add"),
        ("class add", ("clas", "classes"), "class.add"),
        ("karma praise", ("links",), "karma.praise"),
        ("/", ("links",), "/"),
    ],
)
def test_a_context_is_found_in_the_singular(written: str, contexts: tuple[str, ...], meant: str) -> None:
    """An exact context goes first; where two could be meant, or none, the word stays as it was written."""
    assert dotted(written, contexts) == meant


@given(hostile_text)
def test_suggestions_are_names_that_there_are(text: str) -> None:
    """At most three known names are suggested, whatever was typed."""
    assert len(near_misses(text, KNOWN)) <= 3
    assert set(near_misses(text, KNOWN)) <= set(KNOWN)


def test_a_group_is_suggested_for_a_group_only() -> None:
    """Who mistyped an operation is not offered all operations of its context."""
    groups = ("links.*", "links.add", "limits.*")
    assert near_misses("links.ad", groups) == ("links.add",)
    assert near_misses("link.*", groups)[0] == "links.*"


@pytest.mark.parametrize("name", ["links.add", "link add", "/Link Add", "LINKS.ADD", "links add"])
def test_an_operation_is_found_by_any_spelling(name: str) -> None:
    """`twi call` and hosts of the library find an operation as people write it."""
    assert success(build().app.operation(name)).name == "links.add"


def test_an_unknown_operation_is_refused_with_similar_names() -> None:
    """The refusal says what may be meant, or where all names are listed."""
    app = build().app
    assert "“links.rename”" in refusal(app.operation("link renam")).hint(PLAIN)
    assert refusal(app.operation("zzz")).hint(PLAIN) == "List all operations."


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("permissions.explain", {"operation": "/link add"}),
        ("permissions.explain", {"operation": "Links Manage-Any"}),
        ("permissions.check", {"operation": "link add", "user": 7, "level": "everyone"}),
        ("permissions.grant", {"permission": "link add", "role": 5}),
        ("permissions.show", {"permission": "Link *"}),
        ("limits.set", {"operation": "link add", "amount": 1, "seconds": 60}),
        ("limits.show", {"operation": "/links suggest tags"}),
        ("limits.exempt", {"operation": "link.suggest-tags", "user": 7}),
    ],
)
async def test_names_as_values_are_understood(name: str, raw: dict[str, object]) -> None:
    """Operations and permissions that are given as values may be written like commands."""
    assert await build().code(name, Who.SHELL, **raw) is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("permissions.explain", {"operation": "link ad"}, "permissions.unknown"),
        ("permissions.grant", {"permission": "link ad", "role": 5}, "permissions.unknown"),
        ("limits.set", {"operation": "link ad", "amount": 1, "seconds": 60}, "limits.unknown_operation"),
    ],
)
async def test_an_unknown_name_is_refused_with_similar_ones(name: str, raw: dict[str, object], code: str) -> None:
    """The refusal quotes the dotted name, and those that resemble it."""
    error = refusal(await build().call(name, Who.SHELL, **raw))
    assert (error.code, error.params["name"]) == (code, "links.ad")
    assert "“links.add”" in error.hint(PLAIN)
