"""Schemas of what someone should pass on."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas import PersonOut, person_out
from api.succession_words import say_item
from api.wording import Wording
from models.records import DocumentKind
from recommender.succession.transfer import EvidenceRef, Transfer, TransferItem, TransferItemKind


class EvidenceRefOut(BaseModel):
    """A document that shows something, which the caller may open."""

    document_id: str
    title: str
    kind: DocumentKind
    at: datetime | None


class TransferItemOut(BaseModel):
    """Something to pass on."""

    kind: TransferItemKind
    why: str = Field(description="In the language of the request.")
    area_id: str | None
    label_fr: str
    label_en: str
    document_id: str | None = Field(description="The one document it is about.")
    title: str
    count: int = Field(description="How many documents, questions or practices it is.")
    loss: float = Field(description="What would be lost, in [0, 2): orders the items.")
    share: float = Field(description="Of what all holders have of the area, this person's part.")
    asked: int = Field(description="Questions in the area over the last year.")
    documented: float = Field(description="Share of the area's works that are written down to be used again.")
    evidence: list[EvidenceRefOut]


class TransferOut(BaseModel):
    """What someone should pass on, what would be lost most first."""

    person: PersonOut
    leaves_on: date | None = Field(description="First day on which they may be gone, as far as you may know.")
    items: list[TransferItemOut]
    more: int = Field(description="How many more there are.")


def transfer_out(transfer: Transfer, say: Wording) -> TransferOut:
    """Return what someone should pass on in its JSON shape."""
    return TransferOut(
        person=person_out(transfer.person),
        leaves_on=transfer.leaves_on,
        items=[transfer_item_out(item, say) for item in transfer.items],
        more=transfer.more,
    )


def transfer_item_out(item: TransferItem, say: Wording) -> TransferItemOut:
    """Return something to pass on in its JSON shape."""
    return TransferItemOut(
        kind=item.kind,
        why=say_item(say, item),
        area_id=item.area_id,
        label_fr=item.label_fr,
        label_en=item.label_en,
        document_id=item.document_id,
        title=item.title,
        count=item.count,
        loss=round(item.loss, 4),
        share=round(item.share, 4),
        asked=item.asked,
        documented=round(item.documented, 4),
        evidence=[evidence_ref_out(document) for document in item.evidence],
    )


def evidence_ref_out(document: EvidenceRef) -> EvidenceRefOut:
    """Return a document in its JSON shape."""
    return EvidenceRefOut(document_id=document.document_id, title=document.title, kind=document.kind, at=document.at)
