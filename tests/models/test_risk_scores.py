"""Risk scores on both databases: who may score what, and that nothing is overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.access import Viewer
from models.area_writing import FoundArea, write_found_areas
from models.areas import hide_area, merge_areas
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.planning import Planner
from models.records import PersonRecord, UnitRecord
from models.risk_scores import NOTE_LENGTH, NewRiskScore, read_risk_history, read_risk_scores, score_risk
from models.store import Store
from models.tables import DepartureVisibility
from tests.conftest import NOW, write

WATER = frozenset({"test:water", "test:pumps"})
MAYA = Planner(Viewer("test:maya"), WATER, DepartureVisibility.ANNOUNCED, 5)
EVERYONE = Planner(Viewer(), None, DepartureVisibility.ANNOUNCED, 5)
PUMPS = NewRiskScore("area:1", "test:pumps", 5, 3, 1, 3, 5, "Astreinte d'hiver")
LATER = NOW + timedelta(days=1)


@pytest.fixture
def town(store: Store) -> Store:
    """Two areas, and units of which Maya plans for two."""
    write(
        store,
        [
            UnitRecord(id="water", name="Eau"),
            UnitRecord(id="pumps", name="Pompage", parent="water"),
            UnitRecord(id="roads", name="Voirie"),
            PersonRecord(id="maya", name="Maya"),
        ],
    )
    with store.write() as session:
        areas = [FoundArea(f"area:{n}", label, label, (label,), (label,), 1) for n, label in ((1, "gel"), (2, "vanne"))]
        write_found_areas(session, NOW, areas, {})
    return store


def test_the_newest_score_stands_and_earlier_ones_are_kept(town: Store) -> None:
    with town.write() as session:
        first = score_risk(session, MAYA, NOW, PUMPS)
        second = score_risk(session, EVERYONE, LATER, replace(PUMPS, tacit_depth=5, note=""))
    with town.read() as session:
        assert read_risk_scores(session, MAYA) == [second]
        assert read_risk_history(session, MAYA, "area:1", "test:pumps") == [second, first]
    assert (first.role_criticality, first.knowledge_concentration, first.tacit_depth) == (5, 3, 1)
    assert (first.system_risk, first.replacement_difficulty, first.note) == (3, 5, "Astreinte d'hiver")
    assert (first.scored_at, first.scored_by, second.scored_by) == (NOW, "test:maya", None)


def test_of_two_scores_of_one_moment_the_one_written_last_stands(town: Store) -> None:
    with town.write() as session:
        score_risk(session, MAYA, NOW, PUMPS)
        last = score_risk(session, MAYA, NOW, replace(PUMPS, role_criticality=1))
    with town.read() as session:
        assert read_risk_scores(session, MAYA) == [last]


def test_a_manager_reads_and_scores_their_own_units_alone(town: Store) -> None:
    roads = replace(PUMPS, unit_id="test:roads")
    with town.write() as session:
        elsewhere = score_risk(session, EVERYONE, NOW, roads)
        own = score_risk(session, MAYA, NOW, replace(PUMPS, unit_id="test:water"))
        with pytest.raises(NotAllowedError, match="You do not plan for the unit 'test:roads'"):
            score_risk(session, MAYA, NOW, roads)
        with pytest.raises(NotAllowedError, match="test:roads"):
            read_risk_history(session, MAYA, "area:1", "test:roads")
    with town.read() as session:
        assert read_risk_scores(session, MAYA) == [own]
        assert read_risk_scores(session, EVERYONE) == [elsewhere, own]


@pytest.mark.parametrize(
    ("new", "named"),
    [
        (replace(PUMPS, area_id="area:9"), "No area 'area:9'"),
        (replace(PUMPS, unit_id="test:sky"), "No unit 'test:sky'"),
    ],
)
def test_what_does_not_exist_cannot_be_scored(town: Store, new: NewRiskScore, named: str) -> None:
    with town.write() as session, pytest.raises(NotFoundError, match=named):
        score_risk(session, MAYA, NOW, new)


@pytest.mark.parametrize("answer", [0, 2, 4, 6, -1])
def test_an_answer_is_one_three_or_five(town: Store, answer: int) -> None:
    refused = f"'system_risk' cannot be {answer}; choose 1, 3 or 5"
    with town.write() as session, pytest.raises(InvalidInputError, match=refused):
        score_risk(session, MAYA, NOW, replace(PUMPS, system_risk=answer))


def test_a_note_has_a_length(town: Store) -> None:
    with town.write() as session, pytest.raises(InvalidInputError, match="4,001 characters"):
        score_risk(session, MAYA, NOW, replace(PUMPS, note="x" * (NOTE_LENGTH + 1)))


def test_scores_follow_an_area_into_the_one_it_was_merged_into(town: Store) -> None:
    with town.write() as session:
        before = score_risk(session, MAYA, NOW, PUMPS)
        merge_areas(session, LATER, ["area:1"], "area:2", administrator=True)
        after = score_risk(session, MAYA, LATER, replace(PUMPS, role_criticality=1))
    with town.read() as session:
        assert after.area_id == "area:2"
        assert read_risk_scores(session, MAYA) == [after]
        assert read_risk_history(session, MAYA, "area:1", "test:pumps") == [after, replace(before, area_id="area:2")]


def test_a_hidden_area_is_neither_scored_nor_listed(town: Store) -> None:
    with town.write() as session:
        score_risk(session, MAYA, NOW, PUMPS)
        hide_area(session, LATER, "area:1", administrator=True)
        with pytest.raises(NotFoundError, match="No area 'area:1'"):
            score_risk(session, MAYA, LATER, PUMPS)
    with town.read() as session:
        assert read_risk_scores(session, MAYA) == []
