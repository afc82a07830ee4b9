"""Manifests: what a context is called, what it offers, and how each package's part of it is found by its name."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from twi_core.application import Application, Core
from twi_core.assembly import Ports, build_application
from twi_core.kernel.contexts import AnyContext, Context, offer, offered
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Success
from twi_core.links import LINKS
from twi_core.links.api import LinksApi
from twi_core.settings import SETTINGS
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.unit import Units

KARMA = {
    "__init__": '''
        """What members think of one another."""
        from twi_core.kernel.contexts import Context
        KARMA = Context(__name__)
    ''',
    "permissions": """
        from twi_core.kernel.permissions import Level, declare_permission
        KARMA_GIVE = declare_permission("karma.give", Level.EVERYONE, "praise others")
    """,
    "ports": """
        from typing import Protocol
        from twi_core.kernel.unit import Unit
        class KarmaUnit(Unit, Protocol):
            @property
            def given(self) -> list[int]: ...
    """,
    "praise": '''
        from typing import Final
        from pydantic import Field
        from twi_core.kernel.commands import Command
        from twi_core.kernel.context import CallContext
        from twi_core.kernel.errors import AppError
        from twi_core.kernel.ids import UserId
        from twi_core.kernel.outcome import Outcome, Success
        from twi_core.kernel.policy import Policy, Rate
        from twi_core.kernel.unit import UNAUDITED, Open
        from karma.permissions import KARMA_GIVE
        from karma.ports import KarmaUnit
        class Praise(Command):
            """Praise somebody."""
            whom: UserId = Field(description="Whom.", examples=["1"])
        class PraiseUseCase:
            policy: Final = Policy(name="karma.praise", requires=KARMA_GIVE, limit=Rate(2, per=60))
            def __init__(self, open_unit: Open[KarmaUnit]) -> None:
                self._open_unit = open_unit
            async def __call__(self, command: Praise, context: CallContext, /) -> Outcome[int, AppError]:
                async with self._open_unit(context) as unit:
                    unit.given.append(command.whom)
                    await unit.commit(UNAUDITED)
                    return Success(len(unit.given))
    ''',
    "api": '''
        from twi_core.kernel.handling import Api, use
        from karma.praise import PraiseUseCase
        class KarmaApi(Api):
            """What members think of one another."""
            praise = use(PraiseUseCase)
    ''',
    "twi_memory": """
        from karma import KARMA
        from twi_memory.storage.unit import MemoryUnit, Units
        GIVEN = []
        class MemoryKarmaUnit(MemoryUnit):
            @property
            def given(self):
                return GIVEN
        UNITS = Units(KARMA, MemoryKarmaUnit)
    """,
}


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnyContext]:
    """Yield a foreign package with a context."""
    folder = tmp_path / "karma"
    folder.mkdir()
    for name, text in KARMA.items():
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import karma  # type: ignore[import-not-found]  # it has just been written

    found: AnyContext = karma.KARMA
    yield found
    from twi_core.kernel import permissions

    permissions._declared.pop("karma.give", None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "karma"]:
        del sys.modules[name]


def ports(store: MemoryStore) -> Ports:
    clock = ManualClock()
    return Ports(storage=store, limiter=MemoryLimiter(clock), clock=clock, random=SeededRandom(), ids=CountingIds())


def test_a_manifest_imports_nothing_of_its_context() -> None:
    """Listing the contexts, as the root help does, loads no model, no use case and no storage."""
    code = (
        "import sys, twi_core.application\n"
        "print([name for name in sys.modules if name.startswith(('pydantic', 'twi_core.links.', 'twi_memory'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_context_is_its_package() -> None:
    """Name, summary and operations come from the package; what a package holds for it is named after it."""
    assert (LINKS.name, LINKS.summary) == ("links", "Links that members save under a title.")
    assert LINKS.api is LinksApi
    assert LINKS.place("twi_memory") == "twi_memory.links"
    assert LINKS.has("twi_memory")
    assert not SETTINGS.has("twi_sandbox")
    assert SETTINGS.find("twi_sandbox", "PART", object) is None
    assert isinstance(LINKS.find("twi_memory", "UNITS", Units), Units)


def test_a_part_that_lacks_what_it_must_define_is_named() -> None:
    """A module of the right name with the wrong contents is a mistake of its author, and reported where it is."""
    with pytest.raises(LookupError, match=r"^twi_memory\.links must define NOTHING, a Units$"):
        LINKS.find("twi_memory", "NOTHING", Units)
    with pytest.raises(LookupError, match="must define one Api, but defines 0"):
        _ = Context("twi_core.kernel").api


def test_a_package_that_cannot_be_imported_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing library behind a storage is reported as such, not as a missing storage."""
    (tmp_path / "acme_storage").mkdir()
    (tmp_path / "acme_storage" / "__init__.py").write_text("import a_library_that_nobody_has", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="a_library_that_nobody_has"):
        LINKS.find("acme_storage", "UNITS", Units)
    with pytest.raises(ModuleNotFoundError, match="a_library_that_nobody_has"):
        LINKS.has("acme_storage")
    assert not LINKS.has("a_package_that_nobody_has")
    assert not LINKS.has("acme.storage_that_nobody_has")


