"""How to reach someone: only for who may put a question to them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_suggested, may_see_person
from models.person_writing import EMAIL
from models.tables import IdentityRow, PersonRow


def read_email(session: Session, viewer: Viewer, today: date, person_id: str) -> str | None:
    """Return an e-mail address of someone the viewer may ask; None if none is known, or if they may not."""
    if viewer.person_id is None:
        return None
    statement = (
        select(IdentityRow.external_id)
        .join(PersonRow, PersonRow.id == IdentityRow.person_id)
        .where(
            IdentityRow.source == EMAIL,
            PersonRow.id == person_id,
            may_see_person(viewer, today),
            may_be_suggested(today),
        )
        .order_by(IdentityRow.external_id)
        .limit(1)
    )
    return session.scalars(statement).first()
