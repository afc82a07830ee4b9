"""Whether an answer is sent again, depending on its fate."""

from collections.abc import Sequence

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from twi_discord.replies.delivery import Fate, deliver

pytestmark = pytest.mark.asyncio

NO_PAUSES = (0.0, 0.0)


class Response:
    """As much of a response as discord.py's exceptions need."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.reason = "because"


class Sending:
    """A request that fails in turn as a test says, then works, and counts."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self._failures = list(failures)
        self.attempts = 0

    async def __call__(self) -> None:
        self.attempts += 1
        if self._failures:
            raise self._failures.pop(0)


def http(status: int, code: int = 0) -> discord.HTTPException:
    """Make the exception that discord.py raises."""
    kind = {404: discord.NotFound, 403: discord.Forbidden}.get(status, discord.HTTPException)
    return kind(Response(status), {"code": code, "message": "x"})  # type: ignore[arg-type]  # no whole response needed


def unconnected() -> Exception:
    """Make the exception that aiohttp raises when no connection was made."""
    key = ConnectionKey("discord.test", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError("refused"))


BROKEN: tuple[Exception, ...] = (
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError("reset"),
    TimeoutError(),
    http(500),
    http(503),
)


@pytest.mark.parametrize("error", [*BROKEN, unconnected()], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("failures", "fate"), [(1, Fate.TAKEN), (2, Fate.TAKEN), (3, Fate.UNKNOWN)])
async def test_what_may_be_sent_twice_is_sent_up_to_three_times(error: Exception, failures: int, fate: Fate) -> None:
    """After a failure of unknown fate, an answer is sent again, and given up after the third time."""
    send = Sending([error] * failures)
    assert await deliver(send, "r", pauses=NO_PAUSES) is fate
    assert send.attempts == min(failures + 1, 3)


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
async def test_what_would_show_twice_is_not_sent_again_when_its_fate_is_unknown(error: Exception) -> None:
    """Discord may have taken it before the failure."""
    send = Sending([error])
    assert await deliver(send, "r", once=True, pauses=NO_PAUSES) is Fate.UNKNOWN
    assert send.attempts == 1


async def test_what_would_show_twice_is_sent_again_where_it_never_left() -> None:
    """Without a connection Discord got nothing, so it is sent again."""
    send = Sending([unconnected(), unconnected()])
    assert await deliver(send, "r", once=True, pauses=NO_PAUSES) is Fate.TAKEN
    assert send.attempts == 3


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (http(400, 50035), Fate.REFUSED),
        (http(403, 50013), Fate.REFUSED),
        (http(404, 10062), Fate.UNKNOWN),
        (ValueError("never sent"), Fate.REFUSED),
        (TypeError("never sent"), Fate.REFUSED),
        (discord.ClientException("never sent"), Fate.REFUSED),
    ],
    ids=lambda value: value.name if isinstance(value, Fate) else type(value).__name__,
)
async def test_what_will_not_be_taken_is_not_sent_again(error: Exception, fate: Fate, once: bool) -> None:
    """A refusal is final; one that is refused as it is may be replaced by another, one that is too late may not."""
    send = Sending([error])
    assert await deliver(send, "r", once=once, pauses=NO_PAUSES) is fate
    assert send.attempts == 1


async def test_an_answer_that_already_arrived_is_edited_instead() -> None:
    """When Discord had taken the first one without saying so, the second way is used, and no third."""
    send, edit = Sending([http(500), http(400, 40060)]), Sending([])
    assert await deliver(send, "r", edit, pauses=NO_PAUSES) is Fate.TAKEN
    assert (send.attempts, edit.attempts) == (2, 1)


async def test_an_answer_that_already_arrived_is_enough_where_it_cannot_be_edited() -> None:
    """Without a second way, what Discord has is the answer."""
    send = Sending([http(400, 40060)])
    assert await deliver(send, "r", pauses=NO_PAUSES) is Fate.TAKEN
    assert send.attempts == 1
