"""Levels and named permissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Level(IntEnum):
    """Order the ranks; each one may do what the ranks below it may."""

    EVERYONE = 0
    MODERATOR = 1
    ADMINISTRATOR = 2
    OPERATOR = 3

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler", /) -> "CoreSchema":
        """Write a level as its label."""
        from pydantic_core import core_schema  # here, so that whoever only names levels does without pydantic

        labels = core_schema.literal_schema([level.label for level in cls])
        return core_schema.no_info_after_validator_function(
            lambda label: cls[label.upper()],
            labels,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda level: level.label, return_schema=labels, when_used="json"
            ),
        )

    @property
    def label(self) -> str:
        """Return the name that people type and read."""
        return self.name.lower()

    @property
    def holders(self) -> str:
        """Name those who have it, as in "ask the moderators"."""
        return "everyone" if self is Level.EVERYONE else f"{self.label}s"


class NativePermissions(IntFlag):
    """Name the bits of Discord's permission number that the levels rest on; other bits are kept."""

    NONE = 0
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3


EVERYTHING: Final = "*"
"""The pattern that covers every permission, or every operation."""


@lru_cache(maxsize=1024)
def patterns(name: str) -> tuple[str, ...]:
    """Return the patterns that cover a dotted name, the most specific first: itself, `context.*`, `*`."""
    return (name, f"{name.partition('.')[0]}.*", EVERYTHING)


@final
@dataclass(frozen=True, slots=True)
class Permission:
    """Name something that can be allowed. `summary` completes "You may not …".

    One that goes `by_level_only` is neither given nor taken by the rules of a guild.
    """

    name: str
    default: Level
    summary: str
    by_level_only: bool = False

    @property
    def fixed(self) -> bool:
        """Return whether the level alone decides; what takes an operator always goes by it."""
        return self.by_level_only or self.default is Level.OPERATOR


_declared: Final[dict[str, Permission]] = {}


def declare_permission(name: str, default: Level, summary: str, *, by_level_only: bool = False) -> Permission:
    """Declare a permission, once, when its module is imported.

    Raises:
        ValueError: the name is declared already.
    """
    if name in _declared:
        raise ValueError(f"the permission {name!r} is declared already")
    _declared[name] = Permission(name, default, summary, by_level_only)
    return _declared[name]


def declared_permissions() -> Mapping[str, Permission]:
    """Return every permission that the imported contexts declare, in the order of the alphabet."""
    return dict(sorted(_declared.items()))
