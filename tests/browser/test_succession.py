"""Pages of succession in a real browser: the slider, a plan from beginning to paper, without barriers, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.settings import Settings
from api.wiring import create_service
from models.planning import SuccessionPolicy, set_policy
from models.tables import DepartureVisibility
from tests.browser.test_own_page import said, serious_barriers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OpenPage = Callable[..., "Page"]
# In the sample organisation: someone who leaves, and an area.
PERSON = "/succession/people/personnel:1001"
AREA = "/succession/areas/area:2"
SUPPOSED = "/succession/departures?person=personnel:1001&person=personnel:1011&by=2199-12-31&step=simulate"
PAGES = (
    "/succession",
    "/succession?of=risk&everything=true",
    AREA,
    SUPPOSED,
    PERSON,
    "/succession/pairs",
    "/succession/plans",
    "/succession/policy",
    "/me/succession",
)


@pytest.fixture(scope="module", autouse=True)
def switched_on(sample_home: Path) -> None:
    """The sample organisation has switched succession on."""
    with create_service(Settings(home=sample_home)) as service, service.store.write() as session:
        policy = SuccessionPolicy(True, DepartureVisibility.DECLARED, 5, "Ce que voient les gestionnaires.", "Notice.")
        set_policy(session, datetime.now(UTC), policy)


def test_the_answer_follows_the_slider_which_keeps_the_focus(open_page: OpenPage) -> None:
    page = open_page("/succession")
    before = page.locator("#summary-title").inner_text()
    page.locator("#horizon").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("À jour", exact=True).wait_for()
    assert page.locator("#summary-title").inner_text() != before
    assert page.locator("#horizon:focus").input_value() == page.locator("output").inner_text() == "8"
    assert "horizon=8" in page.url


def test_the_slider_works_without_a_script(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, locale="en-CA", java_script_enabled=False)
    page = context.new_page()
    page.goto("/succession")
    page.locator("#horizon").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/succession?*horizon=0*")
    assert page.locator("#horizon").input_value() == "0"
    context.close()


def test_charts_take_the_colours_of_the_scheme(open_page: OpenPage) -> None:
    inks = set()
    for scheme in ("light", "dark"):
        page = open_page("/succession", scheme=scheme)
        inks.add(page.locator("figure.chart svg text").first.evaluate("text => getComputedStyle(text).fill"))
    assert len(inks) == 2


def test_a_risk_is_scored_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/succession")
    page.locator("#first-title ~ ul h3 a").first.click()
    page.locator("#risk form").wait_for()
    for name in ("role_criticality", "system_risk", "replacement_difficulty"):
        page.locator(f"#{name}-1").focus()
        page.keyboard.press("ArrowDown")
    page.locator("#note").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "Réponses gardées" in said(page)
    assert page.locator("#risk .figures tbody tr").count() == 1


def test_a_plan_is_made_moved_on_and_put_on_paper(open_page: OpenPage) -> None:
    page = open_page(PERSON)
    page.locator("#plan button").click()
    assert "L’ébauche est prête" in said(page)
    steps = page.locator(".step")
    assert steps.count() >= 1
    steps.first.get_by_role("button", name="C’est fait").click()
    said(page)
    assert "Faite" in steps.first.locator(".badge").inner_text()
    assert page.get_by_role("button", name="Imprimer").is_visible()
    page.emulate_media(media="print")
    assert steps.first.is_visible()
    assert page.locator("form:visible, nav:visible, button:visible, .screen:visible").count() == 0
    page.emulate_media(media="screen")
    for details in page.locator("main details").all():
        details.evaluate("found => found.open = true")
    assert serious_barriers(page) == []
    page.set_viewport_size({"width": 360, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Supprimer ce plan").click()
    assert "supprimé" in said(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_barrier(open_page: OpenPage, scheme: str) -> None:
    page = open_page(PAGES[0], scheme=scheme)
    for path in PAGES:
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("found => found.open = true")
        assert serious_barriers(page) == [], path


def test_no_page_scrolls_sideways_on_a_phone_and_every_target_is_large_enough(open_page: OpenPage) -> None:
    page = open_page(PAGES[0], width=360)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, input, select, .button, nav a")]
                .filter((e) => e.checkVisibility() && e.type !== "hidden")
                .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
                .filter(([html, box]) => (box.width < 24 || box.height < 24) && !/checkbox|radio/.test(html))
                .map(([html]) => html)"""
        )
        assert small == [], path
