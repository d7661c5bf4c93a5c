"""Fields of expertise: what they are called, which documents are in them, and what people say of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.row import Row, stored_as_text


class AreaStatus(StrEnum):
    """What people decided about an area."""

    FOUND = "found"
    PINNED = "pinned"
    """Stays as it is whatever the text becomes."""
    HIDDEN = "hidden"
    MERGED = "merged"
    """People put it into another; its id goes on leading there."""
    GONE = "gone"
    """No text is about it any more; its id leads to where most of its documents went, if anywhere."""


class Stance(StrEnum):
    """What a person says of themself and an area."""

    HIDDEN = "hidden"
    KNOWS = "knows"
    WANTS_TO_LEARN = "wants_to_learn"


class AreaRow(Row):
    """A field of expertise, found in texts that the whole organisation may read."""

    __tablename__ = "areas"
    id: Mapped[str] = mapped_column(primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    label_key: Mapped[str] = mapped_column(index=True)
    """Both labels folded (case, accents), to find an area by its name."""
    terms_fr: Mapped[list[str]] = mapped_column(default=list)
    """What tells it from the others, best first."""
    terms_en: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[AreaStatus] = mapped_column(stored_as_text(AreaStatus), default=AreaStatus.FOUND)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    named_by_people: Mapped[bool] = mapped_column(default=False)
    """True when people gave it its labels, which no later finding changes."""
    vocabulary: Mapped[str | None] = mapped_column(String(100))
    """The imported vocabulary that its labels come from."""
    external_id: Mapped[str | None]
    """The id of the entry in that vocabulary."""
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    size: Mapped[int] = mapped_column(default=0)
    """Documents of the whole organisation in it when it was last found; orders lists, and tells nobody anything."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AreaDocumentRow(Row):
    """A document in an area, and how squarely: 1 for its very subject."""

    __tablename__ = "area_documents"
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    strength: Mapped[float]

    __table_args__ = (Index("ix_area_documents_document_id", "document_id"),)


class AreaStatementRow(Row):
    """What a person says of themself and an area; only they write it."""

    __tablename__ = "area_statements"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True, index=True)
    stance: Mapped[Stance] = mapped_column(stored_as_text(Stance))
    stated_at: Mapped[datetime]
