"""Webhooks: addresses told of solicitations and suggestions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Administrator, ServiceDep
from api.operations.outgoing import OutgoingRules, check_url
from api.rest.parameters import Cursor, Limit
from api.rest.routing import rest_router
from models.deliveries import Delivery, DeliveryState, list_deliveries
from models.paging import PageRequest
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


class DeliveryList(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class Ping(BaseModel):
    """A ping on its way."""

    delivery_id: str


@router.post("", status_code=201, operation_id="createWebhook", summary="Make a webhook")
def create(new: NewWebhook, service: ServiceDep, caller: Administrator) -> CreatedWebhook:
    """Make a webhook and return the secret that signs what it is sent; it is shown this once.

    No Idempotency-Key is taken: its stored answer would keep the secret.
    """
    check_url(new.url, OutgoingRules.of(service.settings))
    with service.store.write() as session:
        webhook, secret = create_webhook(session, datetime.now(UTC), new.url, new.events)
    return CreatedWebhook(**webhook_out(webhook).model_dump(), secret=secret)


@router.get("", operation_id="listWebhooks", summary="Every webhook")
def read_all(service: ServiceDep, caller: Administrator) -> WebhookList:
    """Return every webhook, oldest first."""
    with service.store.read() as session:
        return WebhookList(items=[webhook_out(webhook) for webhook in list_webhooks(session)])


@router.delete(
    "/{webhook_id}",
    status_code=204,
    operation_id="deleteWebhook",
    summary="Delete a webhook",
)
def delete(webhook_id: WebhookId, service: ServiceDep, caller: Administrator) -> Response:
    """Delete a webhook with its deliveries."""
    with service.store.write() as session:
        delete_webhook(session, webhook_id)
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/ping",
    status_code=202,
    operation_id="pingWebhook",
    summary="Try a webhook",
)
def ping(webhook_id: WebhookId, service: ServiceDep, caller: Administrator) -> Ping:
    """Send a ping; how it went is seen in the deliveries."""
    with service.store.write() as session:
        return Ping(delivery_id=emit_to(session, webhook_id, WebhookEvent.PING, {}, datetime.now(UTC)))


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="listDeliveries",
    summary="What a webhook was told",
)
def read_deliveries(
    webhook_id: WebhookId,
    service: ServiceDep,
    caller: Administrator,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeliveryList:
    """Return the deliveries of a webhook, newest first; what was sent is not in them."""
    with service.store.read() as session:
        read_webhook(session, webhook_id)
        page = list_deliveries(session, webhook_id, PageRequest(cursor, limit))
    return DeliveryList(items=[delivery_out(item) for item in page.items], next_cursor=page.next_cursor)


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
