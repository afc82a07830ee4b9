"""How command fields are validated: the only place, besides commands, that knows pydantic's core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from twi_core.kernel.durations import check_duration, duration, written_duration
from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.language import text, translated
from twi_core.kernel.moments import check_moment, moment, written_moment
from twi_core.kernel.text import TextError, clean_name, clean_prose

OUT_OF_RANGE: Final = define_error(
    "input.out_of_range",
    Kind.INVALID,
    message="{--field} is out of range: {reason}.",
    hint="Use a number within the range: {usage}",
    otherwise="Use a number within the range.",
    cause="A number or an id is smaller or larger than allowed.",
    example={"field": "amount", "reason": "it must be at most 1,000"},
)
WRONG_TYPE: Final = define_error(
    "input.invalid_type",
    Kind.INVALID,
    message="{--field} isn't valid: {reason}.",
    hint="Write it like this: {usage}",
    otherwise="Correct it and try again.",
    cause="A value has another type than the parameter, such as a word instead of a number or an id.",
    example={"field": "title", "reason": "it must be text"},
)

V = TypeVar("V")


@final
@dataclass(frozen=True, slots=True)
class TextShape:
    """The text that a field takes; used beside `str` in `Annotated`.

    `limit` counts UTF-16 units. `multiline` accepts prose, otherwise the text is a one-line name. `rule` may refuse or
    change the cleaned text further by raising `TextError`.
    """

    limit: int
    multiline: bool = False
    optional: bool = False
    rule: Callable[[str], str] | None = None

    def clean(self, given: str) -> str:
        """Return the text as it is stored.

        Raises:
            TextError: the text isn't acceptable.
        """
        if self.optional and not given.strip():
            return ""
        cleaned = (clean_prose if self.multiline else clean_name)(given, self.limit)
        return self.rule(cleaned) if self.rule else cleaned

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler, /) -> CoreSchema:
        """Validate a text when its command is created."""
        return core_schema.no_info_before_validator_function(self._checked, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Describe the text for OpenAPI."""
        described: dict[str, Any] = handler(schema) | {
            "maxLength": self.limit
        }  # together with what a `Field` beside it says
        return described if self.optional else described | {"minLength": 1}

    def _checked(self, value: object) -> str:
        if not isinstance(value, str):
            raise PydanticCustomError("input.invalid_type", "text", {"reason": text("it must be text")})
        try:
            return self.clean(value)
        except TextError as error:
            raise PydanticCustomError(error.definition.code, "text", dict(error.params)) from None


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrittenShape(Generic[V]):
    """The text form of a value that people enter as text; used beside its type in `Annotated`.

    `read` parses a text, `check` returns a value as it is stored, `write` formats it so that `read` accepts it again.
    The first two refuse by raising `TextError`, or a plain `ValueError` if `form`, which says how to write a value, is
    explanation enough. `limit` counts UTF-16 units; `json` describes the text for OpenAPI.
    """

    of: type[V]
    read: Callable[[str], V]
    check: Callable[[V], V]
    write: Callable[[V], str]
    limit: int
    form: str
    json: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler, /) -> CoreSchema:
        """Parse the text when its command is created; internal callers may pass the value itself."""
        return core_schema.no_info_plain_validator_function(
            self._checked,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Describe the text for OpenAPI."""
        return {"type": "string", **self.json}

    def _checked(self, value: object) -> V:
        try:
            if isinstance(value, self.of):
                return self.check(value)
            if isinstance(value, str):
                return self.read(clean_name(value, self.limit))
        except TextError as error:
            raise PydanticCustomError(error.definition.code, "text", dict(error.params)) from None
        except ValueError:
            pass
        reason = text("write it as {form}", form=translated(self.form))
        raise PydanticCustomError("input.invalid_type", "text", {"reason": reason})


Duration: TypeAlias = Annotated[
    timedelta,
    WrittenShape(
        of=timedelta,
        read=duration,
        check=check_duration,
        write=written_duration,
        limit=20,
        form="90m, 12h, 7d or 2w",
        json={"pattern": "^[0-9]{1,6} ?[mhdwMHDW]$", "examples": ["7d"]},
    ),
]
"""A span of time, from a minute to a year."""

Moment: TypeAlias = Annotated[
    datetime,
    WrittenShape(
        of=datetime,
        read=moment,
        check=check_moment,
        write=written_moment,
        limit=40,
        form="2026-12-24 or 2026-12-24 18:00, in UTC",
        json={
            "anyOf": [{"format": "date"}, {"format": "date-time"}, {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}],
            "examples": ["2026-12-24 18:00"],
        },
    ),
]
"""A moment, aware and in UTC; a date alone means its first moment."""
