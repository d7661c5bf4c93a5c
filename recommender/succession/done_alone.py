"""Done alone: the questions only one person answered, and the practices only they maintain, in columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from models.records import DocumentKind, Role
from recommender.groups import Places
from recommender.succession.credits import CHANGING_ROLES, CREATING_ROLES
from recommender.succession.ground import Ground
from recommender.traces import KINDS, ROLES, Mask, TraceView


def _codes_of(roles: Iterable[Role]) -> npt.NDArray[np.int64]:
    return np.array([ROLES.index(role) for role in roles])


_ANSWER: Final = KINDS.index(DocumentKind.ANSWER)
_PRACTICE: Final = KINDS.index(DocumentKind.PRACTICE)
_ANSWERING: Final = _codes_of((Role.ANSWERED, Role.ACCEPTED))
_CREATING: Final = _codes_of(CREATING_ROLES)
# Endorsing a practice keeps nothing up to date.
_MAINTAINING: Final = _codes_of(CREATING_ROLES | CHANGING_ROLES)


def find_answered(view: TraceView, person: int) -> dict[int, int]:
    """Return the threads that someone answered, each with the newest of their answers; the newest first."""
    rows = _rows_of(view, person)
    answers = rows[_answers(view, rows)][::-1]
    newest: dict[int, int] = {}
    threads, documents = view.columns.threads[answers], view.columns.documents[answers]
    for thread, document in zip(threads.tolist(), documents.tolist(), strict=True):
        newest.setdefault(thread, document)
    return newest


def find_unanswered(view: TraceView, threads: Places) -> Places:
    """Return those of the threads that nobody of the view answered."""
    rows, of = view.by_thread.of_codes(threads)
    return np.delete(threads, of[_answers(view, rows)])


def find_answered_alone(ground: Ground, person: int) -> dict[int, int]:
    """Return the threads that someone answered and nobody else who is here, as find_answered does."""
    answered = find_answered(ground.view, person)
    threads = np.array(list(answered), np.int64)
    shared = _done_by_others(ground, person, ground.view.by_thread.of_codes(threads), _answers)
    return {thread: answered[thread] for thread in np.delete(threads, shared).tolist()}


def find_maintained_alone(ground: Ground, person: int) -> Places:
    """Return the practices that someone wrote, edited or reviewed, and nobody else who is here; the newest first."""
    view = ground.view
    rows = _rows_of(view, person)
    newest_first = view.columns.documents[rows[_maintains(view, rows)]][::-1].astype(np.int64)
    documents = newest_first[np.sort(np.unique(newest_first, return_index=True)[1])]
    return np.delete(documents, _done_by_others(ground, person, view.by_document.of_codes(documents), _maintains))


def _rows_of(view: TraceView, person: int) -> Places:
    """Return the traces of a person, oldest first; none for someone who has no trace."""
    if person >= len(view.person_ids):
        return np.empty(0, np.int64)
    return view.by_person.of_codes(np.array([person]))[0]


def _answers(view: TraceView, rows: Places) -> Mask:
    roles, kinds = view.columns.roles[rows], view.columns.kinds[rows]
    answering: Mask = np.isin(roles, _ANSWERING) | ((kinds == _ANSWER) & np.isin(roles, _CREATING))
    return answering


def _maintains(view: TraceView, rows: Places) -> Mask:
    maintaining: Mask = (view.columns.kinds[rows] == _PRACTICE) & np.isin(view.columns.roles[rows], _MAINTAINING)
    return maintaining


def _done_by_others(
    ground: Ground, person: int, grouped: tuple[Places, Places], does: Callable[[TraceView, Places], Mask]
) -> Places:
    """Return the places of the groups in which someone else who is here has such a row."""
    rows, of = grouped
    persons = ground.view.columns.persons[rows]
    others = (persons != person) & ~np.isin(persons, sorted(ground.gone)) & does(ground.view, rows)
    return np.unique(of[others])
