"""Answering: what is shown of one question: the people chosen with evidence and reasons, and the texts beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from models.access import Viewer
from models.queries.documents import Document, read_documents, read_evidence, read_evidence_of
from models.records import DocumentKind
from recommender.answers import Expert, FoundText, ShownEvidence
from recommender.asking import WHOLE, Breadth
from recommender.choosing import Choosing, Considered, note
from recommender.expert_finding import Candidate, Intent, Vote, rank_candidates
from recommender.ranking import RankedPerson, Ranking
from recommender.reasons import LATELY_DAYS, Note, Reason, explain, telling_votes
from recommender.retrieval import FoundDocument, Retrieved
from recommender.snippets import make_snippet
from recommender.traces import GIVING_ROLES

# Of each person, to say what they did and how often.
EVIDENCE_READ: Final = 20
# Less relevant than this, beside the best document found, would only distract; a practice is rarer than a question.
LEAST_RELEVANT_PRACTICE, LEAST_RELEVANT_QUESTION = 0.3, 0.4
PRACTICE_KINDS: Final = frozenset({DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING})
ANSWERED_KINDS: Final = frozenset({DocumentKind.QUESTION})


class Shown(NamedTuple):
    """What an answer shows, in the order of its fields."""

    experts: list[Expert]
    practices: list[FoundText]
    questions: list[FoundText]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Answering:
    """One question being answered, inside one transaction."""

    session: Session
    viewer: Viewer
    today: date
    breadth: Breadth
    retrieved: Retrieved
    choosing: Choosing

    @property
    def ranking(self) -> Ranking:
        """Return the candidates, scored."""
        return self.choosing.ranking

    def run(self) -> Shown:
        """Return the people to suggest, the practices and the questions beside them, and notes on who stepped back."""
        chosen, candidates = self.choose(self.choosing.consider())
        votes = {person: telling_votes(found)[: self.breadth.evidence] for person, found in candidates.items()}
        practices = self.found(PRACTICE_KINDS, LEAST_RELEVANT_PRACTICE)
        questions = self.found(ANSWERED_KINDS, LEAST_RELEVANT_QUESTION)
        # One read for everything shown.
        ids = {vote.evidence.document_id for shown in votes.values() for vote in shown}
        ids.update(document.document_id for document in (*practices, *questions))
        documents = read_documents(self.session, self.viewer, self.today, ids)
        experts = [
            Expert(rank, one.person, one.score, why, self.shown(votes[one.person.id], documents))
            for rank, (one, why) in enumerate(zip(chosen, self.reasons(candidates, chosen), strict=True), start=1)
        ]
        return Shown(experts, self.texts(practices, documents), self.texts(questions, documents), note(chosen))

    def choose(self, considered: Sequence[Considered]) -> tuple[list[Considered], dict[str, Candidate]]:
        """Return the first of those with evidence the viewer may read, and that evidence; nobody is shown without."""
        chosen: list[Considered] = []
        candidates: dict[str, Candidate] = {}
        top, since = self.choosing.options.top, self.reference_time(considered)
        for start in range(0, len(considered), top):
            part = considered[start : start + top]
            candidates |= self.candidates([one.ranked for one in part], since)
            chosen += [one for one in part if one.person.id in candidates]
            if len(chosen) >= top:
                break
        return chosen[:top], {one.person.id: candidates[one.person.id] for one in chosen[:top]}

    def candidates(self, people: Sequence[RankedPerson], since: datetime) -> dict[str, Candidate]:
        """Return what speaks for each of these people, as far as the viewer may read it.

        For someone who is only active, the newest that they gave.

        Args:
            since: age is counted from there.
        """
        ids = {person.person_id for person in people}
        behind = self.ranking.documents_behind(people, EVIDENCE_READ)
        read = read_evidence(self.session, self.viewer, self.today, behind)
        evidence = [item for item in read if item.person_id in ids]
        voted = rank_candidates(self.retrieved.documents, evidence, self.choosing.options.intent, since)
        candidates = {candidate.person_id: candidate for candidate in voted}
        if self.choosing.options.intent is Intent.ROUTING:
            for person in sorted(ids - candidates.keys()):
                newest = read_evidence_of(self.session, self.viewer, self.today, person, WHOLE.evidence)
                given = [Vote(item, 0.0) for item in newest if item.role in GIVING_ROLES]
                if given:
                    candidates[person] = Candidate(person, 0.0, given)
        return candidates

    def reference_time(self, considered: Sequence[Considered]) -> datetime:
        """Return when the newest trace found of these people was left, or now if that is earlier.

        Age is counted from there: on a subject nobody wrote about for years, who wrote last still comes first.
        """
        newest = self.ranking.newest_of([one.ranked for one in considered])
        now = self.choosing.now
        return now if newest is None else min(now, newest)

    def reasons(self, candidates: Mapping[str, Candidate], chosen: Sequence[Considered]) -> list[list[Reason]]:
        """Return why each one is suggested."""
        facets = self.ranking.facets([one.ranked for one in chosen])
        reasons = []
        for one, moved in zip(chosen, facets, strict=True):
            informed = replace(
                one.situation,
                moved=moved,
                helps_lately=self.ranking.helps_lately(one.ranked, LATELY_DAYS),
                helped_asker=self.ranking.helped_asker(one.ranked),
            )
            reasons.append(explain(candidates[one.person.id], informed, self.today))
        return reasons

    def shown(self, votes: Sequence[Vote], documents: Mapping[str, Document]) -> list[ShownEvidence]:
        """Return the best evidence of someone, read again through the viewer's eyes."""
        found = self.retrieved.by_id
        ids = [vote.evidence.document_id for vote in votes]
        return [
            self.show(vote, documents[id_], found.get(id_))
            for id_, vote in zip(ids, votes, strict=True)
            if id_ in documents
        ]

    def show(self, vote: Vote, document: Document, passage: FoundDocument | None) -> ShownEvidence:
        """Return one piece of evidence with its snippet."""
        return ShownEvidence(
            document.id,
            document.kind,
            vote.evidence.role,
            document.title,
            document.url,
            vote.evidence.at,
            make_snippet(document.text, self.retrieved.words, document.language, *span(passage)),
            vote.value,
        )

    def found(self, kinds: Collection[DocumentKind], least_relevance: float) -> list[FoundDocument]:
        """Return the most relevant documents of these kinds; more than are shown, as some were never answered."""
        found = (f for f in self.retrieved.documents if f.kind in kinds and f.relevance >= least_relevance)
        return list(islice(found, self.breadth.texts * 3))

    def texts(self, found: Sequence[FoundDocument], documents: Mapping[str, Document]) -> list[FoundText]:
        """Return the documents to show; a question counts only if it was answered."""
        shown = [(f, documents[f.document_id]) for f in found if f.document_id in documents]
        answering = [(f, d) for f, d in shown if d.kind is not DocumentKind.QUESTION or d.answers > 0]
        return [self.beside(f, document) for f, document in answering[: self.breadth.texts]]

    def beside(self, found: FoundDocument, document: Document) -> FoundText:
        """Return a document to show beside the experts."""
        return FoundText(
            document.id,
            document.kind,
            document.title,
            document.url,
            document.created_at,
            make_snippet(document.text, self.retrieved.words, document.language, *span(found)),
            found.relevance,
            document.answers,
            document.solved,
        )


def span(passage: FoundDocument | None) -> tuple[int, int | None]:
    """Return where to take the snippet: the passage found, or the whole text."""
    return (0, None) if passage is None else (passage.start, passage.end)
