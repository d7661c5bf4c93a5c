"""Reasons: why a person is suggested, in words, French and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.records import DocumentKind, Role
from recommender.expert_finding import Candidate, Vote
from recommender.features import Facet


class Language(StrEnum):
    """Languages Relève speaks."""

    FRENCH = "fr"
    ENGLISH = "en"


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


@dataclass(frozen=True, slots=True)
class Situation:
    """What else bears on suggesting a candidate today."""

    share: float
    """The candidate's part of all votes for this question, in [0, 1]."""
    leaves: tuple[date, date] | None
    recent_answers: int
    """Questions answered in the last seven days, among those the viewer may read."""
    capacity_per_week: int | None
    moved: Mapping[Facet, float] = field(default_factory=dict)
    """What each kind of feature moved the score by; see recommender.ranker."""
    helps_lately: int = 0
    """Threads the person gave something in, in the last LATELY_DAYS days."""
    helped_asker: bool = False

    @property
    def over_capacity(self) -> bool:
        """Return whether the person has already answered as much as they accept in a week."""
        return self.capacity_per_week is not None and self.recent_answers >= self.capacity_per_week


def days_left(situation: Situation, today: date) -> int | None:
    """Return the days before the earliest announced departure; None if none is near."""
    if situation.leaves is None:
        return None
    days = (situation.leaves[0] - today).days
    return days if days <= NEAR_DEPARTURE_DAYS else None


def explain(candidate: Candidate, situation: Situation, today: date, language: Language) -> list[str]:
    """Return the reasons for a candidate, weightiest first."""
    groups: dict[str, list[Vote]] = {}
    for vote in telling_votes(candidate):
        if vote.value > 0:
            groups.setdefault(facet(vote), []).append(vote)
    ordered = sorted(groups, key=lambda name: -sum(vote.value for vote in groups[name]))
    say = FRENCH if language is Language.FRENCH else ENGLISH
    told = [(situation.moved.get(Facet.EVIDENCE, 0.0), [say.facet(name, groups[name]) for name in ordered])]
    told += [(moved, [say.other(name, situation)]) for name, moved in other_facets(situation)]
    # What moved the score most comes first; evidence of the subject before anything of equal weight.
    reasons = [sentence for _, sentences in sorted(told, key=lambda item: -item[0]) for sentence in sentences]
    if situation.share >= MAIN_SOURCE_SHARE:
        reasons.append(say.main_source(situation.share))
    left = days_left(situation, today)
    if left is not None and situation.leaves is not None:
        reasons.append(say.leaves(situation.leaves, urgent=situation.share >= MAIN_SOURCE_SHARE or left <= SOON_DAYS))
    if situation.over_capacity:
        reasons.append(say.busy(situation.recent_answers))
    return reasons


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


def facet(vote: Vote) -> str:
    """Return which kind of reason a vote belongs to."""
    if vote.evidence.kind is DocumentKind.PROFILE:
        return "profile"
    if vote.evidence.role in (Role.ANSWERED, Role.ACCEPTED):
        return "answered"
    if vote.evidence.role in (Role.REVIEWED, Role.EDITED, Role.ENDORSED):
        return "reviewed"
    return vote.evidence.role.value


def count_distinct(name: str, votes: Sequence[Vote]) -> int:
    """Return how many things a facet's votes are about: questions when answered or asked, otherwise documents."""
    if name in ("answered", "asked"):
        return len({vote.evidence.thread_id or vote.evidence.document_id for vote in votes})
    return len(votes)


def newest(votes: Sequence[Vote]) -> date | None:
    """Return the day of the newest of these votes."""
    return max((vote.evidence.at.date() for vote in votes if vote.evidence.at), default=None)


def name_of(vote: Vote) -> str:
    """Return what to call the document behind a vote."""
    return vote.evidence.title or vote.evidence.document_id


