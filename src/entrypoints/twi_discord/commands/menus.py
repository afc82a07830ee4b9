"""Commands in a menu ("Apps") of a member or a message: one typed line each, answered once like any other."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from twi_discord.replies.message import Answer


class Clicked(StrEnum):
    """What a command's menu belongs to."""

    USER = "user"
    MESSAGE = "message"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MenuSpec:
    """The description of one command in a menu; Discord shows up to five of each kind of one bot.

    `name` is what people see, up to 32 characters, `summary` what it does, for the help.
    """

    name: str
    summary: str
    of: Clicked
    answer: Answer
    public: bool


def user_menu(name: str, summary: str, answer: Answer, *, public: bool = False) -> MenuSpec:
    """Describe a command in the menu of a member.

    `answer` gets the member's id, a number, as `user`. Like a command's, it runs through the host with the rights
    of the person who clicks.

        async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
            outcome = await app.permissions.overview.call({"user": raw["user"]}, context)
            return outcome if isinstance(outcome, Failure) else Success(_overview(outcome.unwrap()))

        user_menu("Permissions", "Show everything that a member can and can't do here.", answer)

    Args:
        name: What people see, up to 32 characters.
        summary: What it does, for the help.
        answer: Answers it.
        public: Whether everybody sees the success; a refusal is the clicker's alone.
    """
    return MenuSpec(name=name, summary=summary, of=Clicked.USER, answer=answer, public=public)


def message_menu(name: str, summary: str, answer: Answer, *, public: bool = False) -> MenuSpec:
    """Describe a command in the menu of a message, in the same way.

    `answer` gets the ids `message`, `channel` and `author`, which are numbers, and the texts `content` and `link`. The
    author of what a webhook wrote is the webhook. The content is as Discord has it: anything that people can write, or
    nothing, and up to 4,000 characters.
    """
    return MenuSpec(name=name, summary=summary, of=Clicked.MESSAGE, answer=answer, public=public)
