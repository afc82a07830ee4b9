"""Descriptions of commands name what there is."""

from typing import Any

import pytest

from tests.app import build
from twi_core.links import LINKS
from twi_discord.commands.specs import command
from twi_discord.replies.markup import Markup
from twi_discord.replies.message import Message


@pytest.mark.parametrize(
    "wrong",
    [
        {"positional": "titel"},
        {"complete": {"titel": None}},
        {"depends_on": {"titel": None}},
        {"rename": {"titel": "name"}},
        {"leave_out": ("titel",)},
    ],
    ids=str,
)
def test_an_option_that_there_is_not_is_refused(wrong: dict[str, Any]) -> None:
    """A misspelt option or field is a bug that shows when the command is described, not one that nobody notices."""
    with pytest.raises(ValueError, match=r"links\.add has no titel"):
        command("add", build().app[LINKS].add, lambda _: Message(Markup()), **wrong)
