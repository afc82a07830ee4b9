# ruff: noqa: RUF001  # letters that look like others are the point
"""Names, prose, keys, words, numbers in names, and likeness."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.each import for_each
from tests.hostile import (
    FAMILY,
    FLAG,
    HEART,
    HOSTILE_NAMES,
    INERT,
    KEYCAP,
    PROSE_ONLY,
    RAINBOW,
    TONED,
    UNSTORABLE,
    Text,
)
from tests.strategies import hostile_text, names, plain_words
from twi_core.kernel.text import (
    TextError,
    clean_name,
    clean_prose,
    length,
    name_key,
    natural_key,
    similarity,
    trigrams,
    words,
)

LIMIT = 100


def code_of_name(text: str) -> str | None:
    try:
        clean_name(text, LIMIT)
    except TextError as error:
        return error.definition.code
    return None


@for_each("case", HOSTILE_NAMES)
def test_names(case: Text) -> None:
    """A name is refused with the table's code, or kept as it was written."""
    assert code_of_name(case.text) == case.code
    if case.code is None:
        assert clean_name(case.text, LIMIT) == case.kept


@for_each("case", [*INERT, *PROSE_ONLY])
def test_prose_keeps(case: Text) -> None:
    """Prose keeps what a name may not contain, as it was written."""
    assert clean_prose(case.text, LIMIT) == case.text


@for_each("case", UNSTORABLE)
def test_prose_refuses(case: Text) -> None:
    """Prose refuses what cannot be stored or seen."""
    with pytest.raises(TextError) as refused:
        clean_prose(case.text, LIMIT)
    assert refused.value.definition.code == case.code


@pytest.mark.parametrize("emoji", [FAMILY, RAINBOW, TONED, KEYCAP, FLAG, HEART])
def test_emoji_survive(emoji: str) -> None:
    """An emoji of several code points is kept whole, alone and within a name."""
    assert clean_name(emoji, LIMIT) == emoji
    assert clean_name(f"a {emoji} b", LIMIT) == f"a {emoji} b"
    assert name_key(emoji)


