"""Every operation brings what entrypoints, help and documentation need; a new one joins these tests by itself."""

import inspect
from dataclasses import replace
from typing import Final, get_type_hints

from tests.architecture.operations import EVERY, named
from tests.contexts import suites
from tests.each import for_each
from twi_core.application import Application
from twi_core.kernel.commands import decode
from twi_core.kernel.contexts import offered
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.handling import AnyOperation, declared_use_cases
from twi_core.kernel.outcome import Success
from twi_core.kernel.parameters import parameters
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.policy import Ownership, Policy, Rate, Scope
from twi_core.links.permissions import LINKS_VIEW
from twi_core.pipeline.throttle import BUDGETS

API = {context.name: context.api for context in offered(Application)}


@for_each("operation", EVERY, ids=named)
def test_the_help_says_what_it_does(operation: AnyOperation) -> None:
    """The first line is a whole sentence, short enough for Discord's hundred characters."""
    assert operation.command.__doc__ != operation.command.__mro__[1].__doc__
    assert operation.summary.endswith(".")
    assert 5 < len(operation.summary) <= 100


@for_each("operation", EVERY, ids=named)
def test_every_parameter_is_described_by_words_and_an_example(operation: AnyOperation) -> None:
    """No entrypoint has to invent what a parameter is; Discord's hundred characters are kept."""
    for parameter in parameters(operation.command):
        assert parameter.description.endswith("."), parameter.name
        assert len(parameter.description) <= 100, parameter.name
        assert parameter.example is not None, parameter.name


@for_each("operation", EVERY, ids=named)
def test_the_examples_are_accepted(operation: AnyOperation) -> None:
    """What the help shows as an example can be given as it stands."""
    for only_required in (False, True):
        given = {p.name: p.example for p in parameters(operation.command) if p.required or not only_required}
        assert isinstance(decode(operation.command, given), Success), given


@for_each("operation", EVERY, ids=named)
def test_its_permissions_are_declared_and_say_what_they_allow(operation: AnyOperation) -> None:
    """What the pipeline requires can be named, explained and later granted."""
    asked = [operation.policy.requires, *([operation.policy.own] if operation.policy.own else [])]
    for permission in asked:
        assert declared_permissions()[permission.name] is permission
        assert permission.summary


@for_each("operation", EVERY, ids=named)
def test_its_refusals_are_registered_with_cause_and_hint(operation: AnyOperation) -> None:
    """Each code that it names can be looked up, with its cause and what to do."""
    for code in operation.policy.errors:
        assert registered_errors()[code.code] is code
        assert code.cause
        assert code.hint


def use_cases(context: str) -> dict[str, type]:
    """Return the use cases of a context by name; a reserved word of Python has a trailing underscore, as `import_`."""
    return {name.removesuffix("_"): kind for name, kind in declared_use_cases(API[context])}


UNLIMITED: Final = {name: why for suite in suites().values() for name, why in suite.unlimited.items()}
"""Operations without a limit, each with the reason."""


@for_each("operation", EVERY, ids=named)
def test_how_often_it_may_be_called_is_bounded(operation: AnyOperation) -> None:
    """Each operation has a limit that allows something, or is named among those without, with the reason."""
    limits = operation.policy.limits
    assert (limits == ()) == (operation.name in UNLIMITED)
    assert all(limit.amount > 0 and limit.per > 0 for limit in limits)
    assert len({(limit.scope, limit.per) for limit in limits}) == len(limits)


@for_each("operation", EVERY, ids=named)
def test_what_strains_the_host_is_limited(operation: AnyOperation) -> None:
    """An operation that is marked as heavy has a limit and a cost; no cost is a large part of any budget."""
    policy = operation.policy
    assert unlimited_though_heavy(policy) is None
    assert 1 <= policy.cost <= min(budget.amount for budget in BUDGETS) // 10


def test_a_heavy_operation_without_a_limit_is_found() -> None:
    """It is found by its policy."""
    heavy = Policy(name="links.count", requires=LINKS_VIEW, heavy=True, cost=5)
    assert unlimited_though_heavy(heavy) == "links.count"
    assert unlimited_though_heavy(replace(heavy, limit=Rate(1, per=60))) is None
    in_guilds = Rate(1, per=60, scope=Scope.GUILD)
    assert unlimited_though_heavy(replace(heavy, limit=in_guilds)) is None
    assert unlimited_though_heavy(replace(heavy, limit=in_guilds, guild=False)) == "links.count"
    assert unlimited_though_heavy(replace(heavy, limit=Rate(1, per=60), cost=1)) == "links.count"


def unlimited_though_heavy(policy: Policy) -> str | None:
    """Name a heavy operation that costs no more than others, or that nothing bounds wherever it can be called."""
    elsewhere = not policy.guild or policy.anywhere
    bounds = [rate for rate in policy.limits if rate.scope is not Scope.GUILD or not elsewhere]
    return policy.name if policy.heavy and (not bounds or policy.cost == 1) else None


@for_each("operation", EVERY, ids=named)
def test_its_name_is_its_place(operation: AnyOperation) -> None:
    """`links.add` is the attribute `add` of the context `links`, and each closed entrypoint has its reason."""
    context, _, name = operation.name.partition(".")
    assert name in use_cases(context)
    assert all(reason and not reason.endswith(".") for reason in operation.policy.closed_to.values())


@for_each("operation", EVERY, ids=named)
def test_who_may_do_it_on_their_own_things_is_decided_within_the_transaction(operation: AnyOperation) -> None:
    """A policy with `own` comes from a use case that takes the `Ownership` port, and only such a policy does."""
    context, _, name = operation.name.partition(".")
    kind = use_cases(context)[name]
    asked = get_type_hints(inspect.getattr_static(kind, "__init__")).values()
    assert (Ownership in asked) == (operation.policy.own is not None)


@for_each("operation", EVERY, ids=named)
def test_its_answer_can_be_written_as_json_and_described(operation: AnyOperation) -> None:
    """HTTP and `--output json` need no code for it."""
    assert operation.values.json_schema(mode="serialization")
