"""What a context adds to the sandbox: its demo data, and its chapters of the scripted conversation."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias, final

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import offered


class Act(IntEnum):
    """The place of a chapter in the story; within an act, contexts follow each other as in the application."""

    ARRIVAL = 1
    """It is used for the first time."""
    RIGHTS = 2
    """A refusal, and its reason."""
    ROUTINE = 3
    """Everyday use."""
    FAREWELL = 4
    """What is no longer needed is deleted."""


@final
@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command; a value such as `@max` is that person."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True)
class Typing:
    """Typing into an option, to see its suggestions."""

    name: str
    option: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class Says:
    """A message, such as a prefix command."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Clicks:
    """A click on a button of the last answer."""

    label: str


@final
@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person does, with what the answer must contain and whether it must be private."""

    who: str
    does: Slash | Typing | Says | Clicks
    expects: tuple[str, ...]
    private: bool = False


@final
@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story: its heading and its steps in order."""

    act: Act
    heading: str
    steps: tuple[Step, ...]


Fill: TypeAlias = Callable[[Application, CallContext], Awaitable[None]]
"""What adds demo data where there is none yet, for a caller who may do everything, without limits."""


@final
@dataclass(frozen=True, slots=True)
class Part:
    """What one context adds; a context's own is `PART` in the module of its name."""

    tour: tuple[Chapter, ...] = ()
    demo: Fill | None = None


def parts() -> Iterator[Part]:
    """Yield what the contexts add, in their order in the application; some add nothing."""
    for context in offered(Application):
        part = context.find("twi_sandbox", "PART", Part)
        if part is not None:
            yield part


async def fill(app: Application, context: CallContext) -> None:
    """Add the demo data of every context; see `Fill` for whose context it must be."""
    for part in parts():
        if part.demo is not None:
            await part.demo(app, context)
