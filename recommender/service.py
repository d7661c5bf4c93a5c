"""The Recommender: one question in, experts, practices and similar questions out, for one viewer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError
from models.queries.documents import Document, Evidence, list_space_ids, read_documents, read_evidence
from models.queries.people import Person, count_recent_answers, read_people
from models.records import DocumentKind
from models.store import Store
from recommender.answers import Answer, Expert, FoundText, ShownEvidence
from recommender.encoders.encoder import Encoder
from recommender.expert_finding import Candidate, Intent, Vote, rank_candidates
from recommender.indexes.index import Index
from recommender.reasons import ENGLISH, FRENCH, Language, Situation, days_left, explain, telling_votes
from recommender.retrieval import FoundDocument, Retrieved, retrieve
from recommender.snippets import make_snippet

MAX_TOP = 1_000
MAX_QUESTION_LENGTH = 20_000
EVIDENCE_PER_EXPERT = 3
TEXTS_BESIDE = 5
# Less relevant than this, beside the best document found, would only distract; a practice is rarer than a question.
LEAST_RELEVANT_PRACTICE, LEAST_RELEVANT_QUESTION = 0.3, 0.4
PRACTICE_KINDS = frozenset({DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING})
ANSWERED_KINDS = frozenset({DocumentKind.QUESTION})
# Someone leaving soon who is nearly the only source moves up by at most this share: ask while they are here.
DEPARTURE_LIFT = 0.1
LOAD_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to answer a question."""

    top: int = 10
    intent: Intent = Intent.EXPERTISE
    language: Language = Language.FRENCH
    """The language of the reasons."""

    def __post_init__(self) -> None:
        if not 1 <= self.top <= MAX_TOP:
            message = f"top is {self.top}; choose a number from 1 to {MAX_TOP}"
            raise InvalidInputError(message)


