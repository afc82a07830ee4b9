"""How lists that are typed in one text are read."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import hostile_text
from twi_core.kernel.parameters import ParameterKind
from twi_discord.commands.grammar import GrammarError, parse_items, parse_words

TEXT = ParameterKind.TEXT
ITEM = st.text(st.sampled_from("ab 1-,'“\n😀"), max_size=8) | st.sampled_from([" --tags ", "x --to y", ",", "--"])


@given(st.lists(ITEM, max_size=5))
def test_items_in_quotes_are_read_back(items: list[str]) -> None:
    """Any item without a double quote arrives as it was within double quotes: commas, blanks, words like options."""
    written = ", ".join(f'"{item}"' for item in items)
    assert parse_items(written, TEXT) == items
    assert parse_words(f"--tags {written} --to x", {"tags": TEXT, "to": TEXT}, None, {"tags"}) == {
        "tags": items,
        "to": "x",
    }


PLAIN = st.text(st.sampled_from("ab1-'é😀"), min_size=1, max_size=8).filter(lambda item: "--" not in item)


@given(st.lists(PLAIN, max_size=5), st.sampled_from([",", ", ", " , ", ",,"]))
def test_plain_items_are_separated_by_commas(items: list[str], comma: str) -> None:
    """Items without commas need no quotes; blanks around them, and nothing between two commas, do not count."""
    assert parse_items(comma.join(items), TEXT) == items


@given(st.lists(st.integers(1, 2**63), max_size=6), st.sampled_from([",", " ", ", "]), st.booleans())
def test_ids_and_mentions_are_separated_by_commas_or_blanks(ids: list[int], parted: str, mentioned: bool) -> None:
    """A mention of the expected kind stands for its id."""
    written = parted.join(f"<@{each}>" if mentioned else str(each) for each in ids)
    assert parse_items(written, ParameterKind.USER) == [str(each) for each in ids]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" , ,", []),
        ('""', [""]),
        ('a, "", b', ["a", "", "b"]),
        ('"a" b, c', ['"a" b', "c"]),
        ('"a, b', ['"a', "b"]),
        ("“a, b”, c", ["a, b", "c"]),
        ("a\nb, c", ["a\nb", "c"]),
    ],
)
def test_odd_lists(text: str, expected: list[str]) -> None:
    """A quote that does not enclose a whole item is part of it; empty quotes are an empty item for the model."""
    assert parse_items(text, TEXT) == expected


@given(hostile_text, st.sampled_from(list(ParameterKind)))
def test_whatever_is_typed_is_read(text: str, kind: ParameterKind) -> None:
    """No text breaks the parsing of a list; the model judges what is in it."""
    assert all(isinstance(item, str) for item in parse_items(text, kind))


@given(st.lists(st.sampled_from(['"', "“", "”", ",", " ", "--tags", "--to", "x", "\n"]), max_size=30).map("".join))
def test_any_words_are_read_or_refused(words: str) -> None:
    """Quotes, commas and names in any order are read, or refused with a code."""
    try:
        found = parse_words(words, {"tags": TEXT, "to": TEXT}, "tags", {"tags"})
    except GrammarError as error:
        code = error.error.code
    else:
        code = ""
        assert isinstance(found.get("tags", []), list)
        assert isinstance(found.get("to", ""), str)
    assert code in {"", "input.unknown_field", "discord.option_twice"}


def test_a_long_list_is_read_at_once() -> None:
    """A message full of commas and quotes takes no noticeable time."""
    for text in ("," * 6_000, '",' * 3_000, '"' * 6_000, ', "' * 2_000, " " * 6_000, "--x ," * 1_200):
        parse_items(text, TEXT)
        with pytest.raises(GrammarError) if "--x" in text else _fine():
            parse_words(f"--tags {text}", {"tags": TEXT}, None, {"tags"})


def _fine() -> nullcontext[None]:
    return nullcontext()
