"""HTML elements, whose content is escaped."""

from html import escape
from typing import Final, final

from twi_core.kernel.language import language

VOID: Final = frozenset({"input", "link", "meta"})


@final
class Markup(str):
    """Safe HTML; any other text is escaped when it is put into an element."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | bool) -> Markup:
    """Return an element; `class_` stands for `class`, `data_path` for `data-path`, and True for no value."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{together(*content)}</{name}>")


def together(*content: str) -> Markup:
    """Join pieces, escaping those that are not HTML."""
    return Markup("".join(piece if isinstance(piece, Markup) else escape(piece) for piece in content))


def page(title: str, head: Markup, body: Markup) -> bytes:
    """Return a whole page."""
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
