"""Call an operation: open what the settings name, call, show."""

import os
from collections.abc import Mapping

from twi_cli.commands.caller import Caller
from twi_cli.output.outlet import Output, print_error, warn
from twi_cli.output.present import show
from twi_cli.output.wording import Given, ShellWording
from twi_core.kernel.commands import decode
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.wording import Wording
from twi_runtime.configuration.settings import Settings, load_settings, unknown_settings
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.lifecycle import open_runtime
from twi_runtime.process.exits import EXITS, Exit
from twi_runtime.process.servers import run_once


def read_settings(*, as_json: bool) -> Settings:
    """Read the settings and warn of names that aren't settings.

    Raises:
        SettingsError: see `load_settings`.
    """
    for problem in unknown_settings(os.environ):
        warn(problem, as_json=as_json)
    return load_settings()


def call_operation(
    operation: AnyOperation, raw: Mapping[str, object], caller: Caller, output: Output, *, by_json: bool = False
) -> int:
    """Call an operation, show its answer and return the exit code. What the model refuses needs no database.

    `by_json` is whether the input was typed as JSON.
    """
    as_json = output == "json"
    wording = ShellWording(caller.guild, operation, Given(raw, caller.options(), as_json=by_json))
    command = decode(operation.command, raw)
    if isinstance(command, Failure):
        return refuse(command.failure(), as_json=as_json, wording=wording)
    settings = read_settings(as_json=as_json)

    async def answer() -> tuple[Outcome[object, AppError], CallContext]:
        async with open_runtime(settings, serves=False) as runtime:
            context = caller.context(runtime.app)
            found = runtime.app.operation(operation.name)
            return (found if isinstance(found, Failure) else await found.unwrap().call(raw, context)), context

    async def answered() -> int:
        outcome, context = await answer()
        if isinstance(outcome, Failure):
            return refuse(outcome.failure(), as_json=as_json, reference=context.correlation_id, wording=wording)
        show(operation, outcome.unwrap(), output, wording)
        return Exit.OK

    with process_logs(settings, one_shot=True):
        return run_once(answered)


def refuse(error: AppError, *, as_json: bool, reference: str | None = None, wording: Wording | None = None) -> int:
    """Print a refusal, and return its exit code. What was refused before a storage was opened has no reference."""
    print_error(error, as_json=as_json, reference=reference, wording=wording)
    return EXITS[error.kind]


def offers(operation: AnyOperation) -> bool:
    """Return whether the command line offers an operation."""
    return Origin.CLI not in operation.policy.closed_to
