"""`twi db`: look after the database."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeAlias

from cyclopts import App, Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.commands.calling import read_settings
from twi_cli.output.outlet import UsageError, write, write_json
from twi_cli.output.table import labelled
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.storage import Maintenance, open_maintenance, upgrade_sql
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit
from twi_runtime.process.servers import run_once

YesOption: TypeAlias = Annotated[bool, Parameter(help="Do it although data is lost.", negative="", show_default=False)]

_TO_DO: Final = {
    "behind": "behind: run `twi db upgrade`, after a backup",
    "current": "current: nothing to do",
    "ahead": "ahead: upgrade the program",
}


def database_app() -> App:
    """Make the group."""
    app = App("db", help="Look after the database.")
    for command in (upgrade, downgrade, status, check, sql):
        app.command(command)
    return app


def upgrade(revision: str = "head", /, *, output: OutputOption = "text") -> int:
    """Bring the schema to the newest revision, or to the one named. Make a backup first."""

    async def work(maintenance: Maintenance) -> int:
        await maintenance.upgrade(revision)
        return await _tell_status(maintenance, output)

    return _maintain(work, output)


def downgrade(revision: str, /, *, yes: YesOption = False, output: OutputOption = "text") -> int:
    """Take the schema back to a revision; `base` removes everything. What newer revisions stored is lost."""
    if not yes:
        raise UsageError("this loses what newer revisions stored; make a backup, then give --yes")

    async def work(maintenance: Maintenance) -> int:
        await maintenance.downgrade(revision)
        return await _tell_status(maintenance, output)

    return _maintain(work, output)


def status(*, output: OutputOption = "text") -> int:
    """Tell which revision the schema has and which one this program needs."""

    async def work(maintenance: Maintenance) -> int:
        return await _tell_status(maintenance, output)

    return _maintain(work, output)


def check(*, output: OutputOption = "text") -> int:
    """Compare the schema with what this program expects; exit 3 where they differ."""

    async def work(maintenance: Maintenance) -> int:
        differences = await maintenance.check()
        if output == "json":
            write_json({"differences": list(differences)})
        else:
            write("\n".join(map(plain, differences)) or "The schema is as it should be.")
        return Exit.CHECK_FAILED if differences else Exit.OK

    return _maintain(work, output)


def sql(start: str = "base", end: str = "head", /) -> int:
    """Write the SQL that an upgrade between two revisions runs, for whoever applies it by hand."""
    write(upgrade_sql(read_settings(as_json=False), start, end))
    return Exit.OK


async def _tell_status(maintenance: Maintenance, output: OutputOption) -> int:
    found, needed = await maintenance.status()
    schema, revision, standing = maintenance.schema, found.revision, found.standing
    if output == "json":
        write_json(
            {"schema": schema, "revision": revision, "needed": needed, "state": standing, "in_public": found.in_public}
        )
    else:
        where = " (in public; an upgrade moves it)" if found.in_public else ""
        rows = {"schema": schema, "revision": plain(revision or "none") + where, "needed": needed}
        write(labelled({**rows, "state": _TO_DO[standing]}))
    return Exit.OK


def _maintain(work: Callable[[Maintenance], Awaitable[int]], output: OutputOption) -> int:
    settings = read_settings(as_json=output == "json")

    async def maintained() -> int:
        async with open_maintenance(settings) as maintenance:
            return await work(maintenance)

    with process_logs(settings, one_shot=True):
        return run_once(maintained)
