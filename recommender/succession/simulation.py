"""Simulation: what is left if some people leave by a day, and which past questions nobody could answer any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.errors import InvalidInputError, NotFoundError
from models.planning import Planner
from models.queries.documents import read_documents
from models.queries.places import NamedArea
from models.queries.succession_people import read_planned_people
from recommender.groups import Places
from recommender.succession.ground import Ground
from recommender.succession.holders import Left, hold_now, left_without
from recommender.succession.horizon import CoverageOptions, read_leaving
from recommender.traces import Mask

MOST_PEOPLE: Final = 1_000
# Lost questions that are listed; all are counted.
MOST_QUESTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An area that loses holders."""

    area_id: str
    label_fr: str
    label_en: str
    holders_before: int
    holders_after: int
    share_left: float
    """Of what holders had before, the part of those who stay, in [0, 1]."""

    def label(self, language: str) -> str:
        """Return its name in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class LostQuestion:
    """A question that was answered, and that nobody who stays answered or would know."""

    document_id: str
    title: str
    asked_at: datetime | None
    answered_by: Sequence[str]
    """Ids of people."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is left if some people leave."""

    people: Sequence[str]
    by: date
    uncovered: Sequence[Uncovered]
    """Areas that nobody holds any more, the one with most documents first."""
    weakened: Sequence[Uncovered]
    """Areas that one holder is left in, or that lose half of what holders had; least left first."""
    lost_questions: Sequence[LostQuestion]
    """The first of them, newest first."""
    lost_question_count: int
    answered_question_count: int
    """Questions that one of the people answered."""


def simulate(
    session: Session, ground: Ground, planner: Planner, today: date, people: Collection[str], by: date
) -> Simulation:
    """Return what is left if these people leave by a day, of what is left of it without them leaving.

    Others whose departure the planner may know, and who may be gone by then, count neither before nor after.

    Raises:
        InvalidInputError: the day is past, or too many people are named.
        NotFoundError: the planner sees nobody of such an id, or plans for none of their units.
    """
    marked = _find_people(session, ground, planner, today, people, by)
    known = read_leaving(session, ground, planner, today, CoverageOptions())
    others = {person for person, day in known.items() if day <= by} - marked
    held = hold_now(ground)
    before, after = left_without(ground, held, others), left_without(ground, held, others | marked)
    changed = np.flatnonzero(after.holders < before.holders)
    uncovered, weakened = [], []
    for area in changed.tolist():
        change = _change(ground, area, before, after)
        if change.holders_after == 0:
            uncovered.append(change)
        elif change.holders_after == 1 or change.share_left <= 0.5:
            weakened.append(change)
    documents = dict(zip(ground.places.area_ids, ground.writings.documents.tolist(), strict=True))
    answered, lost = _lost_questions(
        ground, marked - ground.gone.keys(), others | ground.gone.keys(), after.holders > 0
    )
    return Simulation(
        sorted(people),
        by,
        sorted(uncovered, key=lambda change: (-documents[change.area_id], change.area_id)),
        sorted(weakened, key=lambda change: (change.share_left, -documents[change.area_id], change.area_id)),
        _read_questions(session, ground, planner, today, lost),
        len(lost),
        answered,
    )


def _find_people(
    session: Session, ground: Ground, planner: Planner, today: date, people: Collection[str], by: date
) -> set[int]:
    """Return the numbers of the people who are to leave, those without a trace or a membership left out."""
    if by < today:
        message = f"'{by}' is past; choose a day from today on"
        raise InvalidInputError(message)
    if len(set(people)) > MOST_PEOPLE:
        message = f"{len(set(people)):,} people are too many to simulate at once; name at most {MOST_PEOPLE:,}"
        raise InvalidInputError(message)
    unknown = sorted(set(people) - read_planned_people(session, planner, today, set(people)))
    if unknown:
        message = f"Nobody you plan for has the id '{unknown[0]}'; look for people in the units you manage"
        raise NotFoundError(message)
    return {ground.person_codes[person] for person in people if person in ground.person_codes}


def _change(ground: Ground, area: int, before: Left, after: Left) -> Uncovered:
    id_ = ground.places.area_ids[area]
    name = ground.areas[area] if ground.areas else NamedArea(id_, id_, id_)
    share = float(after.points[area] / before.points[area])
    counts = int(before.holders[area]), int(after.holders[area])
    return Uncovered(id_, name.label_fr, name.label_en, *counts, share if counts[1] else 0.0)


def _lost_questions(ground: Ground, marked: Collection[int], away: Collection[int], held: Mask) -> tuple[int, Places]:
    """Return how many questions the marked answered, and the places, in the answers of the ground, of those lost.

    Args:
        away: who else will not be there.
        held: where an area still has a holder.
    """
    answers = ground.answers
    by_marked = np.unique(answers.answered[np.isin(answers.persons, sorted(marked))])
    staying = ~np.isin(answers.persons, sorted({*marked, *away}))
    kept = np.zeros(len(answers.questions), np.bool_)
    kept[answers.answered[staying]] = True
    alone = by_marked[~kept[by_marked]]
    rows, of = ground.places.of_documents(answers.questions[alone])
    known = np.zeros(len(alone), np.bool_)
    known[of[held[ground.places.areas[rows]]]] = True
    return len(by_marked), alone[~known]


def _read_questions(
    session: Session, ground: Ground, planner: Planner, today: date, places: Places
) -> list[LostQuestion]:
    """Return the newest of these questions that the planner may read."""
    answers, ids = ground.answers, ground.view.document_ids
    codes, asked = answers.questions.tolist(), answers.asked.tolist()
    newest = sorted(places.tolist(), key=lambda place: (-asked[place], ids[codes[place]]))
    shown = {ids[codes[place]]: place for place in newest[:MOST_QUESTIONS]}
    found = read_documents(session, planner.viewer, today, shown.keys())
    questions = []
    for id_, place in shown.items():
        first, last = np.searchsorted(answers.answered, [place, place + 1])
        who = sorted(ground.person_ids[person] for person in answers.persons[first:last])
        if id_ in found:
            questions.append(LostQuestion(id_, found[id_].title, found[id_].created_at, who))
    return questions
