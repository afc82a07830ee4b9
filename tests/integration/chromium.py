"""A real browser for tests of pages."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
          "--disable-sync", "--no-first-run")  # fmt: skip


@asynccontextmanager
async def open_tab() -> AsyncIterator[Page]:
    """Yield a tab of a new browser; where there is none the test is skipped, or fails where skips are forbidden."""
    program = shutil.which("chromium")
    if program is None:
        needed = "needs chromium: apt-get install chromium"
        pytest.fail(needed) if os.environ.get("TWI_TEST_REQUIRE_ALL") == "1" else pytest.skip(needed)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        try:
            yield await browser.new_page(viewport={"width": 1280, "height": 860})
        finally:
            await browser.close()
