from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

import pytest

from models.queries.documents import Evidence
from models.records import DocumentKind, Role
from recommender.expert_finding import (
    WEIGHTS,
    Candidate,
    Intent,
    VotingWeights,
    freshness,
    quality,
    rank_candidates,
)
from recommender.retrieval import FoundDocument

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
# Expertise: relevance to the third power, half of a vote fades by half in 730 days, further documents count 0.9, an
# accepted answer 1.2.
# Routing: relevance as it is, 95 % of a vote fades by half in 60 days, further documents count 0.95.


def found(**relevance: float) -> list[FoundDocument]:
    return [FoundDocument(document_id, "page", value, 0, 10) for document_id, value in relevance.items()]


def evidence(document_id: str, person_id: str, role: Role = Role.WROTE, **fields: Any) -> Evidence:
    values: dict[str, Any] = {
        "weight": 1.0,
        "at": NOW,
        "kind": DocumentKind.PAGE,
        "title": "",
        "thread_id": None,
        "score": None,
        "accepted": False,
        "url": None,
    }
    return Evidence(document_id, person_id, role, **(values | fields))


def rank(
    documents: list[FoundDocument], traces: list[Evidence], intent: Intent = Intent.EXPERTISE
) -> list[tuple[str, float]]:
    return [(c.person_id, c.score) for c in rank_candidates(documents, traces, intent, NOW)]


def test_a_document_votes_with_its_relevance_sharpened() -> None:
    traces = [evidence("a", "ana"), evidence("b", "ben")]
    assert rank(found(a=0.5, b=1.0), traces) == [("ben", 1.0), ("ana", 0.125)]
    assert rank(found(a=0.5, b=1.0), traces, Intent.ROUTING) == [("ben", 1.0), ("ana", 0.5)]


def test_each_further_document_counts_less_from_the_strongest_on() -> None:
    traces = [evidence("c", "ana"), evidence("a", "ana"), evidence("b", "ana")]
    documents = found(c=0.5, a=1.0, b=0.8)
    # 1 + 0.9 * 0.512 + 0.81 * 0.125; 1 + 0.95 * 0.8 + 0.9025 * 0.5
    assert rank(documents, traces) == [("ana", pytest.approx(1.56205, abs=1e-12))]
    assert rank(documents, traces, Intent.ROUTING) == [("ana", pytest.approx(2.21125, abs=1e-12))]
    (candidate,) = rank_candidates(documents, traces, Intent.EXPERTISE, NOW)
    assert [(vote.evidence.document_id, vote.value) for vote in candidate.votes] == [
        ("a", 1.0),
        ("b", pytest.approx(0.512)),
        ("c", 0.125),
    ]


def test_a_few_strong_documents_outweigh_a_hundred_faint_ones() -> None:
    faint = {f"f{number}": 0.3 for number in range(100)}
    traces = [evidence(name, "busy") for name in faint] + [evidence("a", "expert")]
    # 0.027 * (1 - 0.9 ** 100) / (1 - 0.9)
    assert rank(found(a=1.0, **faint), traces) == [("expert", 1.0), ("busy", pytest.approx(0.26999283, abs=1e-8))]


@pytest.mark.parametrize(
    ("role", "worth"),
    [
        (Role.ANSWERED, 1.0),
        (Role.WROTE, 1.0),
        (Role.SPOKE, 1.0),
        (Role.REVIEWED, 0.8),
        (Role.EDITED, 0.4),
        (Role.ENDORSED, 0.4),
        (Role.ASKED, 0.1),
    ],
)
def test_a_vote_is_worth_its_role_times_its_weight(role: Role, worth: float) -> None:
    assert rank(found(a=1.0), [evidence("a", "ana", role, weight=2.0)]) == [("ana", 2 * worth)]


def test_an_accepted_answer_shows_more_knowledge_and_no_more_availability() -> None:
    assert rank(found(a=1.0), [evidence("a", "ana", Role.ACCEPTED, weight=2.0)]) == [("ana", 2.4)]
    assert rank(found(a=1.0), [evidence("a", "ana", Role.ACCEPTED, weight=2.0)], Intent.ROUTING) == [("ana", 2.0)]


@pytest.mark.parametrize("role", Role)
def test_every_role_votes(role: Role) -> None:
    ((_, score),) = rank(found(a=1.0), [evidence("a", "ana", role)])
    assert 0 < score <= 1.2


@pytest.mark.parametrize(
    ("age_days", "expertise", "routing"),
    [(0, 1.0, 1.0), (60, None, 0.525), (120, None, 0.2875), (730, 0.75, None), (1460, 0.625, None), (1e6, 0.5, 0.05)],
)
def test_a_trace_fades_by_half_its_fading_part_at_each_half_life(
    age_days: float, expertise: float | None, routing: float | None
) -> None:
    trace = [evidence("a", "ana", at=NOW - timedelta(days=min(age_days, 700_000)))]
    if expertise is not None:
        assert rank(found(a=1.0), trace) == [("ana", pytest.approx(expertise, abs=1e-12))]
    if routing is not None:
        assert rank(found(a=1.0), trace, Intent.ROUTING) == [("ana", pytest.approx(routing, abs=1e-12))]


def test_an_undated_trace_counts_as_one_at_half_life_and_a_future_one_as_of_today() -> None:
    weights = VotingWeights(sharpness=1, discount=1, half_life_days=10, lasting_share=0.2, accepted=1)
    assert freshness(None, weights, NOW) == pytest.approx(0.6)
    assert freshness(NOW - timedelta(days=10), weights, NOW) == pytest.approx(0.6)
    assert freshness(NOW + timedelta(days=400), weights, NOW) == 1.0


