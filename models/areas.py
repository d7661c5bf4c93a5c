"""Areas as people shape them: names, mergers, what is hidden or pinned; and what each says of themself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.access import Viewer
from models.area_writing import follow_mergers, move_documents, name_key
from models.errors import InvalidInputError, NotAllowedError
from models.preferences import require_self
from models.queries.areas import find_area, shown_area
from models.rows import upsert
from models.tables import AreaRow, AreaStatementRow, AreaStatus, Stance

_MOST_LABEL_CHARS = 120


def state_area(
    session: Session, viewer: Viewer, now: datetime, person_id: str, area_id: str, stance: Stance | None
) -> None:
    """State what the viewer is to an area, or take it back; one they hide is shown with their name to them alone.

    Raises:
        NotAllowedError: the viewer is someone else.
        NotFoundError: there is no such area.
    """
    require_self(viewer, person_id)
    area = shown_area(session, area_id)[0]
    if stance is None:
        session.execute(
            delete(AreaStatementRow).where(AreaStatementRow.person_id == person_id, AreaStatementRow.area_id == area)
        )
        return
    values = {"person_id": person_id, "area_id": area, "stance": stance, "stated_at": now}
    upsert(session, AreaStatementRow, [values])


def rename_area(
    session: Session, now: datetime, area_id: str, label_fr: str, label_en: str, *, administrator: bool
) -> None:
    """Give an area its names, which no later finding changes.

    Raises:
        InvalidInputError: a name is empty or too long.
    """
    _require(administrator=administrator)
    names = [" ".join(name.split()) for name in (label_fr, label_en)]
    for name in names:
        if not name or len(name) > _MOST_LABEL_CHARS:
            message = f"'{name[:200]}' is no name for an area; give 1 to {_MOST_LABEL_CHARS} characters"
            raise InvalidInputError(message)
    _change(
        session,
        now,
        find_area(session, area_id),
        label_fr=names[0],
        label_en=names[1],
        label_key=name_key(*names),
        named_by_people=True,
        vocabulary=None,
        external_id=None,
    )


def merge_areas(session: Session, now: datetime, area_ids: Collection[str], into: str, *, administrator: bool) -> None:
    """Put areas into another, with their documents and what people said of them; later findings keep them together.

    Raises:
        InvalidInputError: an area would be merged into itself.
    """
    _require(administrator=administrator)
    target = find_area(session, into)
    for area in sorted({find_area(session, area_id) for area_id in area_ids}):
        if area == target:
            message = f"'{area}' cannot be merged into itself; name another area"
            raise InvalidInputError(message)
        move_documents(session, area, target)
        said = select(AreaStatementRow).where(AreaStatementRow.area_id == area)
        for statement in session.scalars(said).all():
            if session.get(AreaStatementRow, (statement.person_id, target)) is None:
                session.add(
                    AreaStatementRow(
                        person_id=statement.person_id,
                        area_id=target,
                        stance=statement.stance,
                        stated_at=statement.stated_at,
                    )
                )
        session.flush()
        session.execute(delete(AreaStatementRow).where(AreaStatementRow.area_id == area))
        _change(session, now, area, status=AreaStatus.MERGED, merged_into=target)
    follow_mergers(session)


def hide_area(session: Session, now: datetime, area_id: str, *, hidden: bool = True, administrator: bool) -> None:
    """Show an area to nobody, or again; its documents stay what they are."""
    _require(administrator=administrator)
    _decide(session, now, find_area(session, area_id), AreaStatus.HIDDEN, undo=not hidden)


def pin_area(session: Session, now: datetime, area_id: str, *, pinned: bool = True, administrator: bool) -> None:
    """Keep an area whatever the text becomes, or leave it to the next finding again."""
    _require(administrator=administrator)
    _decide(session, now, find_area(session, area_id), AreaStatus.PINNED, undo=not pinned)


def take_vocabulary_label(
    session: Session, now: datetime, area_id: str, vocabulary: str, external_id: str, labels: tuple[str, str]
) -> None:
    """Give an area that nobody named the labels, in French and in English, of an entry of a vocabulary."""
    session.execute(
        update(AreaRow)
        .where(AreaRow.id == area_id, AreaRow.named_by_people.is_(False))
        .values(
            label_fr=labels[0],
            label_en=labels[1],
            label_key=name_key(*labels),
            vocabulary=vocabulary[:100],
            external_id=external_id,
            updated_at=now,
        )
    )


def _decide(session: Session, now: datetime, area_id: str, status: AreaStatus, *, undo: bool) -> None:
    """Decide something of an area; undoing what was not decided changes nothing."""
    changed = update(AreaRow).where(AreaRow.id == area_id).values(updated_at=now)
    if undo:
        session.execute(changed.where(AreaRow.status == status).values(status=AreaStatus.FOUND))
    else:
        session.execute(changed.values(status=status))


def _change(session: Session, now: datetime, area_id: str, **values: object) -> None:
    session.execute(update(AreaRow).where(AreaRow.id == area_id).values(**values, updated_at=now))


def _require(*, administrator: bool) -> None:
    if not administrator:
        message = "Only an administrator or an animateur changes areas; ask one of them"
        raise NotAllowedError(message)
