"""How much of its limits a client has left, as draft-ietf-httpapi-ratelimit-headers-06 has it."""

import math
from collections.abc import Mapping
from typing import Final

from twi_core.kernel.limiting import Decision

_MEANINGS: Final[Mapping[str, str]] = {
    "RateLimit-Limit": "How many requests the limit allows that is closest to being used up.",
    "RateLimit-Remaining": "How many of them can still be sent now.",
    "RateLimit-Reset": "Seconds until more can be sent than now.",
}

QUOTA_HEADERS: Final[Mapping[str, object]] = {
    name: {"description": f"{meaning} Left out where nothing limits the caller.", "schema": {"type": "integer"}}
    for name, meaning in _MEANINGS.items()
}
"""How OpenAPI describes them."""


def quota_headers(taken: Decision | None) -> dict[str, str]:
    """Write the headers; none where the call was not limited."""
    if taken is None:
        return {}
    limit = taken.window.rate.amount // taken.window.cost
    figures = (limit, taken.remaining, math.ceil(taken.reset))
    return {name: str(figure) for name, figure in zip(_MEANINGS, figures, strict=True)}
