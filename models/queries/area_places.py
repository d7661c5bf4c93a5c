"""What succession reads of areas: which documents are in them, what they are called, what people say of themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_see_person, may_show_area
from models.queries.places import NamedArea
from models.records import DocumentKind
from models.rows import IDS, chunks, read_columns
from models.tables import AreaDocumentRow, AreaRow, AreaStatementRow, DocumentRow, PersonRow, Stance

# Small enough for the caches of the processor: 3.4 s of it for a million rows, and 5.5 s with fifty times as many.
_ROWS_PER_BATCH: Final = 1_000


def stream_places(session: Session) -> Iterator[Sequence[Row[Any]]]:
    """Yield (area, document, strength) of every document in an area, whether it still exists or not.

    For the ground of succession alone, which holds every space and filters when it is asked, like the traces.
    """
    statement: Select[*tuple[Any, ...]] = select(
        AreaDocumentRow.area_id, AreaDocumentRow.document_id, AreaDocumentRow.strength
    )
    yield from read_columns(session, statement, {}).partitions(_ROWS_PER_BATCH)


def read_unlinked_documents(session: Session, ids: Collection[str]) -> dict[str, tuple[str, DocumentKind]]:
    """Return the space and kind of those of these documents that still exist; for the ground of succession alone."""
    statement: Select[*tuple[Any, ...]] = select(DocumentRow.id, DocumentRow.space_id, DocumentRow.kind).where(
        DocumentRow.id.in_(IDS), DocumentRow.deleted_at.is_(None)
    )
    found = {}
    for part in chunks(sorted(ids)):
        found.update({id_: (space, kind) for id_, space, kind in read_columns(session, statement, {"ids": part})})
    return found


def read_shown_areas(session: Session) -> list[NamedArea]:
    """Return every area that is shown, by id, with its names alone."""
    statement: Select[*tuple[Any, ...]] = select(AreaRow.id, AreaRow.label_fr, AreaRow.label_en)
    rows = read_columns(session, statement.where(may_show_area()).order_by(AreaRow.id), {})
    return [NamedArea(*row) for row in rows]


def list_hidden_areas(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Return (person id, area id) of the areas that people hide from the viewer beside their name."""
    statement: Select[*tuple[Any, ...]] = select(AreaStatementRow.person_id, AreaStatementRow.area_id).where(
        AreaStatementRow.stance == Stance.HIDDEN
    )
    if viewer.person_id is not None:
        statement = statement.where(AreaStatementRow.person_id != viewer.person_id)
    return [(person, area) for person, area in read_columns(session, statement, {})]


def read_stated_areas(session: Session, viewer: Viewer, today: date) -> list[tuple[str, str, Stance, datetime]]:
    """Return (person id, area id, stance, when) of what people the viewer may see say they know or want to learn."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            AreaStatementRow.person_id, AreaStatementRow.area_id, AreaStatementRow.stance, AreaStatementRow.stated_at
        )
        .join(PersonRow, PersonRow.id == AreaStatementRow.person_id)
        .where(AreaStatementRow.stance != Stance.HIDDEN, may_see_person(viewer, today))
        .order_by(AreaStatementRow.person_id, AreaStatementRow.area_id)
    )
    return [(person, area, stance, at) for person, area, stance, at in read_columns(session, statement, {})]
