"""Text made harmless, and cut to size."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from twi_core.kernel.text import length
from twi_discord.replies.markup import Markup, address, block, bold, code, escape, join, lines, prose, safe, say, split

MARKUP = st.text(
    st.sampled_from("ab 1.\n\t\\*_~`|<>[]()#-+:@!&/'\"{}éİ😀🇩🇪👍🏽\u200d\ufe0f\u0301\u202e\u200b\r"), max_size=60
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | MARKUP

# What Discord's client does with a backslash before a sign: it shows the sign as it is.
_UNESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_LIVE = re.compile(r"[*_~`|<>\[\]]|://|@(?:everyone|here|[!&]?\d)|^[ \t]*(?:[-+#]|\d+[.)])", re.MULTILINE)


@given(ANY)
@example("@everyone")
@example("1. a\n> b\n# c\n-# d\n- e")
@example("\\\\*a*")
def test_escaped_text_has_no_live_markup(text: str) -> None:
    """Without the escaped signs, nothing is left that Discord gives a meaning."""
    assert _LIVE.search(_UNESCAPED.sub("\u2400", escape(text))) is None


@given(ANY)
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    """What Discord shows is the text, except for hidden characters and a zero-width blank within mentions."""
    visible = _UNESCAPED.sub(r"\1", escape(text)).replace("@\u200b", "@")
    hidden = re.compile(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
    )
    wanted = hidden.sub("", re.sub("\r\n?|[\u2028\u2029\x85]", "\n", text)).replace("@\u200b", "@")
    assert visible == wanted


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_escaping_at_most_doubles(text: str) -> None:
    """No text becomes more than twice as long, so that the limits of the core keep replies within Discord's."""
    assert length(escape(text)) <= 2 * length(text)


def _live(text: str) -> str | None:
    found = _LIVE.search(_UNESCAPED.sub("\u2400", text))
    return found[0] if found else None


@given(ANY, ANY, ANY)
@example("@every", "one", "")
@example("@", "here", "")
@example("https:", "//evil.example", "")
@example("https:/", "/evil.example", "")
@example("<", "@1", ">")
@example("1", ".", " a")
@example("[a]", "(https://evil.example)", "")
def test_nothing_put_into_a_sentence_works_as_markup(one: str, two: str, three: str) -> None:
    """Adjacent texts, from different people, make no mention, link or list together either."""
    assert _live(say("{one}{two}{three}", one=one, two=two, three=three)) is None
    assert _live(join("", (one, two, three))) is None
    assert _live(lines(one, two, three)) is None


@given(ANY)
def test_a_sentence_keeps_what_is_markup_and_escapes_all_else_once(text: str) -> None:
    """What these functions made stays as it is, however often it is nested; a template is markup."""
    once = say("**{text}**", text=text)
    assert once == f"**{escape(text)}**"
    assert say("{inner} {number}", inner=once, number=7) == f"{once} 7"
    assert safe(once) is once
    assert lines(once, text) == f"{once}\n{escape(text)}"


@given(ANY)
@example("{0.__class__}")
@example("{title}")
def test_a_text_is_no_template(text: str) -> None:
    """Braces in a value are shown, not read."""
    assert say("{title}", title=text) == escape(text)


@given(ANY)
@example("a*")
@example("\\")
@example("**")
def test_nothing_ends_bold(text: str) -> None:
    """Between the signs that begin and end it nothing is live; an empty text is not shown as four signs."""
    shown = bold(text)
    assert shown == (f"**{escape(text)}**" if escape(text) else "")
    assert _live(shown.removeprefix("**").removesuffix("**")) is None


@given(ANY)
@example("`")
@example("a\\")
@example("``` @everyone")
def test_nothing_ends_code(text: str) -> None:
    """A span has one back-tick at each end and one line; a block ends with its last line; neither is ever empty."""
    span = code(text)
    assert (span[0], span.count("`"), span[-1]) == ("`", 2, "`")
    assert len(span) > 2
    assert "\n" not in span
    shown = block(text, "json")
    assert shown.startswith("```json\n")
    assert shown.endswith("\n```")
    assert shown.count("`") == 6


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_composing_keeps_the_bounds(text: str) -> None:
    """A part is at most twice as long as its input, and code no longer than it except for the signs around it."""
    assert length(say("{a}{b}", a=text, b=text)) <= 4 * length(text)
    assert length(code(text)) <= max(length(text), 1) + 2
    assert length(block(text)) <= length(text) + 8


