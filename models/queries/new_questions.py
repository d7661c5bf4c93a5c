"""New questions: those pushed by programs and still unanswered, which webhooks may be told who could answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from models.access import Viewer, may_read_document
from models.pushed_sources import PUSH
from models.records import DocumentKind, Role
from models.rows import upsert
from models.tables import AssociationRow, DocumentRow, ImportRow, StoreStateRow

# Up to which revision of the store questions have been looked at.
_TOLD: Final = "told_revision"
# An archive that is pushed is not news.
NEWS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question that the whole organisation may read and nobody has answered."""

    id: str
    revision: int
    title: str
    text: str
    url: str | None
    askers: Sequence[str]


def read_told_revision(session: Session) -> int | None:
    """Return up to which revision questions were looked at; None before the first time."""
    return session.scalars(select(StoreStateRow.value).where(StoreStateRow.key == _TOLD)).one_or_none()


def set_told_revision(session: Session, revision: int) -> None:
    """Note up to which revision questions were looked at."""
    upsert(session, StoreStateRow, [{"key": _TOLD, "value": revision}])


def list_new_questions(session: Session, now: datetime, after: int, up_to: int, limit: int) -> list[NewQuestion]:
    """Return questions pushed through the interface, in order of revision, that an outsider may read.

    Args:
        session: to read in.
        now: questions asked long before are no news.
        after: revision above which to look.
        up_to: last revision to look at.
        limit: how many at most.
    """
    answer = aliased(DocumentRow)
    answered = (
        select(answer.id)
        .where(answer.thread_id == DocumentRow.id, answer.kind == DocumentKind.ANSWER, answer.deleted_at.is_(None))
        .exists()
    )
    pushed = exists().where(ImportRow.source == DocumentRow.source, ImportRow.format == PUSH)
    statement = (
        select(DocumentRow)
        .where(
            DocumentRow.revision > after,
            DocumentRow.revision <= up_to,
            DocumentRow.kind == DocumentKind.QUESTION,
            or_(DocumentRow.created_at.is_(None), DocumentRow.created_at >= now - NEWS),
            ~answered,
            pushed,
            may_read_document(Viewer(), now.date()),
        )
        .order_by(DocumentRow.revision)
        .limit(limit)
    )
    rows = session.scalars(statement).all()
    askers: defaultdict[str, list[str]] = defaultdict(list)
    asked = select(AssociationRow.document_id, AssociationRow.person_id).where(
        AssociationRow.document_id.in_([row.id for row in rows]), AssociationRow.role == Role.ASKED
    )
    for document_id, person_id in session.execute(asked):
        askers[document_id].append(person_id)
    return [NewQuestion(r.id, r.revision, r.title, r.text, r.url, askers[r.id]) for r in rows]
