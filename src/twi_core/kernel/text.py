"""Rules for text that people enter: names, prose, comparison keys, and similarity."""

import re
import unicodedata
from typing import Final, final

from twi_core.kernel.errors import ErrorCode, Kind, define_error
from twi_core.kernel.language import plural

TEXT_EMPTY: Final = define_error(
    "input.empty",
    Kind.INVALID,
    message="{--field} is empty.",
    hint="Write at least one visible character: {usage}",
    otherwise="Write at least one visible character.",
    cause="A text is empty, or has only blanks and invisible characters.",
    example={"field": "title"},
)
TEXT_TOO_LONG: Final = define_error(
    "input.too_long",
    Kind.INVALID,
    message="{--field} can't be longer than {limit} characters.",
    hint="Shorten it and try again. Emoji and some letters count as more than one character.",
    cause="A text is longer than its limit in UTF-16 units, as Discord counts, before or after normalisation.",
    example={"field": "title", "limit": 100},
)
TEXT_INVALID: Final = define_error(
    "input.invalid_text",
    Kind.INVALID,
    message="{--field} contains a character that isn't allowed: {found}.",
    hint="Type the text instead of pasting it; pasted text can contain invisible characters.",
    cause="A text contains a control, direction, hidden or unassigned character, or half of a surrogate pair.",
    example={"field": "title", "found": "U+202E"},
)
TEXT_TOO_COMPLEX: Final = define_error(
    "input.too_complex",
    Kind.INVALID,
    message="{--field} is too complex: {found}.",
    hint="Simplify it and try again.",
    cause="A name has more than eight marks on one letter, or JSON is nested too deeply.",
    example={"field": "title", "found": "more than 8 marks on one letter"},
)

MARKS_PER_LETTER: Final = 8
"""Maximum number of combining marks on one letter of a name (spec, reliability 5-A row 14)."""

SIMILAR: Final = 0.3
"""Names whose trigrams are at least this similar may be mistaken for each other (the default of pg_trgm)."""

# Unicode calls them letters or symbols, but they are drawn as blanks.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_ZERO_WIDTH: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
# They aren't drawn at all: zero width, joiners, and variation selectors.
_UNSEEN: Final = re.compile(
    f"[{''.join(_ZERO_WIDTH)}\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_SPACES: Final = re.compile(f"[\\s{''.join(_BLANK_LETTERS)}]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SCATTER: Final = (
    28_835  # about the golden section of 36**3, and prime to it: neighbours in an alphabet get very different spellings
)


@final
class TextError(ValueError):
    """A refused text; `params` complete the code's message, except for the field's name."""

    def __init__(self, definition: ErrorCode, **params: str | int) -> None:
        super().__init__(definition.code)
        self.definition = definition
        self.params = params


def length(text: str) -> int:
    """Return a text's length as Discord counts it at its strictest: in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def clean_name(text: str, limit: int) -> str:
    """Trim a one-line name and refuse anything misleading: controls, directions, hidden characters, stacked marks.

    Raises:
        TextError: the name is empty, longer than `limit` (also once normalised), invalid or too complex.
    """
    _check_size(text, limit * 8)
    trimmed = text.strip()
    if (
        trimmed and trimmed.isascii() and trimmed.isprintable()
    ):  # most names: the checks below wouldn't change or refuse them
        _check_size(trimmed, limit)
        return trimmed
    for character in trimmed:
        if _misleads(character):
            raise TextError(TEXT_INVALID, found=_describe(character))
    if not any(_visible(character) for character in trimmed):
        raise TextError(TEXT_EMPTY)
    _check_size(trimmed, limit)
    _check_size(unicodedata.normalize("NFKC", trimmed), limit)
    _check_marks(trimmed)
    return trimmed


def clean_prose(text: str, limit: int) -> str:
    """Trim a text of several lines and keep it as written; only what can't be stored or seen is refused.

    Raises:
        TextError: the text is empty, longer than `limit`, or contains NUL or half of a surrogate pair.
    """
    _check_size(text, limit * 8)
    trimmed = text.strip()
    for character in trimmed:
        if character == "\x00" or "\ud800" <= character <= "\udfff":
            raise TextError(TEXT_INVALID, found=_describe(character))
    if not any(_visible(character) for character in trimmed):
        raise TextError(TEXT_EMPTY)
    _check_size(trimmed, limit)
    return trimmed


def name_key(name: str) -> str:
    """Return the comparison key of a name: NFKC, case folded, blanks collapsed, invisible characters dropped.

    The key of a key is the key itself. Keys are only for comparing; people see the name as it was written.
    """
    if name.isascii() and name.isprintable():  # most names need no normalisation
        return " ".join(name.lower().split())
    key = name
    for _ in range(3):  # folding can create new compositions; two rounds settle every known character
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
        folded = _SPACES.sub(" ", _UNSEEN.sub("", folded)).strip()
        if folded == key:
            break
        key = folded
    return key


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text's key: runs of letters and digits."""
    spaced = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in name_key(text))
    return tuple(spaced.split())


def natural_key(name: str) -> str:
    """Return a key whose code points sort naturally: "part 9" before "part 10"; numbers may have any length."""

    def padded(match: re.Match[str]) -> str:
        digits = match[0].lstrip("0") or "0"
        return f"{len(digits):04d}{digits}"

    return _DIGITS.sub(padded, name_key(name))


def spelled(text: str) -> str:
    """Return the words of a text for comparison, in a-z and 0-9; a letter beyond ASCII becomes three of them.

    This way a database splits them the same whatever its locale considers a letter. Unrelated letters may share a
    spelling.
    """
    return " ".join("".join(map(_spelled_letter, word)) for word in words(text))


def trigrams(key: str) -> frozenset[str]:
    """Return the three-letter pieces of each spelled word, padded like those of PostgreSQL's pg_trgm."""
    return frozenset(
        padded[start : start + 3]
        for word in spelled(key).split()
        for padded in (f"  {word} ",)
        for start in range(len(padded) - 2)
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the similarity of two sets of trigrams: shared pieces over all pieces, 0.0 to 1.0."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _spelled_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    number = ord(letter) * _SCATTER % len(_LETTERS) ** 3
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in (2, 1, 0))


def _check_size(text: str, limit: int) -> None:
    if len(text) > limit or length(text) > limit:  # megabytes are refused without being examined
        raise TextError(TEXT_TOO_LONG, limit=limit)


def _misleads(character: str) -> bool:
    match unicodedata.category(character):
        case "Cc" | "Cs" | "Co" | "Cn" | "Zl" | "Zp":
            return True
        case "Cf":
            return character not in _ZERO_WIDTH
        case _:
            return False


def _visible(character: str) -> bool:
    return not (
        character.isspace() or character in _BLANK_LETTERS or unicodedata.category(character) in {"Cc", "Cf", "Mn"}
    )


def _check_marks(text: str) -> None:
    run = 0
    for character in unicodedata.normalize("NFD", _UNSEEN.sub("", text)):
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run > MARKS_PER_LETTER:
            raise TextError(TEXT_TOO_COMPLEX, found=_marks())


def _marks() -> str:
    return plural("more than {count} mark on one letter", "more than {count} marks on one letter", MARKS_PER_LETTER)


def _describe(character: str) -> str:
    return f"U+{ord(character):04X}"
