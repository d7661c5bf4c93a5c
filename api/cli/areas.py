"""What the commands of `releve areas` do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from api.cli import rendering
from api.cli.ingesting import WRITER_WAIT_S, progress
from api.settings import Settings
from api.vocabularies import take_labels
from api.wiring import open_service
from models.access import Viewer
from models.areas import hide_area, merge_areas, pin_area, rename_area
from models.paging import PageRequest
from models.queries.areas import (
    Area,
    read_area,
    read_area_communities,
    read_area_documents,
    read_every_area,
    read_holders,
)
from models.queries.people import find_viewer


class AreaOut(BaseModel):
    """An area, as JSON."""

    id: str
    label_fr: str
    label_en: str
    terms_fr: list[str]
    terms_en: list[str]
    named_by_people: bool
    pinned: bool
    vocabulary: str | None
    external_id: str | None
    documents: int
    people: int


class AreasOut(BaseModel):
    """Every area."""

    areas: list[AreaOut]


class HolderOut(BaseModel):
    """Someone who knows an area."""

    person_id: str
    name: str
    strength: float
    documents: int
    latest: datetime | None
    declared: bool


class AreaDocumentOut(BaseModel):
    """A document in an area."""

    document_id: str
    kind: str
    title: str
    created_at: datetime | None


class AreaCommunityOut(BaseModel):
    """A community with documents in an area."""

    id: str
    name: str
    documents: int


class AreaShownOut(AreaOut):
    """An area with who knows it and what is in it."""

    holders: list[HolderOut]
    newest: list[AreaDocumentOut]
    communities: list[AreaCommunityOut]


class AreasReportOut(BaseModel):
    """What finding areas did."""

    found: bool
    areas: int
    documents: int
    seconds: float


class LabelOut(BaseModel):
    """A label taken from a vocabulary."""

    area_id: str
    external_id: str
    label_fr: str
    label_en: str
    similarity: float


class LabelsOut(BaseModel):
    """Every label taken."""

    labels: list[LabelOut]


# Whoever can run commands on the store's machine administers it.
_ADMINISTRATOR: Final = True
_SHOWN_HOLDERS: Final = 10
_SHOWN_DOCUMENTS: Final = 10


def list_all(text: str | None, viewer: str | None, *, as_json: bool) -> None:
    """List every area."""
    today = datetime.now(UTC).date()
    with open_service(Settings()) as service, service.store.read() as session:
        found = read_every_area(session, _viewer(session, viewer), today, text)
    if as_json:
        rendering.print_json(AreasOut(areas=[area_out(area) for area in found]))
        return
    table = Table("id", "français", "English", "documents", "people", box=None)
    for area in found:
        table.add_row(area.id, area.label_fr, area.label_en, str(area.documents), str(area.people))
    Console().print(table)


def show(area_id: str, viewer: str | None, *, as_json: bool) -> None:
    """Show one area."""
    today = datetime.now(UTC).date()
    with open_service(Settings()) as service, service.store.read() as session:
        out = _shown(session, _viewer(session, viewer), today, area_id)
    if as_json:
        rendering.print_json(out)
        return
    console = Console()
    console.print(f"{out.label_fr} / {out.label_en}", markup=False, style="bold")
    console.print(", ".join(dict.fromkeys([*out.terms_fr, *out.terms_en])), markup=False)
    for holder in out.holders:
        said = "declared" if holder.declared else f"{holder.documents} documents"
        console.print(f"  {holder.name}  {holder.strength:.2f}  {said}", markup=False, highlight=False)
    for document in out.newest:
        console.print(f"  {document.kind}: {document.title}", markup=False, highlight=False)
    for community in out.communities:
        console.print(f"  {community.name}: {community.documents}", markup=False, highlight=False)


def _shown(session: Session, viewer: Viewer, today: date, area_id: str) -> AreaShownOut:
    newest = read_area_documents(session, viewer, today, area_id, PageRequest(limit=_SHOWN_DOCUMENTS))
    return AreaShownOut(
        **area_out(read_area(session, viewer, today, area_id)).model_dump(),
        holders=[
            HolderOut(
                person_id=holder.person.id,
                name=holder.person.name,
                strength=round(holder.evidence.strength, 3),
                documents=holder.evidence.documents,
                latest=holder.evidence.latest,
                declared=holder.declared,
            )
            for holder in read_holders(session, viewer, today, area_id, _SHOWN_HOLDERS)
        ],
        newest=[
            AreaDocumentOut(document_id=item.id, kind=item.kind.value, title=item.title, created_at=item.created_at)
            for item in newest.items
        ],
        communities=[
            AreaCommunityOut(**asdict(item)) for item in read_area_communities(session, viewer, today, area_id)
        ],
    )


def refresh(*, as_json: bool) -> None:
    """Find the areas anew."""
    with open_service(Settings()) as service:
        with progress("Index") as bar:
            service.update_index(on_progress=bar.advance_to, wait_s=WRITER_WAIT_S)
        with progress("Areas"):
            report = service.update_areas(find=True, wait_s=WRITER_WAIT_S)
    out = AreasReportOut(**asdict(report))
    if as_json:
        rendering.print_json(out)
    else:
        rendering.print_fields(Console(), out)


def rename(area_id: str, french: str, english: str) -> None:
    """Name an area."""
    with open_service(Settings()) as service, service.store.write() as session:
        rename_area(session, datetime.now(UTC), area_id, french, english, administrator=_ADMINISTRATOR)


def merge(into: str, others: list[str]) -> None:
    """Put areas into another."""
    with open_service(Settings()) as service, service.store.write() as session:
        merge_areas(session, datetime.now(UTC), others, into, administrator=_ADMINISTRATOR)


def hide(area_id: str, *, hidden: bool) -> None:
    """Hide an area, or show it again."""
    with open_service(Settings()) as service, service.store.write() as session:
        hide_area(session, datetime.now(UTC), area_id, hidden=hidden, administrator=_ADMINISTRATOR)


def pin(area_id: str, *, pinned: bool) -> None:
    """Pin an area, or unpin it."""
    with open_service(Settings()) as service, service.store.write() as session:
        pin_area(session, datetime.now(UTC), area_id, pinned=pinned, administrator=_ADMINISTRATOR)


def import_vocabulary(path: Path, name: str | None, *, as_json: bool) -> None:
    """Take labels from a vocabulary."""
    with open_service(Settings()) as service:
        taken = take_labels(service, datetime.now(UTC), path, name or path.name.split(".")[0])
    if as_json:
        rendering.print_json(LabelsOut(labels=[LabelOut(**asdict(label)) for label in taken]))
        return
    for label in taken:
        line = f"{label.area_id}  {label.label_fr} / {label.label_en}  {label.similarity:.2f}"
        Console().print(line, markup=False, highlight=False)


def area_out(area: Area) -> AreaOut:
    """Return an area as JSON."""
    return AreaOut.model_validate(asdict(area))


def _viewer(session: Session, reference: str | None) -> Viewer:
    return find_viewer(session, reference) if reference else Viewer()
