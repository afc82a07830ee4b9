"""Refusals of API tokens."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

TOKEN_REQUIRED: Final = define_error(
    "tokens.required",
    Kind.UNAUTHENTICATED,
    message="This needs a valid API token.",
    hint="Send the header “Authorization: Bearer TOKEN”. The bot's operators create tokens on the command line.",
    cause="The request has no token, or one that is unknown or revoked.",
)
GUILD_CLOSED: Final = define_error(
    "tokens.guild_closed",
    Kind.FORBIDDEN,
    message="This API token isn't valid for that server.",
    hint="Use a token that was created for that server.",
    cause="A token only works in the servers that it was created for.",
)
NAME_TAKEN: Final = define_error(
    "tokens.name_taken",
    Kind.CONFLICT,
    message="There's already a token called “{name}”.",
    hint="Choose another name, or revoke that token first: {tokens.revoke name=name}",
    otherwise="Choose another name, or revoke that token first.",
    cause="Names of tokens in use are unique; case, width and spaces don't matter.",
    example={"name": "dashboard"},
)
TOKEN_NOT_FOUND: Final = define_error(
    "tokens.not_found",
    Kind.NOT_FOUND,
    message="There's no token called “{name}”.",
    hint="See all tokens: {tokens.list}",
    otherwise="List all tokens.",
    cause="No token in use has that name.",
    example={"name": "dashboard"},
)