class Recommender:
    """Answers from a store and its index; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        index: Index,
        encoder: Encoder | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self.index = index
        self.encoder = encoder
        self.clock = clock

    def find_experts(self, question: str, viewer: Viewer, options: AskOptions | None = None) -> Answer:
        """Return who knows about a question, with evidence the viewer may read, and what already answers it.

        Raises:
            InvalidInputError: the question is empty or longer than 20,000 characters.
        """
        started = time.perf_counter()
        options = options or AskOptions()
        if not question.strip() or len(question) > MAX_QUESTION_LENGTH:
            problem = "is empty" if not question.strip() else f"has {len(question)} characters"
            message = f"The question {problem}; write between 1 and {MAX_QUESTION_LENGTH} characters"
            raise InvalidInputError(message)
        now = self.clock()
        with self.store.read() as session:
            spaces = list_space_ids(session, viewer, now.date())
            search = Search(session, viewer, now, options, retrieve(self.index, self.encoder, question, spaces))
            experts, notes = search.experts()
            practices = search.texts(PRACTICE_KINDS, LEAST_RELEVANT_PRACTICE)
            questions = search.texts(ANSWERED_KINDS, LEAST_RELEVANT_QUESTION)
        took_ms = (time.perf_counter() - started) * 1000
        return Answer(question, took_ms, experts, practices, questions, notes)


@dataclass(frozen=True, slots=True)
class Search:
    """One question being answered, inside one transaction."""

    session: Session
    viewer: Viewer
    now: datetime
    options: AskOptions
    retrieved: Retrieved

    @property
    def today(self) -> date:
        """Return the day of the question."""
        return self.now.date()

    def experts(self) -> tuple[list[Expert], list[str]]:
        """Return the people to suggest, and notes on who stepped back."""
        found = self.retrieved.documents
        questions = [document.document_id for document in found if document.kind == DocumentKind.QUESTION]
        evidence = read_evidence(
            self.session, self.viewer, self.today, [document.document_id for document in found], questions
        )
        candidates = rank_candidates(found, evidence, self.options.intent, self.reference_time(evidence))
        total = sum(candidate.score for candidate in candidates)
        people = self.willing(candidates)
        recent = count_recent_answers(self.session, self.viewer, self.today, self.now - LOAD_WINDOW, people)
        ranked: list[tuple[bool, float, Candidate, Situation]] = []
        for candidate in candidates:
            person = people.get(candidate.person_id)
            if person is not None:
                situation = Situation(
                    candidate.score / total, person.leaves, recent.get(person.id, 0), person.capacity_per_week
                )
                ranked.append((situation.over_capacity, self.lifted(candidate, situation), candidate, situation))
        ranked.sort(key=lambda item: (item[0], -item[1], item[2].person_id))
        ranked = ranked[: self.options.top]
        shown = self.shown_evidence([candidate for _, _, candidate, _ in ranked])
        experts = [
            Expert(
                rank,
                people[candidate.person_id],
                score,
                explain(candidate, situation, self.today, self.options.language),
                shown[candidate.person_id],
            )
            for rank, (_, score, candidate, situation) in enumerate(ranked, start=1)
        ]
        return experts, self.notes(sum(over for over, *_ in ranked))

    def reference_time(self, evidence: Sequence[Evidence]) -> datetime:
        """Return when the newest trace found was left, or now if that is earlier.

        Age is counted from there: on a subject nobody wrote about for years, who wrote last still comes first.
        """
        return min(self.now, max((item.at for item in evidence if item.at), default=self.now))

    def willing(self, candidates: Sequence[Candidate]) -> Mapping[str, Person]:
        """Return the best candidates who accept to be suggested, a few more than asked for, without the asker."""
        wanted = self.options.top + 20
        people: dict[str, Person] = {}
        for start in range(0, len(candidates), wanted):
            ids = [candidate.person_id for candidate in candidates[start : start + wanted]]
            people.update(read_people(self.session, self.viewer, self.today, ids))
            people.pop(self.viewer.person_id or "", None)
            if len(people) >= wanted:
                break
        return people

    def lifted(self, candidate: Candidate, situation: Situation) -> float:
        """Return the score, lifted a little for someone about to leave whom few others could replace."""
        if self.options.intent is Intent.ROUTING or days_left(situation, self.today) is None:
            return candidate.score
        return candidate.score * (1 + DEPARTURE_LIFT * situation.share)

    def notes(self, stepped_back: int) -> list[str]:
        """Return what to say of the answer itself."""
        words = FRENCH if self.options.language is Language.FRENCH else ENGLISH
        return [words.stepped_back(stepped_back)] if stepped_back else []

    def shown_evidence(self, candidates: Sequence[Candidate]) -> dict[str, list[ShownEvidence]]:
        """Return the best evidence of each candidate, read again through the viewer's eyes."""
        best = {candidate.person_id: telling_votes(candidate)[:EVIDENCE_PER_EXPERT] for candidate in candidates}
        ids = {vote.evidence.document_id for votes in best.values() for vote in votes}
        documents = read_documents(self.session, self.viewer, self.today, ids)
        passages = {document.document_id: document for document in self.retrieved.documents}
        return {
            person: [
                self.show(vote, documents[vote.evidence.document_id], passages.get(vote.evidence.document_id))
                for vote in votes
                if vote.evidence.document_id in documents
            ]
            for person, votes in best.items()
        }

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

    def texts(self, kinds: Collection[DocumentKind], least_relevance: float) -> list[FoundText]:
        """Return the most relevant documents of these kinds; a question counts only if it was answered."""
        found = [f for f in self.retrieved.documents if f.kind in kinds and f.relevance >= least_relevance]
        found = found[: TEXTS_BESIDE * 3]
        documents = read_documents(self.session, self.viewer, self.today, [f.document_id for f in found])
        shown = [(f, documents[f.document_id]) for f in found if f.document_id in documents]
        answering = [(f, d) for f, d in shown if d.kind is not DocumentKind.QUESTION or d.answers > 0]
        return [self.beside(f, document) for f, document in answering[:TEXTS_BESIDE]]

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
