"""The application within another program."""

import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

import twi_runtime
from tests.app import GUILD, success
from twi_core.kernel.outcome import Failure
from twi_core.kernel.permissions import Level
from twi_core.kernel.wording import PLAIN
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.get import GetLink
from twi_embedded import errors as embedded_errors
from twi_memory.ports.sources import CountingIds, ManualClock
from twi_memory.storage.store import MemoryStore
from twi_postgres.database import refusals
from twi_runtime import Overrides, Settings, SettingsError, open_application
from twi_runtime.extras import MODULES, require
from twi_runtime.opening.storage_errors import REFUSALS
from twi_runtime.process.exits import EXITS, Exit, RuntimeFailure


@pytest.mark.asyncio
async def test_an_application_on_memory_works_at_once() -> None:
    """Ten lines suffice: what one call stores the next one finds."""
    async with open_application("memory") as app:
        context = app.context(actor=None, guild=GUILD, asserted_level=Level.OPERATOR)
        added = success(await app.links.add(AddLink(title="map", content="https://example.org"), context))
        assert success(await app.links.get(GetLink(title="MAP"), context)) == added


@pytest.mark.asyncio
async def test_an_embedder_replaces_adapters() -> None:
    """The given storage, clock and ids are the ones that are used."""
    store, clock = MemoryStore(), ManualClock(datetime(2030, 1, 1, tzinfo=UTC))
    overrides = Overrides(storage=store, clock=clock, ids=CountingIds())
    codes = []
    for _ in range(2):
        async with open_application(settings=Settings(), overrides=overrides) as app:
            context = app.context(actor=None, guild=GUILD, asserted_level=Level.OPERATOR)
            added = await app.links.add(AddLink(title="map", content="x"), context)
            codes.append(added.failure().code if isinstance(added, Failure) else "added")
            assert context.received_at == clock.now()
    assert codes == ["added", "links.title_taken"], "the second application sees what the first one stored"


@pytest.mark.asyncio
async def test_a_database_that_is_none_is_refused_in_words() -> None:
    """A wrong database is a settings error, before anything is opened."""
    with pytest.raises(SettingsError, match="it must begin with postgresql://"):
        async with open_application("sqlite:///x"):
            pass


def test_importing_the_runtime_loads_no_library() -> None:
    """The package itself, and the core's application it would open, cost nothing until a name is used."""
    probe = "import sys, twi_runtime; print([m for m in ('pydantic', 'punq', 'sqlalchemy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    """Each name that the package promises is available, and no other."""
    for name in twi_runtime.__all__:
        assert getattr(twi_runtime, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = twi_runtime.nothing  # type: ignore[attr-defined]  # what is tested


def test_a_missing_extra_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever entrypoint lacks its libraries, the message is the same and says what to type."""
    monkeypatch.setitem(MODULES, "redis", ("no_such_module_at_all",))
    with pytest.raises(RuntimeFailure) as caught:
        require("redis", "The shared cache")
    assert "python3 -m pip install 'twi-core[redis]'" in caught.value.error.hint(PLAIN)
    assert caught.value.exit_code == Exit.SETTINGS


def test_every_extra_is_recognised_by_modules_that_it_installs() -> None:
    """In an environment with all extras none is reported as missing."""
    for extra, modules in MODULES.items():
        assert all(find_spec(module) for module in modules), extra
        require(extra, "It")


def test_every_refusal_of_a_storage_is_reported_with_its_code() -> None:
    """No code of the embedded server or of the schema is unknown to the runtime, and none is made up."""
    codes = {
        value
        for module in (embedded_errors, refusals)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.startswith("storage.")
    }
    assert set(REFUSALS) == codes


def test_every_kind_of_error_has_an_exit_code_of_its_own() -> None:
    """A script can distinguish the kinds."""
    assert len(set(EXITS.values())) == len(EXITS)
