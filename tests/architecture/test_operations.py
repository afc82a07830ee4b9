"""Every operation tells doors, help and documentation all that they need; a new one joins these tests by itself."""

import inspect
from typing import get_type_hints

import pytest

from tests.architecture.operations import EVERY, named
from twi_core.application import CONTEXTS
from twi_core.kernel.commands import decode
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.handling import AnyOperation, declared_use_cases
from twi_core.kernel.outcome import Success
from twi_core.kernel.parameters import parameters
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.policy import Ownership


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_the_help_says_what_it_does(operation: AnyOperation) -> None:
    """The first line is a sentence of its own, short enough for Discord's hundred characters."""
    assert operation.command.__doc__ != operation.command.__mro__[1].__doc__
    assert operation.summary.endswith(".")
    assert 5 < len(operation.summary) <= 100


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_every_parameter_is_described_by_words_and_an_example(operation: AnyOperation) -> None:
    """No door has to invent what a parameter is; Discord's hundred characters are kept."""
    for parameter in parameters(operation.command):
        assert parameter.description.endswith("."), parameter.name
        assert len(parameter.description) <= 100, parameter.name
        assert parameter.example is not None, parameter.name


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_the_examples_are_accepted(operation: AnyOperation) -> None:
    """What the help shows as an example can be given as it stands."""
    for only_required in (False, True):
        given = {p.name: p.example for p in parameters(operation.command) if p.required or not only_required}
        assert isinstance(decode(operation.command, given), Success), given


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_its_permissions_are_declared_and_say_what_they_allow(operation: AnyOperation) -> None:
    """What the pipeline asks for can be named, explained and later granted."""
    asked = [operation.policy.requires, *([operation.policy.own] if operation.policy.own else [])]
    for permission in asked:
        assert declared_permissions()[permission.name] is permission
        assert permission.summary


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_its_refusals_are_registered_with_cause_and_hint(operation: AnyOperation) -> None:
    """Each code that it names can be looked up, and tells when it happens and what to do."""
    for code in operation.policy.errors:
        assert registered_errors()[code.code] is code
        assert code.cause
        assert code.hint


def use_cases(context: str) -> dict[str, type]:
    """Give the use cases of a context by name; one that Python keeps for itself has a line behind it, as `import_`."""
    return {name.removesuffix("_"): kind for name, kind in declared_use_cases(CONTEXTS[context])}


UNLIMITED = {
    "links.suggest": "each keystroke asks",
    "links.suggest_tags": "each keystroke asks",
    "permissions.suggest": "each keystroke asks",
    "settings.suggest": "each keystroke asks",
    "access.create_token": "only who runs the bot may call",
    "access.list_tokens": "only who runs the bot may call",
    "access.revoke_token": "only who runs the bot may call",
}
"""Operations without a limit, each with the reason."""


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_how_often_it_may_be_called_is_bounded(operation: AnyOperation) -> None:
    """Each operation has a limit that allows something, or is named among those without, with the reason."""
    limit = operation.policy.limit
    assert (limit is None) == (operation.name in UNLIMITED)
    assert limit is None or (limit.amount > 0 and limit.per > 0)


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_its_name_is_its_place(operation: AnyOperation) -> None:
    """`links.add` is the attribute `add` of the context `links`, and a door closed to it is told why."""
    context, _, name = operation.name.partition(".")
    assert name in use_cases(context)
    assert all(reason and not reason.endswith(".") for reason in operation.policy.closed_to.values())


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_who_may_do_it_on_their_own_things_is_asked_within_the_transaction(operation: AnyOperation) -> None:
    """A policy with `own` comes from a use case that is given the `Ownership` port, and only such a policy does."""
    context, _, name = operation.name.partition(".")
    kind = use_cases(context)[name]
    asked = get_type_hints(inspect.getattr_static(kind, "__init__")).values()
    assert (Ownership in asked) == (operation.policy.own is not None)


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_its_answer_can_be_written_as_json_and_described(operation: AnyOperation) -> None:
    """HTTP and `--output json` need no code of their own for it."""
    assert operation.values.json_schema(mode="serialization")
