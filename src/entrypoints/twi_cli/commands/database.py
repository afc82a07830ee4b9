"""`twi db`: check, upgrade and downgrade the database."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from cyclopts import App, Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.commands.calling import read_settings
from twi_cli.errors import NOT_CONFIRMED
from twi_cli.output.outlet import UsageError, write, write_json
from twi_cli.output.table import labelled
from twi_cli.output.typed import shell_line
from twi_core.kernel.language import text
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.storage import Maintenance, open_maintenance, upgrade_sql
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit
from twi_runtime.process.servers import run_once

RevisionArgument: TypeAlias = Annotated[str, Parameter(help="A revision of the schema, such as 0003, base or head.")]
YesOption: TypeAlias = Annotated[bool, Parameter(help="Confirm that data is deleted.", negative="")]


def database_app() -> App:
    """Make the group."""
    app = App("db", help="Check, upgrade and downgrade the database.")
    app.command(upgrade, help="Upgrade the schema to the newest revision, or to REVISION. Make a backup first.")
    app.command(downgrade, help="Downgrade the schema. Deletes what newer revisions stored; `base` deletes everything.")
    app.command(status, help="Show the schema's revision and the one this version needs.")
    app.command(check, help="Compare the schema with what this version expects; exits with 3 if they differ.")
    app.command(sql, help="Print the SQL of an upgrade between two revisions, to run by hand.")
    return app


def upgrade(revision: RevisionArgument = "head", /, *, output: OutputOption = "text") -> int:
    """Upgrade the schema to the newest revision, or to REVISION."""

    async def work(maintenance: Maintenance) -> int:
        await maintenance.upgrade(revision)
        return await _show_status(maintenance, output)

    return _maintain(work, output)


def downgrade(revision: RevisionArgument, /, *, yes: YesOption = False, output: OutputOption = "text") -> int:
    """Downgrade the schema; what newer revisions stored is deleted."""
    if not yes:
        line = shell_line(["twi", "db", "downgrade", revision, "--yes"])
        raise UsageError(NOT_CONFIRMED, {"line": line})

    async def work(maintenance: Maintenance) -> int:
        await maintenance.downgrade(revision)
        return await _show_status(maintenance, output)

    return _maintain(work, output)


def status(*, output: OutputOption = "text") -> int:
    """Show the schema's revision and the one this version needs."""

    async def work(maintenance: Maintenance) -> int:
        return await _show_status(maintenance, output)

    return _maintain(work, output)


def check(*, output: OutputOption = "text") -> int:
    """Compare the schema with what this version expects; exits with 3 if they differ."""

    async def work(maintenance: Maintenance) -> int:
        differences = await maintenance.check()
        if output == "json":
            write_json({"differences": list(differences)})
        else:
            write("\n".join(map(plain, differences)) or text("The schema matches this version."))
        return Exit.CHECK_FAILED if differences else Exit.OK

    return _maintain(work, output)


def sql(start: RevisionArgument = "base", end: RevisionArgument = "head", /) -> int:
    """Print the SQL of an upgrade between two revisions, to run by hand."""
    write(upgrade_sql(read_settings(as_json=False), start, end))
    return Exit.OK


async def _show_status(maintenance: Maintenance, output: OutputOption) -> int:
    found, needed = await maintenance.status()
    schema, revision, standing = maintenance.schema, found.revision, found.standing
    if output == "json":
        write_json(
            {"schema": schema, "revision": revision, "needed": needed, "state": standing, "in_public": found.in_public}
        )
    else:
        shown = plain(revision or text("none"))
        where = text("{revision} (in public; an upgrade moves it)", revision=shown) if found.in_public else shown
        rows = {text("schema"): schema, text("revision"): where, text("needed"): needed}
        write(labelled({**rows, text("state"): _to_do(standing)}))
    return Exit.OK


def _to_do(standing: str) -> str:
    match standing:
        case "behind":
            return text("behind; make a backup, then run: twi db upgrade")
        case "ahead":
            return text("ahead; upgrade twi-core")
        case _:
            return text("up to date")


def _maintain(work: Callable[[Maintenance], Awaitable[int]], output: OutputOption) -> int:
    settings = read_settings(as_json=output == "json")

    async def maintained() -> int:
        async with open_maintenance(settings) as maintenance:
            return await work(maintenance)

    with process_logs(settings, one_shot=True):
        return run_once(maintained)
