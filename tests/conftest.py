"""What all tests share: reports that can be sent from the process that runs a test to the one that prints them."""

from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write what UTF-8 has no bytes for, such as half a surrogate pair in a hostile text, as an escape."""
    return _sendable((yield))


def _sendable(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode(errors="backslashreplace").decode()
    if isinstance(found, dict):
        return {_sendable(key): _sendable(value) for key, value in found.items()}
    return [_sendable(item) for item in found] if isinstance(found, list | tuple) else found
