"""Ranking: from the documents a question found to the people to suggest, in columns, for a viewer's traces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np

from models.names import fold
from recommender.expert_finding import Intent
from recommender.features import BUSIEST, Candidates, Facet, Pool, describe_candidates
from recommender.groups import ranks_within
from recommender.indexes.columns import UNDATED, to_datetime
from recommender.moment import MICROSECONDS_PER_DAY, Moment
from recommender.ranker import Ranker
from recommender.retrieval import FoundDocument
from recommender.traces import TraceView

# Words of the longest name looked for in a question.
_NAME_WORDS: Final = 4
_WORD: Final = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class RankedPerson:
    """Someone a question may be put to."""

    person_id: str
    score: float
    """In [0, 1], comparable from one question to the next."""
    share: float
    """The person's part of what was found, in [0, 1]."""
    row: int
    """Where the person's features are among the candidates."""


@dataclass(frozen=True)
class Ranking:
    """The candidates of one question, scored."""

    view: TraceView
    moment: Moment
    candidates: Candidates
    ranker: Ranker

    @cached_property
    def people(self) -> Sequence[RankedPerson]:
        """The candidates, best first; ties by id."""
        scores, share = self.ranker.score(self.candidates), self.candidates.share
        persons = self.candidates.persons
        order = np.lexsort((self.view.person_ranks[persons], -share, -scores))
        columns = (persons[order], scores[order], share[order], order)
        ids = self.view.person_ids
        return [
            RankedPerson(ids[person], score, part, row)
            for person, score, part, row in zip(*(column.tolist() for column in columns), strict=True)
        ]

    def facets(self, people: Sequence[RankedPerson]) -> list[Mapping[Facet, float]]:
        """Return what each kind of feature moved each one's score by."""
        return self.ranker.facets(self.candidates, [person.row for person in people])

    def documents_behind(self, people: Sequence[RankedPerson], most: int) -> set[str]:
        """Return the ids of the documents that speak for these people, the most relevant ones of each."""
        found, columns = self.candidates, self.view.columns
        codes = found.persons[[person.row for person in people]]
        places = np.flatnonzero(np.isin(columns.persons[found.rows], codes))
        persons = columns.persons[found.rows[places]]
        order = np.lexsort((columns.documents[found.rows[places]], -found.relevance[places], persons))
        taken = order[ranks_within(persons[order]) < most]
        documents = columns.documents[found.rows[places[taken]]]
        return {self.view.document_ids[document] for document in documents.tolist()}

    def helps_lately(self, person: RankedPerson, days: int) -> int:
        """Return in how many threads a person gave something in the last days before the question."""
        rows = self.view.help_rows
        start = max(self.view.since(self.moment.time - days * MICROSECONDS_PER_DAY), self.moment.first)
        rows = rows[np.searchsorted(rows, start) : np.searchsorted(rows, self.moment.last)]
        return int(np.count_nonzero(self.view.columns.persons[rows] == self.candidates.persons[person.row]))

    def newest_of(self, people: Sequence[RankedPerson]) -> datetime | None:
        """Return when the newest trace found of these people was left; None where none is dated."""
        columns, rows = self.view.columns, self.candidates.rows
        codes = self.candidates.persons[[person.row for person in people]]
        newest = int(columns.times[rows[np.isin(columns.persons[rows], codes)]].max(initial=UNDATED))
        return None if newest == UNDATED else to_datetime(newest)

    def last_seen(self, person: RankedPerson) -> datetime | None:
        """Return when a person left their newest trace; None where none is dated."""
        rows = self.moment.existing(self.view.by_person.of_codes(self.candidates.persons[[person.row]])[0])
        newest = int(self.view.columns.times[rows].max(initial=UNDATED))
        return None if newest == UNDATED else to_datetime(newest)

    def helped_asker(self, person: RankedPerson) -> bool:
        """Return whether the person answered the asker before."""
        return bool(self.candidates.column("helped_asker")[person.row] > 0)


@dataclass(frozen=True, slots=True)
class RankOptions:
    """How to rank people."""

    intent: Intent = Intent.EXPERTISE
    before: datetime | None = None
    """Only traces dated strictly before count; None for no limit."""
    everyone: bool = False
    """Rank everyone with a trace, not only those who come into question."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question being asked."""

    question: str
    asker_id: str | None
    now: datetime


def rank_people(
    view: TraceView, ranker: Ranker, asking: Asking, found: Sequence[FoundDocument], options: RankOptions
) -> Ranking:
    """Return the people who come into question, scored.

    Someone who is active but of whom nothing was found may well answer; what they know is not shown by it. So activity
    alone makes candidates for routing only.
    """
    moment = Moment.of(view, view.span(options.before, asking.now))
    pool = Pool(
        view.person_code(asking.asker_id) if asking.asker_id else None,
        [code for code in find_names(view, asking.question) if _was_there(view, moment, code)],
        options.everyone,
        BUSIEST if options.intent is Intent.ROUTING else 0,
    )
    return Ranking(view, moment, describe_candidates(view, moment, found, pool), ranker)


def find_names(view: TraceView, question: str) -> list[int]:
    """Return the codes of people whom a text names: by a full name, or by a single one that holds a digit.

    A first name alone names too many; a handle such as jdupont2 is told from a word by its digit.
    """
    words = [fold(match.group()) for match in _WORD.finditer(unicodedata.normalize("NFC", question))]
    found: set[int] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + _NAME_WORDS, len(words)) + 1):
            if end - start > 1 or _DIGIT.search(words[start]):
                found.update(view.named(" ".join(words[start:end])))
    return sorted(found)


def _was_there(view: TraceView, moment: Moment, person: int) -> bool:
    """Return whether someone had left a trace by then: a question of the past is not to know who came later."""
    rows, _ = view.by_person.of_codes(np.array([person]))
    return bool(((rows >= moment.first) & (rows < moment.last)).any())
