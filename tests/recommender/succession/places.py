"""A small waterworks with two areas, and the ways tests of succession look at it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

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
from recommender.succession.coverage import AreaCoverage, CoverageOptions, measure_coverage
from recommender.succession.ground import Ground, read_ground
from recommender.traces import Traces
from tests.conftest import NOW, write

TODAY = NOW.date()
PUMPS, PAYROLL = "area:1", "area:2"


def planner(
    viewer: str | None = None,
    units: Collection[str] | None = None,
    departures: DepartureVisibility = DepartureVisibility.DECLARED,
) -> Planner:
    scope = None if units is None else frozenset(units)
    return Planner(Viewer(viewer and f"test:{viewer}"), scope, departures, smallest_group=5)


def wrote(
    id_: str,
    *people: tuple[str, Role],
    kind: DocumentKind = DocumentKind.PRACTICE,
    thread: str | None = None,
    space: str | None = None,
    days: float = 10,
) -> DocumentRecord:
    parts = tuple(Contribution(person=person, role=role) for person, role in people)
    at = NOW - timedelta(days=days)
    return DocumentRecord(
        id=id_, kind=kind, title=id_, text="texte", space=space, thread=thread, created_at=at, people=parts
    )


def question(
    id_: str, by: str, *answers: tuple[str, str], days: float = 10, space: str | None = None
) -> list[AnyRecord]:
    """A question and its answers, each given by its id and who gave it."""
    asked = wrote(id_, (by, Role.ASKED), kind=DocumentKind.QUESTION, days=days, space=space)
    given = [
        wrote(name, (who, Role.ANSWERED), kind=DocumentKind.ANSWER, thread=id_, days=days - 1 - place / 10, space=space)
        for place, (name, who) in enumerate(answers)
    ]
    return [asked, *given]


def place(store: Store, placed: Mapping[tuple[str, str], float]) -> None:
    areas = [FoundArea(id_, f"{id_} fr", f"{id_} en", (), (), 1) for id_ in (PUMPS, PAYROLL)]
    with store.write() as session:
        write_found_areas(session, NOW, areas, {})
        write_area_documents(session, {}, {(area, f"test:{id_}"): strength for (area, id_), strength in placed.items()})


def waterworks(store: Store) -> None:
    """Pumps: Ana wrote four practices, Ben one and a half, Cleo answered; payroll is a protected community of Ben's."""
    people = {"ana": "eaux", "ben": "eaux", "cleo": "voirie", "dan": "voirie"}
    write(
        store,
        [
            UnitRecord(id="eaux", name="Eaux"),
            UnitRecord(id="voirie", name="Voirie"),
            *(PersonRecord(id=name, name=name.title(), unit=unit) for name, unit in people.items()),
            CommunityRecord(id="closed", name="Paie", protected=True),
            MembershipRecord(community="closed", person="ben"),
            *(wrote(f"a{n}", ("ana", Role.WROTE), days=400 * n + 10) for n in range(4)),
            wrote("b0", ("ben", Role.WROTE), ("ana", Role.REVIEWED)),
            wrote("b1", ("ben", Role.WROTE)),
            *question("q0", "dan", ("r0", "cleo"), ("r1", "cleo"), days=30),
            *question("q1", "dan", ("r2", "ana"), days=20),
            *question("s0", "ben", ("s1", "ben"), space="closed"),
        ],
    )
    squarely = ("a0", "a1", "a2", "a3", "b0", "q0", "r0", "r1", "q1", "r2")
    place(
        store,
        {
            **{(PUMPS, id_): 1.0 for id_ in squarely},
            (PUMPS, "b1"): 0.5,
            **{(PAYROLL, id_): 1.0 for id_ in ("s0", "s1")},
        },
    )


def ground_of(store: Store, viewer: str | None = None, traces: Traces | None = None) -> Ground:
    with store.read() as session:
        return read_ground(session, Traces() if traces is None else traces, Viewer(viewer and f"test:{viewer}"), TODAY)


def coverage_of(store: Store, planning: Planner, options: CoverageOptions | None = None) -> dict[str, AreaCoverage]:
    with store.read() as session:
        ground = read_ground(session, Traces(), planning.viewer, TODAY)
        return {one.area_id: one for one in measure_coverage(session, ground, planning, TODAY, options)}
