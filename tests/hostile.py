# ruff: noqa: RUF001  # letters that look like others are the point
"""Hostile inputs that can reach links, and the answer that each must get at every entrypoint.

Rows are those of the project's table of hostile inputs (sections A, B, D, E, F and G). Each `HOSTILE_...` table is a
tuple of cases; a case holds the input and the code that must answer it, or none where it is stored as written.

- `HOSTILE_TITLES`: for `title` and `new_title`; all but those that are too long or `*_tag` cases hold for `tag` too.
- `HOSTILE_TAGS`: for `tag` only. `HOSTILE_CONTENTS`: for `content`. `HOSTILE_QUERIES`: for `links.search`.
- `HOSTILE_IDS`: for any id, such as `to` of `links.transfer`; `given` is what a JSON value may be.
- `HOSTILE_CURSORS`: for `after` of any list.
- `HOSTILE_JSON`: bytes sent as the whole JSON body of `links.add`.
- `HOSTILE_BODIES`: JSON objects sent as the whole body of `links.add`; `says` is what the message must name.

Not every entrypoint can carry every text: ask `Text.utf8` (can it be encoded at all?) and `Text.argument` (can it be an
argument of a process?) and `Text.line` (can it be typed in one line of a chat?) before sending it.
"""

from dataclasses import dataclass
from typing import Final, final

from typing_extensions import override


@final
@dataclass(frozen=True, slots=True)
class Text:
    """One text for one field.

    `code` is the error that must answer it, none where it is accepted; then it is kept as `kept`, or as written.
    """

    row: int
    name: str
    text: str
    code: str | None = None
    trimmed: str | None = None

    @property
    def kept(self) -> str:
        """Return what is stored of an accepted text."""
        return self.text if self.trimmed is None else self.trimmed

    @property
    def utf8(self) -> bool:
        """Return whether the text can be encoded as UTF-8."""
        return not any("\ud800" <= character <= "\udfff" for character in self.text)

    @property
    def argument(self) -> bool:
        """Return whether the text can be an argument of a process: UTF-8, no NUL, and not megabytes of it."""
        return self.utf8 and "\x00" not in self.text and len(self.text) < 30_000

    @property
    def line(self) -> bool:
        """Return whether a person could send the text as one line of a chat message."""
        return self.argument and len(self.text) < 1_900 and self.text.isprintable()

    @override
    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


@final
@dataclass(frozen=True, slots=True)
class Value:
    """One JSON value for one field; `code` as in `Text`."""

    row: int
    name: str
    given: object
    code: str | None = None

    @override
    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


@final
@dataclass(frozen=True, slots=True)
class Body:
    """One body; `says` is what the message must name."""

    row: int
    name: str
    given: bytes
    code: str
    says: str = ""

    @override
    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


