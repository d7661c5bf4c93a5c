"""The Recommender: one question in, experts, practices and similar questions out, for one viewer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError
from models.queries.documents import (
    Document,
    Evidence,
    list_hidden,
    list_space_ids,
    read_documents,
    read_evidence,
    read_evidence_of,
)
from models.queries.people import Person, count_recent_answers, read_people
from models.records import DocumentKind
from models.store import Store
from recommender.answers import Answer, Expert, FoundText, ShownEvidence
from recommender.encoders.encoder import Encoder
from recommender.expert_finding import Candidate, Intent, Vote, rank_candidates
from recommender.indexes.index import Index
from recommender.ranker import Rankers, bundled_rankers
from recommender.ranking import Asking, RankedPerson, Ranking, RankOptions, rank_people
from recommender.reasons import (
    LATELY_DAYS,
    Note,
    NoteKind,
    Reason,
    Situation,
    days_left,
    explain,
    telling_votes,
)
from recommender.retrieval import PASSAGES_PER_SIDE, FoundDocument, Retrieved, retrieve
from recommender.snippets import make_snippet
from recommender.traces import GIVING_ROLES, Traces

MAX_TOP = 1_000
MAX_QUESTION_LENGTH = 20_000
EVIDENCE_PER_EXPERT = 3
# Of each person, to say what they did and how often.
EVIDENCE_READ = 20
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

    def __post_init__(self) -> None:
        if not 1 <= self.top <= MAX_TOP:
            message = f"top is {self.top}; choose a number from 1 to {MAX_TOP}"
            raise InvalidInputError(message)


class Recommender:
    """Answers from a store, its index and its traces; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        index: Index,
        encoder: Encoder | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        traces: Traces | None = None,
        rankers: Rankers | None = None,
    ) -> None:
        self.store = store
        self.index = index
        self.encoder = encoder
        self.clock = clock
        self.traces = traces if traces is not None else Traces()
        self.rankers = rankers or bundled_rankers()

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
            ranked = self._rank(session, question, viewer, now, RankOptions(options.intent))
            search = Search(session, viewer, now, options, *ranked)
            experts, notes = search.experts()
            practices = search.texts(PRACTICE_KINDS, LEAST_RELEVANT_PRACTICE)
            questions = search.texts(ANSWERED_KINDS, LEAST_RELEVANT_QUESTION)
        took_ms = (time.perf_counter() - started) * 1000
        return Answer(question, took_ms, experts, practices, questions, notes)

    def rank(self, question: str, viewer: Viewer, options: RankOptions) -> Ranking:
        """Return who comes into question as `find_experts` ranks them, whatever they accept or have time for.

        This is what is measured: choices, capacity and departures are applied to it afterwards.
        """
        with self.store.read() as session:
            return self._rank(session, question, viewer, self.clock(), options)[1]

    def _rank(
        self, session: Session, question: str, viewer: Viewer, now: datetime, options: RankOptions
    ) -> tuple[Retrieved, Ranking]:
        spaces = list_space_ids(session, viewer, now.date())
        self.traces.refresh(session)
        view = self.traces.view(spaces, list_hidden(session, viewer))
        depth = len(self.index) if options.everyone else PASSAGES_PER_SIDE
        retrieved = retrieve(self.index, self.encoder, question, spaces, options.before, depth)
        ranker = self.rankers.by_intent[options.intent]
        asking = Asking(question, viewer.person_id, now)
        return retrieved, rank_people(view, ranker, asking, retrieved.documents, options)


