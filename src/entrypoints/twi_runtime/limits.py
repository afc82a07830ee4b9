"""The limiter that the settings ask for; what it needs is imported when it is opened."""

from twi_core.kernel.limiting import Limiter
from twi_core.kernel.sources import Clock
from twi_memory.limiter import MemoryLimiter
from twi_runtime.components import Components
from twi_runtime.extras import require
from twi_runtime.settings import Settings


async def open_limiter(settings: Settings, parts: Components, clock: Clock) -> Limiter:
    """Open the limiter: in memory, or shared by all processes where a Redis is set; a Redis that fails is no obstacle.

    Raises:
        RuntimeFailure: an extra is missing.
    """
    local = MemoryLimiter(clock)
    if settings.redis_url is None:
        return local
    require("redis", "TWI_REDIS_URL")
    from twi_cache.shared import shared_limits

    return await parts.open("the shared limits", shared_limits(settings.redis_url.get_secret_value(), local))
