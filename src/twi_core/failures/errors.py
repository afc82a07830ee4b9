"""Refusals of failures."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

UNKNOWN_REFERENCE: Final = define_error(
    "failures.unknown_reference",
    Kind.NOT_FOUND,
    message="There's no failure with the reference “{reference}” here.",
    hint="Copy it again from the message. Failures in other servers, or from more than 30 days ago, aren't found.",
    cause="The reference is misspelt, too old, or from another server; or one of too many that were only counted.",
    example={"reference": "k3v9x0pm2a"},
)
UNKNOWN_BUG: Final = define_error(
    "failures.unknown_bug",
    Kind.NOT_FOUND,
    message="There's no bug with the fingerprint “{fingerprint}”.",
    hint="See the open bugs: {failures.list}",
    otherwise="List the open bugs.",
    cause="The fingerprint is misspelt, or the bug wasn't seen for a year.",
    example={"fingerprint": "0f3a9c5b7d1e2468"},
)
