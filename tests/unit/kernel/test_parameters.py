"""The description of commands that entrypoints make their parameters from."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from tests.app import build
from twi_core.kernel.commands import Command, decode
from twi_core.kernel.ids import ChannelId, GuildId, MessageId, RoleId
from twi_core.kernel.outcome import Success
from twi_core.kernel.parameters import Parameter, ParameterKind, as_json, parameters
from twi_core.limits.use_cases.set import SetLimit
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.rename import RenameLink
from twi_core.links.use_cases.suggest import SuggestLinks
from twi_core.links.use_cases.transfer import TransferLink
from twi_core.tokens.use_cases.create import CreateToken


def of(command: type[Command], name: str) -> Parameter:
    return next(parameter for parameter in parameters(command) if parameter.name == name)


def test_every_operation_is_described() -> None:
    """Each parameter of each operation has a description and an example that its command accepts."""
    operations = build().app.operations()
    assert len(operations) >= 15
    for operation in operations:
        described = parameters(operation.command)
        assert [parameter.name for parameter in described] == list(operation.command.model_fields)
        examples = {p.name: p.example for p in described}
        assert None not in examples.values(), operation.name
        assert all(p.description.endswith(".") for p in described), operation.name
        assert isinstance(decode(operation.command, examples), Success), operation.name


def test_a_text() -> None:
    """A text has its limit in UTF-16 units, and says whether it is optional and whether it may have lines."""
    title, content, tag = (of(AddLink, name) for name in ("title", "content", "tag"))
    assert (title.kind, title.required, title.minimum, title.maximum) == (ParameterKind.TEXT, True, 1, 100)
    assert (content.multiline, content.maximum, title.multiline) == (True, 1500, False)
    assert (tag.required, tag.default, tag.maximum) == (False, None, 50)
    typed = of(SuggestLinks, "typed")
    assert (typed.required, typed.default, typed.minimum) == (False, "", 0)


def test_a_description_beside_a_shared_shape_wins() -> None:
    """A field's own description wins over the one of its shared shape."""
    assert of(RenameLink, "new_title").description == "The new title."
    assert of(RenameLink, "title").description == "The title of the link."


@pytest.mark.parametrize(
    ("command", "field", "text", "value"),
    [
        (AddLink, "preview", "no", False),
        (AddLink, "preview", "Yes", True),
        (AddLink, "preview", "3", True),
        (AddLink, "title", "3", "3"),
        (AddLink, "title", "", "world map"),
        (SetLimit, "amount", "3", 3),
        (SetLimit, "amount", "-3", -3),
        (SetLimit, "amount", "many", "many"),
        (SetLimit, "amount", "", 10),
        (TransferLink, "to", "175928847299117065", "175928847299117065"),
        (CreateToken, "guilds", "7", ["7"]),
        (CreateToken, "guilds", "", ["175928847299117063"]),
        (CreateToken, "level", "moderator", "moderator"),
    ],
)
def test_a_value_that_was_given_as_text_has_the_type_of_its_parameter(
    command: type[Command], field: str, text: str, value: object
) -> None:
    """Switches and numbers are those of JSON, ids and texts stay text, and nothing is the example."""
    found = as_json(of(command, field), text)
    assert (found, type(found)) == (value, type(value))


def test_choices_ids_lists_and_switches() -> None:
    """Choices list their values, ids their kind, lists that they are lists, switches their default."""
    level, guilds = of(CreateToken, "level"), of(CreateToken, "guilds")
    assert (level.kind, level.choices[-1], level.default) == (ParameterKind.CHOICE, "operator", "everyone")
    assert (guilds.kind, guilds.several, guilds.required) == (ParameterKind.GUILD, True, True)
    assert (of(TransferLink, "to").kind, of(TransferLink, "to").several) == (ParameterKind.USER, False)
    assert (of(AddLink, "preview").kind, of(AddLink, "preview").default) == (ParameterKind.BOOLEAN, True)


class Everything(Command):
    """Take what no command takes yet."""

    amount: Annotated[int, Field(ge=2, le=9, description="How many.", examples=[3])] = 5
    free: int
    channel: ChannelId
    role: RoleId | None = None
    message: MessageId
    colours: tuple[Literal["red", "blue"], ...] = ()
    guild: GuildId | None = None


def test_what_no_command_takes_yet() -> None:
    """Numbers have their bounds; channels, roles, messages and lists of choices are known too."""
    amount = of(Everything, "amount")
    assert (amount.kind, amount.minimum, amount.maximum, amount.default) == (ParameterKind.INTEGER, 2, 9, 5)
    free = of(Everything, "free")
    assert (free.minimum, free.maximum, free.description, free.example) == (None, None, "", None)
    kinds = [of(Everything, name).kind.value for name in ("channel", "role", "message", "guild")]
    assert kinds == ["channel", "role", "message", "guild"]
    colours = of(Everything, "colours")
    assert (colours.kind, colours.several, colours.choices) == (ParameterKind.CHOICE, True, ("red", "blue"))


class Strange(Command):
    """Take what no entrypoint can ask for."""

    pair: dict[str, int]


def test_a_field_that_no_entrypoint_can_ask_for_is_refused() -> None:
    """A field of an unknown type fails by name when it is described, not later at an entrypoint."""
    with pytest.raises(TypeError, match="pair"):
        parameters(Strange)
