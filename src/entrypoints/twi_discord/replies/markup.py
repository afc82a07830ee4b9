"""Compose what Discord shows as Markdown, so that any text put into it stays text, and cut it to Discord's limits."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Final, Literal, LiteralString, Protocol, TypeAlias, final

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.language import filled, language
from twi_core.kernel.language import number as plain_number
from twi_core.kernel.text import length
from twi_core.kernel.wording import PLAIN, PlainWording, Wording

_PLAIN: Final = re.compile("[A-Za-z0-9 ,]*")
"""Means nothing to Discord, so that most titles need not be searched four times."""
_NEWLINES: Final = re.compile("\r\n?|[\u2028\u2029\x85]")
# Controls, direction marks and tag characters: they draw nothing and may deceive.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
# At the ends of a text too, since what stands beside it in a message may be the rest of a mention, link or list.
_MENTION: Final = re.compile(r"@(?=everyone|here|[!&]?\d|(?:[!&]|e|ev|eve|ever|every|everyo|everyon|h|he|her)?\Z)")
_MARKUP: Final = re.compile(r"[\\*_~`|<>\[\]]|:(?=//|/?\Z)|\A[.)]|^[ \t]*(?:[-+#]|\d+(?=[.)]))", re.MULTILINE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_UNSAFE_IN_URL: Final = re.compile(r"[<>\"`|\\^{}\[\]]|@(?=everyone|here)")
_AUTHORITY: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_ATOM: Final = re.compile(r"\\.|<[^<>\s]{1,100}>|https?://[^\s<>]+|\r\n|.", re.DOTALL | re.IGNORECASE)
_JOINER: Final = "\u200d"
_NEWLINE: Final = "\n"
_NOTHING: Final = "\u200b"
"""Draws nothing, where Discord wants something."""


class ChatWording(Wording, Protocol):
    """How a caller types commands in Discord."""

    def written(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """Return the line that calls an operation as a written command, whatever the caller used."""
        ...


current_wording: Final[ContextVar[ChatWording]] = ContextVar("wording")
"""How the caller types commands; unset outside of a call."""


@final
class Markup(str):
    """Discord's Markdown that is safe already; any other text is escaped when it is put into a message.

    The functions of this module and of `wording` make it; what `str`'s own methods make of it is plain text again.
    """

    __slots__ = ()


Text: TypeAlias = str | int
"""What can be put into markup: markup stays as it is, and all else is shown as the plain text that it is."""


def escape(text: str) -> Markup:
    """Show a text as plain text: no markup, mention, emoji, timestamp, link or hidden character works."""
    if _PLAIN.fullmatch(text):
        return Markup(text)
    return Markup(_MARKUP.sub(_with_backslash, _MENTION.sub("@\u200b", visible(text))))


def visible(text: str) -> str:
    """Return a text without hidden characters, for places where Discord reads no Markdown."""
    return _HIDDEN.sub("", _NEWLINES.sub("\n", text))


def safe(text: Text) -> Markup:
    """Return markup as it is, and escape any other text."""
    return text if isinstance(text, Markup) else escape(str(text))


def say(template: LiteralString, /, **values: Text) -> Markup:
    """Compose a sentence: `say("Deleted **{title}**.", title=link.title)`.

    The template is a literal in the code and is markup; `{name}` is replaced by the value of that name, made `safe`.
    It is looked up in the language of the call, and numbers are written by its rules.
    """
    return _filled(language().text(template), values)


def plural(one: LiteralString, many: LiteralString, count: int, /, **values: Text) -> Markup:
    """Compose a sentence that depends on a count, which `{count}` stands for.

    plural("{count} link", "{count} links", tag.links)
    """
    values["count"] = count
    return _filled(language().plural(one, many, count), values)


def translated(registered: str, /) -> Markup:
    """Return a text that was registered, such as the summary of a command, in the language of the call."""
    return escape(language().text(registered))


def number(value: int) -> Markup:
    """Return a whole number as the language of the call writes it."""
    return Markup(plain_number(value))


def listed(parts: Iterable[Text]) -> Markup:
    """Compose a list within a sentence: `a, b and c`."""
    return Markup(language().listed([safe(part) for part in parts]))


def _filled(template: str, values: Mapping[str, Text]) -> Markup:
    shown = {name: number(value) if type(value) is int else safe(value) for name, value in values.items()}
    return Markup(filled(template, shown))


def join(separator: LiteralString, parts: Iterable[Text]) -> Markup:
    """Put parts in a row, with a separator between them that is markup."""
    return Markup(separator.join(map(safe, parts)))


def lines(*parts: Text) -> Markup:
    """Put each part on a separate line."""
    return join("\n", parts)


def bullet(*parts: Text) -> Markup:
    """Return a line of a list: several parts are facts of one thing, with dots between them."""
    return Markup(f"- {join(' · ', parts)}")


def wording() -> Wording:
    """Return how the caller types commands; outside of a call operations go by their names."""
    return current_wording.get(None) or PlainWording(escape)


def typed(operation: str, given: Mapping[str, str]) -> Markup | None:
    """Return the line that calls an operation, as the caller types it; None where the bot has no command for it."""
    chat = current_wording.get(None)
    if chat is None:
        return _plain_call(operation, given)
    found = chat.command(operation, given)
    return None if found is None else Markup(found)


def written(operation: str, given: Mapping[str, str]) -> Markup | None:
    """Return the same as a written command, where a value can't be chosen, such as a channel that was deleted."""
    chat = current_wording.get(None)
    if chat is None:
        return _plain_call(operation, given)
    found = chat.written(operation, given)
    return None if found is None else Markup(found)


