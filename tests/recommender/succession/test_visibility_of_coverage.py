"""What a planner may not read changes nothing they are shown: random organisations beside twins without it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.access import Viewer
from models.areas import state_area
from models.preferences import change_preferences, hide_document
from models.records import (
    AnyRecord,
    CommunityRecord,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)
from models.store import SQLITE_NAME, Store
from models.tables import DepartureVisibility, Stance
from recommender.succession.coverage import CoverageOptions, measure_coverage, measure_units
from recommender.succession.ground import read_ground
from recommender.succession.simulation import simulate
from recommender.succession.waves import read_waves
from recommender.traces import Traces
from tests.conftest import NOW
from tests.recommender.succession.places import PAYROLL, PUMPS, TODAY, place, planner, wrote

PEOPLE = ("ana", "ben", "cleo", "dan")
AREAS = (PUMPS, PAYROLL)
MADE = {
    DocumentKind.QUESTION: Role.ASKED,
    DocumentKind.ANSWER: Role.ANSWERED,
    DocumentKind.PRACTICE: Role.WROTE,
    DocumentKind.MESSAGE: Role.WROTE,
}
people = st.sampled_from(PEOPLE)
# Each example makes stores; to shrink a failing one would make hundreds.
QUICK: dict[str, Any] = {
    "phases": [Phase.generate],
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


@dataclass(frozen=True)
class World:
    """An organisation with a protected community: what was written where, what people hide, who leaves."""

    members: frozenset[str]
    documents: tuple[DocumentRecord, ...]
    placed: frozenset[tuple[str, str]]
    hidden_documents: frozenset[tuple[str, str]]
    """Person and document."""
    hidden_areas: frozenset[tuple[str, str]]
    opted_out: frozenset[str]
    leaving: tuple[tuple[str, int, bool], ...]
    """Person, in how many days, and whether it is announced."""

    def records(self) -> list[AnyRecord]:
        directory = [PersonRecord(id=name, name=name, unit="eaux" if name < "c" else "voirie") for name in PEOPLE]
        return [
            UnitRecord(id="eaux", name="Eaux"),
            UnitRecord(id="voirie", name="Voirie"),
            *directory,
            CommunityRecord(id="closed", name="Closed", protected=True),
            *(MembershipRecord(community="closed", person=person) for person in sorted(self.members)),
            *self.documents,
            *(leave(*one) for one in self.leaving),
        ]

    def seen_by(self, viewer: str | None) -> World:
        """Return the world without what a planner must not count."""
        documents = []
        for document in self.documents:
            if document.space == "closed" and viewer not in self.members:
                continue
            if document.space == "private" and document.people[0].person != viewer:
                continue
            hiding = {person for person, id_ in self.hidden_documents if id_ == document.id and person != viewer}
            if document.space != "private":
                hiding |= self.opted_out
            kept = tuple(part for part in document.people if part.person not in hiding)
            documents.append(document.model_copy(update={"people": kept}))
        left = {document.id for document in documents}
        return replace(
            self,
            documents=tuple(documents),
            placed=frozenset(one for one in self.placed if one[1] in left),
            hidden_documents=frozenset(),
        )


def leave(person: str, days: int, announced: bool) -> DepartureRecord:
    day = TODAY + timedelta(days=days)
    return DepartureRecord(
        person=person, earliest=day, latest=day + timedelta(days=30), declared_by=DeclaredBy.SELF, announced=announced
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    documents = []
    for number in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(list(MADE)))
        space = draw(st.sampled_from([None, None, "closed", "private"]))
        parts = [(draw(people), MADE[kind])]
        if space != "private":
            more = draw(st.lists(st.tuples(people, st.sampled_from([Role.EDITED, Role.REVIEWED])), max_size=2))
            parts += {person: (person, role) for person, role in more if person != parts[0][0]}.values()
        thread = draw(st.sampled_from(["d0", "d1"])) if kind is DocumentKind.ANSWER else None
        days = 40.0 * (20 - number)
        documents.append(wrote(f"d{number}", *parts, kind=kind, thread=thread, space=space, days=days))
    linked = [(part.person, document.id) for document in documents for part in document.people]
    ids = [document.id for document in documents]
    return World(
        draw(st.frozensets(people, max_size=2)),
        tuple(documents),
        draw(st.frozensets(st.tuples(st.sampled_from(AREAS), st.sampled_from(ids)), min_size=1)),
        draw(st.frozensets(st.sampled_from(linked), max_size=2)),
        draw(st.frozensets(st.tuples(people, st.sampled_from(AREAS)), max_size=1)),
        draw(st.frozensets(people, max_size=1)),
        tuple(
            draw(
                st.lists(st.tuples(people, st.integers(-60, 800), st.booleans()), max_size=2, unique_by=lambda x: x[0])
            )
        ),
    )


@contextmanager
def loaded(world: World, template: Path) -> Iterator[Store]:
    from tests.conftest import write

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / SQLITE_NAME)
        store = Store.open(Path(folder))
        write(store, world.records())
        place(store, dict.fromkeys(sorted(world.placed), 0.9))
        with store.write() as session:
            for person, id_ in sorted(world.hidden_documents):
                hide_if_readable(session, world, person, id_)
            for person, area in sorted(world.hidden_areas):
                state_area(session, Viewer(f"test:{person}"), NOW, f"test:{person}", area, Stance.HIDDEN)
            for person in world.opted_out:
                change_preferences(session, Viewer(f"test:{person}"), f"test:{person}", {"visible_as_expert": False})
        yield store
        store.close()


def hide_if_readable(session: Any, world: World, person: str, id_: str) -> None:
    document = next(one for one in world.documents if one.id == id_)
    if document.space != "closed" or person in world.members:
        hide_document(session, Viewer(f"test:{person}"), TODAY, f"test:{person}", f"test:{id_}")


def everything(store: Store, viewer: str | None, visibility: DepartureVisibility) -> dict[str, Any]:
    """All that succession says to a planner of the whole organisation, holders spelt out."""
    planning = planner(viewer, None, visibility)
    options = CoverageOptions(1)
    said: dict[str, Any] = {}
    with store.read() as session:
        ground = read_ground(session, Traces(), planning.viewer, TODAY)
        covered = measure_coverage(session, ground, planning, TODAY, options)
        said["coverage"] = [replace(one, holders=list(one.holders)) for one in covered]
        said["units"] = measure_units(session, ground, planning, TODAY, options)
        said["waves"] = read_waves(session, planning, TODAY)
        seen = [f"test:{name}" for name in PEOPLE if name not in opted_out(session)]
        for some in ([], seen[:2], seen):
            said[f"leaving {some}"] = simulate(session, ground, planning, TODAY, some, date(2027, 1, 1))
    return said


def opted_out(session: Any) -> set[str]:
    from models.queries.succession_people import list_opted_out

    return {id_.removeprefix("test:") for id_ in list_opted_out(session)}


@settings(max_examples=30, **QUICK)
@given(worlds(), st.sampled_from([None, *PEOPLE]), st.sampled_from(list(DepartureVisibility)))
def test_what_a_planner_may_not_read_changes_nothing(
    sqlite_template: Path, world: World, viewer: str | None, visibility: DepartureVisibility
) -> None:
    world = replace(
        world,
        hidden_documents=frozenset(
            (person, id_)
            for person, id_ in world.hidden_documents
            if person in world.members or next(d for d in world.documents if d.id == id_).space != "closed"
        ),
    )
    with loaded(world, sqlite_template) as store, loaded(world.seen_by(viewer), sqlite_template) as twin:
        assert everything(store, viewer, visibility) == everything(twin, viewer, visibility)


@settings(max_examples=15, **QUICK)
@given(worlds(), st.sampled_from([None, *PEOPLE]))
def test_nobody_leaving_changes_nothing_and_everybody_leaving_leaves_nothing(
    sqlite_template: Path, world: World, viewer: str | None
) -> None:
    planning = planner(viewer)
    world = replace(world, opted_out=frozenset(), hidden_documents=frozenset(), leaving=())
    with loaded(world, sqlite_template) as store, store.read() as session:
        ground = read_ground(session, Traces(), planning.viewer, TODAY)
        none = simulate(session, ground, planning, TODAY, [], TODAY)
        every = simulate(session, ground, planning, TODAY, [f"test:{name}" for name in PEOPLE], TODAY)
        held = {one.area_id for one in measure_coverage(session, ground, planning, TODAY) if one.holders}
    assert (none.uncovered, none.weakened, none.lost_question_count) == ([], [], 0)
    assert {area.area_id for area in every.uncovered} == held
    assert every.weakened == []
    assert every.lost_question_count == every.answered_question_count == len(ground.answers.questions)