class FrenchWords:
    """The reasons in French."""

    def facet(self, name: str, votes: Sequence[Vote]) -> str:
        """Return what the person did, in one sentence."""
        count, title, day = count_distinct(name, votes), name_of(votes[0]), newest(votes)
        when = f", la dernière fois le {day}" if day else ""
        if name == "answered":
            accepted = sum(vote.evidence.accepted for vote in votes)
            plural = "s" if accepted > 1 else ""
            some = f", dont {accepted} réponse{plural} acceptée{plural}"
            best = some if accepted and count > 1 else ", réponse acceptée" if accepted else ""
            what = f"{count} questions proches" if count > 1 else "une question proche"
            return f"A répondu à {what}{best}{when}"
        more = f" et {count - 1} autre{'s' if count > 2 else ''} sur ce sujet" if count > 1 else ""
        return {
            "profile": "Le mentionne dans son profil",
            "wrote": f"A écrit « {title} »{more}",
            "spoke": f"En a parlé dans « {title} »{more}",
            "reviewed": f"A relu ou appuyé « {title} »{more}",
            "asked": f"A posé {count} questions proches" if count > 1 else "A posé une question proche",
        }[name]

    def other(self, name: Facet, situation: Situation) -> str:
        """Return what else speaks for the person."""
        helps = situation.helps_lately
        return {
            Facet.ACTIVITY: f"A répondu ou contribué {helps} fois ces {LATELY_DAYS} derniers jours",
            Facet.ASKER: "Vous a déjà répondu",
            Facet.NAMED: "Votre question cite cette personne",
        }[name]

    def main_source(self, share: float) -> str:
        """Return that few others know."""
        return f"Source principale sur ce sujet : {share:.0%} de ce qui a été trouvé".replace("%", "\u00a0%")

    def leaves(self, days: tuple[date, date], *, urgent: bool) -> str:
        """Return that the person leaves, and what that asks for."""
        when = f"le {days[0]}" if days[0] == days[1] else f"entre le {days[0]} et le {days[1]}"
        return f"Quitte l’organisation {when}" + (" : à consulter pendant qu’il est temps" if urgent else "")

    def busy(self, recent: int) -> str:
        """Return that the person has done their part this week."""
        return f"A déjà répondu à {recent} question{'s' if recent > 1 else ''} cette semaine : d’autres passent devant"

    def stepped_back(self, count: int) -> str:
        """Return how many people stepped back."""
        if count > 1:
            return f"{count} personnes ont atteint leur limite de la semaine et passent après les autres."
        return "Une personne a atteint sa limite de la semaine et passe après les autres."


class EnglishWords:
    """The reasons in English."""

    def facet(self, name: str, votes: Sequence[Vote]) -> str:
        """Return what the person did, in one sentence."""
        count, title, day = count_distinct(name, votes), name_of(votes[0]), newest(votes)
        when = f", last on {day}" if day else ""
        if name == "answered":
            accepted = sum(vote.evidence.accepted for vote in votes)
            best = f", {accepted} of them accepted" if accepted and count > 1 else ", accepted" if accepted else ""
            return f"Answered {f'{count} similar questions' if count > 1 else 'a similar question'}{best}{when}"
        more = f" and {count - 1} more on this" if count > 1 else ""
        return {
            "profile": "Mentions it in their profile",
            "wrote": f"Wrote “{title}”{more}",
            "spoke": f"Spoke about it in “{title}”{more}",
            "reviewed": f"Reviewed or endorsed “{title}”{more}",
            "asked": f"Asked {count} similar questions" if count > 1 else "Asked a similar question",
        }[name]

    def other(self, name: Facet, situation: Situation) -> str:
        """Return what else speaks for the person."""
        helps = situation.helps_lately
        return {
            Facet.ACTIVITY: f"Answered or contributed {helps} time{'s' if helps > 1 else ''} in the last "
            f"{LATELY_DAYS} days",
            Facet.ASKER: "Answered you before",
            Facet.NAMED: "Your question names this person",
        }[name]

    def main_source(self, share: float) -> str:
        """Return that few others know."""
        return f"Main source on this subject: {share:.0%} of what was found"

    def leaves(self, days: tuple[date, date], *, urgent: bool) -> str:
        """Return that the person leaves, and what that asks for."""
        when = f"on {days[0]}" if days[0] == days[1] else f"between {days[0]} and {days[1]}"
        return f"Leaves the organisation {when}" + (": ask while they are here" if urgent else "")

    def busy(self, recent: int) -> str:
        """Return that the person has done their part this week."""
        return f"Already answered {recent} question{'s' if recent > 1 else ''} this week: others come first"

    def stepped_back(self, count: int) -> str:
        """Return how many people stepped back."""
        who = (
            f"{count} people have reached their weekly limit and come"
            if count > 1
            else "One person has reached their weekly limit and comes"
        )
        return f"{who} after the others."


FRENCH = FrenchWords()
ENGLISH = EnglishWords()
