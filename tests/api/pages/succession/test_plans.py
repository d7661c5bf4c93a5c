"""What someone could pass on, and transfer plans: made, changed, taken along, by those who plan and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from selectolax.lexbor import LexborHTMLParser

from tests.api.pages.signed_in import by_proxy, follow, send
from tests.api.pages.succession.conftest import LEAVES_ON, MANAGER, OTHER_MANAGER
from tests.recommender.succession.planning import FROST

Browser = Callable[..., TestClient]
PERSON = "/succession/people/test:ana"
PLAN = "/succession/plans/1"
TODAY = date.today()
STEP = {
    "kind": "mentoring",
    "starts_on": TODAY.isoformat(),
    "due_on": (TODAY + timedelta(days=30)).isoformat(),
    "title": "=HYPERLINK(\"http://x\") <b>ensemble</b>",
    "area": FROST,
    "successor": "Ben",
    "note": "Une fois par semaine",
}  # fmt: skip


@pytest.fixture
def mia(browser: Browser, home: Path) -> TestClient:
    return by_proxy(browser, home, MANAGER)


@pytest.fixture
def plan(mia: TestClient) -> LexborHTMLParser:
    """The page of a plan that was just made, without steps."""
    return LexborHTMLParser(follow(mia, send(mia, PERSON, f"{PERSON}/plan", due_on=LEAVES_ON.isoformat())))


def test_what_would_be_lost_is_shown_with_its_documents(mia: TestClient) -> None:
    page = LexborHTMLParser(mia.get(PERSON).text)
    assert page.css_first("ol.list .item")
    assert page.css("ol.list .item details .entries a[href^='/documents/']")
    assert page.css_first("#due_on").attributes["value"] == LEAVES_ON.isoformat()


def test_a_plan_begins_with_proposed_steps_as_a_draft(mia: TestClient) -> None:
    sent = send(mia, PERSON, f"{PERSON}/plan", due_on=LEAVES_ON.isoformat(), propose="true")
    page = LexborHTMLParser(follow(mia, sent))
    assert "Ébauche" in page.css_first(".plan-head").text()
    assert len(page.css(".step")) >= 2
    assert "Ouvrir le plan de transmission" in mia.get(PERSON).text


def test_a_second_plan_and_a_day_of_the_past_are_refused_with_a_reason(mia: TestClient) -> None:
    assert send(mia, PERSON, f"{PERSON}/plan", due_on="1999-01-01").status_code == 422
    assert send(mia, PERSON, f"{PERSON}/plan", due_on="demain").status_code == 422
    answer = send(mia, PERSON, f"{PERSON}/plan", due_on="demain")
    assert "Donnez un jour à partir d’aujourd’hui" in answer.text


def test_a_step_is_added_changed_and_taken_out(mia: TestClient, plan: LexborHTMLParser) -> None:
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, f"{PLAN}/steps", **STEP)))
    assert "<b>ensemble" not in page.html or "&lt;b&gt;ensemble" in page.html
    (step,) = page.css(".step")
    assert "avec Ben" in step.text()
    assert "Une fois par semaine" in step.text()
    changed = {**STEP, "title": "Deux jours ensemble", "successor": "", "area": ""}
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, f"{PLAN}/steps/1", **changed)))
    assert "Deux jours ensemble" in page.css_first(".step h3").text()
    assert "avec Ben" not in page.css_first(".step").text()
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, f"{PLAN}/steps/1/deletion")))
    assert page.css(".step") == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"due_on": "2199-01-01"}, "sans dépasser celui du plan"),
        ({"starts_on": "jamais"}, "Donnez un premier jour"),
        ({"successor": "Quelqu’un d’autre"}, "corrigez le nom"),
        ({"document": "/documents/test:s1"}, "corrigez le nom"),
    ],
)
def test_a_step_that_cannot_be_is_explained_and_what_was_written_stays(
    mia: TestClient, plan: LexborHTMLParser, wrong: dict[str, str], told: str
) -> None:
    answer = send(mia, PLAN, f"{PLAN}/steps", **{**STEP, **wrong})
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.text)
    assert told in page.css_first("#error-new").text()
    assert page.css_first("#note-new").text().strip() == "Une fois par semaine"
    assert page.css(".step") == []


def test_what_came_of_a_step_is_named_by_the_address_of_its_page(mia: TestClient, plan: LexborHTMLParser) -> None:
    address = "https://releve.example/documents/test:p1?lang=fr"
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, f"{PLAN}/steps", **STEP, document=address)))
    assert page.css_first('.step a[href="/documents/test:p1"]')


def test_a_plan_passes_from_draft_to_completed_once_its_steps_are_settled(
    mia: TestClient, plan: LexborHTMLParser
) -> None:
    send(mia, PLAN, f"{PLAN}/steps", **STEP)
    send(mia, PLAN, PLAN, status="active")
    assert send(mia, PLAN, PLAN, status="completed").status_code == 422
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, f"{PLAN}/steps/1/status", status="done")))
    assert "1 étape faite sur 1" in page.css_first(".plan-head").text()
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, PLAN, status="completed")))
    assert "Terminé" in page.css_first(".plan-head").text()
    assert page.css("form[action$='/steps']") == []
    assert "Terminé" in mia.get("/succession/plans?status=completed").text
    assert "Aucun plan de ce genre" in mia.get("/succession/plans?status=draft").text


def test_the_day_and_the_note_of_a_plan_change(mia: TestClient, plan: LexborHTMLParser) -> None:
    due = (LEAVES_ON - timedelta(days=9)).isoformat()
    page = LexborHTMLParser(follow(mia, send(mia, PLAN, PLAN, due_on=due, note="Parlé le 3 <i>mars</i>")))
    assert "Parlé le 3 <i>mars</i>" in page.css_first(".written").text()
    assert page.css_first("#due_on").attributes["value"] == due
    assert send(mia, PLAN, PLAN, due_on="1999-01-01", note="x").status_code == 422


def test_a_draft_is_deleted(mia: TestClient, plan: LexborHTMLParser) -> None:
    page = follow(mia, send(mia, PLAN, f"{PLAN}/deletion"))
    assert "Le plan est supprimé" in page
    assert "Aucun plan de transmission encore" in page
    assert mia.get(PLAN).status_code == 404


def test_a_plan_is_taken_along_as_calendar_and_workbook(mia: TestClient, plan: LexborHTMLParser) -> None:
    send(mia, PLAN, f"{PLAN}/steps", **STEP)
    calendar = mia.get(f"{PLAN}/calendar")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.headers["cache-control"] == "no-store"
    assert b"BEGIN:VEVENT" in calendar.content
    workbook = mia.get(f"{PLAN}/workbook")
    assert workbook.headers["content-disposition"].endswith('.xlsx"')
    cells = [cell.value for row in load_workbook(BytesIO(workbook.content)).worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith("=")]


def test_nobody_reads_or_changes_a_plan_of_another_unit(
    browser: Browser, home: Path, mia: TestClient, plan: LexborHTMLParser
) -> None:
    rob = by_proxy(browser, home, OTHER_MANAGER)
    for address in (PLAN, f"{PLAN}/calendar", f"{PLAN}/workbook"):
        assert rob.get(address).status_code == 404
    page = "/me/availability"
    for address, fields in (
        (PLAN, {"status": "active"}),
        (f"{PLAN}/deletion", {}),
        (f"{PLAN}/steps", STEP),
        (f"{PLAN}/steps/1", STEP),
        (f"{PLAN}/steps/1/status", {"status": "done"}),
        (f"{PLAN}/steps/1/deletion", {}),
        (f"{PERSON}/plan", {"due_on": LEAVES_ON.isoformat()}),
    ):
        assert send(rob, page, address, **fields).status_code in (404, 422), address
    assert "Ana" not in rob.get("/succession/plans").text
    assert "Ébauche" in mia.get(PLAN).text


def test_no_form_changes_anything_without_the_token_of_its_session(mia: TestClient, plan: LexborHTMLParser) -> None:
    for address in (PLAN, f"{PLAN}/deletion", f"{PLAN}/steps", f"{PERSON}/plan", f"/succession/areas/{FROST}/scores"):
        assert mia.post(address, data={**STEP, "csrf": "x"}).status_code == 403
