"""The product as a system: how Relève ranks people and documents, with only what existed before a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from evaluation.experiment import Query
from evaluation.past import Grounds
from evaluation.testbed import Testbed
from models.access import Viewer
from models.queries.documents import Evidence, read_evidence
from models.records import DocumentKind, Role
from recommender.expert_finding import Intent, rank_candidates
from recommender.retrieval import retrieve


def rank_people(testbed: Testbed, query: Query, intent: Intent, top: int | None) -> list[tuple[str, float]]:
    """Return the people whom the product would suggest, best first, with only what existed before the question."""
    viewer, now = Viewer(query.asker), datetime.now(UTC)
    retrieved = retrieve(testbed.index, testbed.encoder, query.text, testbed.spaces(viewer), query.at)
    found = retrieved.documents
    questions = [document.document_id for document in found if document.kind == DocumentKind.QUESTION]
    with testbed.store.read() as session:
        read = read_evidence(session, viewer, now.date(), [document.document_id for document in found], questions)
    evidence = [item for item in read if item.role is not Role.ASKED and existed(item, query.at)]
    newest = max((item.at for item in evidence if item.at), default=query.at or now)
    ranked = rank_candidates(found, evidence, intent, min(query.at or now, newest))
    others = [(candidate.person_id, candidate.score) for candidate in ranked if candidate.person_id != query.asker]
    return others[:top]


def existed(item: Evidence, before: datetime | None) -> bool:
    """Return whether an association was there strictly before a moment; always when there is no moment."""
    return before is None or (item.at is not None and item.at < before)


@dataclass(slots=True)
class ReleveSystem:
    """The product's ranking; those it does not suggest follow by how much they helped."""

    grounds: Grounds
    intent: Intent
    name: str = "releve"

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates as the product ranks them."""
        past = self.grounds.past(query)
        ranked = rank_people(self.grounds.testbed, query, self.intent, top)
        return past.completed(ranked, top)
