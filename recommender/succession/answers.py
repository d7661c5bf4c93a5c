"""Who answered which question, in columns: what is lost with people, and what only one of them answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.records import DocumentKind, Role
from recommender.groups import Places
from recommender.indexes.columns import UNDATED
from recommender.traces import KINDS, ROLES, Codes, Times, TraceView

_ANSWERING: Final = [ROLES.index(role) for role in (Role.ANSWERED, Role.ACCEPTED)]
_QUESTION: Final = KINDS.index(DocumentKind.QUESTION)


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions that someone answered; one row of `answered` and `persons` for each who did, in that order."""

    questions: Codes
    """As the view numbers documents, ascending."""
    asked: Times
    """When, in microseconds since 1970; UNDATED where it is not known."""
    answered: Places
    """Places in `questions`."""
    persons: Codes

    @classmethod
    def of(cls, view: TraceView, more: Codes) -> Answers:
        """Return who answered what in a view.

        Args:
            more: questions that the viewer may read, in any order, beside those that someone in the view asked.
        """
        columns = view.columns
        size = int(max(columns.documents.max(initial=0), columns.threads.max(initial=0), more.max(initial=0))) + 1
        asking = columns.kinds == _QUESTION
        known = np.zeros(size, np.bool_)
        known[columns.documents[asking]] = True
        known[more] = True
        answering = np.isin(columns.roles, _ANSWERING) & (columns.documents != columns.threads)
        rows = np.flatnonzero(answering & known[columns.threads])
        most = np.int64(len(view.person_ids) + 1)
        pairs = np.sort(columns.threads[rows].astype(np.int64) * most + columns.persons[rows])
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        threads = pairs // most
        new = np.diff(threads, prepend=-1) != 0
        questions = threads[new]
        asked = np.full(size, UNDATED)
        # The rows are in order of time: the first of each document is written last.
        asked[columns.documents[asking][::-1]] = columns.times[asking][::-1]
        answered = np.cumsum(new) - 1
        return cls(questions.astype(np.int32), asked[questions], answered, (pairs % most).astype(np.int32))
