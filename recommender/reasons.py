"""Reasons: why a person is suggested, as facts; the words for them are in api.wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.records import DocumentKind, Role
from recommender.expert_finding import Candidate, Vote
from recommender.features import Facet
from recommender.feedback import NONE, Opinion


class ReasonKind(StrEnum):
    """What speaks for a person, or should be known before asking them."""

    ANSWERED = "answered"
    ASKED = "asked"
    WROTE = "wrote"
    SPOKE = "spoke"
    REVIEWED = "reviewed"
    PROFILE = "profile"
    ACTIVITY = "activity"
    ASKER = "asker"
    """They answered the asker before."""
    NAMED = "named"
    """The question names them."""
    MAIN_SOURCE = "main_source"
    LEAVES = "leaves"
    BUSY = "busy"
    FOUND_USEFUL = "found_useful"
    """Several colleagues found them helpful for similar questions."""
    FOUND_WRONG = "found_wrong"
    """Several colleagues say that others were the right people for similar questions."""
    SET_ASIDE = "set_aside"
    """The asker said that they were the wrong person for a similar question."""
    REPORTED_LEFT = "reported_left"
    """Several people say that they left, which nobody confirmed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks for a person; which fields are filled depends on its kind."""

    kind: ReasonKind
    weight: float = 0.0
    """What it moved the ranker's score by, before that is brought between 0 and 1; 0 for what only informs."""
    count: int = 0
    """Questions, documents or contributions; of those answered this week when busy."""
    accepted: int = 0
    title: str = ""
    """Of the weightiest document."""
    latest: date | None = None
    share: float = 0.0
    """The person's part of all votes, in [0, 1]."""
    days: tuple[date, date] | None = None
    """Earliest and latest day of a departure."""
    urgent: bool = False
    """Whether to ask while they are here."""


class NoteKind(StrEnum):
    """What an asker should know of an answer itself."""

    STEPPED_BACK = "stepped_back"
    """People at their weekly capacity come after the others."""
    SET_ASIDE = "set_aside"
    """People whom the asker found to be the wrong ones for a similar question come after the others."""
    REPORTED_LEFT = "reported_left"
    """People of whom several say that they left come after the others, until that is set right."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of an answer itself."""

    kind: NoteKind
    count: int


