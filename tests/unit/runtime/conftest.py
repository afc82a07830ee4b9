"""An environment without any setting of the machine that runs the tests."""

import os

import pytest


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset every setting."""
    for name in [name for name in os.environ if name.upper().startswith("TWI_") and not name.startswith("TWI_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
