"""What nobody may see of succession: random worlds beside a twin that never had what the planner may not count."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.access import Viewer
from models.area_writing import FoundArea, write_area_documents, write_found_areas
from models.errors import UserError
from models.planning import Planner
from models.preferences import change_preferences, hide_document
from models.records import AnyRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role, UnitRecord
from models.store import SQLITE_NAME, Store
from models.tables import DepartureVisibility
from recommender.succession.ground import read_ground
from recommender.succession.risk import list_risks
from recommender.succession.transfer import Transfer, what_to_transfer
from recommender.traces import Traces
from tests.conftest import NOW, write
from tests.contracts.test_visibility import EMPLOYEES, World, worlds

TODAY = date(2024, 2, 1)  # a month after the first document, so that all questions are of this year
AREAS = ("area:1", "area:2")
UNITS = {"e0": "u0", "e1": "u0", "e2": "u1", "e3": "u1"}


@dataclass(frozen=True)
class Town:
    """A world with areas, and who does not want to be spoken of."""

    world: World
    placed: dict[tuple[str, str], float]
    """Strength by (area, document)."""
    opted_out: frozenset[str]
    hidden: frozenset[str]
    """Documents whose author hides them."""

    def records(self) -> list[AnyRecord]:
        units: list[AnyRecord] = [UnitRecord(id=unit, name=unit) for unit in sorted(set(UNITS.values()))]
        people = [
            record.model_copy(update={"unit": UNITS[record.id]}) if isinstance(record, PersonRecord) else record
            for record in self.world.records()
        ]
        return [*units, *people]

    def told_to(self, viewer: str | None) -> Town:
        """Return what is left for a viewer: no document they may not read, and nobody behind what is not said."""
        seen = self.world.seen_by(viewer)
        documents = tuple(self._unsigned(document, viewer) for document in seen.documents)
        names = {document.id for document in documents}
        placed = {(area, name): strength for (area, name), strength in self.placed.items() if name in names}
        hidden = {document.id for document in documents if document.people} & self.hidden
        return replace(self, world=replace(seen, documents=documents), placed=placed, hidden=frozenset(hidden))

    def _unsigned(self, document: DocumentRecord, viewer: str | None) -> DocumentRecord:
        author = document.people[0].person
        silent = author in self.opted_out or (document.id in self.hidden and author != viewer)
        return document.model_copy(update={"people": ()}) if silent else document


@st.composite
def towns(draw: st.DrawFn) -> Town:
    opted_out = draw(st.frozensets(st.sampled_from(EMPLOYEES), max_size=1))
    world = draw(worlds())
    # A private document needs its author, whom the twin would not have.
    documents = (d.model_copy(update={"space": None}) if _told_of(d, opted_out) else d for d in world.documents)
    world = replace(world, documents=tuple(documents))
    names = [document.id for document in world.documents]
    # Two documents squarely in an area make a holder.
    placed = {(AREAS[0], name): draw(st.sampled_from((0.5, 1.0))) for name in names}
    placed |= {(AREAS[1], name): 0.7 for name in draw(st.sets(st.sampled_from(names)))}
    hidden = draw(st.frozensets(st.sampled_from(names), max_size=2))
    return Town(world, placed, opted_out, hidden)


def _told_of(document: DocumentRecord, opted_out: frozenset[str]) -> bool:
    return document.space == "private" and document.people[0].person in opted_out


@contextmanager
def stored(town: Town, template: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / SQLITE_NAME)
        store = Store.open(Path(folder))
        write(store, town.records(), source="w")
        with store.write() as session:
            write_found_areas(session, NOW, [FoundArea(id_, id_, id_, (), (), 1) for id_ in AREAS], {})
            write_area_documents(session, {}, {(a, f"w:{name}"): value for (a, name), value in town.placed.items()})
            for person in sorted(town.opted_out):
                change_preferences(session, Viewer(f"w:{person}"), f"w:{person}", {"visible_as_expert": False})
            for document in town.world.documents:
                if document.id in town.hidden and town.world.readable(document, document.people[0].person):
                    author = f"w:{document.people[0].person}"
                    hide_document(session, Viewer(author), TODAY, author, f"w:{document.id}")
        yield store
        store.close()


def everything_said(store: Store, viewer: str | None, units: frozenset[str] | None) -> dict[str, Any]:
    """What a planner is told of everyone to transfer, and of every risk."""
    planner = Planner(Viewer(viewer and f"w:{viewer}"), units, DepartureVisibility.DECLARED, 5)
    said: dict[str, Any] = {}
    with store.read() as session:
        ground = read_ground(session, Traces(), planner.viewer, TODAY)
        said["risks"] = list_risks(session, ground, planner, TODAY)
        for person in EMPLOYEES:
            try:
                said[person] = what_to_transfer(session, ground, planner, TODAY, f"w:{person}")
            except UserError as error:
                said[person] = str(error)
    return said


def shown_documents(said: dict[str, Any]) -> set[str]:
    items = [item for told in said.values() if isinstance(told, Transfer) for item in told.items]
    shown = {evidence.document_id for item in items for evidence in item.evidence}
    return shown | {item.document_id for item in items if item.document_id}


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(town=towns(), viewer=st.sampled_from([None, *EMPLOYEES]), units=st.sampled_from([None, frozenset({"w:u0"})]))
def test_no_item_and_no_risk_holds_or_betrays_what_its_planner_may_not_read(
    sqlite_template: Path, town: Town, viewer: str | None, units: frozenset[str] | None
) -> None:
    with stored(town, sqlite_template) as store:
        said = everything_said(store, viewer, units)
    with stored(town.told_to(viewer), sqlite_template) as twin:
        assert everything_said(twin, viewer, units) == said
    assert shown_documents(said) <= {f"w:{d.id}" for d in town.world.documents if town.world.readable(d, viewer)}


def test_the_twin_sees_a_leak(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    author = (Contribution(person="e0", role=Role.WROTE),)
    practice = DocumentRecord(id="d0", kind=DocumentKind.PRACTICE, title="gel", people=author)
    secret = practice.model_copy(update={"id": "d1", "space": "c0"})
    world = World(frozenset({"c0"}), frozenset({("c0", "e1")}), (practice, secret))
    placed = {("area:1", name): 1.0 for name in ("d0", "d1")}
    town = Town(world, placed, frozenset(), frozenset())
    monkeypatch.setattr("recommender.succession.ground.list_space_ids", lambda *_: ["organisation", "w:c0"])
    with stored(town, sqlite_template) as store:
        said = everything_said(store, "e2", None)
    with stored(town.told_to("e2"), sqlite_template) as twin:
        honest = everything_said(twin, "e2", None)
    assert honest["e0"] != said["e0"]
    assert honest["risks"] != said["risks"]
