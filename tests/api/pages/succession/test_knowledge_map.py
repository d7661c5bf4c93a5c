"""The map of knowledge and an area: what is at risk and why, and the answers a manager gives to the rubric."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from api.settings import Settings
from api.wiring import create_service
from models.tables import AuditEventRow
from tests.api.pages.signed_in import by_proxy, follow, send
from tests.api.pages.succession.conftest import MANAGER
from tests.recommender.succession.planning import FROST

Browser = Callable[..., TestClient]
AREA = f"/succession/areas/{FROST}?unit=test:water"
SCORES = f"/succession/areas/{FROST}/scores"
ANSWERS = {
    "role_criticality": "5",
    "knowledge_concentration": "3",
    "tacit_depth": "5",
    "system_risk": "3",
    "replacement_difficulty": "5",
}


@pytest.fixture
def mia(browser: Browser, home: Path) -> TestClient:
    return by_proxy(browser, home, MANAGER)


def actions(home: Path) -> list[tuple[str, str | None]]:
    with create_service(Settings(home=home)) as service, service.store.read() as session:
        rows = session.execute(select(AuditEventRow.action, AuditEventRow.target).order_by(AuditEventRow.id))
        return [(action, target) for action, target in rows]


def test_the_map_says_who_knows_and_who_leaves(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get("/succession").text)
    words = page.css_first("main").text()
    assert "Deux personnes savent ; l’une part avant le" in words.replace("\u202f", " ")
    assert page.css_first("#first-title").text() == "À regarder d’abord"


def test_the_horizon_decides_which_departures_count(mia: TestClient) -> None:
    page = mia.get("/succession?horizon=0").text
    assert "aucun départ n’est connu avant" in page
    assert mia.get("/succession?horizon=16").status_code == 422


def test_each_chart_has_a_name_and_a_table_with_the_same_figures(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get("/succession").text)
    charts = page.css("figure.chart")
    assert len(charts) == 2
    for chart in charts:
        assert chart.css_first("svg[role=img] > title").text()
        assert chart.css_first("table caption").text()
        assert chart.css("tbody th[scope=row]")
    cells = [cell.text(strip=True) for cell in charts[1].css("tbody td")]
    assert cells[1:3] == ["2", "1"]


def test_the_map_shows_the_rubric_too(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get("/succession?of=risk").text)
    drawn = [text.text() for text in page.css("svg text")]
    assert any(text.endswith("?") for text in drawn)


def test_a_unit_of_someone_else_is_not_to_be_found(mia: TestClient) -> None:
    assert mia.get("/succession?unit=test:roads").status_code == 404
    assert mia.get("/succession?unit=nowhere").status_code == 404


def test_every_view_is_written_down(mia: TestClient, home: Path) -> None:
    mia.get("/succession")
    mia.get(f"/succession/areas/{FROST}")
    assert [action for action, _ in actions(home)].count("succession.viewed") == 2


def test_an_area_shows_its_holders_and_what_is_proposed_for_the_rubric(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(AREA).text)
    assert "Ben" in page.css_first("main").text()
    assert page.css_first("#trend-title")
    chosen = {radio.attributes["name"] for radio in page.css("input[type=radio][checked]")}
    assert chosen == {"knowledge_concentration", "tacit_depth"}


def test_answers_are_kept_with_those_before(mia: TestClient, home: Path) -> None:
    page = follow(mia, send(mia, AREA, SCORES, unit="test:water", **ANSWERS, note="Usine seule"))
    assert "Réponses gardées" in page
    send(mia, AREA, SCORES, unit="test:water", **{**ANSWERS, "system_risk": "5"})
    page = LexborHTMLParser(mia.get(AREA).text)
    sums = [row.css("td")[5].text() for row in page.css("#risk .figures tbody tr")]
    assert sums == ["23", "21"]
    assert "Usine seule" in page.css_first("#risk").text()
    assert ("risk.scored", f"area:{FROST}") in actions(home)


def test_an_answer_that_is_missing_is_asked_for_and_the_others_stay(mia: TestClient) -> None:
    given = {name: answer for name, answer in ANSWERS.items() if name != "system_risk"}
    answer = send(mia, AREA, SCORES, unit="test:water", **given, note="À revoir")
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.text)
    assert page.css_first("[role=alert]")
    assert len(page.css("input[type=radio][checked]")) == 4
    assert "À revoir" in page.css_first("textarea").text()


def test_a_score_for_another_unit_is_refused(mia: TestClient) -> None:
    assert send(mia, AREA, SCORES, unit="test:roads", **ANSWERS).status_code in (403, 404)


def test_an_area_that_nobody_of_the_units_knows_is_not_to_be_found(mia: TestClient) -> None:
    assert mia.get("/succession/areas/area:3").status_code == 404
    assert mia.get("/succession/areas/area:99").status_code == 404
