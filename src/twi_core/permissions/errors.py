"""What permissions refuse."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

DENIED_BY_RULE: Final = (
    "A rule of this server decides over {permission}; “permissions explain” tells which, and what to do."
)
DENIED: Final = define_error(
    "permissions.denied",
    Kind.FORBIDDEN,
    message="You may not {action}.",
    hint="This takes the permission {permission}, which {holders} have. Ask one of them.",
    cause="The caller does not hold the permission, a rule of the server denies it, or the thing is somebody else's.",
    example={"action": "save links", "permission": "links.add", "holders": "moderators"},
    other_hints=(DENIED_BY_RULE,),
)
CLOSED_CHANNEL: Final = define_error(
    "permissions.closed_channel",
    Kind.FORBIDDEN,
    message="You may not {action} in this channel.",
    hint="Use another channel; “permissions explain” tells which rule closes this one, and where it is open.",
    cause=(
        "A rule of the server closes the channel for the permission, or opens it in other channels only, or might "
        "close it while the bot does not know what the channel lies in."
    ),
    example={"action": "save links"},
)
UNKNOWN_PERMISSION: Final = define_error(
    "permissions.unknown",
    Kind.NOT_FOUND,
    message="There is no permission or operation called “{name}”.",
    hint="List the permissions to see their names.",
    cause="A name was given that no part of the bot declares.",
    example={"name": "links.fly"},
)
NOT_GRANTABLE: Final = define_error(
    "permissions.not_grantable",
    Kind.FORBIDDEN,
    message="The permission {permission} can neither be granted nor denied.",
    hint="It goes by the level alone: {holders} have it.",
    cause="Permissions of those who run the bot, and the right to ask for an explanation, are not subject to rules.",
    example={"permission": "links.add", "holders": "moderators"},
)
NOT_HELD: Final = define_error(
    "permissions.not_held",
    Kind.FORBIDDEN,
    message="You cannot pass on what you do not hold: {permissions}.",
    hint="Ask somebody who holds it, such as an administrator.",
    cause="A rule would give or take a permission that its author does not hold.",
    example={"permissions": "links.add, links.manage_any"},
)
HELD_FOR_A_TIME: Final = define_error(
    "permissions.held_for_a_time",
    Kind.FORBIDDEN,
    message="You hold {permission} until {until} only, so that what you pass on cannot last longer.",
    hint="Give a duration that ends before that, or ask an administrator.",
    cause="A rule would outlast the rule by which its author holds the permission, or the right to change rules.",
    example={"permission": "links.add", "until": "2026-11-30 12:00 UTC"},
)
RULE_NOT_FOUND: Final = define_error(
    "permissions.rule_not_found",
    Kind.NOT_FOUND,
    message="There is no such rule in this server.",
    hint="Look at the rules to see which there are.",
    cause="No rule of the server has that permission and that user, role or channel.",
)
TOO_MANY_RULES: Final = define_error(
    "permissions.too_many_rules",
    Kind.CONFLICT,
    message="This server has {limit} rules already, which is as many as there can be.",
    hint="Revoke some that are no longer needed; one for a role or with a wildcard may replace many.",
    cause="The number of rules of a server is bounded.",
    example={"limit": 100},
)
ONE_SUBJECT: Final = define_error(
    "permissions.one_subject",
    Kind.INVALID,
    message="Give exactly one of role, user and channel.",
    hint="A rule is about one role, one user or one channel.",
    cause="None of the three was given, or several.",
)
