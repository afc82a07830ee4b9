"""Write single facts for a terminal."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """Write a time, in UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def person(user: int | None) -> str:
    """Name who did something: a user by the id, or who runs the bot."""
    return "the operator" if user is None else str(user)
