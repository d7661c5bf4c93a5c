"""Succession over REST: what a manager is told of their units, and what each person sees of that."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response

from api.wiring import Service
from models.tables import DepartureVisibility
from tests.api.planned_town import DUE_ON, LEAVES_ON, decide
from tests.api.rest.conftest import Ask, seen_by
from tests.recommender.succession.planning import FROST, PAY, VALVES

SCORES = {
    "role_criticality": 5,
    "knowledge_concentration": 3,
    "tacit_depth": 3,
    "system_risk": 5,
    "replacement_difficulty": 5,
}


def answered(response: Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


def problem(response: Response, status: int) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == status, response.text
    told: str = response.json()["detail"]
    return told


def test_coverage_follows_the_horizon(ask: Ask) -> None:
    now = answered(ask("GET", "/succession/coverage?horizon_years=0"))
    later = answered(ask("GET", "/succession/coverage?horizon_years=1"))

    before = {area["area_id"]: area for area in now["areas"]}
    after = {area["area_id"]: area for area in later["areas"]}
    assert (before[FROST]["holders"], before[FROST]["holders_left"], before[FROST]["share_left"]) == (3, 3, 1.0)
    assert (after[FROST]["holders"], after[FROST]["holders_left"]) == (3, 2)
    assert after[FROST]["share_left"] == pytest.approx(6 / 11, abs=0.001)
    assert (after[VALVES]["holders_left"], after[VALVES]["level"]) == (0, "lost")
    strongest = after[FROST]["strongest"][0]
    assert (strongest["person"]["id"], strongest["leaves_on"]) == ("test:ana", LEAVES_ON.isoformat())
    assert later["areas"][0]["area_id"] == VALVES


def test_units_are_those_planned_for(ask: Ask) -> None:
    cells = answered(ask("GET", "/succession/units?horizon_years=1"))["cells"]

    assert {(cell["unit_id"], cell["area_id"]) for cell in cells} == {("test:water", FROST), ("test:water", VALVES)}
    assert answered(ask("GET", "/succession/units", by="rob"))["cells"] == []


@pytest.mark.parametrize("horizon", ["16", "-1", "many"])
def test_a_horizon_out_of_range_is_refused_with_the_field(ask: Ask, horizon: str) -> None:
    response = ask("GET", f"/succession/coverage?horizon_years={horizon}")

    assert response.status_code == 422
    assert "horizon_years" in response.text


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (DepartureVisibility.DECLARED, ["test:ana"]),
        (DepartureVisibility.HR_ANNOUNCED, []),
        (DepartureVisibility.ANNOUNCED, []),
        (DepartureVisibility.BANDS, []),
    ],
)
def test_departures_are_shown_as_the_organisation_decided(
    ask: Ask, town: Service, policy: DepartureVisibility, named: list[str]
) -> None:
    decide(town.store, policy)

    found = answered(ask("GET", "/succession/departures"))

    assert [departure["person_id"] for departure in found["named"]] == named
    # Of a group this small no number is told.
    assert all(band["people"] is None for band in found["bands"] if band["group"] < 5)
    leaves = [person["leaves_on"] for person in [answered(ask("GET", "/succession/people/test:ana/transfer"))]]
    assert leaves == [LEAVES_ON.isoformat() if named else None]
    if named:
        assert seen_by(ask, "ana")["succession.person_viewed"] == 2


def test_a_simulation_says_what_is_lost_and_each_person_sees_that_it_was_made(ask: Ask) -> None:
    asked = {"people": ["test:ana", "test:ben"], "by": DUE_ON.isoformat()}

    found = answered(ask("POST", "/succession/simulations", json=asked))

    assert [area["area_id"] for area in found["uncovered"]] == [VALVES]
    [weakened] = found["weakened"]
    assert (weakened["area_id"], weakened["holders_before"], weakened["holders_after"]) == (FROST, 3, 1)
    assert (found["answered_question_count"], found["lost_question_count"], found["by"]) == (1, 0, DUE_ON.isoformat())
    for person in ("ana", "ben"):
        assert seen_by(ask, person)["succession.simulated"] == 1
    assert "succession.simulated" not in seen_by(ask, "bea")


def test_a_simulation_of_nobody_of_others_or_of_the_past_is_refused_with_what_to_do(ask: Ask) -> None:
    assert ask("POST", "/succession/simulations", json={"people": []}).status_code == 422
    assert "test:cleo" in problem(ask("POST", "/succession/simulations", json={"people": ["test:cleo"]}), 404)
    past = {"people": ["test:ana"], "by": (date.today() - timedelta(days=1)).isoformat()}
    assert "past" in problem(ask("POST", "/succession/simulations", json=past), 422)


def test_risks_are_provisional_until_scored_and_every_score_is_kept(ask: Ask) -> None:
    before = {line["area_id"]: line for line in answered(ask("GET", "/succession/risks?lang=en"))["risks"]}
    assert not before[FROST]["complete"]
    assert before[FROST]["scores"] == {}
    concentration = before[FROST]["prefilled"]["knowledge_concentration"]
    assert (concentration["holders"], concentration["reasons"][0]) == (3, "3 people of the unit hold it")

    place = {"area_id": FROST, "unit_id": "test:water"}
    answered(ask("POST", "/succession/risks/scores", json={**place, **SCORES, "system_risk": 1}), 201)
    made = answered(ask("POST", "/succession/risks/scores", json={**place, **SCORES, "note": "Avant l’hiver"}), 201)

    after = {line["area_id"]: line for line in answered(ask("GET", "/succession/risks"))["risks"]}[FROST]
    assert (after["total"], after["level"], after["complete"], after["due_again"]) == (21, "high", True, False)
    assert (after["scored_by"], after["note"]) == ("test:mia", "Avant l’hiver")
    history = answered(ask("GET", f"/succession/risks/history?area_id={FROST}&unit_id=test:water"))
    assert [score["system_risk"] for score in sorted(history, key=lambda score: score["id"])] == [1, 5]
    assert made["id"] == max(score["id"] for score in history)


def test_a_score_of_another_unit_an_unknown_area_or_another_number_is_refused(ask: Ask) -> None:
    place = {"area_id": FROST, "unit_id": "test:roads", **SCORES}
    assert "'test:roads'; whoever manages it does" in problem(ask("POST", "/succession/risks/scores", json=place), 403)
    unknown = {"area_id": "area:9", "unit_id": "test:water", **SCORES}
    assert "area:9" in problem(ask("POST", "/succession/risks/scores", json=unknown), 404)
    wrong = {"area_id": FROST, "unit_id": "test:water", **SCORES, "tacit_depth": 2}
    assert ask("POST", "/succession/risks/scores", json=wrong).status_code == 422


def test_what_to_transfer_comes_with_evidence_and_the_person_sees_who_looked(ask: Ask) -> None:
    found = answered(ask("GET", "/succession/people/test:ana/transfer?lang=en"))

    assert (found["person"]["name"], found["leaves_on"]) == ("Ana", LEAVES_ON.isoformat())
    items = {(item["kind"], item["area_id"]): item for item in found["items"]}
    only = items["only_holder_area", VALVES]
    assert only["why"] == "Nobody else holds this area"
    assert {evidence["document_id"] for evidence in only["evidence"]} <= {"test:va1", "test:va2"}
    assert seen_by(ask, "ana")["succession.person_viewed"] == 1


def test_successors_come_with_reasons_and_everyone_shown_sees_it(ask: Ask) -> None:
    found = answered(ask("GET", f"/succession/people/test:ana/successors?area_id={FROST}&lang=en"))

    [area] = found["areas"]
    candidates = {one["person"]["id"]: one for one in area["candidates"]}
    assert set(candidates) == {"test:bea", "test:ben", "test:eve", "test:dan"}
    first = candidates["test:bea"]
    assert first["ready"]
    assert "Has written or answered in this area" in {factor["why"] for factor in first["factors"]}
    assert sum(factor["weight"] for factor in first["factors"]) == pytest.approx(first["score"], abs=0.001)
    for person in ("ana", "bea", "dan"):
        assert seen_by(ask, person)["succession.person_viewed"] == 1


@pytest.mark.parametrize("view", ["transfer", "successors", f"proposed-steps?due_on={DUE_ON}"])
@pytest.mark.parametrize("person", ["test:cleo", "test:nobody"])
def test_people_of_other_units_are_not_found(ask: Ask, view: str, person: str) -> None:
    assert "look for people of your units by name" in problem(ask("GET", f"/succession/people/{person}/{view}"), 404)


def test_successors_in_an_area_that_they_do_not_hold_are_not_found(ask: Ask) -> None:
    told = problem(ask("GET", f"/succession/people/test:ana/successors?area_id={PAY}"), 404)

    assert "leave it out" in told


def test_pairs_follow_what_managers_decide(ask: Ask) -> None:
    def pairs() -> dict[str, tuple[str, bool]]:
        found = answered(ask("GET", "/succession/pairs?unit_id=test:water"))["pairs"]
        return {pair["area"]["id"]: (pair["successor"]["id"], pair["pinned"]) for pair in found}

    pair = {"leaver_id": "test:ana", "area_id": FROST, "successor_id": "test:eve"}

    proposed = pairs()
    assert {area: pinned for area, (_, pinned) in proposed.items()} == {FROST: False, VALVES: False}
    assert proposed[FROST][0] != "test:eve"
    assert ask("PUT", "/succession/pairs", json={**pair, "stance": "pinned"}).status_code == 204
    assert pairs()[FROST] == ("test:eve", True)
    assert ask("PUT", "/succession/pairs", json={**pair, "stance": None}).status_code == 204
    assert pairs() == proposed
    # Ana leaves in each of the three views; Eve was in that of the pinned pair alone.
    assert seen_by(ask, "ana") == {"pair.decided": 2, "succession.person_viewed": 3}
    assert seen_by(ask, "eve") == {"pair.decided": 2, "succession.person_viewed": 1}


def test_pairs_of_an_unknown_unit_or_of_other_people_are_not_found(ask: Ask) -> None:
    assert "choose one of them" in problem(ask("GET", "/succession/pairs?unit_id=test:roads"), 404)
    pair = {"leaver_id": "test:cleo", "area_id": FROST, "successor_id": "test:ben", "stance": "pinned"}
    assert "test:cleo" in problem(ask("PUT", "/succession/pairs", json=pair), 404)


def test_steps_are_proposed_with_who_takes_them_over_and_why(ask: Ask) -> None:
    found = answered(ask("GET", f"/succession/people/test:ana/proposed-steps?due_on={DUE_ON}&lang=en"))["steps"]

    assert found
    assert all(date.today().isoformat() <= step["starts_on"] <= step["due_on"] <= DUE_ON.isoformat() for step in found)
    frost = [step for step in found if step["area_id"] == FROST and step["successor_id"]]
    assert {step["successor_id"] for step in frost} <= {"test:bea", "test:ben", "test:dan", "test:eve"}
    assert all(step["reasons"] and step["reasons"][0]["item"]["why"] for step in found)
    chosen = [{name: value for name, value in step.items() if name != "reasons"} for step in found]
    plan = answered(
        ask("POST", "/succession/plans", json={"person_id": "test:ana", "due_on": str(DUE_ON), "steps": chosen}), 201
    )
    assert len(plan["steps"]) == len(found)


def test_switched_off_or_without_units_nothing_is_shown(ask: Ask, town: Service) -> None:
    assert "manage" in problem(ask("GET", "/succession/coverage", by="ben"), 403)
    decide(town.store, enabled=False)
    assert "switch" in problem(ask("GET", "/succession/coverage"), 403)
