"""Discord's ids, as distinct types."""

import re
from typing import TYPE_CHECKING, Any, Final, Self, SupportsIndex

from twi_core.kernel.language import text

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

LARGEST_ID: Final = 2**63 - 1
"""The largest id that the storage can keep (a signed 64-bit integer)."""

_DECIMAL: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


class Snowflake(int):
    """A 64-bit id.

    Raises:
        ValueError: the number isn't between 1 and 2**63 - 1.
    """

    __slots__ = ()

    def __new__(cls, value: SupportsIndex, /) -> Self:
        """Check the number."""
        number = int(value)
        if not 1 <= number <= LARGEST_ID:
            raise ValueError("an id is between 1 and 2**63 - 1")
        return super().__new__(cls, number)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler", /) -> "CoreSchema":
        """Accept an id as an integer or decimal text, and serialise it as text (JavaScript rounds large numbers)."""
        from pydantic_core import core_schema  # here, so that modules which only name ids don't need pydantic

        return core_schema.no_info_plain_validator_function(
            cls._checked,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(), when_used="json"
            ),
            json_schema_input_schema=core_schema.any_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler", /
    ) -> "JsonSchemaValue":
        """Describe an id as decimal text, for input also as an integer; a field's own description is kept."""
        written: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{1,19}$"}
        taken = {"anyOf": [written, {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}]}
        own = handler(schema)
        return {**(taken if handler.mode == "validation" else written), "examples": ["175928847299117063"], **own}

    @classmethod
    def _checked(cls, value: object) -> Self:
        """Accept an integer or 1 to 20 ASCII digits, and nothing else that `int()` accepts."""
        from pydantic_core import PydanticCustomError

        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise PydanticCustomError("input.invalid_type", "id", {"reason": text("an id consists of digits")})
        try:
            return cls(value)
        except ValueError:
            bounds = text("an id is a number from 1 to {largest}", largest=str(LARGEST_ID))
            raise PydanticCustomError("input.out_of_range", "id", {"reason": bounds}) from None


class GuildId(Snowflake):
    """The id of a guild (a Discord server)."""

    __slots__ = ()


class ChannelId(Snowflake):
    """The id of a channel or thread."""

    __slots__ = ()


class UserId(Snowflake):
    """The id of a user."""

    __slots__ = ()


class RoleId(Snowflake):
    """The id of a role."""

    __slots__ = ()


class MessageId(Snowflake):
    """The id of a message."""

    __slots__ = ()
