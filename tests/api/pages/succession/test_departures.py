"""Departures as managers may know them, and suppositions of who leaves: nothing more than the organisation allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from api.settings import Settings
from api.wiring import create_service
from models.audit import about_person
from models.tables import AuditEventRow, DepartureVisibility
from tests.api.pages.signed_in import by_proxy
from tests.api.pages.succession.conftest import LEAVES_ON, MANAGER, decide

Browser = Callable[..., TestClient]
PAGE = "/succession/departures"
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


@pytest.fixture
def mia(browser: Browser, home: Path) -> TestClient:
    return by_proxy(browser, home, MANAGER)


def main_of(client: TestClient, address: str) -> str:
    found = LexborHTMLParser(client.get(address).text).css_first("main")
    return " ".join(found.text().split())


def test_declared_departures_are_shown_by_name_with_a_chart_and_its_table(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(PAGE).text)
    assert page.css_first('#people-title + .note ~ ul a[href="/succession/people/test:ana"]')
    assert "gardez-le pour vous" in page.css_first("main").text()
    assert str(LEAVES_ON.year) in [text.text() for text in page.css("svg text")]
    assert page.css_first("figure.chart table tbody th").text().startswith("Ana")


@pytest.mark.parametrize("visibility", [DepartureVisibility.ANNOUNCED, DepartureVisibility.HR_ANNOUNCED])
def test_what_was_not_announced_stays_with_the_person_unless_the_organisation_allows_it(
    mia: TestClient, home: Path, visibility: DepartureVisibility
) -> None:
    decide(home, visibility)
    told = main_of(mia, f"{PAGE}?name=xyz")
    assert "Aucun départ n’est connu ici" in told
    assert "Ana" not in told
    assert "aucun départ n’est connu avant" in main_of(mia, "/succession")


def test_bands_say_no_name_and_no_small_number(mia: TestClient, home: Path) -> None:
    decide(home, DepartureVisibility.BANDS)
    told = main_of(mia, f"{PAGE}?name=xyz")
    assert "Ana" not in told
    assert "au moins 5 personnes" in told
    assert "non dit" in told


def test_that_someone_was_named_is_written_down_about_them(mia: TestClient, home: Path) -> None:
    assert "Ana" in main_of(mia, PAGE)
    with create_service(Settings(home=home)) as service, service.store.read() as session:
        noted = session.scalars(select(AuditEventRow.target).where(AuditEventRow.action == "succession.person_viewed"))
        assert about_person("test:ana") in set(noted)


def test_a_supposition_says_what_would_be_lost_and_is_written_down_about_each(mia: TestClient, home: Path) -> None:
    told = main_of(mia, f"{PAGE}?person=test:ana&person=test:ben&by={TOMORROW}&step=simulate")
    assert "On suppose que partent" in told
    assert "Plus personne ne saurait" in told
    with create_service(Settings(home=home)) as service, service.store.read() as session:
        noted = session.scalars(select(AuditEventRow.target).where(AuditEventRow.action == "succession.simulated"))
        assert sorted(noted) == [about_person("test:ana"), about_person("test:ben")]


def test_who_was_chosen_stays_chosen_while_one_looks_for_others(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(f"{PAGE}?person=test:ana&name=be&step=find").text)
    boxes = {box.attributes["value"]: "checked" in box.attributes for box in page.css(".pick input")}
    assert boxes == {"test:ana": True, "test:ben": False}
    assert page.css_first("#result") is None


def test_nobody_of_another_unit_can_be_chosen(mia: TestClient) -> None:
    page = mia.get(f"{PAGE}?person=test:cleo&by={TOMORROW}&step=simulate").text
    assert "Cleo" not in page
    assert 'id="result"' not in page


@pytest.mark.parametrize("by", ["1999-01-01", "hier"])
def test_a_day_that_cannot_be_is_explained(mia: TestClient, by: str) -> None:
    answer = mia.get(f"{PAGE}?person=test:ana&by={by}&step=simulate")
    assert answer.status_code == 422
    assert "à partir d’aujourd’hui" in answer.text
