"""A store as large as a large organisation: people of units, areas, threads and practices, all made up.

Its shape is what forums show: a few people answer most of an area, many answer once, and everyone knows a few areas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.area_writing import PLACING
from models.document_writing import REVISION
from models.records import Circle, CommunityStatus, DeclaredBy, DocumentKind, MembershipRole, Role
from models.rows import table_of, upsert
from models.store import Store
from models.tables import (
    ORGANISATION_SPACE,
    AreaDocumentRow,
    AreaRow,
    AreaStatus,
    AssociationRow,
    CommunityRow,
    DepartureRow,
    DocumentRow,
    MembershipRow,
    PersonRow,
    Row,
    SpaceKind,
    SpaceRow,
    StoreStateRow,
    UnitRow,
)

SEED: Final = 20261121
TODAY: Final = date(2026, 6, 15)
_NEWEST: Final = datetime(2026, 6, 1, tzinfo=UTC)
_YEARS: Final = 10
_AREAS_OF_A_PERSON: Final = 3
# One document in ten is kept to the members of a community, and one in seven is in a second area.
_PROTECTED: Final = 0.1
_SECOND_AREA: Final = 0.15
# One person in ten has declared when they leave; one in three of them tells everyone.
_LEAVING: Final = 0.1
_ANNOUNCED: Final = 0.3
_ROWS_PER_INSERT: Final = 20_000

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a store is made."""

    people: int = 50_000
    areas: int = 2_000
    associations: int = 1_000_000
    units: int = 500
    communities: int = 100


@dataclass(frozen=True, slots=True)
class Made:
    """One document with whom it is linked to."""

    kind: DocumentKind
    thread: int | None
    parts: Sequence[tuple[int, Role]]
    area: int
    protected: bool


def make_large_store(home: Path, size: Size) -> Store:
    """Return a new store of this size; the same each time."""
    store = Store.create(home)
    drawing = np.random.default_rng(SEED)
    with store.write() as session:
        _write_people(session, size, drawing)
        _write_documents(session, size, drawing)
    return store


def _write_people(session: Session, size: Size, drawing: np.random.Generator) -> None:
    units = [
        {"id": f"u:{n}", "name": f"Unit {n}", "parent_id": f"u:{n % 20}" if n >= 20 else None}
        for n in range(size.units)
    ]
    _insert(session, UnitRow, units)
    _insert(
        session,
        PersonRow,
        (
            {
                **_PERSON,
                "id": f"p:{n}",
                "name": f"Person {n}",
                "name_key": f"person {n}",
                "unit_id": f"u:{n % size.units}",
            }
            for n in range(size.people)
        ),
    )
    numbers = range(size.communities)
    _insert(
        session,
        CommunityRow,
        (
            {
                "id": f"c:{n}",
                "name": f"Community {n}",
                "theme": "",
                "status": CommunityStatus.ACTIVE,
                "protected": True,
                "url": None,
            }
            for n in numbers
        ),
    )
    _insert(
        session,
        SpaceRow,
        (
            {
                "id": f"s:{n}",
                "name": f"Space {n}",
                "kind": SpaceKind.COMMUNITY,
                "community_id": f"c:{n}",
                "owner_id": None,
            }
            for n in numbers
        ),
    )
    members = (
        {
            "community_id": f"c:{n % size.communities}",
            "person_id": f"p:{n}",
            "role": MembershipRole.MEMBER,
            "circle": Circle.INNER,
            "since": None,
            "until": None,
        }
        for n in range(0, size.people, 5)
    )
    _insert(session, MembershipRow, members)
    leaving = np.flatnonzero(drawing.random(size.people) < _LEAVING).tolist()
    days = drawing.integers(-365, 15 * 365, len(leaving)).tolist()
    announced = (drawing.random(len(leaving)) < _ANNOUNCED).tolist()
    _insert(
        session,
        DepartureRow,
        (
            {
                "person_id": f"p:{person}",
                "declared_by": DeclaredBy.HR,
                "earliest": TODAY + timedelta(days=day),
                "latest": TODAY + timedelta(days=day + 90),
                "announced": told,
                "declared_at": _NEWEST,
                "revoked_at": None,
            }
            for person, day, told in zip(leaving, days, announced, strict=True)
        ),
    )


