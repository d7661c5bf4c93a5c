"""Transfer plans over REST, from the draft to the files, for managers and for those whom they concern."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.api.planned_town import DUE_ON
from tests.api.rest.conftest import Ask, seen_by
from tests.api.rest.test_succession import answered, problem
from tests.recommender.succession.planning import FROST

STEP = {
    "kind": "mentoring",
    "area_id": FROST,
    "successor_id": "test:bea",
    "starts_on": DUE_ON.isoformat(),
    "due_on": DUE_ON.isoformat(),
    "note": "=1+1",
}


@pytest.fixture
def plan(ask: Ask) -> dict[str, Any]:
    """A draft for Ana with one step, that Bea takes over."""
    asked = {"person_id": "test:ana", "due_on": DUE_ON.isoformat(), "note": "Ensemble", "steps": [STEP]}
    made: dict[str, Any] = answered(ask("POST", "/succession/plans", json=asked), 201)
    return made


def test_a_plan_is_made_listed_and_read(ask: Ask, plan: dict[str, Any]) -> None:
    assert (plan["person"]["id"], plan["status"], plan["part"]) == ("test:ana", "draft", "planner")
    [step] = plan["steps"]
    assert (step["successor"]["id"], step["status"], step["label_fr"]) == ("test:bea", "proposed", "Gel")
    listed = answered(ask("GET", "/succession/plans?status=draft&person=test:ana"))
    assert [found["id"] for found in listed["items"]] == [plan["id"]]
    assert answered(ask("GET", f"/succession/plans/{plan['id']}")) == plan
    # The list and the plan itself.
    assert seen_by(ask, "ana") == {"plan.created": 1, "succession.person_viewed": 2}


def test_plans_are_kept_from_managers_of_other_units(ask: Ask, plan: dict[str, Any]) -> None:
    assert answered(ask("GET", "/succession/plans", by="rob"))["items"] == []
    for path in ("", "/evidence", "/calendar", "/workbook"):
        assert ask("GET", f"/succession/plans/{plan['id']}{path}", by="rob").status_code == 404
    assert ask("PATCH", f"/succession/plans/{plan['id']}", by="rob", json={"note": "x"}).status_code == 404


def test_a_plan_for_someone_else_is_not_made_and_a_second_one_neither(ask: Ask, plan: dict[str, Any]) -> None:
    other = {"person_id": "test:cleo", "due_on": DUE_ON.isoformat()}
    assert "test:cleo" in problem(ask("POST", "/succession/plans", json=other), 404)
    again = {"person_id": "test:ana", "due_on": DUE_ON.isoformat()}
    assert problem(ask("POST", "/succession/plans", json=again), 422)


def test_steps_are_added_changed_and_taken_away(ask: Ask, plan: dict[str, Any]) -> None:
    steps = f"/succession/plans/{plan['id']}/steps"
    added = answered(ask("POST", steps, json={**STEP, "kind": "written_practice", "successor_id": None}), 201)
    assert [step["kind"] for step in added["steps"]] == ["mentoring", "written_practice"]
    number = added["steps"][1]["id"]

    changed = answered(ask("PATCH", f"{steps}/{number}", json={"title": "Le dégel", "area_id": None}))
    assert (changed["steps"][1]["title"], changed["steps"][1]["area_id"]) == ("Le dégel", None)
    assert ask("PATCH", f"{steps}/{number}", json={"kind": None}).status_code == 422
    dropped = answered(ask("DELETE", f"{steps}/{number}"))
    assert [step["id"] for step in dropped["steps"]] == [plan["steps"][0]["id"]]
    assert problem(ask("DELETE", f"{steps}/{number}"), 404)
    told = {"plan.created": 1, "plan.step_added": 1, "plan.step_changed": 1, "plan.step_dropped": 1}
    assert seen_by(ask, "ana") == told


def test_a_plan_that_changed_meanwhile_is_not_changed(ask: Ask, plan: dict[str, Any]) -> None:
    path = f"/succession/plans/{plan['id']}"
    tag = ask("GET", path).headers["etag"]

    changed = ask("PATCH", path, json={"note": "Demain"}, headers={"If-Match": tag})
    assert answered(changed)["note"] == "Demain"
    assert "read it again" in problem(ask("PATCH", path, json={"note": "Hier"}, headers={"If-Match": tag}), 412)
    step = f"{path}/steps/{plan['steps'][0]['id']}"
    assert ask("PATCH", step, json={"note": "Hier"}, headers={"If-Match": tag}).status_code == 412
    again = ask("PATCH", path, json={"status": "active"}, headers={"If-Match": changed.headers["etag"]})
    assert answered(again)["status"] == "active"
    assert ask("GET", path).headers["etag"] == again.headers["etag"]


def test_a_draft_is_deleted_and_an_active_plan_is_not(ask: Ask, plan: dict[str, Any]) -> None:
    path = f"/succession/plans/{plan['id']}"
    answered(ask("PATCH", path, json={"status": "active"}))
    assert problem(ask("DELETE", path), 422)
    answered(ask("PATCH", path, json={"status": "abandoned"}))
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404


def test_evidence_is_told_of_each_step(ask: Ask, plan: dict[str, Any]) -> None:
    [step] = answered(ask("GET", f"/succession/plans/{plan['id']}/evidence"))["steps"]

    assert (step["step_id"], step["documents"], step["done"]) == (plan["steps"][0]["id"], [], False)


def test_the_person_sees_the_whole_plan_and_successors_their_own_steps(ask: Ask, plan: dict[str, Any]) -> None:
    path = f"/succession/plans/{plan['id']}"
    other = {**STEP, "successor_id": "test:ben"}
    answered(ask("POST", f"{path}/steps", json=other), 201)
    answered(ask("PATCH", path, json={"status": "active"}))

    [whole] = answered(ask("GET", "/me/plans", by="ana"))["plans"]
    [own] = answered(ask("GET", "/me/plans", by="bea"))["plans"]
    assert (whole["part"], len(whole["steps"]), whole["due_on"]) == ("person", 2, DUE_ON.isoformat())
    assert (own["part"], [step["successor"]["id"] for step in own["steps"]]) == ("successor", ["test:bea"])
    assert own["due_on"] is None
    assert answered(ask("GET", "/me/plans", by="dan"))["plans"] == []

    number = plan["steps"][0]["id"]
    mine = f"/me/plans/{plan['id']}/steps/{number}"
    changed = answered(ask("PATCH", mine, by="bea", json={"status": "planned"}))
    assert [step["status"] for step in changed["steps"]] == ["planned"]
    assert ask("PATCH", mine, by="dan", json={"status": "planned"}).status_code == 404
    assert ask("PATCH", mine, by="bea", json={"title": "Autre"}).status_code == 422


def test_a_calendar_has_an_event_for_each_step_under_a_name_that_names_nobody(ask: Ask, plan: dict[str, Any]) -> None:
    response = ask("GET", f"/succession/plans/{plan['id']}/calendar")

    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    named = f'attachment; filename="plan-de-transmission-{plan["id"]}.ics"'
    assert response.headers["content-disposition"] == named
    assert response.text.count("BEGIN:VEVENT") == 1
    assert f"DTSTART;VALUE=DATE:{DUE_ON:%Y%m%d}" in response.text
    assert seen_by(ask, "ana")["succession.person_viewed"] == 1


def test_a_workbook_holds_the_steps_and_what_to_pass_on_and_no_formula(ask: Ask, plan: dict[str, Any]) -> None:
    response = ask("GET", f"/succession/plans/{plan['id']}/workbook?lang=en")

    assert response.headers["content-disposition"] == f'attachment; filename="transfer-plan-{plan["id"]}.xlsx"'
    steps, passed_on = load_workbook(BytesIO(response.content)).worksheets
    assert (steps.title, passed_on.title) == ("Steps", "To pass on")
    assert [cell.value for cell in steps[2]][3] == "Bea"
    assert [cell.value for cell in steps[2]][-1] == "'=1+1"
    assert "Nobody else holds this area" in [row[1].value for row in passed_on.iter_rows(min_row=2)]
    assert seen_by(ask, "ana")["succession.person_viewed"] == 1


def test_files_of_no_plan_are_not_found_and_in_no_other_language(ask: Ask, plan: dict[str, Any]) -> None:
    assert problem(ask("GET", "/succession/plans/99/calendar"), 404)
    assert problem(ask("GET", "/succession/plans/99/workbook"), 404)
    assert ask("GET", f"/succession/plans/{plan['id']}/workbook?lang=xx").status_code == 422
