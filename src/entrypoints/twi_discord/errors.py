"""What the Discord entrypoint refuses by itself."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

NOT_ALLOWED: Final = define_error(
    "discord.not_allowed",
    Kind.FORBIDDEN,
    message="This bot does not take that command here, or not from you.",
    hint="Try another channel, or ask the people who run this bot.",
    cause="A rule of the hosting bot, such as a check or a cooldown of its own, refused the command.",
)
OUTDATED: Final = define_error(
    "discord.outdated",
    Kind.CONFLICT,
    message="This command has changed, and your Discord still shows its old form.",
    hint="Reload Discord (Ctrl+R, or close and open the app) and try again.",
    cause="The slash command that Discord sent does not match the bot's; its commands were not synced since a change.",
)
OPTION_TWICE: Final = define_error(
    "discord.option_twice",
    Kind.INVALID,
    message="{field} was given twice.",
    hint="Give each option once.",
    cause="A written command names an option more than once.",
    example={"field": "--tag"},
)
UNKNOWN_COMMAND: Final = define_error(
    "discord.unknown_command",
    Kind.NOT_FOUND,
    message="There is no command called “{name}”.",
    hint="Ask the help without a name to see all commands.",
    cause="A written subcommand, or the name that help was asked about, does not exist.",
    example={"name": "lnik"},
)
NOT_YOURS: Final = define_error(
    "discord.not_yours",
    Kind.FORBIDDEN,
    message="Only the member who asked may use this.",
    hint="Send the command yourself to get an answer of your own.",
    cause="Somebody else used a button or a menu of an answer.",
)
EXPIRED: Final = define_error(
    "discord.expired",
    Kind.NOT_FOUND,
    message="This button, menu or form has expired.",
    hint="Send the command again.",
    cause="A button, menu or form was used that has timed out, or was made before the bot was restarted.",
)
OVERHEARD: Final = define_error(
    "discord.overheard",
    Kind.FORBIDDEN,
    message="The answer is for you alone, and others read this channel.",
    hint="Use the command with a slash, or write it to the bot in a direct message.",
    cause=(
        "A command was written in a channel of a server whose answer is not for its members: it may hold secrets, such "
        "as the trace of a bug, or tells what happened elsewhere."
    ),
)
TOO_SLOW: Final = define_error(
    "discord.too_slow",
    Kind.TIMEOUT,
    message="This took too long and was broken off.",
    hint="Try again later. If you were changing something, look first whether it was changed.",
    cause="A call ran into a time limit; Discord takes no answer that comes more than 15 minutes late.",
)
INTERRUPTED: Final = define_error(
    "discord.interrupted",
    Kind.UNAVAILABLE,
    message="The bot was stopped while it worked on this.",
    hint="Try again in a minute. If you were changing something, look first whether it was changed.",
    cause="The process ended, or the extension was unloaded, before the call did.",
)
TOKEN_MISSING: Final = define_error(
    "discord.token_missing",
    Kind.INVALID,
    message="There is no Discord token.",
    hint="Set TWI_DISCORD_TOKEN, or TWI_DISCORD_TOKEN_FILE to a file that holds it. `twi sandbox` needs none.",
    cause="The bot was to be started without a token.",
)
TOKEN_REFUSED: Final = define_error(
    "discord.token_refused",
    Kind.UNAUTHENTICATED,
    message="Discord refused the token.",
    hint="Copy it anew from the developer portal (Bot, Reset Token) into TWI_DISCORD_TOKEN.",
    cause="The token is mistyped, was reset, or belongs to no bot.",
)
INTENT_MISSING: Final = define_error(
    "discord.intent_missing",
    Kind.FORBIDDEN,
    message="Discord does not let this bot read messages.",
    hint="Switch on Message Content Intent in the developer portal (Bot, Privileged Gateway Intents).",
    cause="A privileged intent that the bot asks for is switched off for its application.",
)
UNREACHABLE: Final = define_error(
    "discord.unreachable",
    Kind.UNAVAILABLE,
    message="Discord cannot be reached: {reason}.",
    hint="Check the network and status.discord.com, then start the bot again.",
    cause="Logging in failed for another reason than the token.",
    example={"reason": "it answered 503"},
)
SYNC_FAILED: Final = define_error(
    "discord.sync_failed",
    Kind.UNAVAILABLE,
    message="Discord did not take the slash commands: {reason}.",
    hint="Try `twi bot --sync` again in a few minutes.",
    cause="Sending the commands' definitions to Discord failed.",
    example={"reason": "it answered 503"},
)
