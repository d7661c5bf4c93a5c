"""Pushing: programs write the documents of a source of their own."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller, CallerKind, Scope
from api.dependencies import ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.parameters import ExternalId, SourceName
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep, json_response
from api.schemas_documents import BatchIn, BatchOut, DocumentWritten, PushedDocument, batch_out
from ingestion.pushing import Pushed, Pusher, PushStatus, push_items
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.pushed_sources import owner_named

router = rest_router("/documents", "documents")


@router.post("/batch", operation_id="pushBatch", summary="Write many documents", responses=problems(403, 409, 422))
def push_batch(batch: BatchIn, request: Request, caller: Writer, once: OnceDep, now: Now) -> BatchOut:
    """Store documents, links to people and deletions of one source, all in one transaction.

    A record that is wrong is refused by name; the others are stored. A source belongs to the key that wrote to it
    first (to its name, so that a rotated key goes on): another key, or a source kept by an import, is refused, except
    to an administrator.
    """

    def write(session: Session) -> BatchOut:
        pusher = pusher_of(session, caller, batch.source)
        out = batch_out(push_items(session, now, pusher, batch.records))
        audit(
            session,
            caller,
            request,
            "documents.pushed",
            f"source:{batch.source}",
            stored=out.stored,
            refused=out.refused,
        )
        return out

    return once.write(write)  # type: ignore[return-value] # the stored answer is JSON already


@router.put(
    "/{source}/{id:path}",
    operation_id="pushDocument",
    summary="Write a document",
    responses={201: {"model": DocumentWritten, "description": "It is new."}, **problems(403, 422)},
)
def push_document(
    source: SourceName,
    id: ExternalId,
    document: PushedDocument,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> DocumentWritten:
    """Store a document whole, in place of what was there; sending it again changes nothing.

    It may be read at once, and is found by searches soon after, when the index has followed.
    """
    if document.id not in {"", id}:
        message = f"The body's id '{document.id}' is not that of the address, '{id}'; leave it out"
        raise InvalidInputError(message)
    item = document.model_dump(mode="json", exclude_unset=True) | {"type": "document", "id": id}
    with service.store.write() as session:
        [pushed] = push_items(session, now, pusher_of(session, caller, source), [item])
        written = DocumentWritten(id=accepted(pushed), status=pushed.status)
        audit(session, caller, request, "document.pushed", f"document:{written.id}", status=pushed.status.value)
    status = 201 if pushed.status is PushStatus.CREATED else 200
    return json_response(written.model_dump_json(), status)  # type: ignore[return-value]


@router.delete(
    "/{source}/{id:path}",
    operation_id="deleteDocument",
    summary="Delete a document",
    status_code=204,
    responses=problems(403, 404, 422),
)
def delete_document(
    source: SourceName,
    id: ExternalId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Delete a document of a source of your own: its text and its links to people are gone at once."""
    with service.store.write() as session:
        item = {"type": "deletion", "id": id}
        [pushed] = push_items(session, now, pusher_of(session, caller, source), [item])
        if pushed.status is PushStatus.NOT_FOUND:
            message = f"No document '{id}' in the source '{source}'"
            raise NotFoundError(message)
        audit(session, caller, request, "document.deleted", f"document:{accepted(pushed)}")
    return Response(status_code=204)


def pusher_of(session: Session, caller: Caller, source: str) -> Pusher:
    """Return who pushes.

    Raises:
        NotAllowedError: a person who is no administrator; what they write would say that others know something.
    """
    administrator = Scope.ADMIN in caller.scopes
    if caller.kind is CallerKind.PERSON and not administrator:
        message = "Documents are pushed by programs with a key of scope 'write', or by an administrator"
        raise NotAllowedError(message)
    owner = owner_named(session, caller.key_id) if caller.key_id else caller.actor
    return Pusher(source, owner, administrator)


def accepted(pushed: Pushed) -> str:
    """Return the id of what was stored.

    Raises:
        InvalidInputError: it was refused.
    """
    if pushed.status is PushStatus.REFUSED or pushed.id is None:
        raise InvalidInputError(pushed.reason or "The document was refused")
    return pushed.id
