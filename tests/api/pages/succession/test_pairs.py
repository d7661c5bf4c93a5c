"""Who could take over, with reasons, and pairs over whole units: suggestions that managers keep or set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from models.tables import DepartureVisibility
from tests.api.pages.signed_in import by_proxy, follow, send
from tests.api.pages.succession.conftest import MANAGER, OTHER_MANAGER, decide
from tests.recommender.succession.planning import FROST

Browser = Callable[..., TestClient]
PAIRS, PERSON = "/succession/pairs", "/succession/people/test:ana"
PAIR = {"leaver": "test:ana", "area": FROST, "successor": "test:ben"}


@pytest.fixture
def mia(browser: Browser, home: Path) -> TestClient:
    return by_proxy(browser, home, MANAGER)


def pressed(page: str) -> list[str]:
    return [button.text(strip=True) for button in LexborHTMLParser(page).css('button[aria-pressed="true"]')]


def test_a_successor_is_shown_with_reasons_and_what_shows_them(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(PERSON).text)
    successors = page.css_first("#successors")
    assert "Ben" in successors.text()
    assert successors.css(".reasons li")
    assert successors.css("details a[href^='/documents/']")
    assert "Cleo" not in successors.text() or successors.css("details a")


def test_who_leaves_is_paired_with_who_could_take_over(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(PAIRS).text)
    assert page.css_first("#pairs h2").text().startswith("Ana")
    assert "à Ben" in page.css_first("#pairs").text()


def test_a_pair_is_kept_and_set_aside_and_left_open_again(mia: TestClient) -> None:
    page = follow(mia, send(mia, PAIRS, PAIRS, **PAIR, stance="pinned"))
    assert "ce jumelage tient" in page
    assert pressed(page) == ["Garder ce jumelage"]
    page = follow(mia, send(mia, PAIRS, PAIRS, **PAIR, stance="forbidden"))
    assert "à Ben" not in LexborHTMLParser(page).css_first("#pairs").text()
    assert pressed(page) == ["Pas ce jumelage"]
    page = follow(mia, send(mia, PAIRS, PAIRS, **PAIR, stance=""))
    assert "De nouveau laissé aux suggestions" in page
    assert pressed(page) == []


def test_a_decision_from_a_persons_page_leads_back_there(mia: TestClient) -> None:
    sent = send(mia, PERSON, PAIRS, **PAIR, stance="pinned", origin="person")
    assert sent.headers["location"] == f"{PERSON}#said"
    assert pressed(mia.get(PERSON).text) == ["Garder ce jumelage"]


def test_a_departure_that_may_not_be_known_makes_no_pair(mia: TestClient, home: Path) -> None:
    decide(home, DepartureVisibility.BANDS)
    page = mia.get(PAIRS).text
    assert "Ana" not in page
    assert "Rien à reprendre ici" in page


def test_nobody_decides_about_people_of_another_unit(browser: Browser, home: Path, mia: TestClient) -> None:
    rob = by_proxy(browser, home, OTHER_MANAGER)
    assert send(rob, "/me/availability", PAIRS, **PAIR, stance="pinned").status_code == 404
    assert "Ana" not in rob.get(PAIRS).text
    assert mia.post(PAIRS, data={**PAIR, "stance": "pinned", "csrf": "x"}).status_code == 403
    assert pressed(mia.get(PAIRS).text) == []


def test_limits_are_those_that_make_sense(mia: TestClient) -> None:
    assert mia.get(f"{PAIRS}?limit=1").status_code == 200
    assert mia.get(f"{PAIRS}?limit=0").status_code == 422
    assert mia.get(f"{PAIRS}?unit=test:roads").status_code == 404
