"""Field types shared by the commands of failures."""

from typing import Annotated, TypeAlias

from pydantic import Field

from twi_core.failures.domain import REFERENCE_LIMIT
from twi_core.kernel.schemas import TextShape

Reference: TypeAlias = Annotated[
    str,
    TextShape(REFERENCE_LIMIT, rule=str.lower),
    Field(description="The reference shown with the failure.", examples=["k3v9x0pm2a"]),
]
Fingerprint: TypeAlias = Annotated[
    str,
    TextShape(REFERENCE_LIMIT, rule=str.lower),
    Field(description="The fingerprint of the bug.", examples=["0f3a9c5b7d1e2468"]),
]
