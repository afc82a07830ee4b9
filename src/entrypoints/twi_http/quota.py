"""The headers that show a client's limits, by draft-ietf-httpapi-ratelimit-headers-06."""

import math
from collections.abc import Mapping
from typing import Final

from twi_core.kernel.limiting import Decision

_DESCRIPTIONS: Final[Mapping[str, str]] = {
    "RateLimit-Limit": "How many requests the limit closest to exhaustion allows.",
    "RateLimit-Remaining": "How many of them remain.",
    "RateLimit-Reset": "Seconds until more of them are available.",
}

QUOTA_HEADERS: Final[Mapping[str, object]] = {
    name: {"description": f"{description} Omitted if the caller is not limited.", "schema": {"type": "integer"}}
    for name, description in _DESCRIPTIONS.items()
}
"""Their descriptions in OpenAPI."""


def quota_headers(taken: Decision | None) -> dict[str, str]:
    """Return the headers; empty if the call was not limited."""
    if taken is None:
        return {}
    limit = taken.window.rate.amount // taken.window.cost
    figures = (limit, taken.remaining, math.ceil(taken.reset))
    return {name: str(figure) for name, figure in zip(_DESCRIPTIONS, figures, strict=True)}
