"""Asking in a real browser: by keyboard alone, in both languages, while typing, on a phone, and without barriers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
QUESTION = {
    "fr-CA": "Comment redémarrer la pompe 3 de l’usine des Ormes après une panne de courant ?",
    "en-CA": "How do I restart pump 3 at the Ormes plant after a power cut?",
}
ASKED = "/?q=redémarrer+la+pompe+3+après+une+panne"
PAGES = ("/", ASKED, "/?q=zzzqqq", "/people/personnel:1009/ask?q=pompe", "/solicitations", "/privacy")


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is there, as someone without a mouse does."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{most} tabs do not lead to {selector}")


@pytest.mark.parametrize(
    ("language", "why", "action", "recorded"),
    [
        ("fr-CA", r"A répondu à", "Poser la question", "Votre demande est notée"),
        ("en-CA", r"Answered (a|\d+) similar", "Ask this person", "Your question is recorded"),
    ],
)
def test_someone_asks_understands_and_contacts_by_keyboard_alone(
    open_page: OpenPage, language: str, why: str, action: str, recorded: str
) -> None:
    page = open_page("/", language)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "#q")
    page.keyboard.type(QUESTION[language])
    page.keyboard.press("Enter")
    card = page.locator(".card").first
    card.wait_for()
    assert "Lucien Bois-Clair" in page.locator(".cards").inner_text()
    assert re.search(why, card.locator(".reasons").inner_text())
    assert card.locator("mark").count() > 0
    tab_to(page, ".card .button")
    assert page.evaluate("document.activeElement.textContent").startswith(action)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/**/ask**")
    tab_to(page, "form.stack button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/solicitations/\d+$"))
    assert page.locator("h1").inner_text() == recorded
    assert (page.locator("a.button").get_attribute("href") or "").startswith("mailto:")


def test_answers_come_while_someone_types_and_are_announced(open_page: OpenPage) -> None:
    from playwright.sync_api import expect

    page = open_page("/")
    page.locator("#q").press_sequentially("redémarrer la pompe", delay=20)
    page.locator(".card").first.wait_for()
    assert "q=red%C3%A9marrer+la+pompe" in page.url
    assert re.search(r"personnes? trouvée", page.locator(".status").inner_text())
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator("#q").fill("verglas")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/?q=verglas")
    page.go_back()
    expect(page.locator("#q")).to_have_value("redémarrer la pompe")
    expect(page.locator(".cards")).to_contain_text("Lucien Bois-Clair")


def test_feedback_is_thanked_for_in_place(open_page: OpenPage) -> None:
    page = open_page(ASKED)
    page.get_by_role("button", name="Utile").first.click()
    page.locator(".thanks").wait_for()
    assert "C’est noté" in page.locator(".thanks").inner_text()
    assert page.locator(".card").count() > 1


def test_everything_works_without_javascript(chromium, site: str) -> None:
    context = chromium.new_context(base_url=site, java_script_enabled=False, locale="fr-CA")
    page = context.new_page()
    page.goto("/")
    page.locator("#q").fill("redémarrer la pompe")
    page.get_by_role("button", name="Chercher").click()
    assert page.locator(".card").count() > 0
    page.get_by_role("button", name="Utile").first.click()
    assert page.locator("h1").inner_text() == "Merci"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_barrier(open_page: OpenPage, path: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(path, scheme=scheme)
    found = Axe().run(page).response["violations"]
    serious = [(item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in ("serious", "critical")]
    assert serious == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", PAGES)
def test_every_target_is_large_enough_to_touch(open_page: OpenPage, path: str) -> None:
    # Links within a sentence or a citation are excepted by WCAG 2.2, 2.5.8.
    page = open_page(path, width=360)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, input, textarea, select, .button, nav a")]
            .filter((e) => e.checkVisibility() && e.type !== "hidden")
            .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([html]) => html)"""
    )
    assert small == []