def test_a_context_of_one_file_lacks_its_operations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest in a module that is no package is refused with what it must define, like any other."""
    (tmp_path / "one_file.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    context: AnyContext = Context("one_file")
    context.declare()
    with pytest.raises(LookupError, match=r"^one_file\.api must define one Api, but defines 0$"):
        _ = context.api


def seen_by_type_checkers(package: ModuleType) -> dict[str, object]:
    """Return what a package imports for type checkers only, each from the module that it names there."""
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name))
    imports = [node for node in checked.body if isinstance(node, ast.ImportFrom)]
    return {
        alias.name: getattr(importlib.import_module(str(node.module)), alias.name)
        for node in imports
        for alias in node.names
    }


@pytest.mark.parametrize("context", list(offered(Application)), ids=repr)
def test_every_public_name_is_what_the_type_checkers_see(context: AnyContext) -> None:
    """Each name of a context's package is found when it is used, where it is declared, and no other one is."""
    package = importlib.import_module(context.package)
    declared = seen_by_type_checkers(package)
    assert {*package.__all__} == {*declared, context.name.upper()}
    for name, value in declared.items():
        assert context.public_name(name) is value
        assert getattr(package, name) is value
    with pytest.raises(AttributeError):
        _ = package.nothing_of_that_name


def made_of(kind: object) -> Iterator[type]:
    """Yield the types that a type is made of: itself, what is within it, and what its fields hold."""
    waiting, seen = [kind], set[object]()
    for each in waiting:
        if each in seen:
            continue
        seen.add(each)
        waiting.extend(get_args(each))
        if isinstance(each, type) and each.__module__.startswith("twi_core."):
            yield each
            waiting.extend(get_type_hints(each).values())


@pytest.mark.parametrize("context", list(offered(Application)), ids=repr)
def test_what_operations_take_and_answer_is_public(context: AnyContext) -> None:
    """The caller of an operation can name its command, its answer and every type within them."""
    api = build_application(Application, ports(MemoryStore()))[context]
    named = {
        kind for operation in api.operations() for of in (operation.command, operation.value) for kind in made_of(of)
    }
    own = {kind.__name__ for kind in named if kind.__module__.startswith(f"{context.package}.")}
    assert own - {*importlib.import_module(context.package).__all__} == set()


def test_an_attribute_bears_the_name_of_its_context() -> None:
    """`app.links` is the context `links` and no other."""
    with pytest.raises((TypeError, RuntimeError)) as raised:  # before Python 3.12 the one is the cause of the other
        type("Wrong", (Core,), {"chains": offer(LINKS)})

    assert "offers the context 'links'" in str(raised.value.__cause__ or raised.value)


@pytest.mark.asyncio
async def test_a_foreign_context_joins_by_one_line(foreign: AnyContext) -> None:
    """A foreign context runs through the whole pipeline, with its permission, limit and storage."""

    class Ours(Application):
        karma = offer(foreign)

    app = build_application(Ours, ports(MemoryStore()))
    caller = app.context(actor=UserId(1), guild=GuildId(2))
    operation = app.operation("karma.praise").unwrap()
    assert [await operation.call({"whom": 7}, caller) for _ in range(2)] == [Success(1), Success(2)]
    assert (await operation.call({"whom": 7}, caller)).failure().code == "limits.limited"
    explained = await app.operation("permissions.explain").unwrap().call({"operation": "karma.praise"}, caller)
    assert isinstance(explained, Success)
    assert app[LINKS] is app.links
    assert [name for name, _ in app.apis()][:2] == ["karma", "links"]


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [("praise", "karma.praise", "links.add"), ("api", "praise = use", "again = use(PraiseUseCase); praise = use")],
    ids=["somebody else's name", "one name twice"],
)
def test_an_operation_has_a_unique_name(
    foreign: AnyContext, tmp_path: Path, module: str, before: str, after: str
) -> None:
    """Neither of two operations of one name hides the other: the application is not built."""
    file = tmp_path / "karma" / f"{module}.py"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    class Ours(Application):
        karma = offer(foreign)

    with pytest.raises(ValueError, match=r"prefix it with its context, and make it unique"):
        build_application(Ours, ports(MemoryStore()))


def test_a_storage_that_keeps_nothing_for_a_context_is_named_when_the_application_is_built(
    foreign: AnyContext, tmp_path: Path
) -> None:
    """The sentence says what to add; nobody finds out with the first call."""
    (tmp_path / "karma" / "twi_memory.py").unlink()

    class Ours(Application):
        karma = offer(foreign)

    with pytest.raises(
        LookupError, match=r"the context 'karma' has no storage in memory: add karma\.twi_memory with UNITS"
    ):
        build_application(Ours, ports(MemoryStore()))


def test_a_lazily_built_application_makes_only_the_requested_context() -> None:
    """A process that makes one call imports the use cases of one context."""
    code = dedent("""
        import sys
        from tests.unit.kernel.test_contexts import ports
        from twi_core.application import Application
        from twi_core.assembly import build_application
        from twi_memory.storage.store import MemoryStore
        app = build_application(Application, ports(MemoryStore()), lazily=True)
        app.operation("links.get").unwrap()
        print(sorted({name.split(".")[1] for name in sys.modules if ".use_cases." in name}))
    """)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['links']"


def test_what_an_application_does_not_offer_is_not_found_in_it() -> None:
    """A bot may offer some contexts only."""
    app = build_application(Core, ports(MemoryStore()))
    assert {name for name, _ in app.apis()} == {"permissions", "limits", "settings", "failures", "tokens"}
    assert app.operation("links.get").failure().code == "operations.unknown"
    with pytest.raises(KeyError):
        _ = app[LINKS]
