"""The Recommender: one question in, experts, practices and similar questions out, for one viewer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError
from models.queries.documents import (
    Document,
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
# Of each person, to say what they did and how often.
EVIDENCE_READ = 20
# People considered beyond those asked for: some may have stepped back.
CONSIDERED_BEYOND = 20
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


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much is shown."""

    evidence: int
    """Pieces for each expert."""
    texts: int
    """Practices, and again questions, beside the experts."""


WHOLE = Breadth(evidence=3, texts=5)
# While someone types, what fits under the field.
BRIEF = Breadth(evidence=2, texts=3)
SUGGESTED = 3


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
        return self._answer(question, viewer, options or AskOptions(), WHOLE)

    def suggest(self, draft: str, viewer: Viewer, options: AskOptions | None = None) -> Answer:
        """Return the same as `find_experts` for a question being typed, but less of it, to be asked at every pause.

        Raises:
            InvalidInputError: the draft is empty or longer than 20,000 characters.
        """
        return self._answer(draft, viewer, options or AskOptions(top=SUGGESTED), BRIEF)

    def _answer(self, question: str, viewer: Viewer, options: AskOptions, breadth: Breadth) -> Answer:
        started = time.perf_counter()
        if not question.strip() or len(question) > MAX_QUESTION_LENGTH:
            problem = "is empty" if not question.strip() else f"has {len(question)} characters"
            message = f"The question {problem}; write between 1 and {MAX_QUESTION_LENGTH} characters"
            raise InvalidInputError(message)
        now = self.clock()
        with self.store.read() as session:
            ranked = self._rank(session, question, viewer, now, RankOptions(options.intent))
            search = Search(session, viewer, now, options, breadth, *ranked)
            experts, texts, notes = search.run()
        practices, questions = texts
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
class Considered:
    """Someone who may be suggested, with what bears on it."""

    person: Person
    ranked: RankedPerson
    situation: Situation
    score: float

    @property
    def order(self) -> tuple[bool, float]:
        """Return what they are shown by: those who step back come after the others, then the better first."""
        return self.situation.over_capacity, -self.score


@dataclass(frozen=True, slots=True)
class Search:
    """One question being answered, inside one transaction."""

    session: Session
    viewer: Viewer
    now: datetime
    options: AskOptions
    breadth: Breadth
    retrieved: Retrieved
    ranking: Ranking

    @property
    def today(self) -> date:
        """Return the day of the question."""
        return self.now.date()

    def run(self) -> tuple[list[Expert], tuple[list[FoundText], list[FoundText]], list[Note]]:
        """Return the people to suggest, the practices and the questions beside them, and notes on who stepped back."""
        chosen, candidates = self.choose(self.consider())
        votes = {person: telling_votes(found)[: self.breadth.evidence] for person, found in candidates.items()}
        practices = self.found(PRACTICE_KINDS, LEAST_RELEVANT_PRACTICE)
        questions = self.found(ANSWERED_KINDS, LEAST_RELEVANT_QUESTION)
        # One read for everything shown.
        ids = {vote.evidence.document_id for shown in votes.values() for vote in shown}
        ids.update(document.document_id for document in (*practices, *questions))
        documents = read_documents(self.session, self.viewer, self.today, ids)
        reasons = self.reasons(candidates, [(considered.ranked, considered.situation) for considered in chosen])
        experts = [
            Expert(rank, one.person, one.score, why, self.shown(votes[one.person.id], documents))
            for rank, (one, why) in enumerate(zip(chosen, reasons, strict=True), start=1)
        ]
        notes = self.notes(sum(one.situation.over_capacity for one in chosen))
        return experts, (self.texts(practices, documents), self.texts(questions, documents)), notes

    def consider(self) -> list[Considered]:
        """Return the best candidates who accept to be suggested, a few more than asked for, in the order shown."""
        people = self.willing()
        recent = count_recent_answers(self.session, self.viewer, self.today, self.now - LOAD_WINDOW, people)
        considered = []
        for ranked in self.ranking.people:
            person = people.get(ranked.person_id)
            if person is not None:
                situation = Situation(ranked.share, person.leaves, recent.get(person.id, 0), person.capacity_per_week)
                considered.append(Considered(person, ranked, situation, self.lifted(ranked, situation)))
        return sorted(considered, key=lambda one: one.order)

    def willing(self) -> Mapping[str, Person]:
        """Return the best candidates who accept to be suggested, a few more than asked for."""
        wanted = self.options.top + CONSIDERED_BEYOND
        ranked = self.ranking.people
        people: dict[str, Person] = {}
        for start in range(0, len(ranked), wanted):
            ids = [candidate.person_id for candidate in ranked[start : start + wanted]]
            people.update(read_people(self.session, self.viewer, self.today, ids))
            if len(people) >= wanted:
                break
        return people

    def choose(self, considered: Sequence[Considered]) -> tuple[list[Considered], dict[str, Candidate]]:
        """Return the first of those with evidence the viewer may read, and that evidence; nobody is shown without."""
        chosen: list[Considered] = []
        candidates: dict[str, Candidate] = {}
        top, since = self.options.top, self.reference_time(considered)
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
        voted = rank_candidates(self.retrieved.documents, evidence, self.options.intent, since)
        candidates = {candidate.person_id: candidate for candidate in voted}
        if self.options.intent is Intent.ROUTING:
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
        return self.now if newest is None else min(self.now, newest)

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
