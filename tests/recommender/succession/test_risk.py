"""Risk on both databases: what the evidence fills in, what the manager says, and in which order it is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.planning import Planner
from models.records import DocumentKind, PersonRecord, Role
from models.risk_scores import NewRiskScore, score_risk
from models.store import Store
from recommender.succession.risk import Dimension, Level, Prefilled, RiskEvidence, RiskLine, list_risks
from tests.conftest import NOW, write
from tests.recommender.succession.planning import (
    FROST,
    PAY,
    TODAY,
    VALVES,
    answer,
    document,
    fill,
    frost,
    ground_of,
    open_town,
    planner,
    practice,
    question,
)

GRAVE = NewRiskScore(FROST, "test:water", 5, 3, 3, 5, 5, "Astreinte")
MILD = NewRiskScore(VALVES, "test:water", 1, 1, 1, 1, 1)
CONCENTRATION, TACIT = Dimension.KNOWLEDGE_CONCENTRATION, Dimension.TACIT_DEPTH


@pytest.fixture
def town(store: Store) -> Store:
    """What the water department knows of frost; Ana has 5 of 6.4 points, 2 of 5 works can be used again."""
    fill(open_town(store), frost())
    return store


def risks(store: Store, by: Planner | None = None, days: int = 0) -> list[RiskLine]:
    asked_by = by or planner()
    with store.read() as session:
        return list_risks(session, ground_of(session, asked_by.viewer), asked_by, TODAY + timedelta(days=days))


def score(store: Store, *scores: NewRiskScore) -> None:
    with store.write() as session:
        for new in scores:
            score_risk(session, planner("ben"), NOW, new)


def places(lines: list[RiskLine]) -> list[tuple[str, str]]:
    return [(line.area.id, line.unit_id.removeprefix("test:")) for line in lines]


def test_before_the_manager_answers_the_evidence_fills_in_two_and_the_level_is_provisional(town: Store) -> None:
    (line,) = risks(town)
    # Ana is an author of all five works, Ben of q2 and p2: without her, fewer than half have an author.
    evidence = RiskEvidence(holders=2, elsewhere=0, truck_factor=1, first_share=5 / 6.4, documented_ratio=0.4)
    assert line.prefilled == {CONCENTRATION: Prefilled(5, evidence), TACIT: Prefilled(1, evidence)}
    assert (line.area.label("fr"), line.unit_id, line.unit) == ("Gel", "test:water", "Eau")
    # Five answers like 5 and 1 make 15.
    assert (line.scores, line.total, line.level, line.complete, line.due_again) == ({}, 15, Level.MEDIUM, False, False)
    assert (line.scored_at, line.scored_by, line.note) == (None, None, "")


def test_the_manager_answers_all_five_and_may_say_otherwise_than_the_evidence(town: Store) -> None:
    score(town, GRAVE)
    (line,) = risks(town)
    assert line.scores == dict(zip(Dimension, (5, 3, 3, 5, 5), strict=True))
    assert (line.total, line.level, line.complete) == (21, Level.HIGH, True)
    assert (line.scored_at, line.scored_by, line.note) == (NOW, "test:ben", "Astreinte")
    assert {dimension: answer.score for dimension, answer in line.prefilled.items()} == {CONCENTRATION: 5, TACIT: 1}


@pytest.mark.parametrize(("days", "due"), [(364, False), (365, True)])
def test_a_score_is_due_again_after_a_year(town: Store, days: int, due: bool) -> None:
    score(town, GRAVE)
    (line,) = risks(town, days=days)
    assert line.due_again is due


def test_an_area_that_was_scored_stays_listed_when_nobody_holds_it_any_more(town: Store) -> None:
    score(town, MILD)
    scored = risks(town)[-1]
    evidence = RiskEvidence(0, 0, 0, 0.0, 0.0)
    assert (scored.area.id, scored.total, scored.level, scored.complete) == (VALVES, 5, Level.LOW, True)
    assert scored.prefilled == {CONCENTRATION: Prefilled(5, evidence), TACIT: Prefilled(5, evidence)}


def test_the_highest_come_first_then_those_that_were_scored_then_by_name(town: Store) -> None:
    threads = [record for n in range(3) for record in (question(f"q{n}v"), answer(f"a{n}v", f"q{n}v", "ana"))]
    fill(town, threads, VALVES)
    fill(town, [document(DocumentKind.PAGE, f"s{n}", ("ben", Role.WROTE)) for n in range(3)], PAY)
    # Valves: held by one person, nothing written: 25. Pay: held by one, all written: 15, as frost.
    assert [(line.area.id, line.total) for line in risks(town)] == [(VALVES, 25), (FROST, 15), (PAY, 15)]
    score(town, replace(MILD, area_id=PAY, role_criticality=5, system_risk=5, tacit_depth=3))
    assert [(line.area.id, line.total, line.complete) for line in risks(town)] == [
        (VALVES, 25, False),
        (PAY, 15, True),
        (FROST, 15, False),
    ]


def test_a_manager_sees_the_risks_of_their_units_alone(town: Store) -> None:
    fill(town, [practice(f"c{n}", ("cleo", Role.WROTE)) for n in range(2)], VALVES)
    with town.write() as session:
        score_risk(session, planner(units=None), NOW, replace(GRAVE, unit_id="test:roads"))
    assert places(risks(town)) == [(FROST, "water")]
    assert places(risks(town, planner(units=None))) == [(FROST, "roads"), (FROST, "water"), (VALVES, "roads")]


def test_concentration_is_counted_among_the_people_of_the_unit_beside_those_elsewhere(town: Store) -> None:
    write(town, [PersonRecord(id="ben", name="Ben", unit="roads")])
    lines = {line.unit_id: line.prefilled[CONCENTRATION].reason for line in risks(town, planner(units=None))}
    assert {unit: (reason.holders, reason.elsewhere, reason.first_share) for unit, reason in lines.items()} == {
        "test:water": (1, 1, 1.0),
        "test:roads": (1, 1, 1.0),
    }


def test_an_area_that_nobody_of_the_unit_holds_may_be_held_elsewhere(town: Store) -> None:
    with town.write() as session:
        score_risk(session, planner(units=None), NOW, replace(GRAVE, unit_id="test:roads"))
    (line,) = risks(town, planner(units=frozenset({"test:roads"})))
    assert line.prefilled[CONCENTRATION].reason == RiskEvidence(0, 2, 0, 0.0, 0.4)


def test_what_a_protected_community_wrote_changes_no_risk_outside_it(town: Store) -> None:
    fill(town, [practice(f"s{n}", ("ben", Role.WROTE), space="closed") for n in range(9)])
    outside, inside = risks(town, planner("cleo")), risks(town, planner("ben"))
    assert outside == risks(town, planner())
    assert outside[0].prefilled[CONCENTRATION].reason.first_share == 5 / 6.4
    assert inside[0].prefilled[CONCENTRATION].reason.first_share == pytest.approx(10.4 / 15.4)
