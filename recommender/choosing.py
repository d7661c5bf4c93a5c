"""Choosing: who of those ranked may be suggested today, and who steps back after the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from models.access import Viewer
from models.feedback import read_feedback_about
from models.queries.people import Person, read_people
from recommender.asking import AskOptions
from recommender.expert_finding import Intent
from recommender.feedback import NONE, Opinion, Question, weigh
from recommender.load import count_load
from recommender.ranking import RankedPerson, Ranking
from recommender.reasons import Note, NoteKind, Situation, days_left

# People considered beyond those asked for: some may have stepped back.
CONSIDERED_BEYOND: Final = 20
# People read at a time where a filter leaves out most of them.
FILTERED_AT_A_TIME: Final = 1_000
# Someone leaving soon who is nearly the only source moves up by at most this share: ask while they are here.
DEPARTURE_LIFT: Final = 0.1


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
        return self.situation.steps_back, -self.score


@dataclass(frozen=True, slots=True)
class Choosing:
    """The ranking of one question, seen by one viewer on one day."""

    session: Session
    viewer: Viewer
    now: datetime
    options: AskOptions
    ranking: Ranking
    question: Question

    @property
    def today(self) -> date:
        """Return the day of the question."""
        return self.now.date()

    def consider(self) -> list[Considered]:
        """Return the best candidates who accept to be suggested, a few more than asked for, in the order shown."""
        people = self.willing()
        ranked = [candidate for candidate in self.ranking.people if candidate.person_id in people]
        load = count_load(self.session, self.viewer, self.now, list(people))
        opinions = self.read_opinions(ranked)
        considered = []
        for candidate in ranked:
            person = people[candidate.person_id]
            opinion = opinions.get(person.id, NONE)
            situation = Situation(
                candidate.share, person.leaves, load.get(person.id, 0), person.capacity_per_week, opinion=opinion
            )
            score = min(self.lifted(candidate, situation) * opinion.factor, 1.0)
            considered.append(Considered(person, candidate, situation, score))
        return sorted(considered, key=lambda one: one.order)

    def willing(self) -> Mapping[str, Person]:
        """Return the best candidates who accept to be suggested and pass the filters, a few more than asked for."""
        wanted = self.options.top + CONSIDERED_BEYOND
        at_a_time = FILTERED_AT_A_TIME if self.options.filters.narrows else wanted
        filters = self.options.filters.of_people()
        ranked = self.ranking.people
        people: dict[str, Person] = {}
        for start in range(0, len(ranked), at_a_time):
            part = [candidate.person_id for candidate in ranked[start : start + at_a_time]]
            found = read_people(self.session, self.viewer, self.today, part, filters)
            people.update((person_id, found[person_id]) for person_id in part if person_id in found)
            if len(people) >= wanted:
                break
        return dict(islice(people.items(), wanted))

    def read_opinions(self, ranked: Sequence[RankedPerson]) -> dict[str, Opinion]:
        """Return what feedback says of these people."""
        feedback = read_feedback_about(self.session, [candidate.person_id for candidate in ranked])
        last_seen = {one.person_id: self.ranking.last_seen(one) for one in ranked if one.person_id in feedback}
        return weigh(feedback, self.question, self.viewer.person_id, last_seen)

    def lifted(self, ranked: RankedPerson, situation: Situation) -> float:
        """Return the score, lifted a little for someone about to leave whom few others could replace."""
        if self.options.intent is Intent.ROUTING or days_left(situation, self.today) is None:
            return ranked.score
        return min(ranked.score * (1 + DEPARTURE_LIFT * situation.share), 1.0)


def note(chosen: Sequence[Considered]) -> list[Note]:
    """Return what to say of the answer itself: who stepped back, and why."""
    situations = [one.situation for one in chosen]
    counts = {
        NoteKind.STEPPED_BACK: sum(situation.over_capacity for situation in situations),
        NoteKind.REPORTED_LEFT: sum(situation.opinion.left for situation in situations),
        NoteKind.SET_ASIDE: sum(situation.opinion.set_aside for situation in situations),
    }
    return [Note(kind, count) for kind, count in counts.items() if count]
