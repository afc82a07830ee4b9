"""Every kind of option, with a slash, written and in a form: what arrives, and how what is wrong is refused."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.discord.entries import add
from tests.integration.discord.stage import WAYS, Way, answered, staged
from tests.options import CASES, OPERATION, Case, TakeEverything
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.parameters import parameters
from twi_discord.commands.specs import CommandSpec, command
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message, dialog

pytestmark = pytest.mark.asyncio


class Taken:
    """An answer that remembers the values it got."""

    def __init__(self) -> None:
        self.found: TakeEverything | None = None

    def __call__(self, found: TakeEverything) -> Message:
        self.found = found
        return Message(say("It worked."))

    def check(self, case: Case, text: str) -> None:
        """Compare what came of a case with what should."""
        if case.refused is not None:
            code, field = case.refused
            assert f"`{code}`" in text
            assert re.match(rf"`(--)?{field.replace('_', '[-_]')}` ", text), text
            assert self.found is None
        else:
            assert text == "It worked."
            assert getattr(self.found, case.field) == case.value


@pytest.mark.parametrize("way", WAYS)
async def test_every_option_arrives(way: Way) -> None:
    """A value reaches the model as it was typed, the same way by slash and in writing, and only the model judges it."""
    async with staged() as stage:
        taken = Taken()
        await add(stage, command("probe", OPERATION, taken))
        for case in CASES:
            if case.typed is None:
                continue  # what Discord lets nobody type
            if way == "slash":
                if case.field == "ratio" and case.refused:
                    continue  # Discord keeps numbers within the bounds that it was sent
                given: dict[str, Any] = {case.field: case.typed}
                said = await stage.ask("member", "slash", "probe", **given)
            else:
                said = await stage.write("member", f"!probe --{case.field} {case.typed}")
            taken.check(case, said.stable)
            taken.found = None


async def test_a_written_list_ends_at_the_next_option() -> None:
    """Quoted items may contain what looks like an option; outside quotes it is one, and the list ends there."""
    async with staged() as stage:
        taken = Taken()
        spec = command("probe", OPERATION, taken, positional="labels")
        await add(stage, spec)
        await stage.write("member", '!probe one, "two --ratio 1", three --ratio 2 --colours red, blue')
        expected = TakeEverything(labels=("one", "two --ratio 1", "three"), ratio=2, colours=("red", "blue"))
        assert taken.found == expected
        await stage.write("member", '!probe "one --nothing x, two"')
        assert taken.found == TakeEverything(labels=("one --nothing x, two",))


async def test_a_form_takes_them_too() -> None:
    """What is typed into a form's fields is read like an option; a number's bounds do not limit its text's length."""
    asked = ("ratio", "starts", "lasts", "labels", "people")
    async with staged() as stage:
        taken = Taken()
        spec = command("probe", OPERATION, taken)

        async def opened(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            fields = [p for p in parameters(TakeEverything) if p.name in asked]
            return Success(dialog("Probe", fields, spec.answer, instead=say("in writing"), public=True))

        await add(stage, CommandSpec(name="form", summary="Try.", options=(), answer=opened))
        for case in CASES:
            if case.field not in asked or case.typed is None:
                continue
            form = await stage.people["member"].slash(stage.channel, "form")
            sent = await stage.people["member"].submit_modal(form, {case.field: str(case.typed)})
            taken.check(case, answered(sent).stable)
            taken.found = None


async def test_discord_is_sent_what_they_take() -> None:
    """A number is declared as such, within its bounds; a list as text, and its description says how to write it."""
    async with staged() as stage:
        await add(stage, command("probe", OPERATION, Taken()))
        found = next(c for c in stage.bot.tree.get_commands() if c.name == "probe").to_dict(stage.bot.tree)
        options: dict[str, dict[str, Any]] = {option["name"]: dict(option) for option in found["options"]}
        ratio = options["ratio"]
        assert (ratio["type"], ratio["min_value"], ratio["max_value"]) == (10, -1.5, 2.5)
        assert {options[name]["type"] for name in options if name != "ratio"} == {3}
        assert [choice["value"] for choice in options["colour"]["choices"]] == ["red", "blue"]
        assert not any(options["labels"].get(bound) for bound in ("min_length", "max_length", "choices"))
        assert options["starts"]["description"] == ("When it starts (such as 2026-12-24 or 2026-12-24 18:00, in UTC).")
        assert options["lasts"]["description"] == "How long it takes (such as 90m, 12h, 7d or 2w)."
        assert options["labels"]["description"] == "Labels (several, separated by commas)."
        assert options["colours"]["description"] == "Colours (any of red, blue; several, separated by commas)."


async def test_help_says_how_they_are_written() -> None:
    """Bounds, forms and choices are in the help, and its example works as it stands."""
    async with staged() as stage:
        taken = Taken()
        await add(stage, command("probe", OPERATION, taken, positional="labels"))
        said = (await stage.write("member", "!help probe")).text
        for line in (
            "`ratio`: A share (from -1.5 to 2.5). Optional.",
            "`starts`: When it starts (such as 2026-12-24 or 2026-12-24 18:00, in UTC). Optional.",
            "`labels`: Labels (at most 3 values; at most 20 characters; several, separated by commas). Optional.",
            "`colours`: Colours (any of red, blue; several, separated by commas). Optional.",
        ):
            assert line in said
        assert "[<labels, …>]" in said
        example = said.partition("Example: `")[2].partition("`")[0]
        assert (await stage.write("member", example)).text == "It worked."
        assert taken.found is not None
        assert taken.found.labels == ("one", "two, three")


async def test_a_refused_item_is_named_as_its_option_is() -> None:
    """When an option is named differently from its field, the items of its list are too."""
    async with staged() as stage:
        await add(stage, command("probe", OPERATION, Taken(), rename={"numbers": "amounts"}))
        said = await stage.write("member", "!probe --amounts 1, 99")
        assert said.text.startswith("`--amounts.1` is out of range")
