"""Hostile texts through every command and every error: no ping, no broken markup, no traceback, nothing lost."""

import re
from collections.abc import Sequence

import pytest

from tests.integration.discord.stage import WAYS, Stage, Way, staged

pytestmark = pytest.mark.asyncio

USER, ROLE = 175928847299117063, 175928847299117064
MENTIONS = (
    "@everyone",
    "@here",
    "@\u200beveryone",
    f"<@{USER}>",
    f"<@!{USER}>",
    f"<@&{ROLE}>",
    "<#175928847299117065>",
    " ".join(f"<@{USER + n}>" for n in range(4)),
)
MARKUP = (
    "```\nx```",
    "`" * 6,
    "[google.com](https://evil.example)",
    "<https://evil.example>",
    "||spoiler||",
    "> quote",
    "# heading",
    "-# small",
    "- item",
    "1. item",
    "**bold** __under__ ~~strike~~ _it_ *al*",
    "<:a:1>",
    "<a:x:175928847299117063>",
    "</ban:1>",
    "<id:guide>",
    "<t:99999999999999:R>",
    "\\",
    "\\*a\\*",
)
INJECTION = (
    "'; DROP TABLE links;--",
    "' OR 1=1",
    "%",
    "_",
    "x\\",
    "{0.__class__.__mro__}",
    "%(x)s %n",
    "${7*7} {{7*7}}",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "$(id)",
    "NULL",
    "None",
    "true",
    "nan",
    "-0",
    "\uff20\uff45\uff56\uff45\uff52\uff59\uff4f\uff4e\uff45",
    "\u0440\u0430ypal",
    "👨‍👩‍👧‍👦 🇩🇪 👍🏽 1️⃣",
)
REFUSED = {
    "a\x00b": "input.invalid_text",
    "a\u202eb": "input.invalid_text",
    "a\u2066b": "input.invalid_text",
    "a\U000e0041b": "input.invalid_text",
    "\u00a0\u3000\u2800": "input.empty",
    "\u200b\u200c\u2060": "input.empty",
    "a" + "\u0301" * 9: "input.too_complex",
    "\uffff": "input.invalid_text",
    "\ufdfa" * 50: "input.too_long",
}
LIVE = re.compile(
    r"(?<!\\)<[@#:/ati]|@everyone|@here|(?<!\\)`{3}|(?<!\\)\]\(|(?<!\\)\|\||^(?:#|>|-#|\d+\.) ?", re.MULTILINE
)
"""Markup that would work: the bot's own subtext and single back-ticks are taken off before."""


def inert(text: str) -> bool:
    """Return whether none of the users' texts works as markup."""
    own = re.sub(
        r"^-# `[a-z._]+` · reference `\w+`$|<t:\d+:f>|(?<=by )<@\d+>|(?<=to )<@\d+>",
        "",
        text,
        flags=re.MULTILINE,
    )
    own = re.sub(r"(?<=\n)<https://[^<>\s]+>|(?<=added by )<@\d+>", "", own)
    own = re.sub(r"(?<=: )`[/!][a-z][^`\n]*`$", "", own, flags=re.MULTILINE)  # a command to type, within code
    return LIVE.search(own) is None


async def through_everything(stage: Stage, way: Way, text: str) -> list[str]:
    """Use a text as title, content, tag, query and new title, for success and refusal alike."""
    said = [
        await stage.ask("moderator", way, "link get", title=text),
        await stage.ask("moderator", way, "link add", title=text, content=text, tag=text[:50]),
        await stage.ask("moderator", way, "link add", title=text, content=text, tag=text[:50]),
        await stage.ask("member", way, "link get", title=text),
        await stage.ask("member", way, "link info", title=text),
        await stage.ask("member", way, "link list"),
        await stage.ask("member", way, "link list", tag=text[:50]),
        await stage.ask("member", way, "tag", tag=text[:50]),
        await stage.ask("member", way, "link search", query=text),
        await stage.ask("member", way, "link edit", title=text, content=text),
        await stage.ask("moderator", way, "link edit", title=text, content=f"other {text}"),
        await stage.ask("moderator", way, "link rename", title=text, new_title=f"z {text}"[:100]),
        await stage.ask("moderator", way, "link delete", title=f"z {text}"[:100]),
        await stage.ask("member", way, "help", command=text),
    ]
    if way == "prefix":
        said.append(await stage.write("member", f"!link {text}"))
        said.append(await stage.write("member", f"!link get x --{text}"))
    assert all(len(answer.messages) == 1 for answer in said)
    return [answer.text for answer in said]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("texts", [MENTIONS, MARKUP, INJECTION], ids=["mentions", "markup", "injection"])
