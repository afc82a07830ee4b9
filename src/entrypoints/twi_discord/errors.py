"""What the Discord entrypoint itself refuses."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

HELP: Final = "discord.help"
"""The name by which hints refer to the help; it is no operation of the application, and only Discord has it."""

NOT_ALLOWED: Final = define_error(
    "discord.not_allowed",
    Kind.FORBIDDEN,
    message="You can't use that command here.",
    hint="Try another channel, or ask the people who run this bot.",
    cause="One of the hosting bot's own rules, such as a check or a cooldown, refused the command.",
)
OUTDATED: Final = define_error(
    "discord.outdated",
    Kind.CONFLICT,
    message="This command has changed, and your Discord app still shows its old form.",
    hint="Reload Discord (Ctrl+R, or close and reopen the app) and try again.",
    cause="The slash command that Discord sent doesn't match the bot's; its commands weren't synced since a change.",
)
OPTION_TWICE: Final = define_error(
    "discord.option_twice",
    Kind.INVALID,
    message="You wrote {option} twice.",
    hint="Write each option once: {usage}",
    otherwise="Write each option once.",
    cause="A written command names an option more than once.",
    example={"option": "--tag"},
)
UNKNOWN_COMMAND: Final = define_error(
    "discord.unknown_command",
    Kind.NOT_FOUND,
    message="There's no command called “{name}”.",
    hint="See all commands: {discord.help}",
    otherwise="Look at this bot's help.",
    cause="A written subcommand, or the command that help was wanted for, doesn't exist.",
    example={"name": "lnik"},
)
NOT_YOURS: Final = define_error(
    "discord.not_yours",
    Kind.FORBIDDEN,
    message="Only the person who used the command can use this.",
    hint="Use the command yourself to get your own answer.",
    cause="Another person used a button or a menu of an answer.",
)
EXPIRED: Final = define_error(
    "discord.expired",
    Kind.NOT_FOUND,
    message="This button, menu or form has expired.",
    hint="Use the command again.",
    cause="A button, menu or form was used that has timed out, or was sent before the bot was restarted.",
)
OVERHEARD: Final = define_error(
    "discord.overheard",
    Kind.FORBIDDEN,
    message="The answer is for you alone, and others can read this channel.",
    hint="Use the slash command, or write to the bot in a direct message.",
    cause=(
        "A command was written in a server's channel, and its members shouldn't see the answer: it can contain "
        "secrets, such as a bug's trace, or show what happened elsewhere."
    ),
)
TOO_SLOW: Final = define_error(
    "discord.too_slow",
    Kind.TIMEOUT,
    message="This took too long and was stopped.",
    hint="Try again later. If you were changing something, check first whether it has changed.",
    cause="A call ran into a time limit; Discord doesn't accept answers after 15 minutes.",
)
INTERRUPTED: Final = define_error(
    "discord.interrupted",
    Kind.UNAVAILABLE,
    message="The bot was stopped while it was working on this.",
    hint="Try again in a minute. If you were changing something, check first whether it has changed.",
    cause="The process ended, or the extension was unloaded, before the command finished.",
)
TOKEN_MISSING: Final = define_error(
    "discord.token_missing",
    Kind.INVALID,
    message="There's no Discord token.",
    hint=(
        "Set TWI_DISCORD_TOKEN, or TWI_DISCORD_TOKEN_FILE to a file that holds it. "
        "To try the bot without one, run: twi sandbox"
    ),
    cause="The bot was started without a token.",
)
TOKEN_REFUSED: Final = define_error(
    "discord.token_refused",
    Kind.UNAUTHENTICATED,
    message="Discord refused the token.",
    hint="Copy a new one from the developer portal (Bot, Reset Token) into TWI_DISCORD_TOKEN.",
    cause="The token is mistyped, was reset, or belongs to no bot.",
)
INTENT_MISSING: Final = define_error(
    "discord.intent_missing",
    Kind.FORBIDDEN,
    message="Discord doesn't let this bot read messages.",
    hint="Switch on Message Content Intent in the developer portal (Bot, Privileged Gateway Intents).",
    cause="A privileged intent that the bot asks for is switched off for its application.",
)
UNREACHABLE: Final = define_error(
    "discord.unreachable",
    Kind.UNAVAILABLE,
    message="Discord can't be reached: {reason}.",
    hint="Check the network and status.discord.com, then start the bot again.",
    cause="Logging in failed, but not because of the token.",
    example={"reason": "it answered 503"},
)
SYNC_FAILED: Final = define_error(
    "discord.sync_failed",
    Kind.UNAVAILABLE,
    message="Discord didn't accept the slash commands: {reason}.",
    hint="Try again in a few minutes: `twi bot --sync`",
    cause="Sending the commands' definitions to Discord failed.",
    example={"reason": "it answered 503"},
)
