from datetime import date

import pytest

from models.records import Role
from recommender.expert_finding import Candidate, Vote
from recommender.features import Facet
from recommender.reasons import Reason, ReasonKind, Situation, days_left, explain, telling_votes
from tests.recommender.voting import ORDINARY, TODAY, answer, vote


def reasons(*votes: Vote, situation: Situation = ORDINARY) -> list[Reason]:
    candidate = Candidate("ana", sum(v.value for v in votes), votes)
    return explain(candidate, situation, TODAY)


def test_several_answers_to_one_question_are_one_question() -> None:
    [answered] = reasons(answer("a", "q", at=None), answer("b", "q", at=None))
    assert (answered.kind, answered.count, answered.latest) == (ReasonKind.ANSWERED, 1, None)
    # The asker's own remark in the thread is no other question.
    [asked] = reasons(vote("q", Role.ASKED), vote("m", Role.ASKED, thread_id="q"))
    assert (asked.kind, asked.count) == (ReasonKind.ASKED, 1)


def test_what_weighs_most_is_said_first() -> None:
    votes = [vote("a", value=0.5), answer("b", "q1", value=0.4), answer("c", "q2", value=0.2)]
    first_of_march = date(2026, 3, 1)
    answered = Reason(ReasonKind.ANSWERED, 0.0, 2, title="Titre b", latest=first_of_march)
    wrote = Reason(ReasonKind.WROTE, 0.0, 1, title="Titre a", latest=first_of_march)
    assert reasons(*votes) == [answered, wrote]
    votes[0] = vote("a", value=0.7)
    assert reasons(*votes) == [wrote, answered]


def test_a_vote_of_less_than_a_twentieth_of_the_score_is_not_named() -> None:
    strong, telling, faint = vote("a", value=0.92), vote("b", value=0.05), vote("c", Role.ASKED, value=0.04)
    candidate = Candidate("ana", 1.0, [strong, telling, faint])
    assert telling_votes(candidate) == [strong, telling]
    [wrote] = explain(candidate, ORDINARY, TODAY)
    assert (wrote.kind, wrote.count, wrote.title) == (ReasonKind.WROTE, 2, "Titre a")


@pytest.mark.parametrize(
    ("leaves", "days"),
    [
        (None, None),
        ((TODAY, TODAY), 0),
        ((date(2026, 6, 10), date(2026, 7, 1)), -5),
        ((date(2026, 7, 15), date(2030, 1, 1)), 30),
        ((date(2028, 6, 15), date(2028, 6, 15)), None),
    ],
)
def test_days_left_count_to_the_earliest_day_of_a_near_departure(
    leaves: tuple[date, date] | None, days: int | None
) -> None:
    assert days_left(Situation(0.1, leaves, 0, None), TODAY) == days


@pytest.mark.parametrize(
    ("recent", "capacity", "over"), [(0, None, False), (99, None, False), (2, 3, False), (3, 3, True), (0, 0, True)]
)
def test_capacity_is_reached_by_as_many_answers_as_accepted(recent: int, capacity: int | None, over: bool) -> None:
    situation = Situation(0.1, None, recent, capacity)
    assert situation.over_capacity is over
    told = [reason.kind for reason in reasons(vote("a"), situation=situation)]
    assert told == [ReasonKind.WROTE, ReasonKind.BUSY][: 1 + over]


@pytest.mark.parametrize("role", Role)
def test_every_role_gives_a_reason(role: Role) -> None:
    assert len(reasons(vote("a", role))) == 1


@pytest.mark.parametrize(("share", "said"), [(0.49, []), (0.5, [0.5]), (0.726, [0.726])])
def test_whoever_holds_half_of_what_was_found_is_its_main_source(share: float, said: list[float]) -> None:
    found = reasons(vote("a"), situation=Situation(share, None, 0, None))[1:]
    assert [reason.share for reason in found if reason.kind is ReasonKind.MAIN_SOURCE] == said
    assert len(found) == len(said)


@pytest.mark.parametrize(
    ("earliest", "share", "urgent"),
    [
        (date(2027, 6, 15), 0.1, True),  # in 365 days
        (date(2027, 6, 16), 0.1, False),
        (date(2028, 1, 1), 0.5, True),  # rare knowledge
        (date(2028, 6, 14), 0.1, False),  # in 730 days
        (date(2028, 6, 15), 0.1, None),
    ],
)
def test_a_departure_near_or_of_rare_knowledge_asks_to_be_quick(
    earliest: date, share: float, urgent: bool | None
) -> None:
    days = (earliest, date(2030, 1, 1))
    found = reasons(vote("a"), situation=Situation(share, days, 0, None))
    leaving = [(reason.days, reason.urgent) for reason in found if reason.kind is ReasonKind.LEAVES]
    assert leaving == ([] if urgent is None else [(days, urgent)])


def test_what_evidence_moved_is_shared_by_what_the_person_did_and_other_facets_keep_theirs() -> None:
    moved = {Facet.EVIDENCE: 1.2, Facet.ACTIVITY: 2.0, Facet.NAMED: 0.5, Facet.ASKER: 0.7, Facet.STANDING: 3.0}
    situation = Situation(0.6, None, 4, 4, moved, helps_lately=7)
    found = reasons(vote("a", value=0.75), vote("b", Role.SPOKE, value=0.25), situation=situation)
    assert [(reason.kind, reason.weight, reason.count) for reason in found] == [
        (ReasonKind.ACTIVITY, 2.0, 7),
        (ReasonKind.WROTE, pytest.approx(0.9), 1),
        (ReasonKind.SPOKE, pytest.approx(0.3), 1),
        (ReasonKind.NAMED, 0.5, 0),
        (ReasonKind.MAIN_SOURCE, 0.0, 0),
        (ReasonKind.BUSY, 0.0, 4),
    ]
