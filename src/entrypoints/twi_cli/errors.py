"""What the command line refuses by itself."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

SEE_HELP: Final = "See what it takes: {help}"
DID_YOU_MEAN: Final = "Did you mean: {line}"

UNKNOWN_COMMAND: Final = define_error(
    "cli.unknown_command",
    Kind.INVALID,
    message="There's no command “{command}”.",
    hint="See all commands: {help}",
    cause="The command line names a command that doesn't exist. Exit code 2.",
    example={"command": "twi links ad", "help": "twi links --help", "line": "twi links add map 'by the sea'"},
    other_hints=(DID_YOU_MEAN,),
)
UNKNOWN_OPTION: Final = define_error(
    "cli.unknown_option",
    Kind.INVALID,
    message="“{command}” has no option “{option}”.",
    hint="See its options, or write a text that begins with a dash as `--name=VALUE`: {help}",
    cause="The command line names an option that its command doesn't have. Exit code 2.",
    example={
        "command": "twi links add",
        "option": "--tga",
        "help": "twi links add --help",
        "line": "twi links add map 'by the sea' --tag maps",
    },
    other_hints=(DID_YOU_MEAN,),
)
UNEXPECTED_WORDS: Final = define_error(
    "cli.unexpected_words",
    Kind.INVALID,
    message="“{command}” has too many words: “{words}”.",
    hint="Put quotes around a text of several words, or see what it takes: {help}",
    cause="The command line has more words than its command takes. Exit code 2.",
    example={"command": "twi links get", "words": "map", "help": "twi links get --help"},
)
MISSING_VALUE: Final = define_error(
    "cli.missing_value",
    Kind.INVALID,
    message="A value for {field} is missing.",
    hint="Add it, for example: {usage}",
    otherwise=SEE_HELP,
    cause="A required value is missing, or the last option has no value. Exit code 2.",
    example={"field": "--title", "help": "twi links get --help"},
)
INVALID_VALUE: Final = define_error(
    "cli.invalid_value",
    Kind.INVALID,
    message="{option} can't be “{value}”: it takes {takes}.",
    hint=SEE_HELP,
    cause="An option has a value that it doesn't take. Exit code 2.",
    example={
        "option": "--output",
        "value": "jsn",
        "takes": "text or json",
        "help": "twi links get --help",
        "line": "twi links get map --output json",
    },
    other_hints=(DID_YOU_MEAN,),
)
REPEATED_OPTION: Final = define_error(
    "cli.repeated_option",
    Kind.INVALID,
    message="{field} appears more than once.",
    hint="Use it once, for example: {usage}",
    otherwise="Use it once. See what the command takes: {help}",
    cause="An option that takes one value is given more than once. Exit code 2.",
    example={"field": "--title", "help": "twi links get --help"},
)
UNNAMED_VALUE: Final = define_error(
    "cli.unnamed_value",
    Kind.INVALID,
    message="“{value}” needs its option's name, because another value has one.",
    hint=DID_YOU_MEAN,
    cause="A value without its option's name follows one with a name. Exit code 2.",
    example={"value": "by the sea", "line": "twi links add --title map --content 'by the sea'"},
)
UNREADABLE_FILE: Final = define_error(
    "cli.unreadable_file",
    Kind.INVALID,
    message="The file “{file}” can't be read: {reason}.",
    hint="Check its name, and that you're allowed to read it.",
    cause="The file that `twi call` takes its parameters from is missing or not readable. Exit code 2.",
    example={"file": "parameters.json", "reason": "No such file or directory"},
)
NOT_CONFIRMED: Final = define_error(
    "cli.not_confirmed",
    Kind.INVALID,
    message="This deletes what newer revisions stored.",
    hint="Make a backup, then run: {line}",
    cause="`twi db downgrade` was run without --yes. Exit code 2.",
    example={"line": "twi db downgrade 0003 --yes"},
)
UNKNOWN_SHELL: Final = define_error(
    "cli.unknown_shell",
    Kind.INVALID,
    message="Your shell can't be recognised.",
    hint="Name it, for example: {line}",
    cause="`twi --install-completion` was run from an unknown shell. Exit code 2.",
    example={"line": "twi --install-completion --shell bash"},
)
NOT_INSTALLED: Final = define_error(
    "cli.completion_not_installed",
    Kind.UNAVAILABLE,
    message="Completion can't be installed in {file}: {reason}.",
    hint="Name a file that you're allowed to write, for example: {line}",
    cause="The file of the completion script, or the file that the shell reads when it starts, can't be written.",
    example={
        "file": "/etc/twi.bash",
        "reason": "Permission denied",
        "line": "twi --install-completion --shell bash --output twi.bash",
    },
)
OUTPUT_FAILED: Final = define_error(
    "cli.output_failed",
    Kind.UNAVAILABLE,
    message="The output can't be written: {reason}.",
    hint="The command itself ran, and what it changed is kept. Free some space, or write the output elsewhere.",
    cause="Standard output leads to a file or device that can't be written, such as one on a full disk.",
    example={"reason": "No space left on device"},
)
BUG: Final = define_error(
    "cli.unexpected",
    Kind.INTERNAL,
    message="The command line itself failed: {kind}.",
    hint="Set TWI_LOG_LEVEL=debug, run it again and report what it shows.",
    cause="A bug in the command line itself, outside any operation.",
    example={"kind": "KeyError"},
)
SIMILAR_CODES: Final = "Did you mean {suggestions}?"
UNKNOWN_CODE: Final = define_error(
    "cli.unknown_code",
    Kind.NOT_FOUND,
    message="There's no error code “{code}”.",
    hint="See all codes: twi errors",
    cause="`twi errors` was run with a code that this version doesn't have.",
    example={"code": "links.not_fuond", "suggestions": ("links.not_found", "links.nothing_found")},
    other_hints=(SIMILAR_CODES,),
)
