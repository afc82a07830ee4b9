"""Cheap checks of many things in one test, which names every one that fails."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


def for_each(
    parameter: str, items: Iterable[T], *, ids: Callable[[T], str] = str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a test for all items in turn: for checks that cost less than a case of a parametrised test.

    All items share the test's fixtures. It fails once, with the message of each item that it fails for.
    """
    named = [(ids(item), item) for item in items]

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        async def awaited(**fixtures: Any) -> None:
            failed: dict[str, str] = {}
            for name, item in named:
                with _noted(failed, name):
                    await test(**fixtures, **{parameter: item})
            assert failed == {}, _listed(failed)

        def called(**fixtures: Any) -> None:
            failed: dict[str, str] = {}
            for name, item in named:
                with _noted(failed, name):
                    test(**fixtures, **{parameter: item})
            assert failed == {}, _listed(failed)

        made = functools.wraps(test)(awaited if inspect.iscoroutinefunction(test) else called)
        signature = inspect.signature(test)
        fixtures = [each for name, each in signature.parameters.items() if name != parameter]
        made.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]  # pytest reads it
        return made

    return decorate


@contextmanager
def _noted(failed: dict[str, str], name: str) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        failed[name] = str(error)
    except Exception as error:
        error.add_note(f"for {name}")
        raise


def _listed(failed: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {message}" for name, message in failed.items())
