"""Lines of commands can be sent as they stand, with a slash or behind a prefix."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.commands.typed import VALUE_LIMIT, Named, TypedCommands, example_line, usage_line
from twi_discord.replies.markup import Markup
from twi_discord.replies.message import Message

Given = Mapping[str, str]


def option(name: str, example: Any, *, required: bool = True, several: bool = False) -> Option:
    """Describe an option of text."""
    return Option(
        Parameter(
            name=name,
            kind=ParameterKind.TEXT,
            several=several,
            required=required,
            default=None,
            minimum=None,
            maximum=None,
            multiline=False,
            choices=(),
            description="",
            example=example,
        )
    )


async def nothing(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
    return Success(Message(Markup()))


ADD = CommandSpec(
    name="add",
    summary="Add.",
    options=(
        option("title", "world map"),
        option("content", "text"),
        option("clear_tag", True, required=False),
        option("labels", ("one", "two, three"), required=False, several=True),
    ),
    answer=nothing,
    positional="title",
    operations=("links.add",),
    renamed={"text": "content"},
)
NARROW = replace(ADD, name="add_map", operations=())


def commands() -> list[Named]:
    """Return the commands of a bot; the first does a part of what the second does."""
    return [("add_map", NARROW), ("link add", ADD)]


LONG = "a" * VALUE_LIMIT
HELD = '!link add “a "b" --labels x” --content text'
SLASH = TypedCommands(commands, "!", ("link add", ADD), SlashNames())
WRITTEN = TypedCommands(commands, "!", ("link add", ADD))


@pytest.mark.parametrize(
    ("given", "slash", "written"),
    [
        ({}, "/link add title:world map content:text", "!link add world map --content text"),
        ({"title": "a", "text": "b"}, "/link add title:a content:b", "!link add a --content b"),
        ({"title": "a --b"}, "/link add title:a --b content:text", '!link add "a --b" --content text'),
        ({"title": '"a" b'}, '/link add title:"a" b content:text', '!link add “"a" b” --content text'),
        ({"title": "“a”"}, "/link add title:“a” content:text", '!link add "“a”" --content text'),
        ({"title": 'a "b" --labels x'}, '/link add title:a "b" --labels x content:text', HELD),
        (
            {"title": "@everyone *a*"},
            "/link add title:@everyone *a* content:text",
            "!link add @everyone *a* --content text",
        ),
        ({"title": ""}, "/link add title:world map content:text", "!link add world map --content text"),
        ({"title": LONG}, f"/link add title:{LONG} content:text", f"!link add {LONG} --content text"),
    ],
)
def test_an_operation_is_called_as_the_caller_types_it(given: Given, slash: str, written: str) -> None:
    """What is given stands in its option, examples in those that are required; any caller can be shown the other."""
    assert SLASH.command("links.add", given) == f"`{slash}`"
    assert WRITTEN.command("links.add", given) == f"`{written}`"
    assert SLASH.written("links.add", given) == WRITTEN.written("links.add", given) == f"`{written}`"


@pytest.mark.parametrize("title", ["a\nb", "a`b", "a\u202eb", LONG + "a"])
def test_a_value_that_a_line_cannot_show_has_no_line(title: str) -> None:
    """Discord would show or read another value than the one that was given, so no line stands for it."""
    assert SLASH.command("links.add", {"title": title}) is None
    assert WRITTEN.command("links.add", {"title": title}) is None


@pytest.mark.parametrize(
    ("given", "by_slash", "in_words"),
    [
        ({"title": '"a" “b” --labels x'}, True, False),
        ({"title": 'a" --labels “x', "text": "b"}, True, False),
        ({"title": "a content:b"}, False, True),
        ({"title": "Clear_Tag: yes"}, False, True),
        ({"title": " a"}, False, True),
        ({"title": "a discontent:b"}, True, True),
        ({"labels": "a --title b, c"}, True, False),
        ({"title": "a", "labels": '"b", c'}, True, True),
    ],
)
def test_a_value_that_would_be_read_as_an_option_has_no_line(given: Given, by_slash: bool, in_words: bool) -> None:
    """No value puts options into the line that shows it, whether it's typed with a slash or behind the prefix."""
    assert (SLASH.command("links.add", given) is not None) is by_slash
    assert (WRITTEN.command("links.add", given) is not None) is in_words


def test_an_example_that_cannot_be_typed_is_not_shown() -> None:
    """The example of an option that a host describes may be unusable too; then there's neither usage nor example."""
    odd = replace(ADD, options=(option("title", "a\nb"),))
    assert example_line("!", "link add", odd) is None
    assert TypedCommands(commands, "!", ("link add", odd)).usage("title") is None


def test_what_the_bot_does_not_offer_has_no_line() -> None:
    """An operation without a command that takes what it takes has none, and neither has a call outside of a command."""
    assert SLASH.command("links.fly", {}) is None
    assert TypedCommands(lambda: [("add_map", NARROW)], "!", slash=SlashNames()).command("links.add", {}) is None
    assert TypedCommands(commands, "!", slash=SlashNames()).usage("title") is None


def test_an_option_is_named_as_it_is_typed() -> None:
    """A written option has dashes, in place of underscores too; a field with another name is named as its option."""
    assert [SLASH.option(name) for name in ("clear_tag", "text")] == ["`clear_tag`", "`content`"]
    assert [WRITTEN.option(name) for name in ("clear_tag", "text")] == ["`--clear-tag`", "`--content`"]


@pytest.mark.parametrize("field", ["clear_tag", "--clear-tag"])
def test_the_usage_of_a_refused_call_holds_the_field(field: str) -> None:
    """An option that is refused stands in the line with its example, however it is named."""
    assert SLASH.usage(field) == "`/link add title:world map content:text clear_tag:yes`"
    assert WRITTEN.usage(field) == "`!link add world map --content text --clear-tag yes`"


def test_help_shows_usage_and_an_example() -> None:
    """Optional parts are in brackets, and a list's items that hold commas are in quotes."""
    slash = "/link add title:<title> content:<content> [clear_tag:<clear_tag>] [labels:<labels>]"
    assert usage_line(SlashNames(), "link add", ADD) == slash
    written = "!link add <title> --content <content> [--clear-tag <clear_tag>] [--labels <labels, …>]"
    assert usage_line("!", "link add", ADD) == written
    lists = replace(ADD, options=ADD.options[3:], positional=None)
    assert example_line("!", "link add", lists) == '!link add --labels one, "two, three"'
    assert example_line(SlashNames(), "link add", ADD) == "/link add title:world map content:text"
