"""A scripted conversation with the real bot, printed as it happens and checked line by line."""

from collections.abc import Callable, Sequence
from typing import Any, final

import simcord

from twi_core.kernel.language import language, plural, text, translated
from twi_sandbox.stage.parts import Chapter, Clicks, Says, Slash, Step, Typing, parts
from twi_sandbox.stage.terminal import Shown, script_lines, shown
from twi_sandbox.stage.world import PEOPLE, World


def story() -> Sequence[Chapter]:
    """Return the chapters of all contexts as one story: by act, and within an act in the order of the contexts."""
    chapters = [chapter for part in parts() for chapter in part.tour]
    return sorted(chapters, key=lambda chapter: chapter.act)


async def play(world: World, write: Callable[[str], None]) -> int:
    """Play the story and return the number of unexpected answers."""
    tour = _Tour(world, write)
    for chapter in story():
        write(f"\n— {translated(chapter.heading)} —\n")
        for step in chapter.steps:
            await tour.take(step)
    steps = plural("{count} step.", "{count} steps.", tour.steps)
    write(f"\n{steps} {plural('{count} unexpected answer.', '{count} unexpected answers.', tour.wrong)}")
    return tour.wrong


@final
class _Tour:
    def __init__(self, world: World, write: Callable[[str], None]) -> None:
        self._world = world
        self._write = write
        self._last: simcord.ResponseMessage | None = None
        self._names = {person.name: f"{person.shown} ({translated(person.rank)})" for person in PEOPLE}
        self._called = {world.members[person.name].id: person.shown for person in PEOPLE}
        self.steps = 0
        self.wrong = 0

    async def take(self, step: Step) -> None:
        self.steps += 1
        self._write(script_lines(self._names[step.who], _typed(step.does)))
        answers = await self._do(step)
        for answer in answers:
            speaker = text("Cognita (only visible to them)") if answer.private else "Cognita"
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
                values = {option: self._meant(value) for option, value in options.items()}
                return self._of(await actor.slash(channel, name, **values))
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
        case Typing(name, option, so_far):
            return f"/{name} {option}:{so_far}▏"
        case Says(words):
            return words
        case Clicks(label):
            return text("clicks [{label}]", label=label)


def _problem(step: Step, answers: Sequence[Shown]) -> str | None:
    """Return what is wrong with the answers to a step, or None if they are as expected."""
    if len(answers) != 1:
        return text("expected one answer, got {count}", count=len(answers))
    missing = [each for each in step.expects if each not in answers[0].text]
    if missing:
        return text("expected to read {texts}", texts=language().listed([repr(each) for each in missing]))
    if isinstance(step.does, Slash) and answers[0].private != step.private:
        return text("expected a private answer") if step.private else text("expected a public answer")
    return None
