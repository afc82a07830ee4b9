"""Refusals of settings."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

IT_TAKES: Final = "It takes {takes}."
DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_SETTING: Final = define_error(
    "settings.unknown",
    Kind.NOT_FOUND,
    message="There's no setting called “{key}”.",
    hint="See all settings: {settings.list}",
    otherwise="List all settings.",
    cause="No part of the bot has a setting of that name.",
    example={"key": "links.pagesize", "suggestions": ("links.page_size",)},
    other_hints=(DID_YOU_MEAN,),
)
UNUSABLE_VALUE: Final = define_error(
    "settings.unusable_value",
    Kind.INVALID,
    message="The setting {key} doesn't take that value.",
    hint="It takes {takes}, for example: {settings.set key=key value=example}",
    otherwise="It takes {takes}.",
    cause="The value has another type than the setting, is out of range, or has too many items.",
    example={"key": "links.page_size", "takes": "a whole number from 5 to 20", "example": "20"},
    other_hints=(IT_TAKES,),
)
ONE_VALUE: Final = define_error(
    "settings.one_value",
    Kind.INVALID,
    message="The setting {key} has one value, not a list.",
    hint="Set it to another value: {settings.set key=key}",
    otherwise="Set it to another value, or reset it.",
    cause="A value can't be added to or removed from a setting that isn't a list.",
    example={"key": "links.page_size"},
)
UNSUITABLE_ROLE: Final = define_error(
    "settings.unsuitable_role",
    Kind.INVALID,
    message="That role can't be used in a setting: {reason}.",
    hint="Choose a role that you assign to members yourself.",
    cause="Everyone has the role, or Discord manages it, for a bot, subscribers or boosters.",
    example={"reason": "everyone has it"},
)
UNUSABLE_DOCUMENT: Final = define_error(
    "settings.unusable_document",
    Kind.INVALID,
    message="The document can't be imported:\n{problems}",
    hint="Nothing was changed. Correct the document and import it again.",
    cause="The document has settings that don't exist, or values that they don't take.",
    example={
        "problems": ("links.page_size: It takes a whole number from 5 to 20.", "links.colour: There's no such setting.")
    },
)
