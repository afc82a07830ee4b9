"""What settings refuse."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_SETTING: Final = define_error(
    "settings.unknown",
    Kind.NOT_FOUND,
    message="There is no setting called “{key}”.",
    hint="List the settings to see their names.",
    cause="A name was given that no part of the bot declares as a setting.",
    example={"key": "links.pagesize", "suggestions": ("links.page_size",)},
    other_hints=(DID_YOU_MEAN,),
)
UNUSABLE_VALUE: Final = define_error(
    "settings.unusable_value",
    Kind.INVALID,
    message="The setting {key} does not take that.",
    hint="It takes {takes}.",
    cause="The value is of another sort than the setting's, out of its bounds, or one too many.",
    example={"key": "links.page_size", "takes": "a whole number from 5 to 20"},
)
ONE_VALUE: Final = define_error(
    "settings.one_value",
    Kind.INVALID,
    message="The setting {key} holds one value, not a list.",
    hint="Set it to another value, or reset it.",
    cause="A value was to be added to, or removed from, a setting that is no list.",
    example={"key": "links.page_size"},
)
UNSUITABLE_ROLE: Final = define_error(
    "settings.unsuitable_role",
    Kind.INVALID,
    message="That role cannot be named in a setting: {reason}.",
    hint="Choose a role that members are given one by one.",
    cause="The role is everyone's, or Discord hands it out for somebody else, such as to a bot or a booster.",
    example={"reason": "everybody has it"},
)
UNUSABLE_DOCUMENT: Final = define_error(
    "settings.unusable_document",
    Kind.INVALID,
    message="The document cannot be imported: {problems}.",
    hint="Correct all of that and import it again; nothing was changed.",
    cause="The document names settings that do not exist, or values that they do not take.",
    example={
        "problems": ("links.page_size: it takes a whole number from 5 to 20", "links.colour: there is no such setting")
    },
)
