"""What the command line refuses by itself."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

USAGE: Final = define_error(
    "cli.usage",
    Kind.INVALID,
    message="{problem}",
    hint="The same command with --help shows what it takes. What begins with a dash is given as --name=VALUE.",
    cause="The command line names a command, an option or a choice that there is not, or leaves one out. Exit code 2.",
    example={"problem": "Unknown option: “--colour”."},
)
BUG: Final = define_error(
    "cli.unexpected",
    Kind.INTERNAL,
    message="Something went wrong in the command line itself: {kind}.",
    hint="Run it again with TWI_LOG_LEVEL=debug for the details, and report them.",
    cause="A bug outside the use cases, which have a guard of their own.",
    example={"kind": "KeyError"},
)
DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_CODE: Final = define_error(
    "cli.unknown_code",
    Kind.NOT_FOUND,
    message="There is no error code “{code}”.",
    hint="`twi errors` lists them all.",
    cause="`twi errors` was asked about a code that no part of this version has.",
    example={"code": "links.not_fuond", "suggestions": ("links.not_found", "links.nothing_found")},
    other_hints=(DID_YOU_MEAN,),
)
