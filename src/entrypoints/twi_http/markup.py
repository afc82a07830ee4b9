"""HTML, in which everything that is put into it is text."""

from html import escape
from typing import Final, final

from twi_core.kernel.language import language

VOID: Final = frozenset({"input", "link", "meta"})


@final
class Markup(str):
    """HTML that is escaped already; any other text is escaped when it is put into an element."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | bool) -> Markup:
    """Write an element. `class_` stands for `class`, `data_path` for `data-path`; true stands for no value."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{together(*content)}</{name}>")


def together(*content: str) -> Markup:
    """Put pieces in a row."""
    return Markup("".join(piece if isinstance(piece, Markup) else escape(piece) for piece in content))


def page(title: str, head: Markup, body: Markup) -> bytes:
    """Write a whole page, in the language of the request."""
    start = together(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        head,
    )
    html = tag("html", tag("head", start), tag("body", body), lang=language().tag)
    return f"<!doctype html>\n{html}\n".encode()


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'