async def test_texts_are_kept_as_written_and_shown_inert(way: Way, texts: Sequence[str]) -> None:
    """Every text is stored verbatim, and nothing of it works as mention, markup, link or code anywhere."""
    async with staged() as stage:
        for text in texts:
            if "\n" in text:
                continue  # a title has one line; the next test has such contents
            for answer in await through_everything(stage, way, text):
                assert "`internal.unexpected`" not in answer, (text, answer)
                assert inert(answer), (text, answer)
            assert stage.links() == []
        assert stage.pings() == []
        assert stage.env.errors == []


@pytest.mark.parametrize("way", WAYS)
async def test_contents_are_kept_verbatim(way: Way) -> None:
    """A content of several lines with fences and headings is stored as it is and shown as plain text."""
    async with staged() as stage:
        content = "# a\n```py\nx = 1\n```\n> b\n- c\n1. d\n[x](https://evil.example/a) @everyone"
        await stage.ask("moderator", way, "link add", title="map", content=content)
        assert stage.links() == [("map", content, None, True)]
        shown = (await stage.ask("member", way, "link get", title="map")).text
        assert inert(shown), shown
        assert "https://evil.example/a" in shown


@pytest.mark.parametrize("way", WAYS)
async def test_bad_texts_are_refused_with_their_code(way: Way) -> None:
    """Names that deceive or draw nothing are refused, each with its code, and nothing is stored."""
    async with staged() as stage:
        for text, code in REFUSED.items():
            said = await stage.ask("moderator", way, "link add", title=f"{text}", content="x")
            missing = way == "prefix" and not text.strip()  # a written command cannot distinguish blanks from nothing
            assert f"`{'input.missing' if missing else code}`" in said.text, (text, said.text)
        assert stage.links() == []


@pytest.mark.parametrize("way", WAYS)
async def test_bad_addresses_are_refused(way: Way) -> None:
    """Schemes that run code, addresses that deceive, and none at all are refused with the same code."""
    async with staged() as stage:
        for content in (
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://example.org/x",
            "https://good.example@evil.example/",
            "http://evil.example\\@good.example/",
            "https://good.example\t.evil.example",
            "https:///x",
        ):
            said = await stage.ask("moderator", way, "link add", title="map", content=content)
            assert "`input.invalid_url`" in said.text, (content, said.text)
        assert stage.links() == []


async def test_an_address_cannot_break_out_of_its_line() -> None:
    """Brackets, back-ticks and bars in an address are shown encoded."""
    async with staged() as stage:
        for number, content in enumerate(("https://x.example/<@1>`||[a](b)@everyone", "https://x.example/a>b")):
            for embed in (True, False):
                await stage.add(f"t{number}{embed}", content, preview=embed)
                shown = (await stage.ask("member", "slash", "link get", title=f"t{number}{embed}")).text
                line = shown.splitlines()[1].removeprefix("<").removesuffix(">")
                assert re.fullmatch(r"https://[^<>`|\[\]\s]+", line), shown
                assert "@everyone" not in line


async def test_ids_that_are_none_are_refused() -> None:
    """A written user that is no id is refused by the model, with its code."""
    async with staged() as stage:
        await stage.add("map")
        for text, code in (
            ("0", "input.out_of_range"),
            (str(2**63), "input.out_of_range"),
            ("-1", "input.invalid_type"),
            ("1_000", "input.invalid_type"),
            ("١٢٣", "input.invalid_type"),
            ("9" * 30, "input.invalid_type"),
            ("<@&1>x", "input.invalid_type"),
        ):
            said = await stage.write("moderator", f"!link transfer map --to {text}")
            assert f"`{code}`" in said.text, (text, said.text)
