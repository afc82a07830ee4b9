"""What Discord would show, in a terminal."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, final

import discord

_MARKUP: Final = re.compile(
    r"\\(?P<literal>[^a-zA-Z0-9\s])|<@!?(?P<user>[0-9]{1,19})>|<t:(?P<time>[0-9]{1,11})(?::[a-zA-Z])?>|^-# |\*\*|`"
)
_BUTTON: Final = 2
_SELECT: Final = 3
_INDENT: Final = "    "


class Answer(Protocol):
    """A message that the bot sent."""

    @property
    def content(self) -> str:
        """Return its text."""
        ...

    @property
    def embeds(self) -> list[discord.Embed]:
        """Return its embeds."""
        ...


@final
@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as lines of text; `private` ones only the caller sees."""

    lines: tuple[str, ...]
    private: bool

    @property
    def text(self) -> str:
        """Return the lines as one text."""
        return "\n".join(self.lines)


def shown(answer: Answer, components: Iterable[Mapping[str, Any]], names: Mapping[int, str], *, private: bool) -> Shown:
    """Return a message's text, embeds, buttons and selects as lines; `names` are shown for mentions of users."""
    lines = [*answer.content.splitlines(), *_embed_lines(answer.embeds)]
    row = " ".join(_labels(components))
    return Shown((*(readable(line, names) for line in lines), *([row] if row else [])), private)


def readable(line: str, names: Mapping[int, str]) -> str:
    """Return Discord's markup as a person sees it: no marks, names for mentions, a date for a timestamp."""

    def seen(match: re.Match[str]) -> str:
        if match["literal"]:
            return match["literal"]
        if match["user"]:
            return f"@{names.get(int(match['user']), match['user'])}"
        if match["time"]:
            return datetime.fromtimestamp(int(match["time"]), UTC).strftime("%-d %B %Y, %H:%M UTC")
        return ""

    return _MARKUP.sub(seen, line)


def script_lines(speaker: str, text: str) -> str:
    """Write what a person typed or the bot answered, behind the speaker's name."""
    first, *rest = text.split("\n")
    return "\n".join([f"{speaker}: {first}", *(f"{_INDENT}{line}" for line in rest)])


def _embed_lines(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    for embed in embeds:
        if embed.title:
            yield f"┃ {embed.title}"
        for line in (embed.description or "").splitlines():
            yield f"┃ {line}"
        for field in embed.fields:
            yield f"┃ {field.name}: {field.value}"
        if embed.footer.text:
            yield f"┃ {embed.footer.text}"


def _labels(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if component.get("type") == _BUTTON:
            label = component.get("label") or (component.get("emoji") or {}).get("name") or "…"
            yield f"({label})" if component.get("disabled") else f"[{label}]"
        elif component.get("type") == _SELECT:
            yield f"[{component.get('placeholder') or '…'} ▾]"
        yield from _labels(component.get("components", ()))
