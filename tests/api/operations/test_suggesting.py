"""Who could answer a question that a program pushed is told to webhooks: once, and only what everyone may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.operations.suggesting import tell_of_new_questions
from api.settings import Settings
from api.wiring import Service, create_service
from ingestion.pushing import Pusher, push_items
from models.deliveries import due_deliveries
from models.records import CommunityRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.webhooks import WebhookEvent, create_webhook
from models.writing import Writer
from tests.conftest import NOW


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """An organisation in which Lucien knows pumps, told to one webhook."""
    with create_service(Settings(home=tmp_path, encoder="words")) as made:
        with made.store.write() as session:
            by_lucien = (Contribution(person="lucien", role=Role.WROTE),)
            guide = DocumentRecord(id="p1", kind=DocumentKind.PRACTICE, title="Guide de la pompe", people=by_lucien)
            people = [PersonRecord(id="lucien", name="Lucien Bois"), PersonRecord(id="simon", name="Simon Kouyaté")]
            protected = CommunityRecord(id="cercle", name="Cercle", protected=True)
            assert Writer(session, "t").write([*people, protected, guide]).refused == []
            create_webhook(session, NOW, "https://receiver.example/", [WebhookEvent.SUGGESTION_CREATED])
        made.update_index()
        tell_of_new_questions(made, NOW)
        yield made


def push(service: Service, name: str, **fields: Any) -> None:
    question = {"type": "document", "kind": "question", "id": name, "title": "Amorcer la pompe ?", **fields}
    with service.store.write() as session:
        [pushed] = push_items(session, NOW, Pusher("forum", "key:k", administrator=True), [question])
    assert pushed.reason is None
    service.update_index()


def told(service: Service) -> list[dict[str, Any]]:
    """Return the data of what is now told, which is then no longer due."""
    tell_of_new_questions(service, NOW)
    with service.store.write() as session:
        return [json.loads(due.body)["data"] for due in due_deliveries(session, NOW, 10)]


def test_a_pushed_question_is_told_once_with_who_could_answer_and_why(service: Service) -> None:
    push(service, "q1", people=[{"person": "t:simon", "role": "asked"}], created_at=NOW.isoformat())
    [data] = told(service)
    assert data["question"] == {"id": "forum:q1", "title": "Amorcer la pompe ?", "url": None}
    [suggestion] = data["suggestions"]
    assert (suggestion["person_id"], suggestion["name"]) == ("t:lucien", "Lucien Bois")
    assert suggestion["reasons"][0].startswith("A écrit")
    push(service, "q1", people=[{"person": "t:simon", "role": "asked"}], text="Elle siffle.")
    assert told(service) == []


def test_a_protected_question_is_not_told(service: Service) -> None:
    push(service, "q2", space="t:cercle")
    assert told(service) == []


def test_an_old_or_answered_question_is_not_told(service: Service) -> None:
    push(service, "q3", created_at=(NOW - timedelta(days=8)).isoformat())
    assert told(service) == []
    push(service, "a4", kind="answer", title="", text="Ouvrir la vanne.", thread="q4")
    push(service, "q4")
    assert told(service) == []


def test_an_imported_question_is_not_told(service: Service) -> None:
    with service.store.write() as session:
        question = DocumentRecord(id="q5", kind=DocumentKind.QUESTION, title="Amorcer la pompe ?")
        Writer(session, "t").write([question])
    service.update_index()
    assert told(service) == []


def test_a_question_that_only_its_asker_could_answer_is_not_told(service: Service) -> None:
    push(service, "q6", people=[{"person": "t:lucien", "role": "asked"}])
    assert told(service) == []
