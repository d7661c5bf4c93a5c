"""Webhooks: addresses told of solicitations and suggestions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth.auditing import audit
from api.dependencies import Administrator, ServiceDep
from api.errors import problems
from api.operations.outgoing import OutgoingRules, check_url
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.routing import rest_router
from api.schemas_paging import PageOut
from models.deliveries import Delivery, DeliveryState, list_deliveries
from models.webhooks import (
    Webhook,
    WebhookEvent,
    create_webhook,
    delete_webhook,
    emit_to,
    list_webhooks,
    read_webhook,
)

router = rest_router("/webhooks", "administration")
WebhookId = Annotated[str, Path(max_length=32, description="Id of a webhook.")]


class NewWebhook(BaseModel):
    """A webhook to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://forum.example/releve", "events": ["solicitation.created"]}]},
    )

    url: str = Field(min_length=1, max_length=2_000, description="Where to send: public, https, unless settings say.")
    events: list[WebhookEvent] = Field(min_length=1, max_length=10, description="What to be told of; ping is not one.")


class WebhookOut(BaseModel):
    """A webhook, without its secret."""

    id: str
    url: str
    events: list[WebhookEvent]
    created_at: datetime
    disabled_at: datetime | None = Field(description="When its receiver answered 410 Gone, or it was disabled.")


class CreatedWebhook(WebhookOut):
    """A new webhook, with the secret that is never shown again."""

    secret: str


class WebhookList(BaseModel):
    """Every webhook, oldest first."""

    items: list[WebhookOut]


class DeliveryOut(BaseModel):
    """One event told to one webhook, or still to be told."""

    id: str = Field(description="The same at every attempt; sent as webhook-id.")
    event: str
    state: DeliveryState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    last_error: str | None


class Ping(BaseModel):
    """A ping on its way."""

    delivery_id: str


@router.post("", status_code=201, operation_id="createWebhook", summary="Make a webhook", responses=problems(403, 422))
def create(new: NewWebhook, request: Request, service: ServiceDep, caller: Administrator, now: Now) -> CreatedWebhook:
    """Make a webhook and return the secret that signs what it is sent; it is shown this once.

    No Idempotency-Key is taken: its stored answer would keep the secret.
    """
    check_url(new.url, OutgoingRules.of(service.settings))
    with service.store.write() as session:
        webhook, secret = create_webhook(session, now, new.url, new.events)
        audit(session, caller, request, "webhook.created", webhook_named(webhook.id))
    return CreatedWebhook(**webhook_out(webhook).model_dump(), secret=secret)


@router.get("", operation_id="listWebhooks", summary="Every webhook", responses=problems(403))
def read_all(service: ServiceDep, _caller: Administrator) -> WebhookList:
    """Return every webhook, oldest first."""
    with service.store.read() as session:
        return WebhookList(items=[webhook_out(webhook) for webhook in list_webhooks(session)])


@router.delete(
    "/{webhook_id}",
    status_code=204,
    operation_id="deleteWebhook",
    summary="Delete a webhook",
    responses=problems(403, 404, 422),
)
def delete(webhook_id: WebhookId, request: Request, service: ServiceDep, caller: Administrator) -> Response:
    """Delete a webhook with its deliveries."""
    with service.store.write() as session:
        delete_webhook(session, webhook_id)
        audit(session, caller, request, "webhook.deleted", webhook_named(webhook_id))
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/ping",
    status_code=202,
    operation_id="pingWebhook",
    summary="Try a webhook",
    responses=problems(403, 404, 422),
)
def ping(webhook_id: WebhookId, request: Request, service: ServiceDep, caller: Administrator, now: Now) -> Ping:
    """Send a ping; how it went is seen in the deliveries."""
    with service.store.write() as session:
        delivery_id = emit_to(session, webhook_id, WebhookEvent.PING, {}, now)
        audit(session, caller, request, "webhook.pinged", webhook_named(webhook_id))
    return Ping(delivery_id=delivery_id)


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="listDeliveries",
    summary="What a webhook was told",
    responses=problems(403, 404, 422),
)
def read_deliveries(
    webhook_id: WebhookId, request: Request, service: ServiceDep, _caller: Administrator, page: PageDep
) -> PageOut[DeliveryOut]:
    """Return the deliveries of a webhook, newest first; what was sent is not in them."""
    with service.store.read() as session:
        read_webhook(session, webhook_id)
        found = list_deliveries(session, webhook_id, page)
    return page_out(request, found, delivery_out)


def webhook_named(webhook_id: str) -> str:
    """Return what the audit log calls a webhook."""
    return f"webhook:{webhook_id}"


def webhook_out(webhook: Webhook) -> WebhookOut:
    """Return a webhook in its JSON shape."""
    return WebhookOut(
        id=webhook.id,
        url=webhook.url,
        events=list(webhook.events),
        created_at=webhook.created_at,
        disabled_at=webhook.disabled_at,
    )


def delivery_out(delivery: Delivery) -> DeliveryOut:
    """Return a delivery in its JSON shape."""
    return DeliveryOut(
        id=delivery.id,
        event=delivery.event,
        state=delivery.state,
        created_at=delivery.created_at,
        attempts=delivery.attempts,
        next_attempt_at=delivery.next_attempt_at,
        delivered_at=delivery.delivered_at,
        last_error=delivery.last_error,
    )
