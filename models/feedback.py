"""Feedback: what people say of those suggested to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from models.access import Viewer, may_see_person, require_person
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.records import clean_text
from models.rows import IDS, chunks, read_columns
from models.solicitations import MAX_QUESTION_CHARACTERS, checked_text
from models.tables import FeedbackRow, PersonRow, Verdict

# Made once: that takes longer than running it.
_STANDING_ABOUT: Final[Select[*tuple[Any, ...]]] = (
    select(
        FeedbackRow.id,
        FeedbackRow.giver_id,
        FeedbackRow.person_id,
        FeedbackRow.question,
        FeedbackRow.verdict,
        FeedbackRow.given_at,
    )
    .where(FeedbackRow.person_id.in_(IDS), FeedbackRow.dismissed_at.is_(None))
    .order_by(FeedbackRow.given_at, FeedbackRow.id)
)


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """The viewer's word on someone suggested for a question."""

    person_id: str
    question: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Feedback:
    """Someone's standing word on a person suggested for a question."""

    id: int
    giver_id: str
    person_id: str
    question: str
    verdict: Verdict
    given_at: datetime


class LeftReport(NamedTuple):
    """Someone of whom others say that they left."""

    person_id: str
    name: str
    reports: int
    """How many people say so."""


def give_feedback(session: Session, viewer: Viewer, now: datetime, new: NewFeedback) -> int:
    """Store the viewer's word in place of what they said before of that person for that question; returns its id.

    Raises:
        NotFoundError: the viewer may not see that person.
        InvalidInputError: the question is missing or too long, or the viewer speaks of themself.
    """
    giver = require_person(viewer)
    question = checked_text("question", new.question, MAX_QUESTION_CHARACTERS)
    person = clean_text(new.person_id)
    if not question or person == giver:
        message = "Feedback is about someone else, suggested for a question; give the question and the person's id"
        raise InvalidInputError(message)
    seen = select(PersonRow.id).where(PersonRow.id == person, may_see_person(viewer, now.date()))
    if session.scalars(seen).first() is None:
        message = f"Nobody you may see has the id '{new.person_id}'; look for them by name"
        raise NotFoundError(message)
    row = session.scalars(
        select(FeedbackRow)
        .where(FeedbackRow.giver_id == giver, FeedbackRow.person_id == person, FeedbackRow.question == question)
        .order_by(FeedbackRow.id.desc())
    ).first()
    if row is None:
        row = FeedbackRow(giver_id=giver, person_id=person, question=question)
        session.add(row)
    row.verdict, row.given_at, row.dismissed_at = new.verdict, now, None
    session.flush()
    return row.id


def read_feedback_about(session: Session, ids: Collection[str]) -> dict[str, list[Feedback]]:
    """Return the standing words on these people, oldest first; for ranking alone, never shown with their givers."""
    found: defaultdict[str, list[Feedback]] = defaultdict(list)
    for part in chunks(sorted(ids)):
        for row in read_columns(session, _STANDING_ABOUT, {"ids": part}):
            found[row.person_id].append(Feedback(*row))
    return dict(found)


def list_left_reports(session: Session) -> list[LeftReport]:
    """Return of whom others say that they left, most reported first; for administrators."""
    reports = func.count(FeedbackRow.giver_id.distinct())
    statement: Select[*tuple[Any, ...]] = (
        select(PersonRow.id, PersonRow.name, reports)
        .join(FeedbackRow, FeedbackRow.person_id == PersonRow.id)
        .where(FeedbackRow.verdict == Verdict.LEFT, FeedbackRow.dismissed_at.is_(None))
        .group_by(PersonRow.id, PersonRow.name)
        .order_by(reports.desc(), PersonRow.name, PersonRow.id)
    )
    return [LeftReport(*row) for row in session.execute(statement)]


def dismiss_left_reports(
    session: Session, viewer: Viewer, now: datetime, person_id: str, *, administrator: bool = False
) -> None:
    """Set aside what was said of someone having left; for that person and administrators."""
    person = clean_text(person_id)
    if not administrator and require_person(viewer) != person:
        message = f"Only '{person_id}' or an administrator sets aside reports that they left"
        raise NotAllowedError(message)
    session.execute(
        update(FeedbackRow)
        .where(FeedbackRow.person_id == person, FeedbackRow.verdict == Verdict.LEFT, FeedbackRow.dismissed_at.is_(None))
        .values(dismissed_at=now)
    )
