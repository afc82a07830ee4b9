"""What the tests of the process share: `twi` as a child process, moderators in the fake Discord, what was answered."""

from __future__ import annotations

import asyncio
import os
import signal
import sysconfig
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from tests.wire import GUILD, TOKEN, FakeDiscord, Json, payloads

TWI: Final = Path(sysconfig.get_path("scripts")) / "twi"
PATIENCE: Final = 120.0
"""Seconds for anything that takes a process's start or end."""

OFFERED: Final = {
    *("help", "link", "tag", "permissions", "Permissions", "settings", "set_admin_role", "get_admin_role"),
    *("error", "failure", "limits"),
}
"""The commands, and the entry in the menu of a member, that our bot has."""

MODERATORS: Final = range(410_000_000_000_000_000, 410_000_000_000_000_040)
"""Members who may add links, ten a minute each."""

_BAN_MEMBERS: Final = 1 << 2
_MODERATOR_ROLE: Final = 200_000_000_000_000_021


class Twi:
    """One `twi` process and what it has written so far.

    Attributes:
        pid: Its process id, which is also the id of its session.
        out: Its standard output.
        err: Its standard error.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self.out = ""
        self.err = ""
        self._process = process
        self._changed = asyncio.Event()
        self._reading = asyncio.gather(self._read(process.stdout, "out"), self._read(process.stderr, "err"))

    async def until(self, condition: Callable[[], bool], what: str, *, deadline: float = 10.0) -> None:
        """Wait for a condition, checked whenever the process writes and every 20 ms; not beyond its end."""
        try:
            async with asyncio.timeout(deadline):
                while not condition():
                    assert not self._reading.done() or condition(), f"ended before {what}:\n{self.tail}"
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), 0.02)
        except TimeoutError:
            raise AssertionError(f"no {what} within {deadline:g} s; it wrote:\n{self.tail}") from None

    async def says(self, text: str, *, deadline: float = PATIENCE) -> None:
        """Wait until standard error holds a text."""
        await self.until(lambda: text in self.err, repr(text), deadline=deadline)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def ended(self, *, deadline: float = PATIENCE) -> int:
        """Wait for the end and return the exit code; negative is a signal's number."""
        try:
            async with asyncio.timeout(deadline):
                code = await self._process.wait()
                await self._reading
        except TimeoutError:
            raise AssertionError(f"it did not end within {deadline:g} s; it wrote:\n{self.tail}") from None
        return code

    async def stopped(self, *, deadline: float = PATIENCE, outage: bool = False) -> None:
        """Ask it to stop as a service manager does, and check that it ends in order, with nothing left behind.

        Only after an `outage` may its log have tracebacks: of calls that were cancelled in the middle.
        """
        self.send(signal.SIGTERM)
        code = await self.ended(deadline=deadline)
        assert code == 0, self.tail
        assert outage or "Traceback" not in self.err, self.tail
        assert self.left_behind() == [], self.tail

    @property
    def tail(self) -> str:
        """Return the end of its standard error, for a failure's message."""
        return self.err[-6000:]

    def left_behind(self) -> list[int]:
        """Return the processes of its session that still live."""
        return [pid for pid in _processes() if _session(pid) == self.pid]

    async def gone(self) -> None:
        """End it, in whatever state it is, with all of its session."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        for pid in self.left_behind():
            os.kill(pid, signal.SIGKILL)
        await asyncio.wait_for(self._reading, PATIENCE)

    async def _read(self, stream: asyncio.StreamReader | None, name: str) -> None:
        assert stream is not None
        while block := await stream.read(65536):
            setattr(self, name, getattr(self, name) + block.decode(errors="replace"))
            self._changed.set()
            self._changed = asyncio.Event()


@asynccontextmanager
async def started(*arguments: str, environment: Mapping[str, str]) -> AsyncIterator[Twi]:
    """Start `twi` with these arguments and no other `TWI_` settings than these; it is gone when the block ends."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWI_")}
    process = await asyncio.create_subprocess_exec(
        TWI,
        *arguments,
        env=bare | dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    child = Twi(process)
    try:
        yield child
    finally:
        await child.gone()


@asynccontextmanager
async def online(discord: FakeDiscord, *arguments: str, environment: Mapping[str, str]) -> AsyncIterator[Twi]:
    """Start `twi` as a bot and yield it once it is connected and serves."""
    identifies = len(discord.identifies)
    async with started(*(arguments or ("bot",)), environment=environment) as twi:
        await twi.until(
            lambda: len(discord.identifies) > identifies and discord.connected, "connection", deadline=PATIENCE
        )
        await twi.says(" started: ")
        yield twi


def pointed_at(discord: FakeDiscord, folder: Path, *, token: str = TOKEN) -> dict[str, str]:
    """Return the settings of a bot that finds the fake Discord, its token in a file in `folder`."""
    file = folder / "token"
    file.write_text(f"{token}\n")
    file.chmod(0o600)
    return {**discord.environment(), "TWI_DISCORD_TOKEN_FILE": str(file)}


def in_memory(discord: FakeDiscord, folder: Path, *, token: str = TOKEN) -> dict[str, str]:
    """Return the settings of a bot that forgets everything at its end."""
    return {**pointed_at(discord, folder, token=token), "TWI_STORAGE": "memory"}


def admit_moderators(discord: FakeDiscord) -> None:
    """Add `MODERATORS` to the guild."""
    guild = discord.world.guilds[GUILD]
    guild["roles"].append(payloads.role(_MODERATOR_ROLE, "Warden", permissions=_BAN_MEMBERS, position=3))
    for number in MODERATORS:
        person = payloads.user(number, f"warden {number - MODERATORS.start}")
        discord.world.users[number] = person
        guild["members"].append(payloads.member(person, roles=[_MODERATOR_ROLE]))
    guild["member_count"] = len(guild["members"])


def added(discord: FakeDiscord, title: str, *, by: int, tag: str = "tag") -> Json:
    """Make an interaction of a moderator who adds a link."""
    return discord.world.slash("link add", {"content": "some words", "title": title, "tag": tag}, by=by)


def shown(discord: FakeDiscord, interaction: Json) -> str | None:
    """Return the text that an interaction's answer shows now; None where there is none, or it is still awaited."""
    exchange = discord.routes.exchanges[interaction["token"]]
    content: str = "" if exchange.message is None else exchange.message["content"]
    return content or None


async def answer(discord: FakeDiscord, twi: Twi, interaction: Json, *, deadline: float = 10.0) -> str:
    """Wait for an interaction's answer and return its text."""
    await twi.until(lambda: shown(discord, interaction) is not None, "answer", deadline=deadline)
    return shown(discord, interaction) or ""


async def ask(discord: FakeDiscord, twi: Twi, command: str, options: Mapping[str, str], *, by: int) -> str:
    """Use a slash command and return the answer's text."""
    return await answer(discord, twi, discord.interact(discord.world.slash(command, options, by=by)))


def replies(discord: FakeDiscord, message: Json) -> list[str]:
    """Return the texts of the bot's replies to a message."""
    return [
        made["content"]
        for made in discord.routes.messages.values()
        if str(made.get("message_reference", {}).get("message_id")) == message["id"]
    ]


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _session(pid: int) -> int | None:
    """Return the session of a living process."""
    try:
        state, _, _, session = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:4]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in {"Z", "X"} else int(session)