def test_no_tag_private_or_direction_character_gets_into_a_name() -> None:
    """Every hidden, private, unassigned and direction character is refused, wherever it stands."""
    points = [*range(0xE0001, 0xE0080), *range(0xE000, 0xF8FF, 97), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    points += [0x061C, 0x200E, 0x200F, 0xFDD0, 0x1FFFE, 0x10FFFE, 0x0378, *range(0x80, 0xA0), *range(1, 32), 0x7F]
    assert [hex(point) for point in points if code_of_name(f"a{chr(point)}b") != "input.invalid_text"] == []


def test_the_refusal_names_the_character_not_shows_it() -> None:
    """The offending character is shown by its number, never by itself."""
    with pytest.raises(TextError) as refused:
        clean_name("a\u202eb", LIMIT)
    assert refused.value.params == {"found": "U+202E"}


@pytest.mark.parametrize("joiner", ["", "\u200d", "\u034f", "\ufe0f", "\u200b"])
def test_marks_are_counted_through_what_draws_nothing(joiner: str) -> None:
    """Nine marks on one letter are refused, however they are kept apart."""
    assert code_of_name("e" + f"{joiner}\u0316" * 9) == "input.too_complex"
    assert code_of_name("e" + f"{joiner}\u0316" * 8) is None


def test_length_counts_as_discord() -> None:
    """A character beyond the basic plane counts twice."""
    assert (length("a"), length("😀"), length(FAMILY), length("")) == (1, 2, 11, 0)


def test_the_limit_holds_after_normalisation() -> None:
    """Five ligatures of eighteen letters each just fit a hundred, six do not."""
    assert code_of_name("\ufdfa" * 5) is None
    assert code_of_name("\ufdfa" * 6) == "input.too_long"


def test_megabytes_are_refused_at_once() -> None:
    """A text far beyond its limit is refused without being read through."""
    huge = "x" * 50_000_000
    started = time.process_time()
    with pytest.raises(TextError):
        clean_name(huge, LIMIT)
    with pytest.raises(TextError):
        clean_prose(huge, LIMIT)
    assert time.process_time() - started < 0.05


@given(hostile_text)
@settings(max_examples=400, deadline=None)
def test_cleaning_never_fails_otherwise(text: str) -> None:
    """Any text is either refused with a code or accepted for good: what was accepted is accepted again, unchanged."""
    for clean in (clean_name, clean_prose):
        try:
            cleaned = clean(text, LIMIT)
        except TextError:
            continue
        assert clean(cleaned, LIMIT) == cleaned
        assert cleaned in text
        cleaned.encode()


@given(names(LIMIT))
@settings(max_examples=400, deadline=None)
def test_a_name_has_a_visible_key(name: str) -> None:
    """The key of an accepted name is never empty, is its own key, and stays the same under trimming and case."""
    key = name_key(name)
    assert key
    assert name_key(key) == key
    assert name_key(f"  {name}\u3000") == key
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(unicodedata.normalize("NFC", name))


@given(hostile_text)
@settings(max_examples=600, deadline=None)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """Making a key twice changes nothing, for any text at all."""
    assert name_key(name_key(text)) == name_key(text)


def test_every_character_has_a_settled_key() -> None:
    """For each character of Unicode, the key of the key is the key."""
    characters = (chr(point) for point in range(sys.maxunicode + 1))
    assert [hex(ord(c)) for c in characters if name_key(name_key(c)) != name_key(c)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("World Map", "world  map"),
        ("ａｄｍｉｎ", "Admin"),
        ("straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("caf\u00e9", "cafe\u200b\u0301"),
        ("map", "m\u200bap"),
        ("map", "ma\u00adp"),
        ("map", "map\ufe0f"),
        ("map", "m\u034fap"),
        ("map", "map\U000e0100"),
        ("map", "ma\u180bp"),
        ("❤", "❤\ufe0f"),
        ("😀", "😀\u200d"),
        ("a b", "a\u2800b"),
        ("a b", "a\u3164b"),
        ("a b", "a\uffa0 \u115fb"),
        ("a b", "a\u00a0\u3000b"),
        ("ΣΑΣ", "σας"),
        ("ﬁ", "FI"),
    ],
)
def test_what_looks_the_same_has_the_same_key(one: str, other: str) -> None:
    """Case, width, composition, blanks and what draws nothing make no difference to a key."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("раypal", "paypal"), ("a", "á"), ("map 1", "map 2"), ("a b", "ab"), ("👩", "👨"), ("%", "_")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    """Letters of other alphabets, accents, digits and signs do make a difference."""
    assert name_key(one) != name_key(other)


def test_words_are_runs_of_letters_and_digits() -> None:
    """Signs and blanks separate words; marks and letters of any script do not."""
    assert words("Hello, WORLD-map 2!") == ("hello", "world", "map", "2")
    assert words("https://Example.org/a_b") == ("https", "example", "org", "a", "b")
    assert words("हिन्दी नमस्ते") == ("हिन्दी", "नमस्ते")
    assert words("❤\ufe0f % _ \\") == ()


@given(st.lists(st.integers(0, 10**30), min_size=2, max_size=6))
def test_numbers_in_names_sort_as_numbers(numbers: list[int]) -> None:
    """Names that differ by a number sort by it, of any length and with leading zeros."""
    found = sorted((f"part {number:07d} end" for number in numbers), key=natural_key)
    assert [int(name.split()[1]) for name in found] == sorted(numbers)


def test_a_number_of_a_hundred_digits_sorts() -> None:
    """A title that is one long number has its place (the predecessor's whole list failed)."""
    assert sorted(["9" * 100, "10", "9", "x"], key=natural_key) == ["9", "10", "9" * 100, "x"]


@given(names(LIMIT), names(LIMIT))
@settings(max_examples=200, deadline=None)
def test_equal_keys_have_equal_places(one: str, other: str) -> None:
    """The place of a name depends on its key only."""
    assert natural_key(one) == natural_key(name_key(one))
    if name_key(one) == name_key(other):
        assert natural_key(one) == natural_key(other)


@given(plain_words, plain_words)
def test_likeness_is_a_measure(one: str, other: str) -> None:
    """Likeness lies between 0 and 1, is the same both ways, and is 1 for the same words."""
    alike = similarity(trigrams(one), trigrams(other))
    assert 0.0 <= alike <= 1.0
    assert alike == similarity(trigrams(other), trigrams(one))
    assert similarity(trigrams(one), trigrams(one)) == 1.0


def test_trigrams_are_padded() -> None:
    """A word's pieces have two blanks before and one behind; no word has no pieces."""
    assert trigrams("cat") == {"  c", " ca", "cat", "at "}
    assert trigrams("% _") == frozenset()
    assert similarity(frozenset(), frozenset()) == 0.0
