"""`twi operations` and `twi call`: every use case by its name."""

import sys
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from twi_cli.commands.caller import ActorOption, GuildOption, LevelOption, OutputOption, RoleOption, read_caller
from twi_cli.commands.calling import call_operation, offers, refuse
from twi_cli.output.outlet import UsageError, write, write_json
from twi_cli.output.table import table
from twi_core.kernel.commands import JSON_LIMIT, parse_object
from twi_core.kernel.description import described
from twi_core.kernel.facts import often
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import parameters as parameters_of
from twi_runtime.opening.lifecycle import application_without_storage

ParametersArgument: TypeAlias = Annotated[
    str | None,
    Parameter(
        help="A JSON object with its parameters; @FILE reads it from a file, - from stdin.", allow_leading_hyphen=True
    ),
]


def operations(*, output: OutputOption = "text") -> int:
    """List every use case: name, permission, limits, parameters."""
    offered = [operation for operation in application_without_storage().operations() if offers(operation)]
    if output == "json":
        write_json({"operations": [described(operation) for operation in offered]})
        return 0
    write(table([_row(operation) for operation in offered]))
    return 0


def call(
    name: Annotated[str, Parameter(help="The operation, such as links.get; `twi operations` lists them.")],
    parameters: ParametersArgument = None,
    /,
    *,
    guild: GuildOption = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    as_: LevelOption = None,
    output: OutputOption = "text",
) -> int:
    """Call any use case by its name, with its parameters as JSON."""
    caller = read_caller(guild, actor, role, as_)
    offered = application_without_storage()
    found = offered.operation(name)
    if isinstance(found, Failure):
        return refuse(found.failure(), as_json=output == "json")
    raw = parse_object(_given(parameters))
    if isinstance(raw, Failure):
        return refuse(raw.failure(), as_json=output == "json")
    return call_operation(found.unwrap(), raw.unwrap(), caller, output)


def _given(parameters: str | None) -> bytes | str:
    """Give the JSON, from wherever it is; a little more than may be read at most."""
    if parameters is None:
        return "{}"
    if parameters == "-":
        return sys.stdin.buffer.read(JSON_LIMIT + 1)
    if parameters.startswith("-"):
        raise UsageError("there is no such option, and no JSON object begins with a dash")
    if not parameters.startswith("@"):
        return parameters
    try:
        with Path(parameters[1:]).open("rb") as file:
            return file.read(JSON_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "that is no name of a file"
        raise UsageError(f"the file with the parameters cannot be read: {reason}") from None


def _row(operation: AnyOperation) -> dict[str, str]:
    policy = operation.policy
    taken = parameters_of(operation.command)
    return {
        "name": operation.name,
        "permission": f"{policy.requires.name} ({policy.requires.default.label})",
        "limits": ", ".join(often(rate) for rate in policy.limits) or "none",
        "parameters": " ".join(p.name if p.required else f"[{p.name}]" for p in taken) or "none",
        "summary": operation.summary,
    }
