"""Descriptions of what is shown in Discord, without discord.py: messages, embeds, components, forms, refusals."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Final, TypeAlias, final

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.parameters import Parameter
from twi_discord.replies.markup import Markup, Text, code, cut, lines, say, wording

ROWS: Final = 5
"""Rows of components under a message; the buttons that turn its pages are one of them."""
BUTTONS: Final = 5
"""Buttons in a row."""
CHOICES: Final = 25
"""Choices of a select."""
VALUE_LIMIT: Final = 100
"""Characters of what a choice stands for."""
BUTTON_URL_LIMIT: Final = 512
"""Characters of an address that a button opens."""

_FORM_TITLE_LIMIT: Final = 45
_FORM_FIELDS: Final = 5


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A form that asks for values; see `dialog`."""

    title: str
    fields: tuple[Parameter, ...]
    answer: "Answer"
    public: bool


class Style(Enum):
    """The look of a button."""

    PRIMARY = auto()
    SECONDARY = auto()
    SUCCESS = auto()
    DANGER = auto()


@final
@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    A click calls `answer` with `given`. Without an `answer` it calls again what made the message, with `given` put over
    what that was called with: `Button("Apply", given={"apply": True})`. Its success takes the place of the message.
    """

    label: str
    answer: "Answer | None" = None
    given: Mapping[str, object] = field(default_factory=dict)
    style: Style = Style.SECONDARY
    emoji: str | None = None
    disabled: bool = False


@final
@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens an address and calls nothing.

    The address must be http or https, and has at most `BUTTON_URL_LIMIT` characters.
    """

    label: str
    url: str
    emoji: str | None = None

    def __post_init__(self) -> None:
        """Refuse an address that Discord would refuse together with the whole message."""
        if len(self.url) > BUTTON_URL_LIMIT or shown_url(self.url) is None:
            raise ValueError(f"a button opens an http or https address of at most {BUTTON_URL_LIMIT} characters")


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select: `value` is what the answer is called with, `label` what people see."""

    value: str
    label: str
    description: str | None = None
    emoji: str | None = None
    chosen: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A menu of choices, which fills a row.

    Choosing calls `answer` with the chosen value under `name`, or with the list of all values where up to `most` above
    one can be chosen. Without an `answer` it calls again what made the message, as a `Button` does.
    """

    name: str
    choices: Sequence[Choice]
    answer: "Answer | None" = None
    placeholder: str | None = None
    least: int = 1
    most: int = 1
    disabled: bool = False

    def __post_init__(self) -> None:
        """Refuse what Discord would refuse together with the whole message."""
        if not 0 < len(self.choices) <= CHOICES or any(len(choice.value) > VALUE_LIMIT for choice in self.choices):
            raise ValueError(f"a select has one to {CHOICES} choices, with values of up to {VALUE_LIMIT} characters")


Row: TypeAlias = Sequence[Button | LinkButton] | Select
"""What stands side by side: buttons, or one select."""


@final
@dataclass(frozen=True, slots=True)
class Field:
    """A fact of an embed under its name; short ones can stand side by side (`inline`)."""

    name: Text
    value: Text
    inline: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A framed part of a message.

    All texts may be of any length. Those that are no markup are shown as plain text, and so is `footer`, which Discord
    does not read for markup. Addresses (`url`, which the title opens, `image`, `thumbnail`) must be http or https;
    others are left out. `colour` is a number such as `0x5865F2`; `at` is a time, shown in the reader's zone.
    """

    title: Text = ""
    description: Text = ""
    fields: Sequence[Field] = ()
    url: str | None = None
    image: str | None = None
    thumbnail: str | None = None
    footer: str = ""
    colour: int | None = None
    at: datetime | None = None


@final
@dataclass(frozen=True, slots=True)
class Message:
    """What a success shows: markup, embeds, components, and the cursor of a page that follows.

    `opens` is a form that is shown in place of all else where Discord can open one. What is `private` is refused where
    others than the caller would read it. Components listen to the caller only, for a few minutes.
    """

    text: Markup
    next: str | None = None
    opens: Dialog | None = None
    private: bool = False
    embeds: Sequence[Embed] = ()
    components: Sequence[Row] = ()

    def __post_init__(self) -> None:
        """Refuse more components than Discord takes."""
        if self.components:
            rows = len(self.components) + (self.next is not None)
            if rows > ROWS or any(not isinstance(row, Select) and len(row) > BUTTONS for row in self.components):
                raise ValueError(
                    f"a message has at most {ROWS} rows, that of its pages among them, of {BUTTONS} buttons"
                )


Answer: TypeAlias = Callable[[Mapping[str, object], CallContext], Awaitable[Outcome[Message, AppError]]]
"""Answer raw input with what is to be shown, or refuse."""


def dialog(
    title: str, fields: Sequence[Parameter], answer: Answer, *, instead: Markup, public: bool = False
) -> Message:
    """Build the answer of a command that opens a form.

    The form's `answer` gets what was typed as text, by the fields' names, without those left empty; it runs through the
    host like a command's, with the rights that its sender has then. Discord opens a form for a slash command or a
    click only, and at once: the command's own answer should do next to nothing. Everywhere else `instead` is shown.

        async def opened(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
            fields = [p for p in parameters(api.import_.command) if p.name == "document"]
            instead = say("Put the document after the command: {line}", line=written("settings.import", {}))
            return Success(dialog(text("Import settings"), fields, imported, instead=instead))

    Args:
        title: Its title, of which Discord shows 45 characters.
        fields: One to five, such as those of `parameters(operation.command)`; each is asked for as text of up to
            4,000 characters, in several lines where the parameter allows them.
        answer: Answers what was typed.
        instead: Explains how to pass the values where no form can be opened.
        public: Whether everybody sees the success; a refusal is the sender's alone.

    Raises:
        ValueError: the fields are none or too many.
    """
    if not 0 < len(fields) <= _FORM_FIELDS:
        raise ValueError(f"Discord takes one to {_FORM_FIELDS} fields")
    shown = cut(title, _FORM_TITLE_LIMIT)
    return Message(instead, opens=Dialog(title=shown, fields=tuple(fields), answer=answer, public=public))


def refusal_text(error: AppError, reference: str, more: Markup | None = None) -> Markup:
    """Return what is wrong, what to do next, perhaps `more`, the code, and the reference that finds it in the log."""
    shown = (Markup(error.message(wording())), Markup(error.hint(wording())), more)
    footer = say("-# {code} · reference {reference}", code=code(error.code), reference=code(reference))
    return lines(*(line for line in shown if line), footer)
