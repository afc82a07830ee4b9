"""PostgreSQL keeps what every storage of settings promises."""

from tests.contracts.settings import SettingsContract


class TestSettings(SettingsContract):
    pass
