"""Webhooks are told that someone was asked and what came of it, and nothing of what one wrote to the other."""

from __future__ import annotations

import json

from api.operations.announcing import announce_solicitation
from models.access import Viewer
from models.deliveries import due_deliveries
from models.records import PersonRecord
from models.solicitations import NewSolicitation, record_solicitation, settle_solicitation
from models.store import Store
from models.tables import Outcome
from models.webhooks import WebhookEvent, create_webhook
from tests.conftest import NOW, write


def test_a_solicitation_is_told_when_made_and_when_settled_without_its_words(store: Store) -> None:
    write(store, [PersonRecord(id="lucien", name="Lucien Bois"), PersonRecord(id="simon", name="Simon Kouyaté")])
    events = [WebhookEvent.SOLICITATION_CREATED, WebhookEvent.SOLICITATION_SETTLED]
    with store.write() as session:
        create_webhook(session, NOW, "https://receiver.example/", events)
        new = NewSolicitation("test:lucien", "marqueur de question", "marqueur de message")
        made = record_solicitation(session, Viewer("test:simon"), NOW, new)
        announce_solicitation(session, made)
        settled = settle_solicitation(session, Viewer("test:lucien"), NOW, made.id, Outcome.ANSWERED)
        announce_solicitation(session, settled)
    with store.write() as session:
        bodies = [due.body for due in due_deliveries(session, settled.asked_at.replace(year=2099), 10)]
    told = {body["type"]: body["data"] for body in map(json.loads, bodies)}
    asked = {"id": made.id, "asker_id": "test:simon", "expert_id": "test:lucien", "asked_at": NOW.isoformat()}
    assert told["solicitation.created"] == asked
    assert told["solicitation.settled"] == asked | {"outcome": "answered", "settled_at": NOW.isoformat()}
    assert "marqueur" not in "".join(bodies)
