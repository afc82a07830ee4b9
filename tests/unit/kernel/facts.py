"""Texts that could act on their readers, and every place of a fact where a text can stand."""

from collections.abc import Callable, Mapping
from typing import Final

from hypothesis import strategies as st

from twi_core.kernel.facts import Block, Call, Code, FactValue, Lines, Listed, Phrase, Prose, content

HOSTILE: Final = st.text(
    st.sampled_from("ab \n\r\t\x1b[2J\x9b\x85\u2028\u2029\u202e\u2066\U000e0041*`_<>@#"), max_size=20
)

TEXT_PLACES: Final[Mapping[str, Callable[[str], FactValue]]] = {
    "text": lambda text: text,
    "code": Code,
    "prose": Prose,
    "block": Block,
    "content": content,
    "phrase": lambda text: Phrase("by ", text),
    "list": lambda text: Listed((text, Code(text))),
    "empty list": lambda text: Listed((), text),
    "lines": lambda text: Lines((text, Prose(text))),
    "no lines": lambda text: Lines((), text),
    "call": lambda text: Call(text, {text: text}),
}