@dataclass(frozen=True, slots=True)
class Search:
    """One question being answered, inside one transaction."""

    session: Session
    viewer: Viewer
    now: datetime
    options: AskOptions
    retrieved: Retrieved
    ranking: Ranking

    @property
    def today(self) -> date:
        """Return the day of the question."""
        return self.now.date()

    def experts(self) -> tuple[list[Expert], list[Note]]:
        """Return the people to suggest, and notes on who stepped back."""
        people = self.willing()
        candidates = self.candidates(people)
        recent = count_recent_answers(self.session, self.viewer, self.today, self.now - LOAD_WINDOW, people)
        chosen: list[tuple[bool, float, RankedPerson, Situation]] = []
        for ranked in self.ranking.people:
            person = people.get(ranked.person_id)
            if person is not None and ranked.person_id in candidates:
                situation = Situation(ranked.share, person.leaves, recent.get(person.id, 0), person.capacity_per_week)
                chosen.append((situation.over_capacity, self.lifted(ranked, situation), ranked, situation))
        chosen.sort(key=lambda item: (item[0], -item[1]))
        chosen = chosen[: self.options.top]
        shown = self.shown_evidence([candidates[ranked.person_id] for _, _, ranked, _ in chosen])
        reasons = self.reasons(candidates, [(ranked, situation) for _, _, ranked, situation in chosen])
        experts = [
            Expert(rank, people[ranked.person_id], score, why, shown[ranked.person_id])
            for rank, ((_, score, ranked, _), why) in enumerate(zip(chosen, reasons, strict=True), start=1)
        ]
        return experts, self.notes(sum(over for over, *_ in chosen))

    def willing(self) -> Mapping[str, Person]:
        """Return the best candidates who accept to be suggested, a few more than asked for."""
        wanted = self.options.top + 20
        ranked = self.ranking.people
        people: dict[str, Person] = {}
        for start in range(0, len(ranked), wanted):
            ids = [candidate.person_id for candidate in ranked[start : start + wanted]]
            people.update(read_people(self.session, self.viewer, self.today, ids))
            if len(people) >= wanted:
                break
        return people

    def candidates(self, people: Collection[str]) -> dict[str, Candidate]:
        """Return what speaks for each of these people, as far as the viewer may read it.

        For someone who is only active, the newest that they gave; nobody is suggested without evidence.
        """
        found = self.retrieved.documents
        ranked = [person for person in self.ranking.people if person.person_id in people]
        behind = self.ranking.documents_behind(ranked, EVIDENCE_READ)
        read = read_evidence(self.session, self.viewer, self.today, behind)
        evidence = [item for item in read if item.person_id in people]
        voted = rank_candidates(found, evidence, self.options.intent, self.reference_time(evidence))
        candidates = {candidate.person_id: candidate for candidate in voted}
        if self.options.intent is Intent.ROUTING:
            for person in sorted(set(people) - candidates.keys()):
                newest = read_evidence_of(self.session, self.viewer, self.today, person, EVIDENCE_PER_EXPERT)
                given = [Vote(item, 0.0) for item in newest if item.role in GIVING_ROLES]
                if given:
                    candidates[person] = Candidate(person, 0.0, given)
        return candidates

    def reference_time(self, evidence: Sequence[Evidence]) -> datetime:
        """Return when the newest trace found was left, or now if that is earlier.

        Age is counted from there: on a subject nobody wrote about for years, who wrote last still comes first.
        """
        return min(self.now, max((item.at for item in evidence if item.at), default=self.now))

    def lifted(self, ranked: RankedPerson, situation: Situation) -> float:
        """Return the score, lifted a little for someone about to leave whom few others could replace."""
        if self.options.intent is Intent.ROUTING or days_left(situation, self.today) is None:
            return ranked.score
        return min(ranked.score * (1 + DEPARTURE_LIFT * situation.share), 1.0)

    def reasons(
        self, candidates: Mapping[str, Candidate], chosen: Sequence[tuple[RankedPerson, Situation]]
    ) -> list[list[Reason]]:
        """Return why each one is suggested."""
        facets = self.ranking.facets([ranked for ranked, _ in chosen])
        reasons = []
        for (ranked, situation), moved in zip(chosen, facets, strict=True):
            informed = replace(
                situation,
                moved=moved,
                helps_lately=self.ranking.helps_lately(ranked, LATELY_DAYS),
                helped_asker=self.ranking.helped_asker(ranked),
            )
            reasons.append(explain(candidates[ranked.person_id], informed, self.today))
        return reasons

    def notes(self, stepped_back: int) -> list[Note]:
        """Return what to say of the answer itself."""
        return [Note(NoteKind.STEPPED_BACK, stepped_back)] if stepped_back else []

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
