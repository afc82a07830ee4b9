"""What failures refuse."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

UNKNOWN_REFERENCE: Final = define_error(
    "failures.unknown_reference",
    Kind.NOT_FOUND,
    message="Nothing is known here under the reference “{reference}”.",
    hint="Copy it again from the message; what happened in another server, or more than 30 days ago, is not found.",
    cause="The reference is misspelt, too old, or of another server; or so much went wrong that it was only counted.",
    example={"reference": "k3v9x0pm2a"},
)
UNKNOWN_BUG: Final = define_error(
    "failures.unknown_bug",
    Kind.NOT_FOUND,
    message="There is no bug with the fingerprint “{fingerprint}”.",
    hint="List the bugs to see their fingerprints.",
    cause="The fingerprint is misspelt, or the bug was not seen for a year.",
    example={"fingerprint": "0f3a9c5b7d1e2468"},
)
