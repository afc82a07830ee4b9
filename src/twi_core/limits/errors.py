"""What the operations of limits refuse."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

UNKNOWN_OPERATION: Final = define_error(
    "limits.unknown_operation",
    Kind.NOT_FOUND,
    message="There is no operation called “{name}”.",
    hint="Name an operation such as links.add, a group such as links.*, or * for all.",
    cause="A limit was asked for by a name that is neither an operation nor a group of them.",
    example={"name": "links.fly"},
)
NOT_FREE: Final = define_error(
    "limits.not_free",
    Kind.FORBIDDEN,
    message="You cannot exempt anybody from limits that bind yourself.",
    hint="This takes the permission {permission}, which {holders} have. Ask one of them.",
    cause="Who may change limits does not hold the permission to pass over them, and so cannot give that away.",
    example={"permission": "links.add", "holders": "moderators"},
)
RULE_NOT_FOUND: Final = define_error(
    "limits.rule_not_found",
    Kind.NOT_FOUND,
    message="This server has no such rule about limits.",
    hint="Look at the limits to see which rules there are.",
    cause="No rule of the server is about that operation and that role, user or scope.",
)
TOO_MANY_RULES: Final = define_error(
    "limits.too_many_rules",
    Kind.CONFLICT,
    message="This server has {limit} rules about limits already, which is as many as there can be.",
    hint="Reset some that are no longer needed; one for a role or with a wildcard may replace many.",
    cause="The number of rules of a server is bounded.",
    example={"limit": 100},
)
ONE_SUBJECT: Final = define_error(
    "limits.one_subject",
    Kind.INVALID,
    message="Give either a role or a user.",
    hint="An exemption is for one role or one user; a rule is reset for one of them, or for everyone.",
    cause="Both were given, or neither where one is needed.",
)
GUILD_FOR_ALL: Final = define_error(
    "limits.guild_for_all",
    Kind.INVALID,
    message="A limit on the whole server cannot be for one role or user.",
    hint="Leave out the role or the user, or choose the scope “member”.",
    cause="The scope “guild” counts the calls of everybody together, whoever they are.",
)
