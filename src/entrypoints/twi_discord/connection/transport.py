"""How discord.py reaches Discord: at which addresses, and which failed calls it sends again.

discord.py repeats 500, 502, 504 and 524 after fixed pauses, a POST too, which may post a message twice; it
repeats neither 503 nor, on Linux, a call whose connection broke; and for the calls that answer an interaction
it has other rules. Here one rule holds for all: what may safely be done twice (GET, PUT, PATCH, DELETE) is
repeated a few times after growing, jittered pauses; a POST never is. Rate limits (429) stay its business.
"""

import asyncio
import contextlib
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, cast, final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route, json_or_text
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from typing_extensions import override

_REPEATABLE: Final = frozenset({"GET", "PUT", "PATCH", "DELETE"})
_SERVER_ERROR: Final = 500
_BROKEN: Final = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, ConnectionError, TimeoutError)

_CLOSED: Final = "Session is closed"
"""aiohttp's message, in a RuntimeError, for a call that outlives the bot; to callers that is a broken connection."""


@contextlib.contextmanager
def discord_at(api_url: str | None = None, gateway_url: str | None = None) -> Iterator[None]:
    """Point discord.py to other addresses of Discord until the block ends.

    This holds for every discord.py client in the process, as discord.py keeps the addresses in its classes.

    Args:
        api_url: In place of `https://discord.com/api/v10`, the version included; None changes nothing.
        gateway_url: In place of `wss://gateway.discord.gg/`; None changes nothing. A session is resumed at
            the address that the gateway itself sends.
    """
    api_before, gateway_before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        if api_url is not None:
            # Through yarl, because discord.py fills in `{names}` in the whole address.
            Route.BASE = str(yarl.URL(api_url)).rstrip("/")
        if gateway_url is not None:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_before, gateway_before


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, and how long apart, a call is sent; all times in seconds.

    Attributes:
        attempts: How often at most, the first time included.
        first_pause: The longest pause before the second attempt; it doubles with each further one.
        longest_pause: No pause that we choose is longer.
        longest_retry_after: A call that Discord wants to wait longer (`Retry-After`) is given up at once.
        silence: How long a repeatable call waits for a connection, or for Discord to say anything.
    """

    attempts: int = 4
    first_pause: float = 0.5
    longest_pause: float = 8.0
    longest_retry_after: float = 15.0
    silence: float = 30.0

    def pause(self, failures: int, retry_after: float | None, chance: float) -> float | None:
        """Return how long to wait after so many failures, or None to give up.

        Args:
            failures: How many attempts failed so far, at least 1.
            retry_after: What Discord asked for.
            chance: A random number from 0 to 1, so that many clients do not return in step.
        """
        if failures >= self.attempts:
            return None
        longest = min(self.first_pause * 2.0 ** (failures - 1), self.longest_pause)
        ours = longest * (1 + chance) / 2
        if retry_after is None:
            return ours
        return None if retry_after > self.longest_retry_after else max(ours, retry_after)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """The repetition of calls to Discord where that is safe and of use.

    Attributes:
        policy: How often and how long apart.
        sleep: Waits so many seconds.
        chance: Returns a random number from 0 to 1.
    """

    policy: RetryPolicy = RetryPolicy()
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    async def send(
        self, method: str, once: Callable[[], Awaitable[object]], *, files: Sequence[discord.File] = ()
    ) -> object:
        """Return what `once` returns, calling it again after a passing failure if `method` allows that.

        Args:
            method: The HTTP method.
            once: Makes the call, with `limits`, so that it does not repeat anything itself.
            files: What the call uploads; rewound before it is made again.

        Raises:
            Exception: That of the last attempt.
        """
        failures = 0
        while True:
            try:
                return await once()
            except (discord.DiscordServerError, *_BROKEN) as error:
                failures += 1
                pause = self._pause_after(error, failures) if method in _REPEATABLE else None
                if pause is None:
                    raise
            except RuntimeError as error:
                if str(error) != _CLOSED:
                    raise
                raise aiohttp.ClientConnectionError("the bot is closing") from error
            await self.sleep(pause)
            for file in files:
                file.reset(seek=True)

    def _pause_after(self, error: Exception, failures: int) -> float | None:
        if isinstance(error, aiohttp.ClientSSLError):
            return None  # A certificate that is refused now is refused in a second too.
        asked = _retry_after(error) if isinstance(error, discord.DiscordServerError) else None
        return self.policy.pause(failures, asked, self.chance())

    def limits(self, method: str) -> dict[str, Any]:  # Any: options of aiohttp's `request`, of several types
        """Return aiohttp's options for one attempt: server errors raise, and silence ends a repeatable call."""
        limits: dict[str, Any] = {"raise_for_status": _raise_server_error}
        if method in _REPEATABLE:
            # Else aiohttp waits five minutes.
            silence = self.policy.silence
            limits["timeout"] = aiohttp.ClientTimeout(sock_connect=silence, sock_read=silence)
        return limits


def install_retry(http: HTTPClient, retrying: Retrying) -> None:
    """Make one bot's REST client (`bot.http`) repeat calls by our rule; call it once, before login.

    The calls that answer interactions do not pass here: see `answering_interactions`.
    """
    original = http.request

    async def request(
        route: Route,
        *,
        files: Sequence[discord.File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,  # Any: as discord.py declares it
        **options: Any,  # the same
    ) -> object:
        options |= retrying.limits(route.method)
        return await retrying.send(
            route.method, lambda: original(route, files=files, form=form, **options), files=files or ()
        )

    http.request = request  # type: ignore[method-assign]  # this client's alone, others keep the class's


@contextlib.contextmanager
def answering_interactions(retrying: Retrying) -> Iterator[None]:
    """Apply the same rule to the answers of interactions, in this task and those started from it.

    Enter it around `bot.start()`: other clients of the process are left alone. A POST (the first answer, a
    follow-up) that fails with a server error is raised at once; whether to try again its caller must know.
    """
    before = async_context.set(_InteractionCalls(retrying))
    try:
        yield
    finally:
        async_context.reset(before)


@final
class _InteractionCalls(AsyncWebhookAdapter):
    def __init__(self, retrying: Retrying) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # discord.py left it without annotations
        self._retrying = retrying

    @override
    async def request(
        self,
        route: Route,
        session: aiohttp.ClientSession,
        *,
        files: Sequence[discord.File] | None = None,
        **options: Any,  # Any: passed on as it came
    ) -> object:
        # The adapter only calls `request`, so that this stands in for a session.
        limited = cast("aiohttp.ClientSession", _Limited(session, self._retrying.limits(route.method)))
        parent = super().request
        return await self._retrying.send(
            route.method, lambda: parent(route, limited, files=files, **options), files=files or ()
        )


@final
class _Limited:
    """A session whose requests have further options."""

    def __init__(self, session: aiohttp.ClientSession, limits: dict[str, Any]) -> None:
        self._session = session
        self._limits = limits

    def request(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._session.request(method, url, **options, **self._limits)


async def _raise_server_error(response: aiohttp.ClientResponse) -> None:
    """Raise what discord.py would raise, but before it repeats the call by its own rules."""
    if response.status >= _SERVER_ERROR:
        raise discord.DiscordServerError(response, await json_or_text(response))


def _retry_after(error: discord.DiscordServerError) -> float | None:
    """Return the seconds of `Retry-After`; a date, or nonsense, counts as none."""
    try:
        seconds = float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
