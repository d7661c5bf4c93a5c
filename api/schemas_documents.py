"""Schemas of documents: what is pushed, what became of it, and what is read back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.schemas import PersonOut, person_out
from ingestion.pushing import Pushed, PushStatus
from models.queries.documents import Document, DocumentEntry, DocumentPerson
from models.records import DocumentKind, DocumentRecord, Role

MAX_BATCH = 1_000
DOCUMENT_EXAMPLE: dict[str, JsonValue] = {
    "kind": "practice",
    "title": "Amorcer une pompe",
    "text": "Ouvrir la vanne, puis remplir le corps de pompe.",
    "people": [{"person": "lucie.bernard@example.org", "role": "wrote"}],
}


class PushedDocument(DocumentRecord):
    """A document as a program sends it; its id is in the address."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DOCUMENT_EXAMPLE]})
    id: str = Field(default="", exclude=True, description="Left out, or the id of the address.")


class BatchIn(BaseModel):
    """Documents, associations and deletions of one source, to be stored in one transaction."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "source": "wiki",
                    "records": [
                        {"type": "document", "id": "pompes/amorcage", **DOCUMENT_EXAMPLE},
                        {"type": "deletion", "id": "pompes/ancienne"},
                    ],
                }
            ]
        },
    )
    source: str = Field(min_length=1, max_length=100, description="Name of the source.")
    records: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MAX_BATCH,
        description="Records as in docs/reference/records.schema.json: `document`, `association`, and `deletion` "
        "with an `id`. Each is checked by itself: a wrong one is refused by name and the others are stored.",
    )


class PushedOut(BaseModel):
    """What became of one record."""

    index: int = Field(description="Its place in the batch, from 0.")
    id: str | None = Field(description="Id of the document here; null where the record does not say it.")
    status: PushStatus
    detail: str | None = Field(default=None, description="Why it was refused.")


class BatchOut(BaseModel):
    """What became of a batch."""

    results: list[PushedOut] = Field(description="One for each record, in their order.")
    stored: int = Field(description="Created, updated or deleted.")
    refused: int
    searchable: str = Field(
        default="soon", description="Search follows the store: what is stored is found within a minute, not at once."
    )


class DocumentWritten(BaseModel):
    """A document was stored."""

    id: str = Field(examples=["wiki:pompes/amorcage"])
    status: PushStatus
    searchable: str = "soon"


def batch_out(pushed: list[Pushed]) -> BatchOut:
    """Return what became of a batch in its JSON shape."""
    results = [PushedOut(index=p.position, id=p.id, status=p.status, detail=p.reason) for p in pushed]
    stored = {PushStatus.CREATED, PushStatus.UPDATED, PushStatus.DELETED}
    return BatchOut(
        results=results,
        stored=sum(p.status in stored for p in pushed),
        refused=sum(p.status is PushStatus.REFUSED for p in pushed),
    )


class DocumentEntryOut(BaseModel):
    """A document in a list, without its text."""

    id: str = Field(examples=["guides:lot-de-nuit"])
    kind: DocumentKind
    title: str
    language: str | None
    created_at: datetime | None
    url: str | None
    space: str = Field(description="Id of the space that decides who reads it.")
    answers: int = Field(description="For a question, how many answers the caller may read.")
    solved: bool = Field(description="For a question, whether one of them was accepted.")


class DocumentOut(DocumentEntryOut):
    """A document with its text."""

    text: str
    thread: str | None = Field(description="Id of the document that opens the thread.")
    score: float | None
    tags: list[str]


class DocumentPersonOut(BaseModel):
    """Someone behind a document, and their part in it."""

    person: PersonOut
    role: Role
    at: datetime | None


class DocumentWithPeopleOut(DocumentOut):
    """A document with the people behind it."""

    people: list[DocumentPersonOut]


def document_entry_out(entry: DocumentEntry) -> DocumentEntryOut:
    """Return a document of a list in its JSON shape."""
    return DocumentEntryOut(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        language=entry.language,
        created_at=entry.created_at,
        url=entry.url,
        space=entry.space_id,
        answers=entry.answers,
        solved=entry.solved,
    )


def document_out(document: Document) -> DocumentOut:
    """Return a document in its JSON shape."""
    return DocumentOut(
        id=document.id,
        kind=document.kind,
        title=document.title,
        language=document.language,
        created_at=document.created_at,
        url=document.url,
        space=document.space_id,
        answers=document.answers,
        solved=document.solved,
        text=document.text,
        thread=document.thread_id,
        score=document.score,
        tags=list(document.tags),
    )


def document_person_out(behind: DocumentPerson) -> DocumentPersonOut:
    """Return someone behind a document in their JSON shape."""
    return DocumentPersonOut(person=person_out(behind.person), role=behind.role, at=behind.at)
