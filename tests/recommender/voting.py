"""Votes for one person, made by hand, for the tests of reasons and of their words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from models.queries.documents import Evidence
from models.records import DocumentKind, Role
from recommender.expert_finding import Vote
from recommender.reasons import Situation

TODAY = date(2026, 6, 15)
ORDINARY = Situation(share=0.1, leaves=None, load=0, capacity_per_week=None)


def vote(document_id: str, role: Role = Role.WROTE, value: float = 1.0, **fields: Any) -> Vote:
    values: dict[str, Any] = {
        "weight": 1.0,
        "at": datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        "kind": DocumentKind.PAGE,
        "title": f"Titre {document_id}",
        "thread_id": None,
        "score": None,
        "accepted": False,
        "url": None,
    }
    return Vote(Evidence(document_id, "ana", role, **(values | fields)), value)


def answer(document_id: str, thread: str, **fields: Any) -> Vote:
    return vote(document_id, Role.ANSWERED, kind=DocumentKind.ANSWER, thread_id=thread, **fields)
