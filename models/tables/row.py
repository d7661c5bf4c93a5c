"""The declarative parent of every table, and the types columns share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

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

    @property
    def python_type(self) -> type[datetime]:
        """Return what values are in Python."""
        return datetime

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
