"""Levels and named permissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

from twi_core.kernel.language import text
from twi_core.kernel.names import contexts_of, dotted

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Level(IntEnum):
    """A level of trust; each one includes the levels below it."""

    EVERYONE = 0
    MODERATOR = 1
    ADMINISTRATOR = 2
    OPERATOR = 3

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler", /) -> "CoreSchema":
        """Serialise a level as its label."""
        from pydantic_core import core_schema  # here, so that modules which only name levels don't need pydantic

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
        """Return the name that is typed, and that JSON has."""
        return self.name.lower()

    @property
    def shown(self) -> str:
        """Return the name that people read."""
        match self:
            case Level.EVERYONE:
                return text("everyone")
            case Level.MODERATOR:
                return text("moderator")
            case Level.ADMINISTRATOR:
                return text("administrator")
            case Level.OPERATOR:
                return text("operator")

    @property
    def holders(self) -> str:
        """Return who has the level, as in "ask one of the moderators"."""
        match self:
            case Level.EVERYONE:
                return text("everyone")
            case Level.MODERATOR:
                return text("the moderators")
            case Level.ADMINISTRATOR:
                return text("the administrators")
            case Level.OPERATOR:
                return text("the bot's operators")


class NativePermissions(IntFlag):
    """The bits of Discord's permission number that levels depend on; other bits are kept."""

    NONE = 0
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3


EVERYTHING: Final = "*"
"""The pattern that covers every permission or every operation."""


@lru_cache(maxsize=1024)
def patterns(name: str) -> tuple[str, ...]:
    """Return the patterns that cover a dotted name, most specific first: the name, `context.*`, `*`."""
    return (name, f"{name.partition('.')[0]}.*", EVERYTHING)


@final
@dataclass(frozen=True, slots=True)
class Permission:
    """Something that can be allowed. `summary` completes "You can't …".

    The rules of a guild neither grant nor deny a permission that is `by_level_only`.
    """

    name: str
    default: Level
    summary: str
    by_level_only: bool = False

    @property
    def fixed(self) -> bool:
        """Return whether the level alone decides; always true for what only operators may do."""
        return self.by_level_only or self.default is Level.OPERATOR


_declared: Final[dict[str, Permission]] = {}


def declare_permission(name: str, default: Level, summary: str, *, by_level_only: bool = False) -> Permission:
    """Declare a permission, once, when its module is imported.

    Raises:
        ValueError: the name is already declared.
    """
    if name in _declared:
        raise ValueError(f"the permission {name!r} is already declared")
    _declared[name] = Permission(name, default, summary, by_level_only)
    return _declared[name]


def meant_name(written: str) -> str:
    """Return the dotted name of a permission or an operation, or the pattern, that is meant; see `dotted`."""
    return dotted(written, contexts_of(_declared))


def declared_permissions() -> Mapping[str, Permission]:
    """Return every permission that the imported contexts declare, in alphabetical order."""
    return dict(sorted(_declared.items()))
