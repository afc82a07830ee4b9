"""How fields of commands are checked: the only place, beside the commands, that knows pydantic's core."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.ids import Snowflake
from twi_core.kernel.permissions import Level
from twi_core.kernel.text import TextError, clean_name, clean_prose

OUT_OF_RANGE: Final = define_error(
    "input.out_of_range",
    Kind.INVALID,
    message="{field} is out of range: {reason}.",
    hint="Give a number within the range.",
    cause="A number or an id is smaller or larger than what is allowed.",
)
WRONG_TYPE: Final = define_error(
    "input.invalid_type",
    Kind.INVALID,
    message="{field} is not of the right type: {reason}.",
    hint="Look at the help of this command for what it takes.",
    cause="A value is of another type than the parameter, such as a word where a number or an id belongs.",
)

_DECIMAL: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


@final
@dataclass(frozen=True, slots=True)
class TextShape:
    """Say what text a field takes; written beside `str` in `Annotated`.

    `limit` counts UTF-16 units. `multiline` takes prose, otherwise it is a name of one line. `rule` may refuse or
    change the cleaned text further, by raising `TextError`.
    """

    limit: int
    multiline: bool = False
    optional: bool = False
    rule: Callable[[str], str] | None = None

    def clean(self, text: str) -> str:
        """Give the text as it is kept.

        Raises:
            TextError: the text is not acceptable.
        """
        if self.optional and not text.strip():
            return ""
        cleaned = (clean_prose if self.multiline else clean_name)(text, self.limit)
        return self.rule(cleaned) if self.rule else cleaned

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler, /) -> CoreSchema:
        """Check a text when its command is made."""
        return core_schema.no_info_before_validator_function(self._checked, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Describe the text for OpenAPI."""
        described: dict[str, Any] = handler(schema) | {"maxLength": self.limit}  # with what a `Field` beside it says
        return described if self.optional else described | {"minLength": 1}

    def _checked(self, value: object) -> str:
        if not isinstance(value, str):
            raise PydanticCustomError("input.invalid_type", "text", {"reason": "it must be text"})
        try:
            return self.clean(value)
        except TextError as error:
            raise PydanticCustomError(error.definition.code, "text", dict(error.params)) from None


def snowflake_schema(kind: type[Snowflake]) -> CoreSchema:
    """Make the schema of an id: an integer, or 1 to 20 ASCII digits; nothing else that `int()` would take."""

    def checked(value: object) -> Snowflake:
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise PydanticCustomError("input.invalid_type", "id", {"reason": "an id is written in digits"})
        try:
            return kind(value)
        except ValueError as error:
            raise PydanticCustomError("input.out_of_range", "id", {"reason": str(error)}) from None

    return core_schema.no_info_plain_validator_function(
        checked, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json")
    )


def level_schema(kind: type[Level]) -> CoreSchema:
    """Make the schema of a level: one of the labels."""
    labels = core_schema.literal_schema([level.label for level in kind])
    return core_schema.no_info_after_validator_function(
        lambda label: kind[label.upper()],
        labels,
        serialization=core_schema.plain_serializer_function_ser_schema(
            lambda level: level.label, return_schema=labels, when_used="json"
        ),
    )
