"""Reads of areas: what they hold, who knows them, what someone knows; each takes a viewer and filters in the query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    may_be_suggested,
    may_credit_area,
    may_read_document,
    may_see_person,
    may_show_area,
)
from models.errors import NotFoundError
from models.names import fold
from models.paging import MAX_LIMIT, Order, Page, PageRequest, read_page
from models.queries.area_evidence import NO_EVIDENCE, AreaEvidence, evidence_columns, evidence_of, select_points
from models.queries.documents import DocumentEntry, DocumentFilters, list_documents
from models.queries.people import Person, select_people
from models.records import DocumentKind
from models.tables import (
    AreaDocumentRow,
    AreaRow,
    AreaStatementRow,
    AreaStatus,
    AssociationRow,
    CommunityRow,
    DocumentRow,
    PersonRow,
    SpaceRow,
    Stance,
)

# Areas followed from one merged into another, and on: more would be a circle.
_MOST_MERGES: Final = 20


@dataclass(frozen=True, slots=True)
class Area:
    """A field of expertise, with what the viewer may read of it."""

    id: str
    label_fr: str
    label_en: str
    terms_fr: Sequence[str]
    terms_en: Sequence[str]
    named_by_people: bool
    pinned: bool
    vocabulary: str | None
    external_id: str | None
    parent_id: str | None
    documents: int
    """Those the viewer may read."""
    people: int
    """Those who may be suggested, by what the viewer may read."""

    def label(self, language: str) -> str:
        """Return its name in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en

    def terms(self, language: str) -> Sequence[str]:
        """Return what tells it from the others, best first."""
        return self.terms_fr if language == "fr" else self.terms_en


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who knows an area, by what the viewer may read or by their own word."""

    person: Person
    evidence: AreaEvidence
    declared: bool
    """Whether they say so themself."""


@dataclass(frozen=True, slots=True)
class AreaOfPerson:
    """One line of an expertise profile."""

    area: Area
    evidence: AreaEvidence
    stance: Stance | None
    """What the person says of themself and the area; hidden ones are shown to them alone."""


@dataclass(frozen=True, slots=True)
class AreaCommunity:
    """A community with documents in an area."""

    id: str
    name: str
    documents: int


def list_areas(session: Session, viewer: Viewer, today: date, page: PageRequest, text: str | None = None) -> Page[Area]:
    """Return the areas shown, largest first, with what the viewer may read of them.

    Args:
        text: keeps those with these letters in a label, whatever their case and accents.
    """
    statement = _area_columns().where(may_show_area())
    if text:
        statement = statement.where(AreaRow.label_key.contains(fold(text), autoescape=True))
    found = read_page(session, statement, Order((AreaRow.size, AreaRow.id), descending=True), page)
    return Page(_with_counts(session, viewer, today, [row[:10] for row in found.items]), found.next_cursor)


def read_every_area(session: Session, viewer: Viewer, today: date, text: str | None = None) -> list[Area]:
    """Return all that list_areas gives, page after page."""
    found: list[Area] = []
    page = list_areas(session, viewer, today, PageRequest(limit=MAX_LIMIT), text)
    found += page.items
    while page.next_cursor is not None:
        page = list_areas(session, viewer, today, PageRequest(page.next_cursor, MAX_LIMIT), text)
        found += page.items
    return found


def read_area(session: Session, viewer: Viewer, today: date, area_id: str) -> Area:
    """Return an area by its id, or the one it was merged into.

    Raises:
        NotFoundError: there is none, or it is hidden.
    """
    return _with_counts(session, viewer, today, [shown_area(session, area_id)])[0]


def shown_area(session: Session, area_id: str) -> Sequence[Any]:
    """Return the columns of the area of this id, or of the one it was merged into.

    Raises:
        NotFoundError: there is none, or it is hidden.
    """
    followed: str | None = area_id
    for _ in range(_MOST_MERGES):
        row = session.execute(_area_columns().where(AreaRow.id == followed, may_show_area())).first()
        if row is not None:
            return tuple(row)
        followed = session.scalars(select(AreaRow.merged_into).where(AreaRow.id == followed)).first()
        if followed is None:
            break
    message = f"No area '{area_id}'; list them with: releve areas list"
    raise NotFoundError(message)


def find_area(session: Session, area_id: str) -> str:
    """Return the id of an area as those who shape them name it, shown or hidden, or the one it was merged into.

    Raises:
        NotFoundError: there is none.
    """
    followed: str | None = area_id
    for _ in range(_MOST_MERGES):
        row = session.execute(select(AreaRow.id, AreaRow.merged_into).where(AreaRow.id == followed)).first()
        if row is None:
            break
        if row.merged_into is None:
            return str(row.id)
        followed = row.merged_into
    message = f"No area '{area_id}'; list them with: releve areas list"
    raise NotFoundError(message)


def read_holders(session: Session, viewer: Viewer, today: date, area_id: str, limit: int) -> list[Holder]:
    """Return who knows an area, strongest first, then those who only say so; none who may not be suggested."""
    area = shown_area(session, area_id)[0]
    points = select_points(viewer, today, AreaDocumentRow.area_id == area)
    statement = (
        evidence_columns(points, points.c.person_id, today)
        .join(PersonRow, PersonRow.id == points.c.person_id)
        .where(may_be_suggested(today))
        .order_by(func.sum(points.c.points).desc(), points.c.person_id)
        .limit(limit)
    )
    evidence = {row[0]: evidence_of(row) for row in session.execute(statement)}
    said = select(AreaStatementRow.person_id).where(
        AreaStatementRow.area_id == area, AreaStatementRow.stance == Stance.KNOWS
    )
    declared = set(
        session.scalars(
            select(PersonRow.id)
            .where(PersonRow.id.in_(said), may_be_suggested(today), may_see_person(viewer, today))
            .order_by(PersonRow.id)
        )
    )
    ids = [*evidence, *sorted(declared - evidence.keys())][:limit]
    people = {person.id: person for person in select_people(session, viewer, PersonRow.id.in_(ids))}
    return [Holder(people[id_], evidence.get(id_, NO_EVIDENCE), id_ in declared) for id_ in ids]


def read_area_documents(
    session: Session,
    viewer: Viewer,
    today: date,
    area_id: str,
    page: PageRequest,
    *,
    kinds: Sequence[DocumentKind] = (),
    open_only: bool = False,
) -> Page[DocumentEntry]:
    """Return what the viewer may read in an area, newest first; only unanswered questions with `open_only`."""
    area = shown_area(session, area_id)[0]
    filters = DocumentFilters(kinds=kinds, open_only=open_only, area=area)
    return list_documents(session, viewer, today, filters, page)


def read_area_communities(session: Session, viewer: Viewer, today: date, area_id: str) -> list[AreaCommunity]:
    """Return the communities whose documents in the area the viewer may read, most documents first."""
    counted = func.count(DocumentRow.id)
    statement: Select[*tuple[Any, ...]] = (
        select(CommunityRow.id, CommunityRow.name, counted)
        .join(SpaceRow, SpaceRow.community_id == CommunityRow.id)
        .join(DocumentRow, DocumentRow.space_id == SpaceRow.id)
        .join(AreaDocumentRow, AreaDocumentRow.document_id == DocumentRow.id)
        .where(AreaDocumentRow.area_id == shown_area(session, area_id)[0], may_read_document(viewer, today))
        .group_by(CommunityRow.id, CommunityRow.name)
        .order_by(counted.desc(), CommunityRow.id)
    )
    return [AreaCommunity(*row) for row in session.execute(statement)]


def read_areas_of(session: Session, viewer: Viewer, today: date, person_id: str) -> list[AreaOfPerson]:
    """Return a person's expertise profile, strongest area first, then what they only say of themself.

    Areas that they hid are there for them alone; nothing for who may not see the person.
    """
    seen = select(PersonRow.id).where(PersonRow.id == person_id, may_see_person(viewer, today))
    if session.scalars(seen).first() is None:
        return []
    points = select_points(viewer, today, AssociationRow.person_id == person_id)
    statement = (
        evidence_columns(points, points.c.area_id, today)
        .join(AreaRow, AreaRow.id == points.c.area_id)
        .where(may_show_area())
        .order_by(func.sum(points.c.points).desc(), points.c.area_id)
    )
    evidence = {row[0]: evidence_of(row) for row in session.execute(statement)}
    stances = _stances(session, viewer, person_id)
    ids = [*evidence, *sorted(stances.keys() - evidence.keys())]
    rows = {row[0]: tuple(row) for row in session.execute(_area_columns().where(AreaRow.id.in_(ids), may_show_area()))}
    areas = _with_counts(session, viewer, today, [rows[id_] for id_ in ids if id_ in rows])
    return [AreaOfPerson(area, evidence.get(area.id, NO_EVIDENCE), stances.get(area.id)) for area in areas]


def _area_columns() -> Select[*tuple[Any, ...]]:
    """Select the columns of Area, in its order, without the counts."""
    return select(
        AreaRow.id,
        AreaRow.label_fr,
        AreaRow.label_en,
        AreaRow.terms_fr,
        AreaRow.terms_en,
        AreaRow.named_by_people,
        AreaRow.status == AreaStatus.PINNED,
        AreaRow.vocabulary,
        AreaRow.external_id,
        AreaRow.parent_id,
    )


def _with_counts(session: Session, viewer: Viewer, today: date, rows: Sequence[Sequence[Any]]) -> list[Area]:
    ids = [row[0] for row in rows]
    documents, people = _count_documents(session, viewer, today, ids), _count_people(session, viewer, today, ids)
    return [Area(*(*row, documents.get(row[0], 0), people.get(row[0], 0))) for row in rows]


def _count_documents(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, int]:
    statement: Select[*tuple[Any, ...]] = (
        select(AreaDocumentRow.area_id, func.count())
        .join(DocumentRow, DocumentRow.id == AreaDocumentRow.document_id)
        .where(AreaDocumentRow.area_id.in_(ids), may_read_document(viewer, today))
        .group_by(AreaDocumentRow.area_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _count_people(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, int]:
    statement: Select[*tuple[Any, ...]] = (
        select(AreaDocumentRow.area_id, func.count(AssociationRow.person_id.distinct()))
        .join(AssociationRow, AssociationRow.document_id == AreaDocumentRow.document_id)
        .join(DocumentRow, DocumentRow.id == AreaDocumentRow.document_id)
        .join(PersonRow, PersonRow.id == AssociationRow.person_id)
        .where(AreaDocumentRow.area_id.in_(ids), may_credit_area(viewer, today), may_be_suggested(today))
        .group_by(AreaDocumentRow.area_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _stances(session: Session, viewer: Viewer, person_id: str) -> dict[str, Stance]:
    statement = select(AreaStatementRow.area_id, AreaStatementRow.stance).where(AreaStatementRow.person_id == person_id)
    if viewer.person_id != person_id:
        statement = statement.where(AreaStatementRow.stance != Stance.HIDDEN)
    return {row[0]: row[1] for row in session.execute(statement)}
