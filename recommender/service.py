"""The Recommender: one question in, experts, practices and similar questions out, for one viewer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError
from models.queries.documents import list_hidden, list_space_ids
from models.store import Store
from recommender.answering import Answering
from recommender.answers import Answer
from recommender.asking import BRIEF, MAX_TOP, SUGGESTED, WHOLE, AskOptions, Breadth, PersonFilter
from recommender.choosing import Choosing
from recommender.encoders.encoder import Encoder
from recommender.feedback import Question
from recommender.indexes.index import Index
from recommender.ranker import Rankers, bundled_rankers
from recommender.ranking import Asking, Ranking, RankOptions, rank_people
from recommender.retrieval import PASSAGES_PER_SIDE, Retrieved, retrieve
from recommender.traces import Traces

__all__ = ["MAX_QUESTION_LENGTH", "MAX_TOP", "AskOptions", "PersonFilter", "Recommender"]

MAX_QUESTION_LENGTH = 20_000


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
            retrieved, ranking = self._rank(session, question, viewer, now, RankOptions(options.intent))
            choosing = Choosing(session, viewer, now, options, ranking, Question(question, self.encoder))
            shown = Answering(session, viewer, now.date(), breadth, retrieved, choosing).run()
        return Answer(question, (time.perf_counter() - started) * 1000, *shown)

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
