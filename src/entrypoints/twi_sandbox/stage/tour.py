"""A scripted conversation with the real bot, printed as it happens and checked line by line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

import simcord

from twi_sandbox.stage.terminal import Shown, script_lines, shown
from twi_sandbox.stage.world import PEOPLE, World


@final
@dataclass(frozen=True, slots=True)
class Slash:
    """Use a slash command; a value such as `@max` is that person."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True)
class Typing:
    """Type into an option and look at what is suggested."""

    name: str
    option: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class Says:
    """Write a message, such as a prefix command."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Clicks:
    """Click a button of the last answer."""

    label: str


@final
@dataclass(frozen=True, slots=True)
class Step:
    """Let somebody do something, and say what the answer must hold and whether it must be private."""

    who: str
    does: Slash | Typing | Says | Clicks
    expects: tuple[str, ...]
    private: bool = False


MAP: Final = "https://wanderinginn.com/world-map/"

SCRIPT: Final[Sequence[tuple[str, Sequence[Step]]]] = (
    (
        "A moderator saves a link; everybody finds it again.",
        (
            Step(
                "mona",
                Slash("link add", {"content": MAP, "title": "World Map", "tag": "maps"}),
                ("World Map", MAP, "maps"),
            ),
            Step("max", Typing("link get", "title", "wor"), ("World Map",)),
            Step("max", Slash("link get", {"title": "world map"}), ("World Map", MAP)),
            Step("max", Says("!link get wrold map"), ("no link called", "World Map", "links.not_found")),
        ),
    ),
    (
        "The same command written by hand: the title takes all words, options follow as --name value.",
        (
            Step(
                "adam",
                Says("!link add Where to start --content Begin with Volume 1, chapter 1.00. --tag guides"),
                ("Where to start", "guides"),
            ),
            Step("max", Slash("link get", {"title": "where to start"}), ("Begin with Volume 1",)),
        ),
    ),
    (
        "Nobody changes what is not theirs, and everybody is told why.",
        (
            Step("max", Slash("link delete", {"title": "World Map"}), ("permissions.denied",), private=True),
            Step("max", Slash("link add", {"content": "x", "title": "y"}), ("permissions.denied",), private=True),
            Step("mona", Slash("link edit", {"title": "Where to start"}), ("links.nothing_to_change",), private=True),
            Step(
                "mona",
                Slash("link add", {"content": "javascript:alert(1)", "title": "trap"}),
                ("input.invalid_url",),
                private=True,
            ),
        ),
    ),
    (
        "Who was refused asks why; an administrator tries what would help, does it, and it helps.",
        (
            Step(
                "max",
                Slash("permissions explain", {"operation": "links.add"}),
                ("moderators have", "/permissions grant permission:links.add"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions simulate", {"change": "grant", "permission": "links.add", "user": "@max"}),
                ("Nothing was changed", "would gain"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions grant", {"permission": "links.add", "user": "@max", "lasts": "12h"}),
                ("From now on", "until"),
                private=True,
            ),
            Step("max", Slash("link add", {"content": MAP, "title": "The map"}), ("The map",)),
            Step("max", Slash("link delete", {"title": "The map"}), ("Deleted",)),
            Step(
                "mona",
                Slash("permissions check", {"user": "@max", "operation": "links.add"}),
                ("may use", "@Adam"),
                private=True,
            ),
        ),
    ),
    (
        "Owners manage their links, administrators any.",
        (
            Step("mona", Slash("link edit", {"title": "World Map", "tag": "atlas"}), ("World Map", "atlas")),
            Step(
                "adam",
                Slash("link rename", {"title": "World Map", "new_title": "Map of the world"}),
                ("Map of the world",),
            ),
            Step("max", Slash("link info", {"title": "map of the world"}), ("Map of the world", "@Mona")),
        ),
    ),
    (
        "Lists turn their pages.",
        (
            Step("max", Slash("link list", {}), ("chapters", "guides")),
            Step("max", Slash("link list", {"tag": "chapters"}), ("Chapter 1.00", "Chapter 1.09")),
            Step("max", Clicks("Next"), ("Chapter 1.24",)),
            Step("max", Slash("link search", {"query": "chap 1.2"}), ("Chapter 1.20",)),
        ),
    ),
    (
        "What is no longer needed goes.",
        (
            Step("mona", Slash("link delete", {"title": "Map of the world"}), ("Map of the world",)),
            Step("max", Slash("link get", {"title": "Map of the world"}), ("links.not_found",), private=True),
        ),
    ),
)


async def play(world: World, write: Callable[[str], None]) -> int:
    """Play the script and give the number of answers that are not what it expects."""
    tour = _Tour(world, write)
    for heading, steps in SCRIPT:
        write(f"\n— {heading} —\n")
        for step in steps:
            await tour.take(step)
    write(f"\n{tour.steps} steps, {tour.wrong} answers not as expected.")
    return tour.wrong


@final
class _Tour:
    def __init__(self, world: World, write: Callable[[str], None]) -> None:
        self._world = world
        self._write = write
        self._last: simcord.ResponseMessage | None = None
        self._names = {person.name: f"{person.shown} ({person.rank})" for person in PEOPLE}
        self._called = {world.members[person.name].id: person.shown for person in PEOPLE}
        self.steps = 0
        self.wrong = 0

    async def take(self, step: Step) -> None:
        self.steps += 1
        self._write(script_lines(self._names[step.who], _typed(step.does)))
        answers = await self._do(step)
        for answer in answers:
            speaker = "Cognita, only to them" if answer.private else "Cognita"
            self._write(script_lines(speaker, answer.text))
        problem = _problem(step, answers)
        if problem:
            self.wrong += 1
            self._write(f"✗ {problem}")
        self._write("")

    async def _do(self, step: Step) -> list[Shown]:
        actor = self._world.members[step.who]
        channel = self._world.channel
        match step.does:
            case Slash(name, options):
                given = {option: self._meant(value) for option, value in options.items()}
                return self._of(await actor.slash(channel, name, **given))
            case Typing(name, option, text):
                choices = await actor.autocomplete(channel, name, option, text)
                return [Shown(tuple(f"• {choice['name']}" for choice in choices), private=True)]
            case Says(text):
                sent = await actor.send(channel, text)
                return [
                    shown(message, [row.to_dict() for row in message.components], self._called, private=False)
                    for message in channel.history()
                    if message.id > sent.id and message.author.bot
                ]
            case Clicks(label):
                if self._last is None:
                    return []
                await actor.click(self._last.message, label=label)
                return [shown(self._last, self._last.components, self._called, private=self._last.ephemeral)]

    def _meant(self, value: object) -> Any:
        named = isinstance(value, str) and value.startswith("@")
        return self._world.members[str(value)[1:]] if named else value

    def _of(self, result: simcord.InteractionResult) -> list[Shown]:
        messages = [message for message in (result.response, *result.followups) if message is not None]
        self._last = messages[-1] if messages else None
        return [shown(message, message.components, self._called, private=message.ephemeral) for message in messages]


def _typed(does: Slash | Typing | Says | Clicks) -> str:
    match does:
        case Slash(name, options):
            return " ".join([f"/{name}", *(f"{key}:{value}" for key, value in options.items())])
        case Typing(name, option, text):
            return f"/{name} {option}:{text}▏"
        case Says(text):
            return text
        case Clicks(label):
            return f"clicks [{label}]"


def _problem(step: Step, answers: Sequence[Shown]) -> str | None:
    """Say what is wrong with the answers to a step; none where all is as the script expects."""
    if len(answers) != 1:
        return f"expected one answer, got {len(answers)}"
    missing = [text for text in step.expects if text not in answers[0].text]
    if missing:
        return f"expected to read {', '.join(repr(text) for text in missing)}"
    if isinstance(step.does, Slash) and answers[0].private != step.private:
        return f"expected {'a private' if step.private else 'a public'} answer"
    return None
