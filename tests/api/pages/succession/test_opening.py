"""Who is let in: managers, each for their units, once the organisation has switched succession on; others learn why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.pages.signed_in import by_proxy
from tests.api.pages.succession.conftest import ADMINISTRATOR, HOSTILE_NAME, MANAGER, OTHER_MANAGER, OWNER, decide
from tests.recommender.succession.planning import FROST

Browser = Callable[..., TestClient]
PAGES = (
    "/succession",
    f"/succession/areas/{FROST}",
    "/succession/departures",
    "/succession/people/test:ana",
    "/succession/pairs",
    "/succession/plans",
    "/succession/plans/1",
)


@pytest.mark.parametrize("page", PAGES)
def test_nobody_is_shown_anything_while_it_is_switched_off(browser: Browser, home: Path, page: str) -> None:
    decide(home, enabled=False)
    answer = by_proxy(browser, home, MANAGER).get(page)
    assert answer.status_code == 403
    assert "n’est pas activée ici" in answer.text
    assert "Gel" not in answer.text
    assert "/succession/policy" not in answer.text


def test_an_administrator_is_led_to_the_switch(browser: Browser, home: Path) -> None:
    decide(home, enabled=False)
    page = by_proxy(browser, home, ADMINISTRATOR).get("/succession").text
    assert 'href="/succession/policy"' in page


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("person", [OWNER, ADMINISTRATOR])
def test_who_manages_no_unit_is_told_so_and_shown_nothing(browser: Browser, home: Path, person: str, page: str) -> None:
    answer = by_proxy(browser, home, person).get(page)
    assert answer.status_code == 403
    assert "Vous ne gérez aucune unité" in answer.text
    assert "Gel" not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_asked_to(browser: Browser, home: Path, page: str) -> None:
    client = by_proxy(browser, home, MANAGER)
    del client.headers["X-Forwarded-User"]
    answer = client.get(page)
    assert (answer.status_code, answer.headers.get("location", "").split("?")[0]) == (303, "/sign-in")


def test_the_pages_are_in_the_navigation_of_managers_alone(browser: Browser, home: Path) -> None:
    assert 'href="/succession"' in by_proxy(browser, home, MANAGER).get("/areas").text
    assert 'href="/succession"' not in by_proxy(browser, home, OWNER).get("/areas").text
    assert 'href="/succession"' not in by_proxy(browser, home, ADMINISTRATOR).get("/areas").text


def test_a_manager_is_shown_nobody_of_another_unit(browser: Browser, home: Path) -> None:
    other = by_proxy(browser, home, OTHER_MANAGER)
    assert other.get("/succession/people/test:ana").status_code == 404
    assert "Ana" not in other.get("/succession/departures").text
    assert "Ana" not in other.get("/succession").text


def test_names_and_areas_are_shown_as_words(browser: Browser, home: Path) -> None:
    client = by_proxy(browser, home, MANAGER)
    for page in (*PAGES[:4],):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert HOSTILE_NAME not in text
        assert "Gel" in text or "&lt;img" in text
        assert " style=" not in text


def test_what_is_kept_within_a_community_never_appears(browser: Browser, home: Path) -> None:
    client = by_proxy(browser, home, MANAGER)
    for page in PAGES[:4]:
        text = client.get(page).text
        assert "Titre s1" not in text
        assert "Vannes" not in text
