"""Votes: what the documents found say of the people behind them, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.records import DocumentKind, Role
from recommender.groups import Numbers, Places, largest_of
from recommender.indexes.columns import UNDATED
from recommender.moment import Moment
from recommender.retrieval import FoundDocument
from recommender.traces import ROLES, TraceView

_ACCEPTED: Final = ROLES.index(Role.ACCEPTED)
_QUESTION: Final = str(DocumentKind.QUESTION)


@dataclass(frozen=True, slots=True)
class Votes:
    """What was found, by person and thread: a person has one vote in a thread, its best."""

    persons: Places
    relevance: Numbers
    cosines: Numbers
    words: Numbers
    days: Numbers
    """Age of the person's newest trace in the thread."""
    accepted: Numbers
    together: Numbers
    """How many traces the thread holds: one of many authors says less of each."""
    thread_relevance: Numbers
    """Of each thread found, whoever spoke in it."""
    thread_cosines: Numbers
    rows: Places
    """The rows that the votes are made of, and the relevance of each."""
    row_relevance: Numbers

    def among(self, at: Places) -> Votes:
        """Return the votes for the candidates, with the place of each among them for the person."""
        kept = at[self.persons] >= 0
        return Votes(
            at[self.persons[kept]],
            self.relevance[kept],
            self.cosines[kept],
            self.words[kept],
            self.days[kept],
            self.accepted[kept],
            self.together[kept],
            self.thread_relevance,
            self.thread_cosines,
            self.rows,
            self.row_relevance,
        )


def gather_votes(view: TraceView, moment: Moment, found: Sequence[FoundDocument]) -> Votes:
    """Let each document found vote for those behind it, and each question found for those who answered it."""
    rows, values = _rows_behind(view, moment, found)
    columns = view.columns
    keys, vote = np.unique(columns.persons[rows].astype(np.int64) << 32 | columns.threads[rows], return_inverse=True)
    best = largest_of(values * view.standing[rows, None], vote, len(keys))
    times = np.full(len(keys), UNDATED)
    np.maximum.at(times, vote, columns.times[rows])
    threads, thread = np.unique(columns.threads[rows], return_inverse=True)
    of_threads = largest_of(values, thread, len(threads))
    return Votes(
        keys >> 32,
        best[:, 0],
        best[:, 1],
        best[:, 2],
        moment.days_since(times),
        largest_of((columns.roles[rows] == _ACCEPTED).astype(np.float64), vote, len(keys)),
        np.diff(view.by_thread.starts)[keys & 0xFFFFFFFF].astype(np.float64),
        of_threads[:, 0],
        of_threads[:, 1],
        rows,
        values[:, 0],
    )


def _rows_behind(view: TraceView, moment: Moment, found: Sequence[FoundDocument]) -> tuple[Places, Numbers]:
    """Return the rows that what was found speaks by, and the relevance, cosine and share of words of each."""
    known = [
        (code, f)
        for f, code in zip(found, view.document_codes([f.document_id for f in found]), strict=True)
        if code is not None
    ]
    codes = np.array([code for code, _ in known], np.int64)
    values = np.empty((len(known), 3))
    values[:, 0] = [f.relevance for _, f in known]
    values[:, 1] = [f.meaning for _, f in known]
    values[:, 2] = [f.words_share for _, f in known]
    np.maximum(values[:, 1], 0.0, out=values[:, 1])
    is_question = np.array([f.kind == _QUESTION for _, f in known], np.bool_)
    own, place = view.by_document.of_codes(codes)
    below, question = view.by_thread.of_codes(codes[is_question])
    rows = np.concatenate([own, below])
    values = np.concatenate([values[place], values[is_question][question]])
    exists = (rows >= moment.first) & (rows < moment.last)
    return rows[exists], values[exists]
