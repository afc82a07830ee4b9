"""Refusals of permissions."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

DENIED_BY_RULE: Final = "One of this server's rules forbids it. See which: {permissions.explain operation=permission}"
DENIED: Final = define_error(
    "permissions.denied",
    Kind.FORBIDDEN,
    message="You can't {action}.",
    hint="Ask {holders}, or see why: {permissions.explain operation=permission}",
    otherwise="This needs the permission {permission}. Ask {holders}.",
    cause="The caller lacks the permission, a rule of the server denies it, or the thing belongs to someone else.",
    example={"action": "save links", "permission": "links.add", "holders": "the moderators"},
    other_hints=(DENIED_BY_RULE,),
)
CLOSED_CHANNEL: Final = define_error(
    "permissions.closed_channel",
    Kind.FORBIDDEN,
    message="You can't {action} in this channel.",
    hint="Use another channel, or see where it's open: {permissions.explain operation=permission}",
    otherwise="Use another channel.",
    cause=(
        "A rule closes the channel for this permission, opens other channels only, or could close it: the bot doesn't "
        "know the channel's category yet."
    ),
    example={"action": "save links", "permission": "links.add"},
)
DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_PERMISSION: Final = define_error(
    "permissions.unknown",
    Kind.NOT_FOUND,
    message="There's no permission or operation called “{name}”.",
    hint="See all permissions: {permissions.list}",
    otherwise="List all permissions.",
    cause="No part of the bot has a permission or an operation of that name.",
    example={"name": "links.fly", "suggestions": ("links.add", "links.info")},
    other_hints=(DID_YOU_MEAN,),
)
NOT_GRANTABLE: Final = define_error(
    "permissions.not_grantable",
    Kind.FORBIDDEN,
    message="The permission {permission} can't be granted or denied.",
    hint="It always belongs to {holders}.",
    cause="Rules don't apply to the permissions of operators, or to the right to ask for an explanation.",
    example={"permission": "permissions.appoint", "holders": "the administrators"},
)
NOT_HELD: Final = define_error(
    "permissions.not_held",
    Kind.FORBIDDEN,
    message="You can't grant or deny permissions that you don't have: {permissions}.",
    hint="Ask someone who has it, such as an administrator.",
    cause="A rule would grant or deny a permission that its author doesn't have.",
    example={"permissions": "links.add, links.manage_any"},
)
HELD_FOR_A_TIME: Final = define_error(
    "permissions.held_for_a_time",
    Kind.FORBIDDEN,
    message="You only have {permission} until {until}, so you can't grant it for longer.",
    hint="Choose a shorter {--lasts}, or ask an administrator.",
    cause="A rule would outlast the one that grants its author the permission, or the right to change rules.",
    example={"permission": "links.add", "until": "2026-11-30 12:00 UTC"},
)
RULE_NOT_FOUND: Final = define_error(
    "permissions.rule_not_found",
    Kind.NOT_FOUND,
    message="This server has no such rule.",
    hint="See all rules: {permissions.show}",
    otherwise="List all rules.",
    cause="The server has no rule with that permission and that user, role or channel.",
)
TOO_MANY_RULES: Final = define_error(
    "permissions.too_many_rules",
    Kind.CONFLICT,
    message="This server already has {limit} rules, the most it can have.",
    hint="Revoke rules that aren't needed any more; one for a role or a group can replace many: {permissions.show}",
    otherwise="Revoke rules that aren't needed any more; one for a role or a group can replace many.",
    cause="The number of rules in a server is limited.",
    example={"limit": 1_000},
)
ONE_SUBJECT: Final = define_error(
    "permissions.one_subject",
    Kind.INVALID,
    message="A rule applies to one role, one user or one channel.",
    hint="Use exactly one of {--role}, {--user} and {--channel}.",
    cause="None of the three is given, or more than one.",
)
