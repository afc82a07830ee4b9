"""Every kind of option on the command line."""

from collections.abc import Mapping

import pytest
from cyclopts import App

from tests.options import CASES, OPERATION, Case
from twi_cli.commands import contexts
from twi_cli.commands.contexts import typed_command
from twi_core.kernel.commands import decode
from twi_core.kernel.outcome import Failure


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, object]]:
    """Return what the typed command passes to the operation, which no application has."""
    found: list[Mapping[str, object]] = []

    def call(_: object, raw: Mapping[str, object], *__: object) -> int:
        found.append(raw)
        return 0

    monkeypatch.setattr(contexts, "call_operation", call)
    return found


def run(*arguments: str) -> None:
    app = App("probe")
    app.command(typed_command(OPERATION), name="take")
    app(["take", *arguments], exit_on_error=False, result_action="return_value")


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("case", [case for case in CASES if case.words is not None], ids=str)
def test_every_option_arrives(case: Case, joined: bool, carried: list[Mapping[str, object]]) -> None:
    """An option, repeated for a list, reaches the model as it was typed, and only the model judges it."""
    assert case.words is not None
    option = f"--{case.field}"
    words = [part for word in case.words for part in ([f"{option}={word}"] if joined else [option, word])]
    run(*words)
    outcome = decode(OPERATION.command, carried[0])
    if case.refused is not None:
        assert isinstance(outcome, Failure)
        error = outcome.failure()
        assert (error.code, error.params["field"]) == case.refused
    else:
        assert getattr(outcome.unwrap(), case.field) == case.value


def test_the_help_says_how_they_are_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds, forms, and that an option may be repeated."""
    monkeypatch.setenv("COLUMNS", "200")
    run("--help")
    shown = " ".join(capsys.readouterr().out.split())
    for part in (
        "A share. From -1.5 to 2.5. Default: 0.5.",
        "When it starts. Written like 2026-12-24 or 2026-12-24 18:00, in UTC.",
        "How long it takes. Written like 90m, 12h, 7d or 2w.",
        "Labels. Can be repeated. At most 3 values. At most 20 characters.",
        "Colours. Can be repeated.",
    ):
        assert part in shown
