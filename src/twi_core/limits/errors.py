"""Refusals of limits."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_OPERATION: Final = define_error(
    "limits.unknown_operation",
    Kind.NOT_FOUND,
    message="There's no operation called “{name}”.",
    hint="Use an operation such as links.add, a group such as links.*, or * for all. See all of them: {limits.show}",
    otherwise="Use an operation such as links.add, a group such as links.*, or * for all.",
    cause="The name of a limit is neither an operation nor a group of operations.",
    example={"name": "links.fly", "suggestions": ("links.add", "links.info")},
    other_hints=(DID_YOU_MEAN,),
)
NOT_FREE: Final = define_error(
    "limits.not_free",
    Kind.FORBIDDEN,
    message="You can't exempt anyone from limits that apply to you.",
    hint="This needs the permission {permission}. Ask {holders}.",
    cause="The caller can change limits, but not bypass them, so they can't exempt others.",
    example={"permission": "limits.bypass", "holders": "the administrators"},
)
RULE_NOT_FOUND: Final = define_error(
    "limits.rule_not_found",
    Kind.NOT_FOUND,
    message="This server has no such limit.",
    hint="See the limits and exemptions of this server: {limits.rules}",
    otherwise="List this server's limits.",
    cause="The server has no rule for that operation and that role, user or scope.",
)
TOO_MANY_RULES: Final = define_error(
    "limits.too_many_rules",
    Kind.CONFLICT,
    message="This server already has {limit} rules about limits, the most it can have.",
    hint="Reset rules that aren't needed any more; one for a role or a group can replace many: {limits.rules}",
    otherwise="Reset rules that aren't needed any more; one for a role or a group can replace many.",
    cause="The number of rules in a server is limited.",
    example={"limit": 1_000},
)
ONE_SUBJECT: Final = define_error(
    "limits.one_subject",
    Kind.INVALID,
    message="Choose either a role or a user.",
    hint="Use {--role} or {--user}, not both.",
    cause="Both are given, or neither where one is needed.",
)
GUILD_FOR_ALL: Final = define_error(
    "limits.guild_for_all",
    Kind.INVALID,
    message="A limit for the whole server can't be for one role or user.",
    hint="Leave out the role or the user, or set {--scope} to “member”.",
    cause="A limit for the whole server counts everyone's calls together.",
)
