"""`twi operations` and `twi call`: every operation by its name."""

import sys
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from twi_cli.commands.caller import ActorOption, GuildOption, LevelOption, OutputOption, RoleOption, read_caller
from twi_cli.commands.calling import call_operation, offers, refuse
from twi_cli.errors import UNKNOWN_OPTION, UNREADABLE_FILE
from twi_cli.output.outlet import UsageError, write, write_json
from twi_cli.output.table import table
from twi_core.kernel.commands import JSON_LIMIT, parse_object
from twi_core.kernel.description import described
from twi_core.kernel.facts import often
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import text, translated
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import parameters as parameters_of
from twi_runtime.opening.lifecycle import application_without_storage

ParametersArgument: TypeAlias = Annotated[
    str | None,
    Parameter(
        help="Its parameters as a JSON object; @FILE for a file, - for standard input.",
        allow_leading_hyphen=True,
    ),
]


def operations(*, output: OutputOption = "text") -> int:
    """List all operations: name, permission, limits, parameters."""
    offered = [operation for operation in application_without_storage().operations() if offers(operation)]
    if output == "json":
        write_json({"operations": [described(operation) for operation in offered]})
        return 0
    write(table([_row(operation) for operation in offered]))
    return 0


def call(
    name: Annotated[str, Parameter(help="The operation, such as links.get. See all: twi operations")],
    parameters: ParametersArgument = None,
    /,
    *,
    guild: GuildOption = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    as_: LevelOption = None,
    output: OutputOption = "text",
) -> int:
    """Call an operation by its name, with its parameters as JSON."""
    caller = read_caller(guild, actor, role, as_)
    offered = application_without_storage()
    found = offered.operation(name)
    if isinstance(found, Failure):
        return refuse(found.failure(), as_json=output == "json")
    raw = parse_object(_given(parameters))
    if isinstance(raw, Failure):
        return refuse(raw.failure(), as_json=output == "json")
    return call_operation(found.unwrap(), raw.unwrap(), caller, output, by_json=True)


def _given(parameters: str | None) -> bytes | str:
    """Return the JSON from the argument, a file or standard input; at most a little more than may be read.

    Raises:
        UsageError: it's an option that doesn't exist, or a file that can't be read.
    """
    if parameters is None:
        return "{}"
    if parameters == "-":
        return sys.stdin.buffer.read(JSON_LIMIT + 1)
    if parameters.startswith("-"):  # no JSON object begins with a dash
        raise UsageError(UNKNOWN_OPTION, {"option": parameters[:64]})
    if not parameters.startswith("@"):
        return parameters
    try:
        with Path(parameters[1:]).open("rb") as file:
            return file.read(JSON_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else text("it isn't a file's name")
        raise UsageError(UNREADABLE_FILE, {"file": parameters[1:200], "reason": reason}) from None


def _row(operation: AnyOperation) -> dict[str, str]:
    policy = operation.policy
    taken = parameters_of(operation.command)
    level = policy.requires.default.shown
    return {
        text("name"): operation.name,
        text("permission"): f"{policy.requires.name} ({level})",
        text("limits"): ", ".join(often(rate) for rate in policy.limits) or text("none"),
        text("parameters"): " ".join(p.name if p.required else f"[{p.name}]" for p in taken) or text("none"),
        text("summary"): translated(operation.summary),
    }