def _write_documents(session: Session, size: Size, drawing: np.random.Generator) -> None:
    areas: Iterator[Record] = (
        {
            "id": f"a:{n}",
            "label_fr": f"Domaine {n}",
            "label_en": f"Area {n}",
            "label_key": f"area {n}",
            "terms_fr": [],
            "terms_en": [],
            "status": AreaStatus.FOUND,
            "merged_into": None,
            "named_by_people": False,
            "vocabulary": None,
            "external_id": None,
            "parent_id": None,
            "size": 0,
            "created_at": _NEWEST,
            "updated_at": _NEWEST,
        }
        for n in range(size.areas)
    )
    _insert(session, AreaRow, areas)
    made = list(draw_documents(size, drawing))
    moments = _NEWEST - timedelta(days=365 * _YEARS)
    step = timedelta(days=365 * _YEARS) / len(made)
    spaces = drawing.integers(0, size.communities, len(made)).tolist()
    _insert(
        session,
        DocumentRow,
        (
            {
                **_DOCUMENT,
                "id": f"d:{n}",
                "kind": one.kind,
                "thread_id": None if one.thread is None else f"d:{one.thread}",
                "space_id": f"s:{spaces[one.thread or n]}" if one.protected else ORGANISATION_SPACE,
                "created_at": moments + n * step,
                "revision": n + 1,
            }
            for n, one in enumerate(made)
        ),
    )
    _insert(
        session,
        AssociationRow,
        (
            {
                "document_id": f"d:{n}",
                "person_id": f"p:{person}",
                "role": role,
                "weight": 1.0,
                "created_at": moments + n * step,
                "inline": True,
            }
            for n, one in enumerate(made)
            for person, role in one.parts
        ),
    )
    strengths = drawing.uniform(0.4, 1.0, len(made)).round(3).tolist()
    second = (drawing.random(len(made)) < _SECOND_AREA).tolist()
    _insert(
        session,
        AreaDocumentRow,
        (
            {"area_id": f"a:{area}", "document_id": f"d:{n}", "strength": strengths[n]}
            for n, one in enumerate(made)
            for area in ([one.area, (one.area + 1) % size.areas] if second[n] else [one.area])
        ),
    )
    upsert(session, StoreStateRow, [{"key": REVISION, "value": len(made)}, {"key": PLACING, "value": 1}])


def draw_documents(size: Size, drawing: np.random.Generator) -> Iterator[Made]:
    """Yield threads of a question and its answers, and now and then a practice, until there are enough associations."""
    knowing = _draw_knowing(size, drawing)
    linked, documents = 0, 0
    while linked < size.associations:
        area = int(drawing.integers(size.areas))
        protected = bool(drawing.random() < _PROTECTED)
        parts: list[Sequence[tuple[int, Role]]] = []
        if drawing.random() < 0.15:
            writer, other = _pick(knowing[area], drawing, 2)
            parts.append([(writer, Role.WROTE), (other, Role.REVIEWED if drawing.random() < 0.5 else Role.EDITED)])
            kinds = [DocumentKind.PRACTICE]
        else:
            who = _pick(knowing[area], drawing, int(drawing.integers(1, 5)))
            parts.append([(int(drawing.integers(size.people)), Role.ASKED)])
            parts += [[(person, Role.ANSWERED if place else Role.ACCEPTED)] for place, person in enumerate(who)]
            kinds = [DocumentKind.QUESTION] + [DocumentKind.ANSWER] * len(who)
        opening = documents
        for kind, part in zip(kinds, parts, strict=True):
            yield Made(kind, opening if documents > opening else None, part, area, protected)
            documents += 1
            linked += len(part)


def _draw_knowing(size: Size, drawing: np.random.Generator) -> Mapping[int, Sequence[int]]:
    """Return who knows each area, the one who gives most first."""
    knowing: dict[int, list[int]] = {area: [] for area in range(size.areas)}
    for person in drawing.permutation(size.people).tolist():
        for area in drawing.integers(0, size.areas, _AREAS_OF_A_PERSON).tolist():
            knowing[area].append(person)
    # Small stores have areas that nobody drew.
    return {area: people if len(people) > 1 else [0, 1] for area, people in knowing.items()}


def _pick(people: Sequence[int], drawing: np.random.Generator, wanted: int) -> list[int]:
    """Return some people, different ones, the first of the list the most often."""
    places = np.unique((len(people) ** drawing.random(wanted * 2)).astype(int) - 1)
    chosen = drawing.permutation(places)[:wanted].tolist()
    return [people[place] for place in chosen] if len(chosen) >= min(wanted, 2) else [people[0], people[1]][:wanted]


def _insert(session: Session, row: type[Row], values: Iterator[Record] | Sequence[Record]) -> None:
    part: list[Record] = []
    for value in values:
        part.append(value)
        if len(part) == _ROWS_PER_INSERT:
            session.connection().execute(insert(table_of(row)), part)
            part = []
    if part:
        session.connection().execute(insert(table_of(row)), part)


_PERSON: Final[Record] = {
    "in_directory": True,
    "site": None,
    "job_title": None,
    "languages": ["fr"],
    "url": None,
    "joined_on": None,
    "content_hash": "",
}
_DOCUMENT: Final[Record] = {
    "source": "made",
    "language": "fr",
    "score": None,
    "accepted": False,
    "url": None,
    "tags": [],
    "content_hash": "",
    "deleted_at": None,
    "title": "Title",
    "text": "",
}
