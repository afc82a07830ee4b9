"""Tell a client how it stands to its limits, as draft-ietf-httpapi-ratelimit-headers-06 has it."""

import math
from collections.abc import Mapping
from typing import Final

from twi_core.kernel.limiting import Decision

_TOLD: Final[Mapping[str, str]] = {
    "RateLimit-Limit": "How many requests the limit allows that is nearest to being used up.",
    "RateLimit-Remaining": "How many of them may still be sent now.",
    "RateLimit-Reset": "Seconds until more may be sent than now.",
}

QUOTA_HEADERS: Final[Mapping[str, object]] = {
    name: {"description": f"{told} Left out where nothing limits the caller.", "schema": {"type": "integer"}}
    for name, told in _TOLD.items()
}
"""How OpenAPI describes them."""


def quota_headers(taken: Decision | None) -> dict[str, str]:
    """Write the headers; none where the call was not limited."""
    if taken is None:
        return {}
    limit = taken.window.rate.amount // taken.window.cost
    figures = (limit, taken.remaining, math.ceil(taken.reset))
    return {name: str(figure) for name, figure in zip(_TOLD, figures, strict=True)}
