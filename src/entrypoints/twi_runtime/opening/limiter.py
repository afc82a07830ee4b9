"""The configured limiter; what it needs is imported when it is opened."""

from twi_core.kernel.language import text
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.sources import Clock
from twi_memory.ports.limiter import MemoryLimiter
from twi_runtime.configuration.settings import Settings, SettingsError
from twi_runtime.extras import require
from twi_runtime.process.components import Components


async def redis_answers(settings: Settings) -> bool | None:
    """Return whether the configured Redis answers and counts, or None if none is configured."""
    if settings.redis_url is None:
        return None
    from twi_cache.shared import answers

    return await answers(settings.redis_url.get_secret_value())


async def open_limiter(settings: Settings, parts: Components, clock: Clock) -> Limiter:
    """Open the limiter: in memory, or shared by all processes through a configured Redis, even one that is down.

    Raises:
        RuntimeFailure: an extra is missing, or the URL has unknown options.
    """
    local = MemoryLimiter(clock)
    if settings.redis_url is None:
        return local
    require("redis", "TWI_REDIS_URL")
    from twi_cache.shared import UnusableUrlError, shared_limits

    try:
        return await parts.open("the shared limits", shared_limits(settings.redis_url.get_secret_value(), local))
    except UnusableUrlError:
        raise SettingsError(
            [text("{name}: it has an unknown option or an invalid database", name="TWI_REDIS_URL")]
        ) from None
