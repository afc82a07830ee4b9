"""The typed commands of a context, made from its operations: a new use case joins by itself."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from cyclopts import App
from cyclopts import Parameter as Option

from twi_cli.commands.caller import ActorOption, GuildOption, LevelOption, OutputOption, RoleOption, read_caller
from twi_cli.commands.calling import call_operation, offers
from twi_cli.output.wording import by_place, pointless
from twi_core.kernel.contexts import AnyContext
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import plural, text, translated
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters
from twi_runtime.opening.lifecycle import application_without_storage

CALLER: Final[Mapping[str, object]] = {
    "guild": GuildOption,
    "actor": ActorOption,
    "role": RoleOption,
    "as_": LevelOption,
}
"""The options of the caller. One with the name of a parameter of the command itself gives way to it."""

_WHOLE: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)


def context_app(context: AnyContext) -> App:
    """Make the commands of one context, without loading any other."""
    app = App(context.name, help=context.summary)
    for operation in application_without_storage()[context].operations():
        if offers(operation):
            app.command(typed_command(operation), name=verb_of(operation), help=_help(operation))
    return app


def verb_of(operation: AnyOperation) -> str:
    """Return the name of an operation's subcommand: that of `links.suggest_tags` is `suggest-tags`."""
    return operation.name.partition(".")[2].replace("_", "-")


def typed_command(operation: AnyOperation) -> Callable[..., int]:
    """Make the command of an operation: a function; cyclopts makes the options from its signature."""
    described = {parameter.name: parameter for parameter in parameters(operation.command)}
    unused = pointless(operation)
    caller = {name: option for name, option in CALLER.items() if name not in unused}
    signature = inspect.Signature([*_fields(described), *_options(caller), *_options({"output": OutputOption})])

    def command(*args: object, **kwargs: object) -> int:
        given = signature.bind(*args, **kwargs).arguments
        raw = {
            name: _raw(parameter, given[name]) for name, parameter in described.items() if given.get(name) is not None
        }
        who = {option: given.get(option) for option in caller}
        return call_operation(operation, raw, _caller(who), given.get("output", "text"))

    command.__name__ = operation.name
    command.__doc__ = operation.summary
    command.__signature__ = signature  # type: ignore[attr-defined]  # functions take it, typeshed doesn't know
    command.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return command


def _caller(who: Mapping[str, Any]) -> Any:
    return read_caller(who.get("guild"), who.get("actor"), who.get("role"), who.get("as_"))


def _help(operation: AnyOperation) -> str:
    policy = operation.policy
    needs = {"permission": policy.requires.name, "level": policy.requires.default.shown}
    if policy.own is None:
        rights = text("Needs the permission {permission} (default: {level}).", **needs)
    else:
        rights = text(
            "Needs the permission {permission} (default: {level}), or {own} for your own things.",
            own=policy.own.name,
            **needs,
        )
    return f"{translated(operation.summary)}\n\n{rights}"


def _fields(described: Mapping[str, Parameter]) -> Iterator[inspect.Parameter]:
    """Yield the command's own parameters, first the required ones of one word, which need no name."""
    first = [p for p in described.values() if by_place(p)]
    for parameter in [*first, *(p for p in described.values() if not by_place(p))]:
        yield inspect.Parameter(
            parameter.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD if by_place(parameter) else inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if parameter.required else None,
            annotation=_annotation(parameter),
        )


def _options(options: Mapping[str, object]) -> Iterator[inspect.Parameter]:
    for name, annotation in options.items():
        default = "text" if name == "output" else None
        yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(parameter: Parameter) -> object:
    """Return the type by which cyclopts reads a parameter; the model checks the value."""
    name = parameter.name.replace("_", "-")
    kind: Any = str
    if parameter.kind is ParameterKind.BOOLEAN:
        kind = bool
    elif parameter.kind is ParameterKind.CHOICE:
        kind = Literal[parameter.choices]
    if parameter.several:
        kind = list[kind]
    option = Option(
        name=(f"--{name}", f"--{name.removesuffix('s')}") if parameter.several else None,
        help=_description(parameter),
        show_default=False,
        negative="" if parameter.several else None,
    )
    return Annotated[kind if parameter.required else kind | None, option]


def _description(parameter: Parameter) -> str:
    """Return what a parameter is for, and a sentence for each of its bounds; its choices are added by `HelpText`."""
    return " ".join((translated(parameter.description), *_bounds(parameter)))


def _bounds(parameter: Parameter) -> Iterator[str]:
    low, high = parameter.minimum, parameter.maximum
    if parameter.several:
        yield text("Can be repeated.")
    if parameter.form:
        yield text("Written like {form}.", form=translated(parameter.form))
    if parameter.most:
        yield plural("At most {count} value.", "At most {count} values.", parameter.most)
    if parameter.kind is ParameterKind.TEXT:
        if high:
            yield plural("At most {count} character.", "At most {count} characters.", int(high))
    elif low is not None and high is not None:
        yield text("From {low} to {high}.", low=_number(low), high=_number(high))
    elif low is not None:
        yield text("At least {low}.", low=_number(low))
    elif high is not None:
        yield text("At most {high}.", high=_number(high))
    if not parameter.required and parameter.default not in (None, "", ()):
        yield text("Default: {value}.", value=_default(parameter.default))


def _number(bound: float) -> str | int:
    return int(bound) if bound == int(bound) else f"{bound:g}"


def _default(value: object) -> str:
    if isinstance(value, bool):
        return text("yes") if value else text("no")
    return str(value)


def _raw(parameter: Parameter, given: Any) -> object:
    """Return what the model checks: numbers as numbers where they are written as such, all else as it is."""
    if parameter.kind is not ParameterKind.INTEGER:
        return given
    if isinstance(given, list):
        return [int(item) if _WHOLE.fullmatch(item) else item for item in given]
    return int(given) if _WHOLE.fullmatch(given) else given
