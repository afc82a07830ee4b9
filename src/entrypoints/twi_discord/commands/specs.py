"""Descriptions of commands, in one line each: what they take comes from the command models."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, TypeVar, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation, Operation
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.parameters import Parameter, parameters
from twi_core.kernel.policy import Policy
from twi_discord.replies.message import Answer, Message

C = TypeVar("C", bound=Command)
V = TypeVar("V")

Suggestions: TypeAlias = Sequence[tuple[str, str]]
"""Values, each behind what is shown for it."""
Complete: TypeAlias = Callable[[str, CallContext], Awaitable[Outcome[Suggestions, AppError]]]
"""What suggests values for what was typed so far; where that is refused nothing is suggested."""

DependsOn: TypeAlias = Callable[[Mapping[str, object]], Complete]
"""What returns the suggestions for an option from what the other options hold already."""

CURSOR: Final = "after"
"""The field of a paged command that the pager fills; nobody types it."""


@final
@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command; `parameter.name` is what people see."""

    parameter: Parameter
    complete: Complete | None = None
    depends_on: DependsOn | None = None

    @property
    def name(self) -> str:
        """Return the name that people see."""
        return self.parameter.name


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """The description of one command.

    `positional` is the option that a written command takes without its name. `answer` is called with what was given,
    by option. `policies` are those of the operations behind it, for the help. `operations` are those that hints can
    call with it: it takes what they take. `renamed` holds, by field, the options that have another name than the field
    they fill. `example` are optional options that an example needs besides the required ones.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    answer: Answer
    positional: str | None = None
    public: bool = True
    policies: tuple[Policy, ...] = field(default=())
    operations: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    example: tuple[str, ...] = ()


def command(
    name: str,
    operation: Operation[C, V],
    show: Callable[[V], Message],
    *,
    positional: str | None = None,
    complete: Mapping[str, Complete] | None = None,
    depends_on: Mapping[str, DependsOn] | None = None,
    first: Sequence[str] = (),
    rename: Mapping[str, str] | None = None,
    leave_out: Sequence[str] = (),
    example: Sequence[str] = (),
) -> CommandSpec:
    """Describe the command of one operation.

    Args:
        name: The last word of the command.
        operation: What it calls.
        show: Returns what is shown for a success.
        positional: The option that a written command takes without its name.
        complete: Suggestions by option.
        depends_on: Suggestions by option that depend on the other options.
        first: Options that come before the others, in this order; the command need not have all of them.
        rename: Options that have another name than the field they fill, by field.
        leave_out: Fields that are no options, because Discord itself knows what they are for.
        example: Optional options that an example needs besides the required ones.

    Raises:
        ValueError: the command has no such option, or the operation no such field.
    """
    named = dict(rename or {})
    fields = {option: of for of, option in named.items()}
    described = _options(operation, named, first, leave_out)
    taken = {*filter(None, (positional,)), *(complete or {}), *(depends_on or {}), *example}
    known = {parameter.name for parameter in parameters(operation.command)}
    if unknown := (taken - {parameter.name for parameter in described}) | ({*named, *leave_out} - known):
        raise ValueError(f"{operation.name} has no {', '.join(sorted(unknown))}")

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        given = {fields.get(option, option): value for option, value in raw.items()} if fields else raw
        outcome = await operation.call(given, context)
        if isinstance(outcome, Success):  # asked so, as it is the fast question
            return Success(show(outcome.unwrap()))
        return Failure(_in_options(outcome.failure(), named)) if named else outcome

    return CommandSpec(
        name=name,
        summary=operation.summary,
        options=tuple(Option(p, (complete or {}).get(p.name), (depends_on or {}).get(p.name)) for p in described),
        answer=answer,
        positional=positional,
        public=operation.policy.public,
        policies=(operation.policy,),
        operations=(operation.name,),
        renamed=named,
        example=tuple(example),
    )


def suggested(operation: Operation[C, V], suggestions: Callable[[V], Suggestions], **given: object) -> Complete:
    """Suggest what an operation finds for what was `typed` and for what else is `given`."""

    async def complete(typed: str, context: CallContext) -> Outcome[Suggestions, AppError]:
        outcome = await operation.call({**given, "typed": typed}, context)
        return outcome if isinstance(outcome, Failure) else Success(suggestions(outcome.unwrap()))

    return complete


def _options(
    operation: AnyOperation, named: Mapping[str, str], first: Sequence[str], leave_out: Sequence[str]
) -> Sequence[Parameter]:
    """Describe what a command takes, under the names and in the order of its options."""
    asked = [p for p in parameters(operation.command) if p.name not in {CURSOR, *leave_out}]
    described = [replace(p, name=named.get(p.name, p.name)) for p in asked]
    order = {option: place for place, option in enumerate(first)}
    return sorted(described, key=lambda parameter: order.get(parameter.name, len(order)))


def optional_variant(given: CommandSpec, option: str, without: CommandSpec, summary: str) -> CommandSpec:
    """Describe a command that is `given` when an option is given, and `without` when it is left out."""

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        return await (given if option in raw else without).answer(raw, context)

    return replace(
        given,
        summary=summary,
        options=tuple(
            replace(o, parameter=replace(o.parameter, required=False)) if o.name == option else o for o in given.options
        ),
        answer=answer,
        policies=(*given.policies, *without.policies),
        operations=(*given.operations, *without.operations),
    )


def _in_options(error: AppError, named: Mapping[str, str]) -> AppError:
    """Return a refusal that names the option that the caller knows, not the field behind it."""
    if "field" not in error.params:
        return error
    field, dot, place = str(error.params["field"]).partition(".")  # an item of a list is named by its place
    return replace(error, params={**error.params, "field": f"{named.get(field, field)}{dot}{place}"})
