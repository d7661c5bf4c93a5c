"""Pushing: documents that a program sends one by one or in batches, each stored whole or refused with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from ingestion.batch_writing import write_records
from ingestion.building import explain_all
from ingestion.importing import checked_name
from ingestion.language import with_language
from models.names import make_id
from models.pushed_sources import claim_source, delete_pushed
from models.records import AssociationRecord, DocumentRecord, Identifier, Record
from models.tables import ORGANISATION_SPACE


class DeletionRecord(Record):
    """A document that is gone."""

    type: Literal["deletion"] = "deletion"
    id: Identifier


PushedRecord = DocumentRecord | AssociationRecord | DeletionRecord
_ADAPTER: Final[TypeAdapter[PushedRecord]] = TypeAdapter(Annotated[PushedRecord, Field(discriminator="type")])


class PushStatus(StrEnum):
    """What became of one pushed item."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Pusher:
    """Who pushes to which source."""

    source: str
    owner: str
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of the item at one position."""

    position: int
    id: str | None
    """The document's id in the store; None where it cannot be told."""
    status: PushStatus
    reason: str | None = None


def push_items(session: Session, now: datetime, pusher: Pusher, items: Sequence[Any]) -> list[Pushed]:
    """Store items of a source: document, association and deletion records as JSON; a wrong one costs only itself.

    Returns:
        What became of each, in the order given.

    Raises:
        InvalidInputError: the source's name cannot begin an id.
        NotAllowedError: the source belongs to an import or to someone else.
    """
    claim_source(session, checked_name(pusher.source), pusher.owner, now, administrator=pusher.administrator)
    records: dict[int, PushedRecord] = {}
    results: dict[int, Pushed] = {}
    named: set[str] = set()
    for position, item in enumerate(items):
        try:
            record = _ADAPTER.validate_python(item)
        except ValidationError as error:
            results[position] = Pushed(position, None, PushStatus.REFUSED, explain_all(error))
            continue
        if not isinstance(record, AssociationRecord) and record.id in named:
            reason = f"'{record.id}' is named twice in this batch; send it again in another"
            results[position] = Pushed(position, make_id(pusher.source, record.id), PushStatus.REFUSED, reason)
            continue
        if not isinstance(record, AssociationRecord):
            named.add(record.id)
        records[position] = record
    results.update(_delete(session, pusher.source, records))
    results.update(_write(session, pusher.source, records))
    return [results[position] for position in range(len(items))]


def _delete(session: Session, source: str, records: dict[int, PushedRecord]) -> dict[int, Pushed]:
    gone = {n: make_id(source, record.id) for n, record in records.items() if isinstance(record, DeletionRecord)}
    deleted = delete_pushed(session, source, gone.values())
    return {
        n: Pushed(n, id_, PushStatus.DELETED if id_ in deleted else PushStatus.NOT_FOUND) for n, id_ in gone.items()
    }


def _write(session: Session, source: str, records: dict[int, PushedRecord]) -> dict[int, Pushed]:
    written: list[tuple[int, DocumentRecord | AssociationRecord]] = []
    for position, record in records.items():
        if isinstance(record, DocumentRecord):
            written.append((position, with_language(record)))
        elif isinstance(record, AssociationRecord):
            written.append((position, record))
    result = write_records(session, source, ORGANISATION_SPACE, [record for _, record in written])
    reasons = dict(result.refused)
    pushed: dict[int, Pushed] = {}
    for order, (position, record) in enumerate(written):
        id_ = make_id(source, record.id if isinstance(record, DocumentRecord) else record.document)
        pushed[position] = Pushed(position, id_, PushStatus.REFUSED, reasons.get(order))
        if order in result.outcomes:
            new, changed = result.outcomes[order]
            status = PushStatus.CREATED if new else PushStatus.UPDATED if changed else PushStatus.UNCHANGED
            pushed[position] = replace(pushed[position], status=status)
    return pushed