# A person with at least this share of all votes is the main source on a question.
MAIN_SOURCE_SHARE = 0.5
# Votes that add less than this part of a person's score are not worth naming.
TELLING_SHARE = 0.05
# A departure further away than this changes nothing for a question asked today.
NEAR_DEPARTURE_DAYS = 730
# Nearer than this, whoever knows should be asked, rare knowledge or not.
SOON_DAYS = 365
# What counts as lately.
LATELY_DAYS = 30
ROLE_KINDS = {
    Role.ASKED: ReasonKind.ASKED,
    Role.ANSWERED: ReasonKind.ANSWERED,
    Role.ACCEPTED: ReasonKind.ANSWERED,
    Role.WROTE: ReasonKind.WROTE,
    Role.EDITED: ReasonKind.REVIEWED,
    Role.REVIEWED: ReasonKind.REVIEWED,
    Role.SPOKE: ReasonKind.SPOKE,
    Role.ENDORSED: ReasonKind.REVIEWED,
}
OTHER_KINDS = {
    Facet.ACTIVITY: ReasonKind.ACTIVITY,
    Facet.ASKER: ReasonKind.ASKER,
    Facet.NAMED: ReasonKind.NAMED,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What else bears on suggesting a candidate today."""

    share: float
    """The candidate's part of all votes for this question, in [0, 1]."""
    leaves: tuple[date, date] | None
    load: int
    """Questions answered, among those the viewer may read, or received through Relève in the last seven days."""
    capacity_per_week: int | None
    moved: Mapping[Facet, float] = field(default_factory=dict)
    """What each kind of feature moved the score by; see recommender.ranker."""
    helps_lately: int = 0
    """Threads the person gave something in, in the last LATELY_DAYS days."""
    helped_asker: bool = False
    opinion: Opinion = NONE
    """What feedback says of them for this question."""

    @property
    def over_capacity(self) -> bool:
        """Return whether the person has already been asked or answered as much as they accept in a week."""
        return self.capacity_per_week is not None and self.load >= self.capacity_per_week

    @property
    def steps_back(self) -> bool:
        """Return whether the person comes after the others."""
        return self.over_capacity or self.opinion.set_aside or self.opinion.left


def days_left(situation: Situation, today: date) -> int | None:
    """Return the days before the earliest announced departure; None if none is near."""
    if situation.leaves is None:
        return None
    days = (situation.leaves[0] - today).days
    return days if days <= NEAR_DEPARTURE_DAYS else None


def explain(candidate: Candidate, situation: Situation, today: date) -> list[Reason]:
    """Return the reasons for a candidate, weightiest first, then what to know before asking."""
    moved = situation.moved.get(Facet.EVIDENCE, 0.0)
    told = [(moved, evidence_reasons(candidate, moved))]
    told += [
        (weight, [Reason(OTHER_KINDS[facet], weight, situation.helps_lately if facet is Facet.ACTIVITY else 0)])
        for facet, weight in other_facets(situation)
    ]
    # What moved the score most comes first; evidence of the subject before anything of equal weight.
    reasons = [reason for _, some in sorted(told, key=lambda item: -item[0]) for reason in some]
    if situation.share >= MAIN_SOURCE_SHARE:
        reasons.append(Reason(ReasonKind.MAIN_SOURCE, share=situation.share))
    left = days_left(situation, today)
    if left is not None:
        urgent = situation.share >= MAIN_SOURCE_SHARE or left <= SOON_DAYS
        reasons.append(Reason(ReasonKind.LEAVES, days=situation.leaves, urgent=urgent))
    if situation.over_capacity:
        reasons.append(Reason(ReasonKind.BUSY, count=situation.load))
    return reasons + opinion_reasons(situation.opinion)


def opinion_reasons(opinion: Opinion) -> list[Reason]:
    """Return what people said that bears on this answer; never who, nor how many."""
    said = {
        ReasonKind.FOUND_USEFUL: opinion.useful > 0,
        ReasonKind.FOUND_WRONG: opinion.useful < 0,
        ReasonKind.SET_ASIDE: opinion.set_aside,
        ReasonKind.REPORTED_LEFT: opinion.left,
    }
    return [Reason(kind) for kind, holds in said.items() if holds]


def evidence_reasons(candidate: Candidate, moved: float) -> list[Reason]:
    """Return what the person did on the subject, weightiest first; each has its part of what evidence moved."""
    groups: dict[ReasonKind, list[Vote]] = {}
    for vote in telling_votes(candidate):
        if vote.value > 0:
            groups.setdefault(kind_of(vote), []).append(vote)
    values = {kind: sum(vote.value for vote in votes) for kind, votes in groups.items()}
    total = sum(values.values())
    return [
        Reason(
            kind,
            moved * values[kind] / total,
            count_distinct(kind, votes),
            sum(vote.evidence.accepted for vote in votes),
            name_of(votes[0]),
            newest(votes),
        )
        for kind, votes in sorted(groups.items(), key=lambda item: -values[item[0]])
    ]


def other_facets(situation: Situation) -> list[tuple[Facet, float]]:
    """Return what raised the score beside evidence of the subject, where there is something to say of it."""
    sayable = {
        Facet.ACTIVITY: situation.helps_lately > 0,
        Facet.ASKER: situation.helped_asker,
        Facet.NAMED: True,
    }
    return [(facet, moved) for facet, moved in situation.moved.items() if moved > 0 and sayable.get(facet, False)]


def telling_votes(candidate: Candidate) -> list[Vote]:
    """Return the votes that count for something in the person's score, strongest first."""
    return [vote for vote in candidate.votes if vote.value >= TELLING_SHARE * candidate.score]


def kind_of(vote: Vote) -> ReasonKind:
    """Return which kind of reason a vote belongs to."""
    if vote.evidence.kind is DocumentKind.PROFILE:
        return ReasonKind.PROFILE
    return ROLE_KINDS[vote.evidence.role]


def count_distinct(kind: ReasonKind, votes: Sequence[Vote]) -> int:
    """Return how many things votes are about: questions when answered or asked, otherwise documents."""
    if kind in (ReasonKind.ANSWERED, ReasonKind.ASKED):
        return len({vote.evidence.thread_id or vote.evidence.document_id for vote in votes})
    return len(votes)


def newest(votes: Sequence[Vote]) -> date | None:
    """Return the day of the newest of these votes."""
    return max((vote.evidence.at.date() for vote in votes if vote.evidence.at), default=None)


def name_of(vote: Vote) -> str:
    """Return what to call the document behind a vote."""
    return vote.evidence.title or vote.evidence.document_id
