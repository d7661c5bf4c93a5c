"""What the organisation knows: people, spaces, communities, documents, and the imports that brought them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.records import Circle, CommunityStatus, DeclaredBy, DocumentKind, MembershipRole, Role
from models.tables.row import Row, SpaceKind


class StoreStateRow(Row):
    """Numbers of the whole store: `revision`, which the index follows, and `store_id`, which tells stores apart."""

    __tablename__ = "store_state"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class UnitRow(Row):
    """An organisational unit."""

    __tablename__ = "units"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))


class PersonRow(Row):
    """A person, known from a directory or from what they wrote."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """The name folded (case, accents, spaces), to link an author's name to a person."""
    in_directory: Mapped[bool] = mapped_column(default=False)
    """True when a source described the person; False for an author known only by what they wrote."""
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"), index=True)
    site: Mapped[str | None]
    job_title: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    url: Mapped[str | None] = mapped_column(Text)
    joined_on: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(String(32), default="")


class IdentityRow(Row):
    """One account of a person in one source; e-mail addresses are identities of the source `email`."""

    __tablename__ = "identities"
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    described: Mapped[bool] = mapped_column(default=False)
    """True when a record of this source describes the person; False for an author it only names."""


class DepartureRow(Row):
    """A declared departure: a date, or a band between two; never inferred."""

    __tablename__ = "departures"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    declared_by: Mapped[DeclaredBy]
    earliest: Mapped[date]
    latest: Mapped[date]
    announced: Mapped[bool] = mapped_column(default=False)
    """True when the whole organisation may know."""
    declared_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PreferenceRow(Row):
    """What a person decided about being suggested; absent means the defaults."""

    __tablename__ = "preferences"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    visible_as_expert: Mapped[bool] = mapped_column(default=True)
    capacity_per_week: Mapped[int | None]
    """Questions the person accepts per week; None for no limit."""
    paused_until: Mapped[date | None]


class HiddenDocumentRow(Row):
    """A document that its person does not want used as evidence about them."""

    __tablename__ = "hidden_documents"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)


class SpaceRow(Row):
    """Where documents live; decides who reads them."""

    __tablename__ = "spaces"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[SpaceKind]
    community_id: Mapped[str | None] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class CommunityRow(Row):
    """A community of practice."""

    __tablename__ = "communities"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    theme: Mapped[str] = mapped_column(Text)
    status: Mapped[CommunityStatus]
    protected: Mapped[bool]
    url: Mapped[str | None] = mapped_column(Text)


class MembershipRow(Row):
    """A person's place in a community; participation is personal and voluntary."""

    __tablename__ = "memberships"
    community_id: Mapped[str] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[MembershipRole]
    circle: Mapped[Circle]
    since: Mapped[date | None]
    until: Mapped[date | None]


class DocumentRow(Row):
    """Anything someone wrote or recorded; a deleted one stays as a tombstone for the index to follow."""

    __tablename__ = "documents"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[DocumentKind]
    language: Mapped[str | None] = mapped_column(String(3))
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    """Not indexed: a few spaces hold everything, and SQLite would start from them."""
    thread_id: Mapped[str | None] = mapped_column(index=True)
    """Id of the document that opens the thread; no foreign key, because an answer may arrive first."""
    created_at: Mapped[datetime | None]
    score: Mapped[float | None]
    accepted: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(default=list)
    content_hash: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    """Last, because SQLite reads through a long text to reach what is stored after it."""


class AssociationRow(Row):
    """A link between a document and a person."""

    __tablename__ = "associations"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    weight: Mapped[float] = mapped_column(default=1.0)
    created_at: Mapped[datetime | None]
    inline: Mapped[bool] = mapped_column(default=True)
    """True when the document's own record brought it, and a new version of that record replaces it."""

    __table_args__ = (Index("ix_associations_person_id_created_at", "person_id", "created_at"),)


class ImportRow(Row):
    """One run of an import, so that a killed one resumes where it stopped."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(100), index=True)
    format: Mapped[str] = mapped_column(String(30))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Names the exact input: path, size and modification time."""
    position: Mapped[int] = mapped_column(default=0)
    """Items consumed so far."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportItemRow(Row):
    """A document or person seen by an import that will prune what it did not see."""

    __tablename__ = "import_items"
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)


# The space every installation starts with; documents go there unless the import says otherwise.
ORGANISATION_SPACE = "organisation"
