"""Every model, so that `Base.metadata` is complete; one more context is one more line."""

from twi_postgres.access import TokenRow
from twi_postgres.links import LinkRow
from twi_postgres.metadata import Base

MODELS: tuple[type[Base], ...] = (LinkRow, TokenRow)
