"""What encoders and areas may learn from: texts that the whole organisation reads, of people who accept it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_learned_from, may_read_document, may_see_person
from models.records import DocumentKind
from models.tables import DocumentRow, PersonRow

# Rows held at a time while they are read.
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class LearningDocument:
    """A document as it is learned from; who wrote it is not read."""

    id: str
    kind: DocumentKind
    title: str
    text: str
    thread_id: str | None
    accepted: bool
    space_id: str = ""
    language: str | None = None
    tags: Sequence[str] = ()


def stream_learning_documents(session: Session, today: date, max_chars: int) -> Iterator[LearningDocument]:
    """Yield what may be learned from, by id: standing documents of organisation-wide spaces, profiles left out.

    An encoder serves every reader. A protected community's text must change no score outside it, so only what the
    whole organisation may read is learned from.

    Args:
        max_chars: texts are cut there.
    """
    statement: Select[*tuple[Any, ...]] = (
        select(
            DocumentRow.id,
            DocumentRow.kind,
            DocumentRow.title,
            func.substr(DocumentRow.text, 1, max_chars),
            DocumentRow.thread_id,
            DocumentRow.accepted,
            DocumentRow.space_id,
            DocumentRow.language,
            DocumentRow.tags,
        )
        .where(DocumentRow.kind != DocumentKind.PROFILE, may_read_document(Viewer(), today), may_be_learned_from())
        .order_by(DocumentRow.id)
    )
    for row in session.execute(statement, execution_options={"yield_per": _BATCH}):
        yield LearningDocument(*row)


def count_learning_documents(session: Session, today: date) -> int:
    """Return how many documents the whole organisation may read, profiles left out; to see that text has grown."""
    statement = select(func.count()).where(DocumentRow.kind != DocumentKind.PROFILE, may_read_document(Viewer(), today))
    return session.scalars(statement).one()


def read_words_of_names(session: Session, today: date) -> frozenset[str]:
    """Return the folded words of the names of people whom everyone may see, so that none becomes a label."""
    names = session.scalars(select(PersonRow.name_key).where(may_see_person(Viewer(), today)))
    return frozenset(word for name in names for word in name.replace("-", " ").split())
