"""Where a document stands: its community and its areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Viewer, may_read_document, may_show_area
from models.tables import AreaDocumentRow, AreaRow, CommunityRow, DocumentRow, SpaceKind, SpaceRow


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area by its names."""

    id: str
    label_fr: str
    label_en: str

    def label(self, language: str) -> str:
        """Return its name in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where a document stands, for a viewer who may read it."""

    community: tuple[str, str] | None
    """Id and name."""
    protected: bool
    """Whether only that community's members read it."""
    private: bool
    """Whether only the viewer reads it."""
    areas: Sequence[NamedArea]
    """The most fitting first."""


def read_place(session: Session, viewer: Viewer, today: date, document_id: str) -> DocumentPlace:
    """Return where a document stands; nowhere, if the viewer may not read it."""
    readable = (DocumentRow.id == document_id, may_read_document(viewer, today))
    space = session.execute(
        select(SpaceRow.kind, CommunityRow.id, CommunityRow.name)
        .join(DocumentRow, DocumentRow.space_id == SpaceRow.id)
        .outerjoin(CommunityRow, CommunityRow.id == SpaceRow.community_id)
        .where(*readable)
    ).first()
    areas = session.execute(
        select(AreaRow.id, AreaRow.label_fr, AreaRow.label_en)
        .join(AreaDocumentRow, AreaDocumentRow.area_id == AreaRow.id)
        .join(DocumentRow, DocumentRow.id == AreaDocumentRow.document_id)
        .where(*readable, may_show_area())
        .order_by(AreaDocumentRow.strength.desc(), AreaRow.id)
    )
    if space is None:
        return DocumentPlace(None, protected=False, private=False, areas=())
    kind, community_id, name = space
    return DocumentPlace(
        (community_id, name) if community_id else None,
        protected=kind is SpaceKind.COMMUNITY,
        private=kind is SpaceKind.PRIVATE,
        areas=[NamedArea(id_, french, english) for id_, french, english in areas],
    )
