"""Find what a package holds for a context: by the context's name, when it is first asked for."""

import importlib
import importlib.util
from typing import TypeVar

T = TypeVar("T")


def find(package: str, context: str, name: str, kind: type[T], /) -> T | None:
    """Return the value of that name which a package keeps for a context; none where it keeps nothing.

    Raises:
        LookupError: the module is there and does not define the name, or not with that type.
    """
    place = f"{package}.{context}"
    try:
        if importlib.util.find_spec(place) is None:
            return None
    except ModuleNotFoundError:  # of the package that would hold it
        return None
    found = getattr(importlib.import_module(place), name, None)
    if not isinstance(found, kind):
        raise LookupError(  # noqa: TRY004  # what is wrong is the module
            f"{place} must define {name}, a {kind.__name__}"
        )
    return found
