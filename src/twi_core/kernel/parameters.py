"""Describe a command's fields, from which Discord, the command line and the help build their parameters."""

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Union, final, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from twi_core.kernel.commands import Command
from twi_core.kernel.ids import ChannelId, GuildId, MessageId, RoleId, UserId
from twi_core.kernel.language import plural, text, translated
from twi_core.kernel.schemas import TextShape, WrittenShape


class ParameterKind(StrEnum):
    """The kind of value a parameter takes."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATETIME = "datetime"
    DURATION = "duration"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    GUILD = "guild"
    MESSAGE = "message"


_KINDS: Final[Mapping[object, ParameterKind]] = {
    bool: ParameterKind.BOOLEAN,
    int: ParameterKind.INTEGER,
    float: ParameterKind.NUMBER,
    str: ParameterKind.TEXT,
    datetime: ParameterKind.DATETIME,
    timedelta: ParameterKind.DURATION,
    UserId: ParameterKind.USER,
    RoleId: ParameterKind.ROLE,
    ChannelId: ParameterKind.CHANNEL,
    GuildId: ParameterKind.GUILD,
    MessageId: ParameterKind.MESSAGE,
}

_SWITCHES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("yes", "true", "on", "1", "y", "t"), True),
    **dict.fromkeys(("no", "false", "off", "0", "n", "f"), False),
}
"""How people write yes and no, as pydantic reads it."""
_WHOLE: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One field of a command, described for entrypoints.

    With `several` it takes a list of up to `most` items, and everything else applies to each item. `minimum` and
    `maximum` bound a number, or a text's length in UTF-16 units. `choices` are the allowed values. `form` says how to
    write a value whose type exists only in Python, such as a date. `example` is a value that a person might enter.
    """

    name: str
    kind: ParameterKind
    several: bool
    required: bool
    default: object
    minimum: float | None
    maximum: float | None
    multiline: bool
    choices: tuple[str, ...]
    description: str
    example: object
    form: str = ""
    most: int | None = None


def parameters(command: type[Command]) -> tuple[Parameter, ...]:
    """Describe a command's fields in the order of their declaration.

    Raises:
        TypeError: a field has a type that no entrypoint supports.
    """
    return tuple(_parameter(name, field) for name, field in command.model_fields.items())


def _parameter(name: str, field: FieldInfo) -> Parameter:
    parts = list(_parts(field.annotation))
    metadata = [*field.metadata, *(part for part in parts if not _is_type(part))]
    inner = [part for part in metadata if isinstance(part, FieldInfo)]
    metadata += [part for within in inner for part in within.metadata]
    described = next((f for f in (field, *inner) if f.description), field)
    several = any(get_origin(part) is tuple for part in parts)
    shape = next((part for part in metadata if isinstance(part, TextShape)), None)
    written = next((part for part in metadata if isinstance(part, WrittenShape)), None)
    low, high = _bounds(metadata)
    most = next((part.max_length for part in metadata if isinstance(part, annotated_types.MaxLen)), None)
    kind, choices = _kind(name, parts)
    return Parameter(
        name=name,
        kind=kind,
        several=several,
        required=field.is_required(),
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        minimum=(0 if shape.optional else 1) if shape else low,
        maximum=shape.limit if shape else high,
        multiline=shape is not None and shape.multiline,
        choices=choices,
        description=described.description or "",
        example=next((f.examples[0] for f in (field, *inner) if f.examples), None),
        form=written.form if written else "",
        most=most if several else None,
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the parts of an annotation: its types, and the metadata within `Annotated`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        first, *metadata = get_args(annotation)
        yield from _parts(first)
        yield from metadata
    elif origin in {Union, types.UnionType}:
        for part in get_args(annotation):
            yield from _parts(part)
    elif origin is tuple:
        yield annotation
        yield from _parts(get_args(annotation)[0])
    elif annotation is not type(None):
        yield annotation


def _is_type(part: object) -> bool:
    return isinstance(part, type) or get_origin(part) is not None


def _kind(name: str, parts: list[Any]) -> tuple[ParameterKind, tuple[str, ...]]:
    for part in parts:
        if get_origin(part) is Literal and all(isinstance(value, str) for value in get_args(part)):
            return ParameterKind.CHOICE, get_args(part)
        if part in _KINDS:
            return _KINDS[part], ()
    raise TypeError(f"no entrypoint supports {name}")


def _bounds(metadata: list[Any]) -> tuple[float | None, float | None]:
    """Return the least and the greatest number allowed."""
    low = next((part.ge for part in metadata if isinstance(part, annotated_types.Ge)), None)
    high = next((part.le for part in metadata if isinstance(part, annotated_types.Le)), None)
    return _number(low), _number(high)


def _number(bound: object) -> float | None:
    return bound if isinstance(bound, int | float) else None


def as_json(parameter: Parameter, given: str) -> object:
    """Return a value that was given as text as JSON holds it; the parameter's example where there's no such value."""
    if not given:
        return parameter.example
    value: object = given
    if parameter.kind is ParameterKind.BOOLEAN:
        value = _SWITCHES.get(given.strip().casefold(), parameter.example)
    elif parameter.kind is ParameterKind.INTEGER and _WHOLE.fullmatch(given):
        value = int(given)
    elif parameter.kind is ParameterKind.NUMBER and _DECIMAL.fullmatch(given):
        value = float(given)
    return [value] if parameter.several else value


def takes(parameter: Parameter) -> str:
    """Return briefly what a parameter takes, beyond its kind: `from 1 to 9`, `at most 5 values`."""
    low, high = parameter.minimum, parameter.maximum
    said = [text("such as {form}", form=translated(parameter.form))] if parameter.form else []
    if parameter.most:
        said.append(plural("at most {count} value", "at most {count} values", parameter.most))
    if parameter.kind is ParameterKind.TEXT:
        said += [plural("at most {count} character", "at most {count} characters", int(high))] if high else []
    elif parameter.choices and parameter.several:
        said.append(text("any of {choices}", choices=", ".join(parameter.choices)))
    else:
        said += [_range(low, high)] if low is not None or high is not None else []
    return "; ".join(said)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return text("at most {high}", high=_shown(high))
    if high is None:
        return text("at least {low}", low=_shown(low))
    return text("from {low} to {high}", low=_shown(low), high=_shown(high))


def _shown(bound: float | None) -> str | int:
    return int(bound) if bound is not None and bound == int(bound) else f"{bound:g}"