def test_what_is_made_of_markup_by_other_means_is_plain_text() -> None:
    """Slices, sums and formatted strings of markup are escaped like any text, so that nothing slips through."""
    shown = say("**{title}**", title="a")
    for made in (shown + "!", f"{shown}", shown[:3], shown.strip("*")):
        assert not isinstance(made, Markup)
    assert say("{made}", made=f"{shown} <b>") == "\\*\\*a\\*\\* \\<b\\>"


def test_links_in_prose_show_where_they_lead() -> None:
    """A web address within a text remains a link; a masked one does not; a deceptive one is plain text."""
    assert prose("see https://x.example/a_b!", preview=True) == "see https://x.example/a_b!"
    assert prose("see https://x.example/a", preview=False) == "see <https://x.example/a>"
    assert prose("[a](https://evil.example/b) c", preview=True) == "\\[a\\](https://evil.example/b) c"
    assert "https://" not in prose("https://good.example@evil.example/", preview=True)
    assert prose("https://x.example/a *is* it", preview=False) == "<https://x.example/a> \\*is\\* it"
    assert prose("ftp://x.example and //x", preview=True) == "ftp\\://x.example and //x"
    assert prose("https://x.example, or", preview=True) == "https\\://x.example, or"
    assert prose("*a* https://bücher.example", preview=True) == "\\*a\\* https://xn--bcher-kva.example"


def test_an_address_keeps_its_meaning() -> None:
    """Signs that could end or format the link are encoded; the host and everything else stays."""
    assert address("https://[::1]:80/a[b]", preview=True) == "https://[::1]:80/a%5Bb%5D"
    assert address("https://x.example/<a>|`", preview=False) == "<https://x.example/%3Ca%3E%7C%60>"
    assert address("https://x.example/a_b*c?d=e&f#g", preview=True) == "https://x.example/a_b*c?d=e&f#g"


@given(ANY.map(lambda text: text * 5), st.integers(4, 50))
def test_nothing_is_lost_by_cutting(text: str, limit: int) -> None:
    """Parts are within the limit, are not empty, and make up the whole again."""
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < length(part) <= limit for part in parts)


PIECES = (
    "👨‍👩‍👧‍👦",
    "🇩🇪",
    "👍🏽",
    "é\u0301\u0302",
    "<@175928847299117063>",
    "\\*",
    "https://x.example/abcdefghij",
    "word",
)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40), st.integers(40, 80))
def test_what_belongs_together_is_not_cut(pieces: list[str], limit: int) -> None:
    """No part begins or ends within an emoji, a letter with marks, an escape, a mention or an address."""
    for part in split(" ".join(pieces), limit):
        assert [word for word in part.split(" ") if word and word not in PIECES] == []


@given(st.lists(st.sampled_from(PIECES[:5]), min_size=1, max_size=40), st.integers(40, 80))
def test_what_belongs_together_is_not_cut_without_blanks_either(pieces: list[str], limit: int) -> None:
    """Where there is no blank to cut at, a part still ends between two of them."""
    for part in split("".join(pieces), limit):
        assert not unicodedata.category(part[0]).startswith("M")
        assert part[0] not in "\u200d🏽"
        assert part[-1] != "\u200d"
        assert part.count("<") == part.count(">")


def test_cuts_are_made_after_lines_then_words() -> None:
    """A long text is cut where people would cut it."""
    assert split("aaaa bbbb\ncccc dddd", 12) == ["aaaa bbbb\n", "cccc dddd"]
    assert split("aaaa bbbb cccc", 12) == ["aaaa bbbb ", "cccc"]
    assert split("", 12) == []
