"""Pages in a real Chromium against a live server.

A page of the `open_page` fixture fails its test on any error in the console, any breach of the
content policy, any resource that does not load, and any request to another host.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.editing import edit, fabric
from tests.factories import PASSWORD

__all__ = ["edit", "fabric"]

PHONE = 360
DESK = 1440
PATIENCE_MS = 30_000  # a busy machine is slow, not wrong
HEIGHTS = {PHONE: 740, DESK: 900}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_ARGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
Language = Literal["th", "en"]
Theme = Literal["light", "dark"]


@pytest.fixture(scope="session")
def _async_unsafe() -> Iterator[None]:
    """Playwright's loop runs in this thread; Django must not take the tests for async code."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(_async_unsafe: None) -> Iterator[Browser]:
    """One Chromium for the whole run; without one the tests are skipped, but never in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "no Chromium here; install the package chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGS, *sandbox])
        yield chromium
        chromium.close()


@dataclass
class Complaints:
    """What went wrong on the pages of one test. ``allow`` names what the test expects."""

    home: str
    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, part: str) -> None:
        """Take complaints that contain ``part`` for intended."""
        self.allowed.append(part)

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self.home:
            self.found.append(f"outside call: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left takes its unfinished requests with it.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.found.append(f"failed: {request.url} {request.failure}")

    def unexpected(self) -> list[str]:
        """All complaints that the test did not allow."""
        return [c for c in self.found if not any(part in c for part in self.allowed)]


@pytest.fixture
def complaints(live_server: object) -> Iterator[Complaints]:
    """The complaints of this test's pages; any left over at the end fails it."""
    found = Complaints(home=urlsplit(str(live_server)).netloc)
    yield found
    assert not found.unexpected(), "\n".join(found.unexpected())


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: object, complaints: Complaints) -> Iterator[OpenPage]:
    """Open a page as a visitor: ``open_page("/", width=360, language="th", theme="light")``.

    Each call is a visitor of its own (own cookies). ``permissions`` and ``geolocation`` go to
    Chromium; ``script=False`` is a visitor without scripts.
    """
    contexts: list[BrowserContext] = []

    def open_one(
        path: str = "/",
        *,
        width: int = DESK,
        language: Language | None = None,
        theme: Theme = "light",
        script: bool = True,
        permissions: list[str] | None = None,
        geolocation: dict[str, float] | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=str(live_server),
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=theme,
            has_touch=width == PHONE,
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            reduced_motion="reduce",
            java_script_enabled=script,
            permissions=permissions,
            geolocation=geolocation,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if language:
            name = settings.LANGUAGE_COOKIE_NAME
            context.add_cookies([{"name": name, "value": language, "url": str(live_server)}])
        page = context.new_page()
        complaints.listen(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def enter(open_page: OpenPage) -> OpenPage:
    """A page of somebody who signed in: ``enter("clerk", "/office/findings/", width=360)``."""

    def signed_in(name: str, address: str | None = None, **how: Any) -> Page:
        page = open_page("/sign-in/", **how)
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        if address is not None:
            page.goto(address)
        return page

    return signed_in


# Runs in the page, past the content policy, which rules what the page itself may run.
_RUN_AXE = """async (without) => {
  const { violations } = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
  });
  const told = (v, n) => `${v.id}: ${v.help}\\n  ${n.html}\\n  ${n.failureSummary}`;
  return violations.flatMap((v) => v.nodes.map((n) => told(v, n)));
}"""


def assert_accessible(page: Page, *, without: Sequence[str] = ()) -> None:
    """No finding of axe-core (WCAG 2.2 A and AA, best practice) on the page as it stands.

    ``without`` names rules that the page breaks on purpose; say why where you use it.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(_RUN_AXE, list(without))
    assert not violations, "\n\n".join(violations[:12])


def assert_fits(page: Page) -> None:
    """The page does not scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} px too wide"


@pytest.fixture(name="assert_accessible")
def _assert_accessible() -> Callable[..., None]:
    return assert_accessible


@pytest.fixture(name="assert_fits")
def _assert_fits() -> Callable[[Page], None]:
    return assert_fits
