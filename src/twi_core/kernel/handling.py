"""Use cases, the middleware around them, and the operations that entrypoints call."""

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
    """A function that answers a command."""

    async def __call__(self, command: C_contra, context: CallContext, /) -> Outcome[V_co, AppError]:
        """Return the answer, or a refusal."""
        ...


class UseCase(Handler[C_contra, V_co], Protocol[C_contra, V_co]):
    """A handler that declares its policy."""

    @property
    def policy(self) -> Policy:
        """Return its name, the permission it needs, and its limits."""
        ...


class Middleware(Protocol):
    """A wrapper of handlers; the wrapping is done once, when the application is built."""

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Return the wrapped handler, or `inner` itself if the policy needs no wrapping."""
        ...


class InvalidRequests(Protocol):
    """A limit on invalid input."""

    def counted(self, error: AppError, context: CallContext, /) -> AppError:
        """Count an invalid request, and return the answer: the error itself, or that there were too many."""
        ...


@final
class UncountedInvalidRequests:
    """No limit on invalid input."""

    def counted(self, error: AppError, _: CallContext, /) -> AppError:
        """See `InvalidRequests`."""
        return error


@final
@dataclass(frozen=True)
class Operation(Generic[C, V_co]):
    """A use case within the pipeline, with all that entrypoints need to know about it.

    `value` is the type of a successful answer. Raw input that is refused before it reaches the pipeline counts as one
    of the caller's `invalid_requests`, and `recorder` notes it.
    """

    policy: Policy
    command: type[C]
    value: object
    handler: Handler[C, V_co]
    recorder: Recorder = field(default_factory=NoRecorder)
    invalid_requests: InvalidRequests = field(default_factory=UncountedInvalidRequests)

    async def __call__(self, command: C, context: CallContext, /) -> Outcome[V_co, AppError]:
        """Return the answer to a command."""
        return await self.handler(command, context)

    async def call(self, raw: Mapping[str, object], context: CallContext, /) -> Outcome[V_co, AppError]:
        """Return the answer to raw input of an entrypoint: decode it, then call."""
        command = decode(self.command, raw)
        if not isinstance(command, Success):  # the faster of the two checks
            refusal = self.invalid_requests.counted(command.failure(), context)
            self.recorder.refused(refusal, self.name, context)
            return Failure(refusal)
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
        """Return the adapter that writes answers as JSON and describes them; ids are texts there."""
        return TypeAdapter(cast("type[Any]", self.value))


class AnyOperation(Protocol):
    """An operation as entrypoints see it that treat all of them alike."""

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
        """See `Operation`."""
        ...


class Factory(Protocol):
    """A function that creates objects and supplies the parameters of their constructors."""

    def __call__(self, kind: type[V], /) -> V:
        """Return a new object of a class."""
        ...


@final
class _Declared:
    """A use case class, until the application is built."""

    def __init__(self, kind: type[UseCase[Any, Any]]) -> None:
        self.kind = kind


def use(kind: Callable[..., UseCase[C, V]], /) -> Operation[C, V]:
    """Declare one operation of an `Api`: assign the result to a class attribute such as `add`."""
    return cast("Operation[C, V]", _Declared(cast("type[UseCase[Any, Any]]", kind)))


class Api:
    """The operations of one context; each class attribute set by `use` becomes an `Operation` of the instance."""

    def __init__(
        self, make: Factory, chain: tuple[Middleware, ...], recorder: Recorder, invalid_requests: InvalidRequests
    ) -> None:
        for name, kind in declared_use_cases(type(self)):
            setattr(self, name, _operation(make(kind), chain, recorder, invalid_requests))

    def operations(self) -> Iterator[AnyOperation]:
        """Yield the operations in the order of their declaration."""
        for name, _ in declared_use_cases(type(self)):
            yield getattr(self, name)


def declared_use_cases(api: type[Api]) -> Iterator[tuple[str, type[UseCase[Any, Any]]]]:
    """Yield the names and classes that an `Api` declares with `use`."""
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
    """Return the types of a use case's command and of its successful answer, from its annotations."""
    hints = get_type_hints(kind.__call__)
    command = next(hint for name, hint in hints.items() if name not in {"context", "return"})
    success = next(arm for arm in get_args(hints["return"]) if getattr(arm, "__origin__", None) is Success)
    return command, get_args(success)[0]
