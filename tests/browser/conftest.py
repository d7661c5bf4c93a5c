"""A real browser over a real server with the sample organisation; shared by every browser test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
DEBIAN_CHROMIUM = Path("/usr/bin/chromium")
# Set in CI: a missing browser is then a failure, not a reason to skip.
REQUIRED = "RELEVE_REQUIRE_BROWSER"
# Who is at the machine; she has asked and answered in the sample organisation.
USER = "Amélie Fontaine-Zhou"
START_S = 60
PAGE_TIMEOUT_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every browser test as thorough, and let it reach this machine's own address."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.thorough)
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]))


@pytest.fixture(scope="session")
def sample_home(session_folder: Path) -> Path:
    """A home with the sample organisation, imported and indexed by the command that shows it."""
    home = session_folder / "browser"
    releve = [sys.executable, "-m", "api.cli.main", "demo"]
    subprocess.run(releve, env=environment(home), cwd=ROOT, check=True, capture_output=True, timeout=300)
    return home / "demo"


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a server of this checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELEVE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "RELEVE_HOME": str(home), **settings}


@pytest.fixture(scope="session")
def site(sample_home: Path) -> Iterator[str]:
    """The address of a running server."""
    # Sockets are blocked in tests; here a real local server is the point.
    port = free_port()
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port)]
    log = sample_home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, env=environment(sample_home, RELEVE_USER=USER), cwd=ROOT, stdout=output, stderr=output
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers; what it wrote is told if it does not."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The server did not answer at {address}:\n{log.read_text(encoding='utf-8')[-2000:]}")


def without_browser(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that Playwright has installed."""
    from playwright.sync_api import Error, sync_playwright

    found = DEBIAN_CHROMIUM if DEBIAN_CHROMIUM.exists() else shutil.which("chromium")
    options = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=options)
        except Error as error:
            without_browser(f"No browser: install chromium, or run playwright install chromium ({error})")
            raise
        yield browser
        browser.close()


OpenPage = Callable[..., "Page"]


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Return a function that opens an address in a fresh browser profile.

    A test that opens a page fails if the page logs an error: a refused style, a missing file, a script that stops.
    """
    contexts, faults = [], []

    def open_address(path: str = "/", language: str = "fr-CA", width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=site, locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PAGE_TIMEOUT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith(site) else faults.append(request.url))
        page.goto(path)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert faults == []
