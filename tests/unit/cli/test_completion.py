"""`twi --install-completion`: the script is written where the shell looks, and what fails is said in our words."""

from pathlib import Path

import pytest
from cyclopts.completion.detect import ShellDetectionError

from tests.unit.cli.conftest import Twi
from twi_runtime.process.exits import Exit


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder, which the shell's files are in."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "ZSH", "ZSH_CUSTOM", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed(shell: str, twi: Twi, home: Path) -> None:
    """The file that is named completes our commands, and the shell loads it."""
    ran = twi("--install-completion", "--shell", shell)
    assert (ran.code, ran.err) == (Exit.OK, "")
    assert "Open a new shell to use it." in ran.out
    file = Path(ran.out.split(" in ")[1].split(". Open")[0])
    assert file.is_relative_to(home)
    assert "links" in file.read_text()


def test_a_file_can_be_named(twi: Twi, home: Path) -> None:
    """The script goes to that file."""
    assert twi("--install-completion", "--shell=bash", "--output", str(home / "twi.bash")).code == Exit.OK
    assert "links" in (home / "twi.bash").read_text()


def test_what_cannot_be_written_is_refused(twi: Twi, home: Path) -> None:
    """A folder that is a file is a refusal with a line that works, and no sentence of a library."""
    (home / "taken").write_text("")
    ran = twi("--install-completion", "--shell=bash", "--output", str(home / "taken" / "twi.bash"))
    assert (ran.code, ran.out) == (Exit.UNAVAILABLE, "")
    assert "twi --install-completion --shell bash --output twi.bash" in ran.err
    assert "code:  cli.completion_not_installed" in ran.err


def test_an_unknown_shell_is_refused(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the shell can't be recognised, the hint is the line that names it."""

    def unknown() -> None:
        raise ShellDetectionError

    monkeypatch.setattr("twi_cli.commands.completion.detect_shell", unknown)
    ran = twi("--install-completion")
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "hint:  Name it, for example: twi --install-completion --shell bash" in ran.err
