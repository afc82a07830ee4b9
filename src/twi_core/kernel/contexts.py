"""Manifests of contexts: a context's name, what it offers, and where each package keeps its part of it."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias, TypeVar, cast, final, overload

from typing_extensions import override

from twi_core.kernel.unit import Open, Unit

if TYPE_CHECKING:
    from twi_core.kernel.facts import ContextFacts
    from twi_core.kernel.handling import Api

A = TypeVar("A", bound="Api")
U = TypeVar("U", bound=Unit)
T = TypeVar("T")

HOME: Final = "twi_core"
"""The package of our own contexts."""
_PUBLIC: Final = ("domain", "errors", "permissions", "settings", "ports", "fields", "rules", "use_cases", "api")
"""The parts of a context that define public names, the lowest layers first."""


@final
class Context(Generic[A, U]):
    """A context's manifest: `LINKS: Final[Context[LinksApi, LinksUnit]] = Context(__name__)` in its `__init__.py`.

    Creating one imports nothing from the context. `package` is the folder that holds it, such as `twi_core.links`.
    """

    def __init__(self, package: str, /) -> None:
        self.package = package

    @property
    def name(self) -> str:
        """Return the context's name, such as `links`, which is the prefix of its operations' names."""
        return self.package.rpartition(".")[2]

    @cached_property
    def summary(self) -> str:
        """Return the first line of the package's docstring, which introduces the context in every help."""
        return (importlib.import_module(self.package).__doc__ or "").strip().partition("\n")[0]

    @cached_property
    def api(self) -> type[A]:
        """Return the class of the context's operations; the first access imports it.

        Raises:
            LookupError: `<package>.api` doesn't define exactly one `Api`.
        """
        from twi_core.kernel.handling import Api

        place = f"{self.package}.api"
        defined = vars(importlib.import_module(place)) if _exists(place) else {}
        found = {kind for kind in defined.values() if isinstance(kind, type) and kind.__module__ == place}
        apis = {kind for kind in found if issubclass(kind, Api)}
        if len(apis) != 1:
            raise LookupError(f"{place} must define one Api, but defines {len(apis)}")
        return cast("type[A]", apis.pop())

    def declare(self) -> None:
        """Import the context's declarations: its permissions, settings and error codes."""
        for part in ("permissions", "settings", "errors"):
            if _exists(f"{self.package}.{part}"):
                importlib.import_module(f"{self.package}.{part}")

    def place(self, package: str, /) -> str:
        """Return the name of the module in which a package keeps its part of this context.

        For one of our contexts that is `twi_memory.links` in `twi_memory`. A foreign context keeps it in its own
        package: `karma.twi_memory`.
        """
        parent, _, name = self.package.rpartition(".")
        return f"{package}.{name}" if parent == HOME else f"{self.package}.{package}"

    def has(self, package: str, /) -> bool:
        """Return whether a package has a part for this context, without importing it."""
        return _exists(self.place(package))

    def find(self, package: str, name: str, kind: type[T], /) -> T | None:
        """Return a named value from a package's part for this context, or None if the package has no such part.

        Raises:
            LookupError: the module exists but doesn't define the name, or defines it with another type.
        """
        return _defined(self.place(package), name, kind)

    @cached_property
    def facts(self) -> "ContextFacts":
        """Return how the context describes its values, `FACTS` in its module `facts`; the first access imports it.

        Raises:
            LookupError: the module exists but doesn't define them.
        """
        from twi_core.kernel.facts import ContextFacts

        return _defined(f"{self.package}.facts", "FACTS", ContextFacts) or ContextFacts()

    def public_name(self, name: str, /) -> object:
        """Return a public name of the package; the package's `__getattr__` calls this on first use.

        Raises:
            AttributeError: the package's `__all__` doesn't list it, or no module of the context defines it.
        """
        package = importlib.import_module(self.package)
        if name in package.__all__:
            for module in self._modules():
                if name in vars(module):  # lower layers come first, so this is where it is defined
                    found: object = vars(module)[name]
                    setattr(package, name, found)
                    return found
        raise AttributeError(f"module {self.package!r} has no attribute {name!r}", name=name, obj=package)

    def _modules(self) -> Iterator[ModuleType]:
        """Yield the modules that may define public names, in layer order."""
        for part in _PUBLIC:
            if not _exists(f"{self.package}.{part}"):
                continue
            module = importlib.import_module(f"{self.package}.{part}")
            yield module
            for within in pkgutil.iter_modules(getattr(module, "__path__", ())):
                yield importlib.import_module(f"{module.__name__}.{within.name}")

    @override
    def __repr__(self) -> str:
        return f"Context({self.package!r})"


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # the package exists but one of its own imports is missing
        return False


def _defined(module: str, name: str, kind: type[T]) -> T | None:
    if not _exists(module):
        return None
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, kind):
        raise LookupError(f"{module} must define {name}, a {kind.__name__}")  # noqa: TRY004  # a part of the program is missing
    return found


AnyContext: TypeAlias = Context[Any, Any]
"""A context, whatever it offers and stores."""


class Storage(Protocol):
    """A storage that opens units of work for every context it supports."""

    def open(self, context: Context[Any, U], /) -> Open[U]:
        """Return the context's `Open`, which opens its units.

        Raises:
            LookupError: the context has no storage of this kind; the message says what to add.
        """
        ...


class Offering(Protocol):
    """An application, as `offer` sees it."""

    def make_api(self, context: Context[A, Any], /) -> A:
        """Build a context's operations."""
        ...


@final
class offer(Generic[A]):  # noqa: N801  # lower case so that `links = offer(LINKS)` reads well
    """One context of an application, as a class attribute named like the context."""

    def __init__(self, context: Context[A, Any], /) -> None:
        self.context = context

    def __set_name__(self, owner: type, name: str) -> None:
        if name != self.context.name:
            raise TypeError(
                f"{owner.__name__}.{name} offers the context {self.context.name!r}, so give the attribute that name"
            )

    @overload
    def __get__(self, instance: None, owner: type) -> "offer[A]": ...

    @overload
    def __get__(self, instance: Offering, owner: type) -> A: ...

    def __get__(self, instance: Offering | None, owner: type) -> "A | offer[A]":
        """Return the context's operations; the first access builds them."""
        if instance is None:
            return self
        made = instance.make_api(self.context)
        vars(instance)[self.context.name] = made  # later accesses find it there and skip this
        return made


def offered(application: type, /) -> Iterator[AnyContext]:
    """Yield the contexts that an application class offers, its own before its bases'."""
    seen: set[str] = set()
    for kind in application.__mro__:
        for name, value in vars(kind).items():
            if isinstance(value, offer) and name not in seen:
                seen.add(name)
                yield value.context
