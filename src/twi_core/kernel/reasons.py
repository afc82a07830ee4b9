"""Why pydantic refuses a value, in sentences of ours: none of a library's reaches people."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, Literal, get_args, get_origin

from twi_core.kernel.language import Value, language, plural, text

RANGE: Final = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal", "int_parsing_size"})
"""The types of pydantic's errors that mean a number out of its range."""


def reason(kind: str, context: Mapping[str, object], annotation: object = None) -> str:
    """Return why a value is refused, to complete "… isn't valid: …", from the type of an error and its context.

    `annotation` is that of the field, which knows its choices; pydantic has them in a sentence only.
    """
    if kind in {"literal_error", "enum"}:
        return _choice(tuple(dict.fromkeys(_choices(annotation))))
    if kind in RANGE or kind == "multiple_of":
        return _number(kind, context)
    if kind in {"too_short", "too_long"}:
        return _count(kind, context)
    if kind.startswith(("string_", "bytes_", "url_too_long")):
        return _string(kind, context)
    if kind.startswith(("date", "time")):
        return _time(kind)
    return _type(kind)


def _number(kind: str, context: Mapping[str, object]) -> str:
    match kind:
        case "greater_than":
            return text("it must be greater than {bound}", bound=_bound(context, "gt"))
        case "greater_than_equal":
            return text("it must be at least {bound}", bound=_bound(context, "ge"))
        case "less_than":
            return text("it must be less than {bound}", bound=_bound(context, "lt"))
        case "less_than_equal":
            return text("it must be at most {bound}", bound=_bound(context, "le"))
        case "multiple_of":
            return text("it must be a multiple of {bound}", bound=_bound(context, "multiple_of"))
        case _:
            return text("it has too many digits")


def _count(kind: str, context: Mapping[str, object]) -> str:
    if kind == "too_short":
        return plural("it needs at least one item", "it needs at least {count} items", _length(context, "min_length"))
    return plural("it takes one item at most", "it takes at most {count} items", _length(context, "max_length"))


def _string(kind: str, context: Mapping[str, object]) -> str:
    match kind:
        case "string_too_short" | "bytes_too_short":
            length = _length(context, "min_length")
            return plural("it needs at least one character", "it needs at least {count} characters", length)
        case "string_too_long" | "bytes_too_long" | "url_too_long":
            length = _length(context, "max_length")
            return plural("it takes one character at most", "it takes at most {count} characters", length)
        case "string_pattern_mismatch" | "string_not_ascii" | "string_unicode":
            return text("it contains characters that aren't allowed")
        case _:
            return text("it must be text")


def _time(kind: str) -> str:
    match kind:
        case "date_past" | "datetime_past":
            return text("it must be in the past")
        case "date_future" | "datetime_future":
            return text("it must be in the future")
        case "timezone_naive" | "timezone_aware" | "timezone_offset":
            return text("its time zone isn't valid")
        case "time_delta_type" | "time_delta_parsing":
            return text("it must be a duration")
        case "time_type" | "time_parsing":
            return text("it must be a time")
        case _:
            return text("it must be a date, or a date and time")


def _type(kind: str) -> str:
    match kind:
        case "bool_type" | "bool_parsing":
            return text("it must be yes or no")
        case "int_type" | "int_parsing" | "int_from_float":
            return text("it must be a whole number")
        case "float_type" | "float_parsing" | "finite_number" | "decimal_type" | "decimal_parsing":
            return text("it must be a number")
        case "list_type" | "tuple_type" | "set_type" | "frozen_set_type" | "iterable_type":
            return text("it must be a list")
        case "none_required":
            return text("it must be empty")
        case "url_type" | "url_parsing" | "url_syntax_violation" | "url_scheme":
            return text("it must be a web address")
        case _:
            return text("it can't be read")


def _choice(choices: Sequence[str]) -> str:
    if not choices:
        return text("it isn't one of the possible values")
    return text("it must be {choices}", choices=language().either(choices))


def _choices(annotation: object) -> Iterator[str]:
    """Yield the values that an annotation names, also within unions, lists and `Annotated`."""
    if get_origin(annotation) is Literal:
        yield from (str(getattr(value, "value", value)) for value in get_args(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation.__members__.values())
    else:
        for part in get_args(annotation):
            yield from _choices(part)


def _bound(context: Mapping[str, object], name: str) -> Value:
    found = context.get(name, 0)
    return found if isinstance(found, int) else f"{found:g}" if isinstance(found, float) else str(found)


def _length(context: Mapping[str, object], name: str) -> int:
    found = context.get(name, 0)
    return found if isinstance(found, int) else 0
