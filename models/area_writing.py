"""Areas as they are found: their rows, the documents in them, and what a merger moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from models.names import fold
from models.rows import chunks, upsert
from models.tables import AreaDocumentRow, AreaRow, AreaStatus, StoreStateRow

PREFIX = "area:"
STATE = "areas"
PLACING = "area_documents"


@dataclass(frozen=True, slots=True)
class FoundArea:
    """An area as finding leaves it; the labels count only where people gave none."""

    id: str
    label_fr: str
    label_en: str
    terms_fr: Sequence[str]
    terms_en: Sequence[str]
    size: int


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area of the store as finding needs it."""

    id: str
    status: AreaStatus
    merged_into: str | None
    named: bool
    """Whether people gave it its labels."""


def name_key(label_fr: str, label_en: str) -> str:
    """Return both labels as areas are looked up by."""
    return f"{fold(label_fr)}\n{fold(label_en)}"[:420]


def read_known_areas(session: Session) -> dict[str, KnownArea]:
    """Return every area, whatever its status, by id; for finding alone."""
    rows = session.scalars(select(AreaRow).order_by(AreaRow.id))
    return {row.id: KnownArea(row.id, row.status, row.merged_into, row.named_by_people) for row in rows}


def read_all_placed(session: Session) -> dict[tuple[str, str], float]:
    """Return the strength of every (area, document); for finding alone."""
    rows = session.execute(select(AreaDocumentRow.area_id, AreaDocumentRow.document_id, AreaDocumentRow.strength))
    return {(area, document): strength for area, document, strength in rows}


def areas_state(session: Session) -> int:
    """Return how many times areas were found in this store."""
    return session.scalars(select(StoreStateRow.value).where(StoreStateRow.key == STATE)).first() or 0


def next_areas_state(session: Session) -> int:
    """Count one more finding, in its own transaction, and return how many there were."""
    value = areas_state(session) + 1
    upsert(session, StoreStateRow, [{"key": STATE, "value": value}])
    return value


def placing_state(session: Session) -> int:
    """Return how many times documents were placed in areas, or moved between them, in this store."""
    return session.scalars(select(StoreStateRow.value).where(StoreStateRow.key == PLACING)).first() or 0


def _count_placing(session: Session) -> None:
    upsert(session, StoreStateRow, [{"key": PLACING, "value": placing_state(session) + 1}])


def new_area_ids(known: Iterable[str], count: int) -> list[str]:
    """Return ids that no area ever had."""
    last = max((int(id_.removeprefix(PREFIX)) for id_ in known if id_.removeprefix(PREFIX).isdigit()), default=0)
    return [f"{PREFIX}{last + number}" for number in range(1, count + 1)]


def write_found_areas(
    session: Session, now: datetime, areas: Sequence[FoundArea], gone: Mapping[str, str | None]
) -> None:
    """Write new areas, the labels of those that nobody named, and which are gone, with where their id leads now."""
    known = {row.id: row for row in session.scalars(select(AreaRow))}
    for area in areas:
        row = known.get(area.id)
        if row is None:
            row = AreaRow(id=area.id, status=AreaStatus.FOUND, created_at=now, named_by_people=False)
            session.add(row)
        if not row.named_by_people and row.vocabulary is None:
            row.label_fr, row.label_en = area.label_fr, area.label_en
            row.label_key = name_key(area.label_fr, area.label_en)
        row.terms_fr, row.terms_en, row.size = list(area.terms_fr), list(area.terms_en), area.size
        row.updated_at = now
    session.flush()
    for area_id, successor in gone.items():
        session.execute(
            update(AreaRow)
            .where(AreaRow.id == area_id, AreaRow.status == AreaStatus.FOUND)
            .values(status=AreaStatus.GONE, merged_into=successor, size=0, updated_at=now)
        )


def write_area_documents(
    session: Session,
    before: Mapping[tuple[str, str], float],
    after: Mapping[tuple[str, str], float],
    check: Callable[[], None] = lambda: None,
) -> int:
    """Bring the documents of areas from what they were to what they are; returns how many rows changed.

    Args:
        check: called between parts.
    """
    changed = [key for key, strength in after.items() if before.get(key) != strength]
    removed = sorted(before.keys() - after.keys())
    for part in chunks(removed, 400):
        check()
        keys = tuple_(AreaDocumentRow.area_id, AreaDocumentRow.document_id)
        session.execute(delete(AreaDocumentRow).where(keys.in_(part)))
    for some in chunks(sorted(changed)):
        check()
        upsert(
            session,
            AreaDocumentRow,
            [{"area_id": area, "document_id": id_, "strength": after[area, id_]} for area, id_ in some],
        )
    if changed or removed:
        _count_placing(session)
    return len(changed) + len(removed)


def read_placed(session: Session, document_ids: Iterable[str]) -> dict[tuple[str, str], float]:
    """Return the strength of every (area, document) of these documents; for finding alone."""
    placed: dict[tuple[str, str], float] = {}
    for part in chunks(sorted(document_ids)):
        rows = session.execute(
            select(AreaDocumentRow.area_id, AreaDocumentRow.document_id, AreaDocumentRow.strength).where(
                AreaDocumentRow.document_id.in_(part)
            )
        )
        placed.update({(area, document): strength for area, document, strength in rows})
    return placed


def move_documents(session: Session, source: str, target: str) -> None:
    """Move the documents of an area to another; one in both keeps its greater strength."""
    rows = session.execute(
        select(AreaDocumentRow.document_id, AreaDocumentRow.area_id, AreaDocumentRow.strength)
        .where(AreaDocumentRow.area_id.in_((source, target)))
        .order_by(AreaDocumentRow.document_id)
    )
    strengths: dict[str, float] = {}
    for document, _, strength in rows:
        strengths[document] = max(strength, strengths.get(document, 0.0))
    session.execute(delete(AreaDocumentRow).where(AreaDocumentRow.area_id == source))
    values = [{"area_id": target, "document_id": id_, "strength": strength} for id_, strength in strengths.items()]
    for part in chunks(values):
        upsert(session, AreaDocumentRow, part)
    _count_placing(session)


def follow_mergers(session: Session) -> None:
    """Let every merged or gone area lead straight to the one that stands."""
    rows = {row.id: row for row in session.scalars(select(AreaRow))}
    for row in rows.values():
        seen = {row.id}
        target = row.merged_into
        while target is not None and rows[target].merged_into is not None and target not in seen:
            seen.add(target)
            target = rows[target].merged_into
        if target != row.merged_into and target not in seen:
            row.merged_into = target
    session.flush()
