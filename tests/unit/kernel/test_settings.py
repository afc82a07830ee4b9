"""Declared settings."""

import pytest

from twi_core.kernel.settings import declared_settings, integer_setting
from twi_core.links.permissions import LINKS_CONFIGURE


def test_a_key_is_declared_once() -> None:
    """Two settings with one key would overwrite each other, so the second is refused where it is declared."""
    with pytest.raises(ValueError, match="already declared"):
        integer_setting("links.page_size", 1, "Something else.", LINKS_CONFIGURE, minimum=1, maximum=2)


def test_what_is_declared_can_be_described() -> None:
    """Each setting is under its key, in order, with a sentence about it, and a default within its bounds."""
    found = declared_settings()
    assert list(found) == sorted(found)
    for key, setting in found.items():
        assert setting.key == key
        assert key == key.casefold()
        assert len(key) <= 100
        assert setting.summary.endswith(".")
        if setting.minimum is not None and setting.maximum is not None:
            assert setting.minimum <= int(str(setting.default)) <= setting.maximum
