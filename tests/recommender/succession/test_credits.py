"""Credits: what columns count of people and areas is what profiles count in the store."""

from __future__ import annotations

import numpy as np
import pytest

from models.access import Viewer
from models.areas import state_area
from models.preferences import hide_document
from models.queries.areas import read_areas_of
from models.records import DocumentKind, Role
from models.store import Store
from models.tables import Stance
from recommender.indexes.columns import UNDATED
from recommender.succession.answers import Answers
from recommender.succession.counting import without_people
from tests.conftest import NOW, write
from tests.recommender.succession.places import PAYROLL, PUMPS, TODAY, ground_of, place, question, waterworks, wrote


@pytest.mark.parametrize("viewer", [None, "ana", "ben"])
def test_strengths_are_those_of_profiles_for_every_viewer(store: Store, viewer: str | None) -> None:
    waterworks(store)
    both = (("ana", Role.WROTE), ("ana", Role.EDITED), ("ben", Role.ENDORSED), ("cleo", Role.REVIEWED))
    write(store, [wrote("x", *both)])
    place(store, {(PUMPS, "x"): 0.7, (PAYROLL, "x"): 0.4})
    with store.write() as session:
        hide_document(session, Viewer("test:ana"), TODAY, "test:ana", "test:a1")
        state_area(session, Viewer("test:cleo"), NOW, "test:cleo", PAYROLL, Stance.HIDDEN)

    ground = ground_of(store, viewer)

    reader = Viewer(viewer and f"test:{viewer}")
    for person in ("ana", "ben", "cleo", "dan"):
        with store.read() as session:
            known = {one.area.id: one.evidence for one in read_areas_of(session, reader, TODAY, f"test:{person}")}
        code = ground.person_codes[f"test:{person}"]
        for area in (PUMPS, PAYROLL):
            strength = known[area].strength if area in known else 0.0
            assert ground.credits.strength(ground.area_codes[area], code) == pytest.approx(strength, abs=1e-6)
        rows = np.flatnonzero(ground.credits.holdings.persons == code)
        counted = {ground.places.area_ids[ground.credits.holdings.areas[row]]: row for row in rows}
        assert {area: ground.credits.holdings.documents[row] for area, row in counted.items()} == {
            area: evidence.documents for area, evidence in known.items() if evidence.documents
        }


def test_a_document_counts_once_by_the_weightiest_part_and_remembers_how_it_was_made(store: Store) -> None:
    waterworks(store)
    write(store, [wrote("x", ("dan", Role.REVIEWED), ("dan", Role.EDITED)), wrote("y", ("dan", Role.ENDORSED))])
    place(store, {(PAYROLL, "x"): 1.0, (PAYROLL, "y"): 1.0})

    ground = ground_of(store)

    rows = np.flatnonzero(ground.credits.areas == ground.area_codes[PAYROLL])
    assert ground.credits.points[rows].tolist() == pytest.approx([0.8, 0.4])
    assert ground.credits.created[rows].tolist() == [False, False]
    assert ground.credits.changed[rows].tolist() == [True, False]
    assert ground.credits.reusable[rows].tolist() == [True, True]
    # Endorsing makes no work.
    assert ground.credits.works.areas.tolist().count(ground.area_codes[PAYROLL]) == 1


def test_answers_are_those_of_questions_that_the_viewer_may_read(store: Store) -> None:
    waterworks(store)
    write(store, question("z0", "dan", ("z1", "ana"), ("z2", "ana"), ("z3", "ben")))

    ground = ground_of(store)

    found = {
        ground.view.document_ids[code]: sorted(
            ground.person_ids[person] for person in ground.answers.persons[ground.answers.answered == place]
        )
        for place, code in enumerate(ground.answers.questions)
    }
    assert found == {
        "test:q0": ["test:cleo"],
        "test:q1": ["test:ana"],
        "test:z0": ["test:ana", "test:ben"],
    }
    assert "test:s0" not in found
    assert UNDATED not in ground.answers.asked


def test_a_question_whose_asker_nobody_knows_has_answers_as_others_do(store: Store) -> None:
    waterworks(store)
    write(store, [wrote("n0", kind=DocumentKind.QUESTION)])
    write(store, [wrote("n1", ("ben", Role.ANSWERED), kind=DocumentKind.ANSWER, thread="n0")])
    place(store, {(PUMPS, "n0"): 1.0})

    ground = ground_of(store)

    assert "test:n0" in {ground.view.document_ids[code] for code in ground.answers.questions}


def test_people_are_taken_out_of_a_view_with_their_traces_alone(store: Store) -> None:
    waterworks(store)
    view = ground_of(store).view

    assert without_people(view, ["test:nobody"]) is view
    left = without_people(view, ["test:ana"])
    assert view.person_code("test:ana") not in left.columns.persons
    assert len(left.columns.persons) == len(view.columns.persons) - 6
    assert Answers.of(left, np.empty(0, np.int32)).persons.tolist() == [view.person_code("test:cleo")]
