"""Use cases, what wraps them, and the operations that entrypoints call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Generic, Protocol, TypeVar, cast, final, get_args, get_type_hints

from pydantic import TypeAdapter

from twi_core.kernel.commands import Command, decode
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.reporting import NoRecorder, Recorder

C = TypeVar("C", bound=Command)
C_contra = TypeVar("C_contra", bound=Command, contravariant=True)
V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


class Handler(Protocol[C_contra, V_co]):
    """Answer a command."""

    async def __call__(self, command: C_contra, context: CallContext, /) -> Outcome[V_co, AppError]:
        """Answer it, or refuse."""
        ...


class UseCase(Handler[C_contra, V_co], Protocol[C_contra, V_co]):
    """Be a handler that declares its policy."""

    @property
    def policy(self) -> Policy:
        """Return what it is called."""
        ...


class Middleware(Protocol):
    """Wrap a handler, once, when the application is assembled."""

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Return the wrapped handler, or `inner` itself where the policy asks for nothing."""
        ...


class InvalidRequests(Protocol):
    """Bound how often input that makes no sense is looked into."""

    def counted(self, error: AppError, context: CallContext, /) -> AppError:
        """Count a mistake, and give what to answer: what is wrong, or that there were too many."""
        ...


@final
class UncountedInvalidRequests:
    """Count nothing."""

    def counted(self, error: AppError, _: CallContext, /) -> AppError:
        """See `InvalidRequests`."""
        return error


@final
@dataclass(frozen=True)
class Operation(Generic[C, V_co]):
    """Call a use case through the whole pipeline, and tell entrypoints all that they need to know of it.

    `value` is the type of a successful answer. Raw input that is refused before the pipeline is asked counts among the
    caller's `invalid_requests`, and `recorder` notes it.
    """

    policy: Policy
    command: type[C]
    value: object
    handler: Handler[C, V_co]
    recorder: Recorder = field(default_factory=NoRecorder)
    invalid_requests: InvalidRequests = field(default_factory=UncountedInvalidRequests)

    async def __call__(self, command: C, context: CallContext, /) -> Outcome[V_co, AppError]:
        """Answer a command."""
        return await self.handler(command, context)

    async def call(self, raw: Mapping[str, object], context: CallContext, /) -> Outcome[V_co, AppError]:
        """Answer raw input of any entrypoint: decode it, then call."""
        command = decode(self.command, raw)
        if not isinstance(command, Success):  # asked so, as it is the fast question
            told = self.invalid_requests.counted(command.failure(), context)
            self.recorder.refused(told, self.name, context)
            return Failure(told)
        return await self.handler(command.unwrap(), context)

    @property
    def name(self) -> str:
        """Return the name, such as `links.add`."""
        return self.policy.name

    @property
    def summary(self) -> str:
        """Return the first line of the command's docstring."""
        return (self.command.__doc__ or "").strip().partition("\n")[0]

    @cached_property
    def values(self) -> "TypeAdapter[Any]":
        """Write answers as JSON and describe them; ids are texts there."""
        return TypeAdapter(cast("type[Any]", self.value))


class AnyOperation(Protocol):
    """What an entrypoint that serves every operation alike needs of one."""

    @property
    def policy(self) -> Policy:
        """See `Operation`."""
        ...

    @property
    def command(self) -> type[Command]:
        """See `Operation`."""
        ...

    @property
    def value(self) -> object:
        """See `Operation`."""
        ...

    @property
    def name(self) -> str:
        """See `Operation`."""
        ...

    @property
    def summary(self) -> str:
        """See `Operation`."""
        ...

    @property
    def values(self) -> "TypeAdapter[Any]":
        """See `Operation`."""
        ...

    async def call(self, raw: Mapping[str, object], context: CallContext, /) -> Outcome[object, AppError]:
        """Answer raw input."""
        ...


class Factory(Protocol):
    """Construct an object of a class, its constructor's parameters supplied."""

    def __call__(self, kind: type[V], /) -> V:
        """Return the object."""
        ...


@final
class _Declared:
    """Remember a use case class until the application is assembled."""

    def __init__(self, kind: type[UseCase[Any, Any]]) -> None:
        self.kind = kind


def use(kind: Callable[..., UseCase[C, V]], /) -> Operation[C, V]:
    """Declare one operation of an `Api`: a class attribute such as `add` is set to what this gives."""
    return cast("Operation[C, V]", _Declared(cast("type[UseCase[Any, Any]]", kind)))


class Api:
    """Be one context's operations; each class attribute made by `use` becomes an `Operation` of the instance."""

    def __init__(
        self, make: Factory, chain: tuple[Middleware, ...], recorder: Recorder, invalid_requests: InvalidRequests
    ) -> None:
        for name, kind in declared_use_cases(type(self)):
            setattr(self, name, _operation(make(kind), chain, recorder, invalid_requests))

    def operations(self) -> Iterator[AnyOperation]:
        """Give the operations in the order of their declaration."""
        for name, _ in declared_use_cases(type(self)):
            yield getattr(self, name)


def declared_use_cases(api: type[Api]) -> Iterator[tuple[str, type[UseCase[Any, Any]]]]:
    """Give the names and classes that an `Api` declares with `use`."""
    for name, found in vars(api).items():
        if isinstance(found, _Declared):
            yield name, found.kind


def _operation(
    use_case: UseCase[C, V], chain: tuple[Middleware, ...], recorder: Recorder, invalid_requests: InvalidRequests
) -> Operation[C, V]:
    command, value = _annotated(type(use_case))
    handler: Handler[C, V] = use_case
    for middleware in reversed(chain):
        handler = middleware.wrap(use_case.policy, handler)
    return Operation(use_case.policy, command, value, handler, recorder, invalid_requests)


@cache
def _annotated(kind: type[UseCase[Any, Any]]) -> tuple[type[Any], type[Any]]:
    """Read from a use case's annotations what it takes, and what it gives when it succeeds."""
    hints = get_type_hints(kind.__call__)
    command = next(hint for name, hint in hints.items() if name not in {"context", "return"})
    success = next(arm for arm in get_args(hints["return"]) if getattr(arm, "__origin__", None) is Success)
    return command, get_args(success)[0]
