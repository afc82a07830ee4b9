"""The page, in a real browser."""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.integration.chromium import open_tab

TWI: Final = str(Path(sys.executable).with_name("twi"))
DEADLINE: Final = 180.0


@asynccontextmanager
async def sandbox(data: Path) -> AsyncIterator[str]:
    """Run `twi sandbox` as a process and yield the address that it prints; in the end it is asked to stop."""
    process = await asyncio.create_subprocess_exec(
        TWI, "sandbox", "--port", "0", "--data", str(data), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE):
            while True:
                line = (await process.stdout.readline()).decode()
                assert line, "the sandbox ended before it was ready"
                if found := re.search(r"http://\S+", line):
                    break
        yield found[0]
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def asked(page: Page, described: str) -> None:
    """Wait until the page asks for the option of this description."""
    await expect(page.get_by_text(described).last).to_be_visible(timeout=DEADLINE * 1000)


async def send(page: Page, answer: str) -> None:
    """Send the command, again if the page was still busy and ignored the key, until the answer is there."""
    async with asyncio.timeout(DEADLINE):
        while True:
            if await page.get_by_role("textbox", name="title, required").count():
                await page.keyboard.press("Enter")
            with suppress(AssertionError):
                await expect(page.get_by_text(answer).last).to_be_visible(timeout=3000)
                return


async def pick(page: Page, command: str, described: str) -> None:
    """Type the name of a slash command, choose it, and wait until its first option is asked for."""
    box = page.locator("#channel-composer-input")
    await box.click()
    await box.type(f"/{command}")
    await page.get_by_role("option").filter(has_text=command).first.click()
    await asked(page, described)


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[Path]:
    """Yield a place for a sandbox's data that the server's user can reach."""
    folder = tmp_path / "sandbox" if os.geteuid() else Path("/var/lib/twi") / f"test-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.asyncio
async def test_a_link_is_added_and_found_by_autocomplete_and_survives_a_restart(data_folder: Path) -> None:
    """A newcomer adds a link with a slash command, finds it by autocomplete, and finds it again after a restart."""
    async with open_tab() as page:
        async with sandbox(data_folder) as address:
            await page.goto(address)
            await pick(page, "link add", "The title of the link.")
            await page.keyboard.type("Chess rules")
            await page.keyboard.press("Tab")
            await asked(page, "A web address or any text.")
            await page.keyboard.type("https://wanderinginn.com/chess")
            await send(page, "Added Chess rules")
            await suggested(page)
        async with sandbox(data_folder) as address:
            await page.goto("about:blank")
            await page.goto(address)
            await suggested(page)


async def suggested(page: Page) -> None:
    """Wait until the link is suggested for what is typed, typed again if the page moved on and lost it."""
    await pick(page, "link get", "The title of the link.")
    await page.keyboard.type("ch")
    option = page.get_by_role("option").filter(has_text="Chess rules")
    async with asyncio.timeout(DEADLINE):
        while True:
            await page.keyboard.type("e")
            with suppress(AssertionError):
                await expect(option).to_be_visible(timeout=3000)
                return
            await page.keyboard.press("Backspace")
