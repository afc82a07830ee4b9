"""Every model, so that `Base.metadata` is complete; one more context is one more line."""

from twi_postgres.access import TokenRow
from twi_postgres.links import LinkRow

__all__ = ["LinkRow", "TokenRow"]