@pytest.mark.parametrize(
    ("score", "lift"),
    [(None, 1.0), (0, 1.0), (9, 1 + 0.05 * log(10)), (99, 1 + 0.05 * log(100)), (-1, 1 / 1.1), (-10, 0.5)],
)
def test_the_votes_of_readers_lift_a_document_a_little_or_lower_it(score: float | None, lift: float) -> None:
    assert quality(score or 0.0) == pytest.approx(lift, abs=1e-12)
    assert rank(found(a=1.0), [evidence("a", "ana", score=score)]) == [("ana", pytest.approx(lift, abs=1e-12))]


def test_role_weight_quality_and_age_multiply() -> None:
    trace = evidence("a", "ana", Role.REVIEWED, weight=0.5, score=9, at=NOW - timedelta(days=730))
    # 0.5 ** 3 * 0.8 * 0.5 * (1 + 0.05 * ln 10) * 0.75
    assert rank(found(a=0.5), [trace]) == [("ana", pytest.approx(0.0375 * (1 + 0.05 * log(10)), abs=1e-12))]


def test_a_question_found_votes_for_those_who_answered_it() -> None:
    traces = [
        evidence("q", "asker", Role.ASKED, kind=DocumentKind.QUESTION),
        evidence("a", "ana", Role.ANSWERED, kind=DocumentKind.ANSWER, thread_id="q"),
        evidence("b", "ben", Role.ANSWERED, kind=DocumentKind.ANSWER, thread_id="q"),
    ]
    # Ben's answer was found itself, and is worth no less than its question.
    assert rank(found(q=0.8, b=1.0), traces, Intent.ROUTING) == [
        ("ben", 1.0),
        ("ana", 0.8),
        ("asker", pytest.approx(0.08)),
    ]
    assert rank(found(q=0.8, b=0.2), traces, Intent.ROUTING)[:2] == [("ana", 0.8), ("ben", 0.8)]


def test_a_remark_beside_a_question_found_makes_nobody_a_candidate() -> None:
    remark = evidence("m", "mia", Role.ANSWERED, kind=DocumentKind.MESSAGE, thread_id="q")
    assert rank(found(q=0.8), [remark]) == []
    assert rank(found(q=0.8, m=0.5), [remark]) == [("mia", 0.125)]


def test_a_person_has_one_vote_per_document_for_their_strongest_part_in_it() -> None:
    traces = [
        evidence("a", "ana", Role.ASKED),
        evidence("a", "ana", Role.REVIEWED),
        evidence("a", "ana", Role.EDITED),
    ]
    (candidate,) = rank_candidates(found(a=1.0), traces, Intent.EXPERTISE, NOW)
    assert (candidate.score, [vote.evidence.role for vote in candidate.votes]) == (0.8, [Role.REVIEWED])


def test_ties_are_broken_by_id_whatever_the_order_of_the_evidence() -> None:
    traces = [evidence(document, person) for document in ("b", "a") for person in ("zoe", "ana", "max")]
    for order in (traces, traces[::-1]):
        candidates = rank_candidates(found(a=1.0, b=1.0), order, Intent.EXPERTISE, NOW)
        assert [candidate.person_id for candidate in candidates] == ["ana", "max", "zoe"]
        assert {candidate.score for candidate in candidates} == {1.9}
        assert [[vote.evidence.document_id for vote in candidate.votes] for candidate in candidates] == [["a", "b"]] * 3


def test_routing_prefers_recent_activity_where_expertise_prefers_knowledge() -> None:
    traces = [
        evidence("a", "expert", at=NOW - timedelta(days=730)),
        evidence("b", "active"),
        evidence("c", "active"),
    ]
    documents = found(a=1.0, b=0.5, c=0.5)
    # 0.75 against 0.125 * 1.9; 0.05 + 0.95 * 0.5 ** (730 / 60) against 0.5 * 1.95
    assert rank(documents, traces) == [("expert", 0.75), ("active", pytest.approx(0.2375))]
    assert rank(documents, traces, Intent.ROUTING) == [
        ("active", pytest.approx(0.975)),
        ("expert", pytest.approx(0.05 + 0.95 * 0.5 ** (730 / 60))),
    ]


def test_nothing_found_suggests_nobody() -> None:
    assert rank_candidates([], [], Intent.EXPERTISE, NOW) == []
    assert rank_candidates([], [evidence("a", "ana")], Intent.EXPERTISE, NOW) == []
    assert rank_candidates(found(a=1.0), [], Intent.EXPERTISE, NOW) == []


def test_a_candidate_carries_the_evidence_behind_each_vote() -> None:
    trace = evidence("a", "ana")
    (candidate,) = rank_candidates(found(a=1.0), [trace], Intent.EXPERTISE, NOW)
    assert candidate == Candidate("ana", 1.0, candidate.votes)
    assert candidate.votes[0].evidence is trace


@pytest.mark.parametrize("intent", Intent)
def test_the_weights_of_each_intent_are_in_range(intent: Intent) -> None:
    weights = WEIGHTS[intent]
    assert weights.sharpness >= 1
    assert 0 < weights.discount <= 1
    assert weights.half_life_days > 0
    assert 0 <= weights.lasting_share <= 1