@final
@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object; `says` is what the message must name."""

    row: int
    name: str
    given: dict[str, object]
    code: str
    says: str = ""

    @override
    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


INVALID_TEXT = "input.invalid_text"
TOO_LONG = "input.too_long"
TOO_COMPLEX = "input.too_complex"
EMPTY = "input.empty"
INVALID_TYPE = "input.invalid_type"
OUT_OF_RANGE = "input.out_of_range"
INVALID_URL = "input.invalid_url"
INVALID_CURSOR = "input.invalid_cursor"
UNKNOWN_FIELD = "input.unknown_field"
MISSING = "input.missing"
MALFORMED = "input.malformed"
RESERVED_TAG = "links.reserved_tag"
NOTHING_FOUND = "links.nothing_found"

HUGE: Final = "x" * 10_000_000
FAMILY = "👨‍👩‍👧‍👦"
RAINBOW = "🏳️‍🌈"
TONED = "👩🏽‍🚀"
KEYCAP = "1️⃣"
FLAG = "🇫🇷"
HEART = "❤️‍🔥"

INERT = (
    Text(9, "cyrillic-lookalike", "раypal"),
    Text(9, "full-width", "ａｄｍｉｎ"),
    Text(10, "full-width-everyone", "＠ｅｖｅｒｙｏｎｅ"),
    Text(11, "composed", "caf\u00e9"),
    Text(11, "decomposed", "cafe\u0301 decomposed"),
    Text(13, "dotted-i", "\u0130stanbul"),
    Text(13, "sharp-s", "straße"),
    Text(15, "family", FAMILY),
    Text(15, "rainbow", RAINBOW),
    Text(15, "skin-tone", TONED),
    Text(15, "keycap", KEYCAP),
    Text(15, "flag", FLAG),
    Text(15, "heart-on-fire", HEART),
    *(Text(20, f"word-{word}", word) for word in ("NULL", "None", "undefined", "true", "nan", "-0", "Scunthorpe")),
    Text(38, "sql-drop", "'; DROP TABLE links;--"),
    Text(38, "sql-or", "' OR 1=1"),
    Text(39, "percent", "%"),
    Text(39, "percent-word", "100% sure_thing"),
    Text(39, "backslash", "ends with \\"),
    Text(40, "dunder", "__class__"),
    Text(41, "regex", "^(a+)+$"),
    Text(42, "format", "{0.__class__.__mro__}"),
    Text(42, "placeholder", "{title}{suggestions}{field}"),
    Text(42, "percent-format", "%(x)s %n %s"),
    Text(42, "template", "${7*7} {{7*7}}"),
    Text(43, "formula", "=cmd|' /C calc'!A0"),
    Text(43, "plus", "+1"),
    Text(43, "at-sum", "@SUM(A1)"),
    Text(45, "script", "<script>alert(1)</script>"),
    Text(45, "attribute", '"><img src=x onerror=alert(1)>'),
    Text(46, "path", "../../etc/passwd"),
    Text(46, "percent-path", "%2e%2e%2f"),
    Text(47, "header", 'a";filename=x.exe'),
    Text(48, "shell", "$(id) `id` ; id"),
    Text(49, "redis", "1:2 3"),
    Text(51, "everyone", "@everyone"),
    Text(51, "here", "@here hello"),
    Text(51, "zero-width-everyone", "@\u200beveryone"),
    Text(52, "role-mention", "<@&175928847299117063>"),
    Text(52, "user-mention", "<@175928847299117063> <@!175928847299117063>"),
    Text(54, "back-ticks", "``` `` ````"),
    Text(55, "masked-link", "[google.com](https://evil.example)"),
    Text(55, "markdown", "**b** __u__ ~~s~~ ||x|| *i*"),
    Text(55, "heading", "# big"),
    Text(55, "quote", "> quoted"),
    Text(55, "small", "-# small"),
    Text(56, "emoji", "<a:x:999999999999999999>"),
    Text(56, "command", "</ban:1>"),
    Text(56, "channel", "<#1> <id:guide>"),
    Text(57, "invite", "discord.gg/abc"),
)
"""Stored as written and shown without effect, in names and in prose."""

UNSTORABLE = (
    Text(1, "nul", "a\x00b", INVALID_TEXT),
    Text(2, "high-surrogate", "a\ud800b", INVALID_TEXT),
    Text(2, "low-surrogate", "\udc00", INVALID_TEXT),
    Text(8, "no-break-spaces", "\u00a0\u00a0", EMPTY),
    Text(8, "ideographic-space", "\u3000", EMPTY),
    Text(8, "braille-blank", "\u2800", EMPTY),
    Text(8, "hangul-filler", "\u3164\u115f\uffa0", EMPTY),
    Text(8, "blanks", " \t \n ", EMPTY),
    Text(7, "zero-width-only", "\u200b\u200d\u2060\ufeff", EMPTY),
    Text(8, "nothing", "", EMPTY),
)
"""Refused everywhere."""

PROSE_ONLY = (
    Text(3, "bell", "a\x07b"),
    Text(3, "c1", "a\x9bb"),
    Text(3, "tab", "a\tb"),
    Text(4, "ansi", "a\x1b[2Jb"),
    Text(4, "osc-8", "a\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\"),
    Text(5, "line-feed", "a\nb"),
    Text(5, "carriage-return", "a\rb"),
    Text(5, "line-separator", "a\u2028b\u2029c"),
    Text(5, "next-line", "a\x85b"),
    Text(6, "right-to-left-override", "abc\u202egnp.exe"),
    Text(6, "isolate", "a\u2067b\u2069"),
    Text(16, "private-use", "a\ue000b"),
    Text(16, "noncharacter", "a\uffffb"),
    Text(16, "last-plane", "a\U0010ffffb"),
    Text(16, "unassigned", "a\u0378b"),
    Text(17, "tag-characters", "hi\U000e0068\U000e0069\U000e007f"),
    Text(46, "nul-like-path", "..\\..\\\x01"),
    Text(47, "header-injection", "x\r\nSet-Cookie: a=b"),
)
"""Kept in prose, refused with `input.invalid_text` in names."""

ZALGO = "Z" + "\u0300\u0301\u0302\u0303" * 23
LIGATURE = "\ufdfa"
"""One character that compatibility normalisation makes eighteen of."""

HOSTILE_NAMES = (
    *INERT,
    *UNSTORABLE,
    *(Text(case.row, case.name, case.text, INVALID_TEXT) for case in PROSE_ONLY),
    Text(12, "expanding-ligature", LIGATURE * 20, TOO_LONG),
    Text(14, "zalgo", ZALGO[:30], TOO_COMPLEX),
    Text(14, "nine-marks", "e" + "\u0316" * 9, TOO_COMPLEX),
    Text(14, "eight-marks", "e" + "\u0316" * 8),
    Text(14, "enclosing-marks", "a" + "\u20dd" * 9, TOO_COMPLEX),
    Text(18, "ten-thousand", "x" * 10_000, TOO_LONG),
    Text(18, "ten-megabytes", HUGE, TOO_LONG),
    Text(5, "surrounding-blanks", "\u3000 trimmed \u00a0", None, "trimmed"),
)
"""For every one-line name: titles and tags."""

HOSTILE_TITLES = (
    *HOSTILE_NAMES,
    Text(18, "one-too-many", "x" * 101, TOO_LONG),
    Text(18, "just-fits", "x" * 100),
    Text(15, "emoji-count-double", "😀" * 51, TOO_LONG),
    Text(15, "emoji-just-fit", "😀" * 50),
    Text(12, "ligatures-just-too-many", LIGATURE * 6, TOO_LONG),
)

HOSTILE_TAGS = (
    *HOSTILE_NAMES,
    Text(18, "one-too-many", "x" * 51, TOO_LONG),
    Text(18, "just-fits", "x" * 50),
    Text(20, "reserved", "Untagged", RESERVED_TAG),
    Text(9, "reserved-other-case", "UNTAGGED", RESERVED_TAG),
    Text(9, "reserved-full-width", "ｕｎｔａｇｇｅｄ", RESERVED_TAG),
    Text(7, "reserved-zero-width", "Un\u200btagged", RESERVED_TAG),
)

BAD_ADDRESSES = (
    Text(61, "javascript", "javascript:alert(1)", INVALID_URL),
    Text(61, "javascript-mixed-case", "JaVaScRiPt:alert(1)", INVALID_URL),
    Text(61, "javascript-with-tab", "java\tscript:alert(1)", INVALID_URL),
    Text(61, "javascript-with-newline", "java\nscript:alert(1)", INVALID_URL),
    Text(61, "javascript-after-control", "\x01javascript:alert(1)", INVALID_URL),
    Text(61, "data", "data:text/html,<script>alert(1)</script>", INVALID_URL),
    Text(61, "file", "file:///etc/passwd", INVALID_URL),
    Text(61, "ftp", "ftp://example.org/x", INVALID_URL),
    Text(61, "gopher", "gopher://example.org/", INVALID_URL),
    Text(61, "no-scheme", "//example.org/x", INVALID_URL),
    Text(61, "discord", "discord://-/channels/1", INVALID_URL),
    Text(61, "no-host", "https:///path", INVALID_URL),
    Text(61, "no-slashes", "https:example.org", INVALID_URL),
    Text(62, "user", "https://good.example@evil.example/", INVALID_URL),
    Text(62, "user-and-password", "https://user:secret@example.org/", INVALID_URL),
    Text(62, "empty-user", "https://@example.org/", INVALID_URL),
    Text(62, "only-user", "https://user@/", INVALID_URL),
    Text(63, "backslash", "http://evil.example\\@good.example/", INVALID_URL),
    Text(63, "backslash-in-path", "https://example.org/a\\b", INVALID_URL),
    Text(61, "javascript-and-text", "javascript: alert(1) is not for saving", INVALID_URL),
    Text(61, "javascript-spread-over-lines", "java\n\tscript: x", INVALID_URL),
    Text(61, "vbscript", "vbscript:x y", INVALID_URL),
    Text(61, "opaque-with-tab", "da\tta:text/html,x", INVALID_URL),
    Text(61, "about", "about:blank", INVALID_URL),
    Text(62, "user-before-text", "https://good.example@evil.example/ is safe", INVALID_URL),
    Text(62, "user-without-slashes-before-text", "https:good.example@evil.example is safe", INVALID_URL),
    Text(63, "backslash-before-text", "http://evil.example\\.good.example/ is safe", INVALID_URL),
    Text(63, "zero-width-before-text", "https://exa\u200bmple.org/ is safe", INVALID_URL),
    Text(63, "tab-in-host", "https://good.example\t.evil.example/", INVALID_URL),
    Text(63, "tab-in-scheme", "ht\ttps://example.org/", INVALID_URL),
    Text(63, "control", "https://example.org/\x07", INVALID_URL),
    Text(63, "zero-width", "https://exa\u200bmple.org/", INVALID_URL),
    Text(63, "direction", "https://example.org/\u202egnp", INVALID_URL),
    Text(64, "percent-in-host", "https://ex%61mple.org/", INVALID_URL),
    Text(66, "brackets-after-name", "https://evil.example[::1]/", INVALID_URL),
    Text(66, "unclosed-bracket", "https://[::1/", INVALID_URL),
    Text(66, "zone", "http://[fe80::1%25eth0]/", INVALID_URL),
    Text(66, "future-address", "http://[v1.example]/", INVALID_URL),
    Text(70, "port-too-large", "https://example.org:99999/", INVALID_URL),
    Text(70, "port-zero", "https://example.org:0/", INVALID_URL),
    Text(70, "port-word", "https://example.org:http/", INVALID_URL),
    Text(70, "port-full-width", "https://example.org:８０/", INVALID_URL),
    Text(70, "empty-label", "https://example..org/", INVALID_URL),
    Text(70, "only-dot", "https://./", INVALID_URL),
    Text(70, "label-too-long", f"https://{'a' * 64}.example/", INVALID_URL),
    Text(70, "host-too-long", f"https://{'a.' * 130}example/", INVALID_URL),
    Text(70, "host-that-a-careless-pattern-chokes-on", f"https://{'a' * 60}!/", INVALID_URL),
    Text(71, "slash-lookalike", "https://example.org\uff0fevil.example/", INVALID_URL),
)

HOSTILE_CONTENTS = (
    *INERT,
    *UNSTORABLE,
    *PROSE_ONLY,
    *BAD_ADDRESSES,
    Text(14, "zalgo", ZALGO),
    Text(12, "expanding-ligature", LIGATURE * 1_500),
    Text(18, "two-thousand-and-one", "x" * 2_001, TOO_LONG),
    Text(18, "four-thousand-and-ninety-seven", "x" * 4_097, TOO_LONG),
    Text(18, "six-thousand-and-one", "x" * 6_001, TOO_LONG),
    Text(18, "ten-megabytes", HUGE, TOO_LONG),
    Text(18, "one-too-many", "x" * 1_501, TOO_LONG),
    Text(18, "just-fits", "x" * 1_500),
    Text(18, "emoji-count-double", "😀" * 751, TOO_LONG),
    Text(44, "csv", 'a,"b"\nc,d'),
    Text(53, "many-mentions", " ".join(f"<@{number}>" for number in range(10**17, 10**17 + 60))),
    Text(58, "webhook", "see discord.com/api/webhooks/1/x"),
    Text(61, "scheme-later", "the page at ftp://example.org"),
    *(
        Text(61, f"text-that-begins-with-{text.split()[0]}", text)
        for text in (
            "About: our rules",
            "Data: see the wiki",
            "File: report.txt",
            "// comment",
            "ftp://a.example is old",
        )
    ),
    Text(63, "scheme-and-text", "https: the protocol"),
    Text(63, "address-and-text", "https://example.org/a is the map"),
    Text(63, "address-and-line", "https://good\n.example/"),
    Text(65, "circled-digits", "http://①②⑦.⓪.⓪.①/"),
    Text(65, "ideographic-dots", "http://127。0。0。1/"),
    Text(66, "six", "http://[::1]:8080/x"),
    Text(70, "trailing-dot", "https://archiveofourown.org./works/1"),
    Text(70, "upper-case", "HTTPS://ARCHIVEOFOUROWN.ORG/works/1"),
    Text(71, "homograph", "https://аррӏе.example/"),
    Text(71, "punycode", "https://xn--80ak6aa92e.example/"),
)

HOSTILE_QUERIES = (
    *(case for case in HOSTILE_TITLES if case.code is not None),
    Text(39, "percent", "%", NOTHING_FOUND),
    Text(39, "underscore", "_", NOTHING_FOUND),
    Text(39, "backslash", "\\", NOTHING_FOUND),
    Text(38, "sql", "' OR 1=1 --", NOTHING_FOUND),
    Text(41, "regex", ".*", NOTHING_FOUND),
    Text(42, "format", "{0}", NOTHING_FOUND),
    Text(51, "everyone", "@everyone", NOTHING_FOUND),
    Text(38, "text-search-operators", "zzz & !zzz | (zzz:*", NOTHING_FOUND),
)
"""Refused, or finding nothing among links that hold only plain words and no digit."""

HOSTILE_IDS = (
    Value(21, "2-to-the-63", 2**63, OUT_OF_RANGE),
    Value(21, "2-to-the-63-text", str(2**63), OUT_OF_RANGE),
    Value(21, "2-to-the-64", 2**64, OUT_OF_RANGE),
    Value(21, "minus-one", -1, OUT_OF_RANGE),
    Value(21, "zero", 0, OUT_OF_RANGE),
    Value(21, "zero-text", "0", OUT_OF_RANGE),
    Value(22, "2-to-the-80", 2**80, OUT_OF_RANGE),
    Value(22, "2-to-the-80-text", str(2**80), INVALID_TYPE),
    Value(23, "future", str(2**63 - 1)),
    Value(24, "true", True, INVALID_TYPE),
    Value(24, "float", 1.0, INVALID_TYPE),
    Value(24, "exponent", 1e18, INVALID_TYPE),
    Value(25, "underscore", "1_000", INVALID_TYPE),
    Value(25, "blanks", " 12\n", INVALID_TYPE),
    Value(25, "trailing-newline", "12\n", INVALID_TYPE),
    Value(25, "arabic-digits", "١٢٣", INVALID_TYPE),
    Value(25, "plus", "+5", INVALID_TYPE),
    Value(25, "minus-text", "-5", INVALID_TYPE),
    Value(25, "hexadecimal", "0x10", INVALID_TYPE),
    Value(25, "superscript", "²", INVALID_TYPE),
    Value(25, "empty", "", INVALID_TYPE),
    Value(25, "surrogate", "\ud800", INVALID_TYPE),
    Value(26, "five-thousand-digits-text", "9" * 5_000, INVALID_TYPE),
    Value(27, "nan", float("nan"), INVALID_TYPE),
    Value(27, "infinity", float("inf"), INVALID_TYPE),
    Value(29, "above-2-to-the-53", 2**53 + 1),
    Value(29, "above-2-to-the-53-text", str(2**53 + 1)),
    Value(42, "mention", "<@175928847299117063>", INVALID_TYPE),
    Value(76, "null", None, INVALID_TYPE),
    Value(76, "list", ["1"], INVALID_TYPE),
    Value(76, "object", {"id": 1}, INVALID_TYPE),
)

HOSTILE_CURSORS = (
    Text(28, "word", "next", INVALID_CURSOR),
    Text(28, "number", "-1", INVALID_CURSOR),
    Text(28, "not-base64", "###", INVALID_CURSOR),
    Text(28, "umlaut", "äöü", INVALID_CURSOR),
    Text(28, "json-unencoded", '["a",1]', INVALID_CURSOR),
    Text(28, "negative-id", "WyJhIiwtMV0", INVALID_CURSOR),
    Text(28, "boolean-id", "WyJhIix0cnVlXQ", INVALID_CURSOR),
    Text(28, "object", "e30", INVALID_CURSOR),
    Text(28, "offset", "WyJhIiw5MjIzMzcyMDM2ODU0Nzc1ODA4XQ", INVALID_CURSOR),
    Text(1, "nul-inside", "WyJcdTAwMDAiLDFd", INVALID_CURSOR),
    Text(2, "surrogate-inside", "WyJcdWQ4MDAiLDFd", INVALID_CURSOR),
    Text(73, "deep-inside", "W1tb" * 400, INVALID_CURSOR),
    Text(1, "nul", "a\x00", INVALID_TEXT),
    Text(2, "surrogate", "\ud800", INVALID_TEXT),
    Text(8, "nothing", "", EMPTY),
    Text(18, "long", "a" * 2_001, TOO_LONG),
)

HOSTILE_JSON = (
    Body(19, "overlong-utf-8", b'{"title": "\xc0\xaf", "content": "x"}', MALFORMED, "UTF-8"),
    Body(19, "invalid-utf-8", b'{"title": "\xff\xfe", "content": "x"}', MALFORMED, "UTF-8"),
    Body(2, "surrogate-bytes", b'{"title": "\xed\xa0\x80", "content": "x"}', MALFORMED, "UTF-8"),
    Body(2, "escaped-surrogate", b'{"title": "\\ud800", "content": "x"}', INVALID_TEXT, "U+D800"),
    Body(2, "escaped-surrogate-in-key", b'{"\\ud800": 1, "title": "t", "content": "x"}', INVALID_TYPE),
    Body(
        2,
        "escaped-surrogate-as-boolean",
        b'{"title": "t", "content": "x", "preview": "\\ud800"}',
        INVALID_TYPE,
        "preview",
    ),
    Body(1, "escaped-nul", b'{"title": "a\\u0000b", "content": "x"}', INVALID_TEXT, "U+0000"),
    Body(26, "number-of-5000-digits", b'{"title": ' + b"9" * 5_000 + b', "content": "x"}', MALFORMED, "number"),
    Body(27, "nan", b'{"title": NaN, "content": "x"}', MALFORMED, "NaN"),
    Body(27, "infinity", b'{"title": -Infinity, "content": "x"}', MALFORMED, "NaN"),
    Body(27, "1e400", b'{"title": 1e400, "content": "x"}', INVALID_TYPE, "title"),
    Body(73, "deep-lists", b'{"title": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", TOO_COMPLEX),
    Body(73, "deep-objects", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, TOO_COMPLEX),
    Body(73, "open-brackets-only", b"[" * 60_000, TOO_COMPLEX),
    Body(74, "key-twice", b'{"title": "a", "title": "b", "content": "x"}', MALFORMED, "twice"),
    Body(74, "key-twice-escaped", b'{"title": "a", "t\\u0069tle": "b", "content": "x"}', MALFORMED, "twice"),
    Body(75, "many-keys", b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}", TOO_LONG),
    Body(75, "many-elements", b'{"title": [' + b"1," * 1_000_000 + b"1]}", TOO_LONG),
    Body(75, "key-of-a-megabyte", b'{"' + b"k" * 1_000_000 + b'": 1}', TOO_LONG),
    Body(76, "list-as-root", b"[]", MALFORMED, "object"),
    Body(76, "text-as-root", b'"x"', MALFORMED, "object"),
    Body(76, "number-as-root", b"1", MALFORMED, "object"),
    Body(76, "null-as-root", b"null", MALFORMED, "object"),
    Body(76, "nothing", b"", MALFORMED),
    Body(76, "truncated", b'{"title": "a"', MALFORMED),
    Body(76, "two-objects", b"{} {}", MALFORMED),
    Body(76, "byte-order-mark", b'\xef\xbb\xbf{"title": "a", "content": "x"}', MALFORMED),
    Body(76, "empty-object", b"{}", MISSING, "title"),
)

_SOUND: dict[str, object] = {"title": "a title", "content": "some text"}

HOSTILE_BODIES = (
    *(
        Fields(77, f"mass-assignment-{name}", {**_SOUND, name: "1"}, UNKNOWN_FIELD, name)
        for name in (
            "guild_id",
            "guild",
            "role",
            "is_admin",
            "actor_id",
            "added_by",
            "asserted_level",
            "id",
            "model_config",
        )
    ),
    Fields(76, "no-content", {"title": "a title"}, MISSING, "content"),
    Fields(76, "title-null", {**_SOUND, "title": None}, INVALID_TYPE, "title"),
    Fields(76, "title-number", {**_SOUND, "title": 5}, INVALID_TYPE, "title"),
    Fields(76, "title-list", {**_SOUND, "title": ["a"]}, INVALID_TYPE, "title"),
    Fields(76, "title-object", {**_SOUND, "title": {"a": 1}}, INVALID_TYPE, "title"),
    Fields(76, "tag-number", {**_SOUND, "tag": 5}, INVALID_TYPE, "tag"),
    Fields(76, "embed-word", {**_SOUND, "preview": "perhaps"}, INVALID_TYPE, "preview"),
    Fields(76, "embed-list", {**_SOUND, "preview": []}, INVALID_TYPE, "preview"),
    Fields(75, "long-unknown-key", {**_SOUND, "k" * 5_000: 1}, UNKNOWN_FIELD, "kkkk…"),
    Fields(51, "mention-as-key", {**_SOUND, "@everyone": 1}, UNKNOWN_FIELD, "everyone"),
    Fields(42, "placeholder-as-key", {**_SOUND, "{field}": 1}, UNKNOWN_FIELD),
    Fields(4, "escape-as-key", {**_SOUND, "\x1b[2J": 1}, UNKNOWN_FIELD),
)
