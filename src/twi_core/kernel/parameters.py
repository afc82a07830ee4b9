"""Describe a command's fields: what Discord, the command line and the help make their parameters from."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, final, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from twi_core.kernel.commands import Command
from twi_core.kernel.ids import ChannelId, GuildId, MessageId, RoleId, Snowflake, UserId
from twi_core.kernel.schemas import TextShape


class ParameterKind(StrEnum):
    """Say what a parameter takes."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    GUILD = "guild"
    MESSAGE = "message"


_IDS: dict[type[Snowflake], ParameterKind] = {
    UserId: ParameterKind.USER,
    RoleId: ParameterKind.ROLE,
    ChannelId: ParameterKind.CHANNEL,
    GuildId: ParameterKind.GUILD,
    MessageId: ParameterKind.MESSAGE,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Describe one field of a command.

    `several` takes a list. `minimum` and `maximum` bound a text's length in UTF-16 units, or a number. `choices` are
    the values of a choice. `example` is a value that a person would give.
    """

    name: str
    kind: ParameterKind
    several: bool
    required: bool
    default: object
    minimum: int | None
    maximum: int | None
    multiline: bool
    choices: tuple[str, ...]
    description: str
    example: object


def parameters(command: type[Command]) -> tuple[Parameter, ...]:
    """Describe a command's fields in the order of their declaration.

    Raises:
        TypeError: a field is of a type that no entrypoint knows how to ask for.
    """
    return tuple(_parameter(name, field) for name, field in command.model_fields.items())


def _parameter(name: str, field: FieldInfo) -> Parameter:
    parts = list(_parts(field.annotation))
    metadata = [*field.metadata, *(part for part in parts if not _is_type(part))]
    inner = [part for part in metadata if isinstance(part, FieldInfo)]
    described = next((f for f in (field, *inner) if f.description), field)
    several = any(get_origin(part) is tuple for part in parts)
    shape = next((part for part in metadata if isinstance(part, TextShape)), None)
    low = next((part.ge for part in metadata if isinstance(part, annotated_types.Ge)), None)
    high = next((part.le for part in metadata if isinstance(part, annotated_types.Le)), None)
    kind, choices = _kind(name, parts)
    return Parameter(
        name=name,
        kind=kind,
        several=several,
        required=field.is_required(),
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        minimum=(0 if shape.optional else 1) if shape else _whole(low),
        maximum=shape.limit if shape else _whole(high),
        multiline=shape is not None and shape.multiline,
        choices=choices,
        description=described.description or "",
        example=next((f.examples[0] for f in (field, *inner) if f.examples), None),
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """Take an annotation apart: its types, and the metadata within `Annotated`."""
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
        if get_origin(part) is Literal:
            return ParameterKind.CHOICE, tuple(str(value) for value in get_args(part))
        if isinstance(part, type) and issubclass(part, Snowflake):
            return _IDS[part], ()
        if part is bool:
            return ParameterKind.BOOLEAN, ()
        if part is int:
            return ParameterKind.INTEGER, ()
        if part is str:
            return ParameterKind.TEXT, ()
    raise TypeError(f"no entrypoint knows how to ask for {name}")


def _whole(bound: object) -> int | None:
    return bound if isinstance(bound, int) else None
