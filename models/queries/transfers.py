"""What is read to say what should be passed on: the person, when they leave, and the titles of what shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.access import Viewer, has_opted_out, may_plan_for, may_read_document, may_see_person, remembered
from models.errors import NotFoundError
from models.planning import Planner
from models.queries.documents import count_answers
from models.queries.people import Person, select_people
from models.records import DocumentKind, clean_text
from models.rows import IDS, chunks, read_columns
from models.tables import DocumentRow, PersonRow


@dataclass(frozen=True, slots=True)
class Titled:
    """A document by its title."""

    id: str
    kind: DocumentKind
    title: str
    at: datetime | None


def read_planned_person(session: Session, planner: Planner, today: date, person_id: str) -> Person:
    """Return someone of the units planned for.

    Raises:
        NotFoundError: nobody of these units whom the planner may see, or someone who opted out.
    """
    conditions = (
        PersonRow.id == clean_text(person_id),
        may_plan_for(planner.units),
        may_see_person(planner.viewer, today),
        ~has_opted_out(),
    )
    people = select_people(session, planner.viewer, *conditions)
    if not people:
        message = f"Nobody you plan for has the id '{person_id}'; look for people of your units by name"
        raise NotFoundError(message)
    return people[0]


def read_titles(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, Titled]:
    """Return the documents, among these ids, that the viewer may read, without their texts."""
    statement = _titles(viewer, today)
    rows = [row for part in chunks(sorted(ids)) for row in read_columns(session, statement, {"ids": part})]
    return {row.id: Titled(*row) for row in rows}


def find_open(session: Session, viewer: Viewer, today: date, question_ids: Collection[str]) -> set[str]:
    """Return those of the questions that have no answer the viewer may read."""
    answered: set[str] = set()
    for part in chunks(sorted(question_ids)):
        answered |= count_answers(session, viewer, today, part).keys()
    return set(question_ids) - answered


@remembered
def _titles(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """Select the columns of Titled, in its order, of some documents."""
    return select(DocumentRow.id, DocumentRow.kind, DocumentRow.title, DocumentRow.created_at).where(
        DocumentRow.id.in_(IDS), may_read_document(viewer, today)
    )
