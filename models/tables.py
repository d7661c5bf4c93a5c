"""Tables: the store's rows, in SQLAlchemy 2 typed mapping."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, ForeignKey, Index, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.records import Circle, CommunityStatus, DeclaredBy, DocumentKind, MembershipRole, Role

# 'source:external id', where the external id has at most 300 characters and the source at most 100.
ID_LENGTH = 420


class SpaceKind(StrEnum):
    """Who reads what is in a space."""

    ORGANISATION = "organisation"
    COMMUNITY = "community"
    PRIVATE = "private"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python on every database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store aware moments as UTC; refuse naive ones."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}; give it a time zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return aware moments."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def stored_as_text(enum: type[StrEnum]) -> Enum:
    """Return a column type that stores the enum's values, so that a new value needs no schema change."""
    return Enum(enum, native_enum=False, length=30, values_callable=lambda e: [item.value for item in e])


class Row(DeclarativeBase):
    """The declarative parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain class attribute
        str: String(ID_LENGTH),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        DocumentKind: stored_as_text(DocumentKind),
        Role: stored_as_text(Role),
        CommunityStatus: stored_as_text(CommunityStatus),
        MembershipRole: stored_as_text(MembershipRole),
        Circle: stored_as_text(Circle),
        DeclaredBy: stored_as_text(DeclaredBy),
        SpaceKind: stored_as_text(SpaceKind),
    }


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
