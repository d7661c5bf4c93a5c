"""What the `releve webhooks` commands do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from api.cli import rendering
from api.operations.outgoing import OutgoingRules, check_url
from api.rest.webhooks import CreatedWebhook, WebhookList, webhook_out
from api.settings import Settings
from api.wiring import open_service
from models.errors import InvalidInputError
from models.webhooks import WebhookEvent, create_webhook, delete_webhook, list_webhooks


def add(url: str, events: Sequence[str], *, as_json: bool) -> None:
    """Make a webhook and show it with its secret."""
    settings = Settings()
    check_url(url, OutgoingRules.of(settings))
    wanted = [to_event(event) for event in events]
    with open_service(settings) as service, service.store.write() as session:
        webhook, secret = create_webhook(session, datetime.now(UTC), url, wanted)
    shown = CreatedWebhook(**webhook_out(webhook).model_dump(), secret=secret)
    if as_json:
        rendering.print_json(shown)
    else:
        rendering.print_fields(Console(), shown)


def to_event(name: str) -> WebhookEvent:
    """Return an event by name."""
    try:
        return WebhookEvent(name)
    except ValueError:
        message = f"No event is called '{name}'; choose of: {', '.join(WebhookEvent)}"
        raise InvalidInputError(message) from None


def list_all(*, as_json: bool) -> None:
    """Show every webhook."""
    with open_service(Settings()) as service, service.store.read() as session:
        shown = WebhookList(items=[webhook_out(webhook) for webhook in list_webhooks(session)])
    if as_json:
        rendering.print_json(shown)
        return
    console = Console()
    for webhook in shown.items:
        rendering.print_fields(console, webhook)


def remove(webhook_id: str) -> None:
    """Delete a webhook."""
    with open_service(Settings()) as service, service.store.write() as session:
        delete_webhook(session, webhook_id)
