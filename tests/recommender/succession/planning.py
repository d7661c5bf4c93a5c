"""A water department whose knowledge is counted by hand, and what its tests read with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from models.access import Viewer
from models.area_writing import FoundArea, write_area_documents, write_found_areas
from models.planning import Planner
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)
from models.store import Store
from models.tables import DepartureVisibility
from recommender.succession.ground import Ground, read_ground
from recommender.succession.transfer import Transfer, what_to_transfer
from recommender.traces import Traces
from tests.conftest import NOW, write

TODAY = NOW.date()
WATER = frozenset({"test:water"})
FROST, VALVES, PAY = "area:1", "area:2", "area:3"
LABELS = {FROST: ("Gel", "Frost"), VALVES: ("Vannes", "Valves"), PAY: ("Paie", "Payroll")}
UNITS = {"ana": "water", "ben": "water", "cleo": "roads"}


def planner(name: str | None = None, units: frozenset[str] | None = WATER) -> Planner:
    return Planner(Viewer(name and f"test:{name}"), units, DepartureVisibility.DECLARED, 5)


def document(kind: DocumentKind, name: str, *parts: tuple[str, Role], days: int = 500, **fields: str) -> DocumentRecord:
    people = tuple(Contribution(person=person, role=role) for person, role in parts)
    at = NOW - timedelta(days=days)
    title = "" if kind is DocumentKind.ANSWER else f"Titre {name}"
    return DocumentRecord(id=name, kind=kind, title=title, text="texte", created_at=at, people=people, **fields)


def question(name: str, days: int = 500, **fields: str) -> DocumentRecord:
    return document(DocumentKind.QUESTION, name, ("cleo", Role.ASKED), days=days, **fields)


def answer(name: str, thread: str, person: str, days: int = 400, **fields: str) -> DocumentRecord:
    return document(DocumentKind.ANSWER, name, (person, Role.ANSWERED), days=days, thread=thread, **fields)


def practice(name: str, *parts: tuple[str, Role], days: int = 500, **fields: str) -> DocumentRecord:
    return document(DocumentKind.PRACTICE, name, *parts, days=days, **fields)


def staff() -> list[AnyRecord]:
    return [
        UnitRecord(id="water", name="Eau"),
        UnitRecord(id="roads", name="Voirie"),
        *(PersonRecord(id=name, name=name.title(), unit=unit) for name, unit in UNITS.items()),
        CommunityRecord(id="closed", name="Cellule", protected=True),
        MembershipRecord(community="closed", person="ben"),
    ]


def frost() -> list[DocumentRecord]:
    """Four threads and two practices: Ana answered q1 and q4 alone and keeps p1 alone, q3 waits for an answer."""
    return [
        question("q1", days=10),
        answer("a1", "q1", "ana", days=9),
        question("q2", days=20),
        answer("a2", "q2", "ana", days=19),
        answer("b2", "q2", "ben", days=18),
        question("q3", days=30),
        question("q4", days=500),
        answer("a4", "q4", "ana", days=499),
        practice("p1", ("ana", Role.WROTE)),
        practice("p2", ("ana", Role.WROTE), ("ben", Role.EDITED)),
    ]


def fill(store: Store, documents: Iterable[DocumentRecord], area_id: str = FROST, strength: float = 1.0) -> None:
    """Store documents of one area, squarely in it unless said otherwise."""
    records = list(documents)
    write(store, [*records])
    with store.write() as session:
        place(session, area_id, [record.id for record in records], strength)


def place(session: Session, area_id: str, names: Iterable[str], strength: float = 1.0) -> None:
    write_area_documents(session, {}, {(area_id, f"test:{name}"): strength for name in names})


def open_town(store: Store) -> Store:
    """Store the staff and three areas with nothing in them."""
    write(store, staff())
    with store.write() as session:
        areas = [FoundArea(id_, *labels, labels[:1], labels[1:], 1) for id_, labels in LABELS.items()]
        write_found_areas(session, NOW, areas, {})
    return store


def ground_of(session: Session, viewer: Viewer) -> Ground:
    return read_ground(session, Traces(), viewer, TODAY)


def transfer_of(store: Store, person: str = "ana", asked_by: Planner | None = None) -> Transfer:
    by = asked_by or planner()
    with store.read() as session:
        return what_to_transfer(session, ground_of(session, by.viewer), by, TODAY, f"test:{person}")