def _plain_call(operation: str, given: Mapping[str, str]) -> Markup:
    return code(PLAIN.command(operation, given) or operation)


def option(name: str) -> Markup:
    """Return the name of an option as the caller writes it."""
    return Markup(wording().option(name))


def mention(kind: Literal["@", "@&", "#"], of: int) -> Markup:
    """Show a user, a role or a channel by its name."""
    return Markup(f"<{kind}{int(of)}>")


def timestamp(at: datetime) -> Markup:
    """Show a time in the reader's zone and language."""
    return Markup(f"<t:{int(at.timestamp())}:f>")


def bold(text: Text) -> Markup:
    """Show a text in bold; an empty one as nothing."""
    shown = safe(text)
    return Markup(f"**{shown}**") if shown else shown


def code(text: Text) -> Markup:
    """Show a text as code within a line. Back-ticks become apostrophes, so that nothing within ends it."""
    return Markup(f"`{_within_code(str(text)).replace(_NEWLINE, ' ') or _NOTHING}`")


def block(text: str, language: LiteralString = "") -> Markup:
    """Show lines as a block of code, coloured as a language. Back-ticks become apostrophes, as in `code`."""
    return Markup(f"```{language}\n{_within_code(text)}\n```")


def _within_code(text: str) -> str:
    return visible(text).replace("`", "'")


def _with_backslash(match: re.Match[str]) -> str:
    found = match[0]
    if found[-1].isdigit():
        return f"{found}\\"  # a numbered list begins with "1.": the point is escaped, not the number
    return f"{found[:-1]}\\{found[-1]}"


def address(url: str, *, preview: bool) -> Markup:
    """Show a sound address as a separate link; without `preview` Discord shows no picture of where it leads."""
    matched = _AUTHORITY.match(url)
    head = matched[0] if matched else ""
    sound = head + _UNSAFE_IN_URL.sub(lambda match: f"%{ord(match[0]):02X}", url[len(head) :])
    return Markup(sound if preview else f"<{sound}>")


def prose(text: str, *, preview: bool) -> Markup:
    """Show a user's text as plain text in which sound web addresses are links that show where they lead."""
    shown: list[str] = []
    at = 0
    for match in _ADDRESS.finditer(text):
        url = shown_url(match[0])
        if url is not None:
            shown += escape(text[at : match.start()]), address(url, preview=preview)
            at = match.end()
    return Markup("".join((*shown, escape(text[at:]))))


def cut(text: str, limit: int) -> str:
    """Fit a text into so many characters, for places where Discord reads no Markdown."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def split(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` UTF-16 units that make the whole again when joined.

    It cuts after a line, else after a word, else anywhere but within an emoji, a letter with its marks, an escape, a
    mention or an address (unless that alone is longer than `limit`). An empty text has no parts.
    """
    parts: list[str] = []
    part, size = "", 0
    for atom in _atoms(text, limit):
        more = length(atom)
        if size + more > limit:
            kept = _cut(part)
            parts.append(part[:kept])
            part = part[kept:]
            size = length(part)
            if size + more > limit:
                parts.append(part)
                part, size = "", 0
        part += atom
        size += more
    return [*parts, part] if part else parts


def _cut(part: str) -> int:
    """Return how much of a full part to keep: whole lines, else whole words, where that is not too little."""
    for separator in ("\n", " "):
        kept = part.rfind(separator) + 1
        if kept > len(part) // 2:
            return kept
    return len(part)


def _atoms(text: str, limit: int) -> Iterator[str]:
    atom = ""
    for match in _ATOM.finditer(text):
        piece = match[0]
        if atom and not (_continues(atom, piece) and length(atom) + length(piece) <= limit):
            yield from _bounded(atom, limit)
            atom = ""
        atom += piece
    yield from _bounded(atom, limit)


def _bounded(atom: str, limit: int) -> Iterator[str]:
    if length(atom) <= limit:
        if atom:
            yield atom
    else:
        yield from atom


def _continues(atom: str, piece: str) -> bool:
    """Return whether a character belongs to the one before: a mark, a joined emoji, a skin tone, half a flag."""
    if len(piece) > 1 or piece.isspace() or atom[-1].isspace():
        return False
    if atom[-1] == _JOINER or piece == _JOINER or "\U0001f3fb" <= piece <= "\U0001f3ff":
        return True
    if unicodedata.category(piece).startswith("M") or "\U000e0020" <= piece <= "\U000e007f":
        return True
    return _is_flag(piece) and _is_flag(atom[-1]) and len(atom) == 1


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
