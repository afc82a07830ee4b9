"""What the operations of API tokens refuse."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

TOKEN_REQUIRED: Final = define_error(
    "tokens.required",
    Kind.UNAUTHENTICATED,
    message="This takes an API token that is known here.",
    hint="Send the header “Authorization: Bearer TOKEN”; whoever runs the bot makes one with `twi tokens create`.",
    cause="The call carried no token, or one that is unknown or revoked.",
)
GUILD_CLOSED: Final = define_error(
    "tokens.guild_closed",
    Kind.FORBIDDEN,
    message="This API token is not for that server.",
    hint="Use a token that was made for it.",
    cause="A token names the servers it works in, and this was another one.",
)
NAME_TAKEN: Final = define_error(
    "tokens.name_taken",
    Kind.CONFLICT,
    message="There is a token called “{name}” already.",
    hint="Choose another name, or revoke that token first.",
    cause="Names of tokens in use are unique; case, width and blanks do not matter.",
    example={"name": "dashboard"},
)
TOKEN_NOT_FOUND: Final = define_error(
    "tokens.not_found",
    Kind.NOT_FOUND,
    message="There is no token called “{name}”.",
    hint="List the tokens to see their names.",
    cause="No token in use has that name.",
    example={"name": "dashboard"},
)
