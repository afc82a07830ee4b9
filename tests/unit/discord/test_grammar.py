"""How written commands are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twi_core.kernel.parameters import ParameterKind
from twi_discord.commands.grammar import GrammarError, option_name, parse_words

KINDS = {
    "title": ParameterKind.TEXT,
    "content": ParameterKind.TEXT,
    "clear_tag": ParameterKind.BOOLEAN,
    "to": ParameterKind.USER,
}
VALUE = st.text(st.sampled_from("ab 1-'\"“”\\*\n😀"), min_size=1).filter(
    lambda text: text.strip() != "" and "--" not in text and text.strip()[0] not in '"“'
)


@given(VALUE, st.dictionaries(st.sampled_from(["content"]), VALUE), st.booleans())
def test_what_is_written_is_read_back(title: str, others: dict[str, str], dashes: bool) -> None:
    """Any value without a word that begins with two dashes arrives as it was, except for blanks at its ends."""
    words = [title]
    for name, value in others.items():
        words += [option_name(name) if dashes else f"--{name}", value]
    expected = {"title": title.strip(), **{name: value.strip() for name, value in others.items()}}
    assert parse_words(" ".join(words), KINDS, "title") == expected


QUOTED = st.lists(st.sampled_from([*"ab 1-'“\n😀", " --content ", " --x "]), max_size=12).map("".join)


@given(QUOTED, QUOTED)
def test_what_is_written_in_quotes_is_read_back(title: str, content: str) -> None:
    """Any value without a double quote arrives as it was within double quotes, with words like options and blanks."""
    written = f'"{title}" --content "{content}"'
    expected = {"content": content} | ({"title": title} if title else {})
    assert parse_words(written, KINDS, "title") == expected


@given(st.text(max_size=80))
def test_any_words_are_read_or_refused(words: str) -> None:
    """Nothing that people write breaks the parsing; what is refused has a code."""
    try:
        found = parse_words(words, KINDS, "title")
    except GrammarError as error:
        code = error.error.code
    else:
        code = ""
        assert set(found) <= set(KINDS)
    assert code in {"", "input.unknown_field", "discord.option_twice"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {}),
        ("   ", {}),
        ('"a b" --content "c d"', {"title": "a b", "content": "c d"}),
        ("“a b”", {"title": "a b"}),
        ('"a" and "b"', {"title": '"a" and "b"'}),
        ('it\'s 5" "x"', {"title": 'it\'s 5" "x"'}),
        ("a--content b", {"title": "a--content b"}),
        ("a -- b", {"title": "a -- b"}),
        ("--CONTENT x", {"content": "x"}),
        ("--clear-tag", {"clear_tag": "true"}),
        ("--clear_tag no", {"clear_tag": "no"}),
        ("--content", {"content": ""}),
        ("--to <@!175928847299117063>", {"to": "175928847299117063"}),
        ("--to <@1> x", {"to": "<@1> x"}),
        ("--to <@!1>", {"to": "1"}),
        ("--to <@&1>", {"to": "<@&1>"}),
        ("--to <#1>", {"to": "<#1>"}),
        ("<@1>", {"title": "<@1>"}),
        ('a --content "run it with --verbose please"', {"title": "a", "content": "run it with --verbose please"}),
        (
            '"--content is an option" --content "b --title" --clear-tag',
            {
                "title": "--content is an option",
                "content": "b --title",
                "clear_tag": "true",
            },
        ),
        ('“say "x" --content y”', {"title": 'say "x" --content y'}),
        ('"a" and "b --content c"', {"title": '"a" and "b', "content": 'c"'}),
        ('"a --content b', {"title": '"a', "content": "b"}),
        ("a\n--content b\nc", {"title": "a", "content": "b\nc"}),
    ],
)
def test_readings(words: str, expected: dict[str, str]) -> None:
    """Quotes, names, mentions and lines are read as people mean them."""
    assert parse_words(words, KINDS, "title") == expected


@pytest.mark.parametrize(
    ("words", "positional", "code"),
    [
        ("a --bogus b", "title", "input.unknown_field"),
        ("a --content b --content c", "title", "discord.option_twice"),
        ("a --title b", "title", "discord.option_twice"),
        ("a", None, "input.unknown_field"),
    ],
)
def test_refusals(words: str, positional: str | None, code: str) -> None:
    """What has no meaning is refused rather than guessed."""
    with pytest.raises(GrammarError, match=code):
        parse_words(words, KINDS, positional)


def test_values_that_begin_with_a_quote_are_kept_apart_by_curly_ones() -> None:
    """Two values that are a lone quote each would look like one quoted value; curly quotes keep them apart."""
    options = {"title": ParameterKind.TEXT, "content": ParameterKind.TEXT}
    assert parse_words('“"” --content “"”', options, "title") == {"title": '"', "content": '"'}
