from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.queries.documents import Evidence
from models.records import DocumentKind, Role
from recommender.expert_finding import Candidate, Vote
from recommender.reasons import ENGLISH, FRENCH, Language, Situation, days_left, explain, telling_votes

TODAY = date(2026, 6, 15)
ORDINARY = Situation(share=0.1, leaves=None, recent_answers=0, capacity_per_week=None)


def vote(document_id: str, role: Role = Role.WROTE, value: float = 1.0, **fields: Any) -> Vote:
    values: dict[str, Any] = {
        "weight": 1.0,
        "at": datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        "kind": DocumentKind.PAGE,
        "title": f"Titre {document_id}",
        "thread_id": None,
        "score": None,
        "accepted": False,
        "url": None,
    }
    return Vote(Evidence(document_id, "ana", role, **(values | fields)), value)


def answer(document_id: str, thread: str, **fields: Any) -> Vote:
    return vote(document_id, Role.ANSWERED, kind=DocumentKind.ANSWER, thread_id=thread, **fields)


def reasons(*votes: Vote, situation: Situation = ORDINARY) -> tuple[list[str], list[str]]:
    """Return the reasons in French and in English."""
    candidate = Candidate("ana", sum(v.value for v in votes), votes)
    french, english = (explain(candidate, situation, TODAY, language) for language in Language)
    return french, english


def test_languages_come_as_french_then_english() -> None:
    assert list(Language) == [Language.FRENCH, Language.ENGLISH]


@pytest.mark.parametrize(
    ("votes", "french", "english"),
    [
        (
            [answer("a", "q1")],
            "A répondu à une question proche, la dernière fois le 2026-03-01",
            "Answered a similar question, last on 2026-03-01",
        ),
        (
            [answer("a", "q1", at=None)],
            "A répondu à une question proche",
            "Answered a similar question",
        ),
        (
            [answer("a", "q1", accepted=True, at=None)],
            "A répondu à une question proche, réponse acceptée",
            "Answered a similar question, accepted",
        ),
        (
            [answer("a", "q1", at=datetime(2025, 1, 2, tzinfo=UTC)), answer("b", "q2", at=None), answer("c", "q3")],
            "A répondu à 3 questions proches, la dernière fois le 2026-03-01",
            "Answered 3 similar questions, last on 2026-03-01",
        ),
        (
            [answer("a", "q1", accepted=True), answer("b", "q2")],
            "A répondu à 2 questions proches, dont 1 réponse acceptée, la dernière fois le 2026-03-01",
            "Answered 2 similar questions, 1 of them accepted, last on 2026-03-01",
        ),
        (
            [answer(name, name, accepted=name != "c", at=None) for name in "abc"],
            "A répondu à 3 questions proches, dont 2 réponses acceptées",
            "Answered 3 similar questions, 2 of them accepted",
        ),
        (
            [vote("a", Role.ACCEPTED, kind=DocumentKind.ANSWER, thread_id="q", accepted=True, at=None)],
            "A répondu à une question proche, réponse acceptée",
            "Answered a similar question, accepted",
        ),
        ([vote("a")], "A écrit « Titre a »", "Wrote “Titre a”"),
        (
            [vote("a"), vote("b")],
            "A écrit « Titre a » et 1 autre sur ce sujet",
            "Wrote “Titre a” and 1 more on this",
        ),
        (
            [vote("a"), vote("b"), vote("c")],
            "A écrit « Titre a » et 2 autres sur ce sujet",
            "Wrote “Titre a” and 2 more on this",
        ),
        ([vote("a", Role.SPOKE)], "En a parlé dans « Titre a »", "Spoke about it in “Titre a”"),
        ([vote("a", Role.REVIEWED)], "A relu ou appuyé « Titre a »", "Reviewed or endorsed “Titre a”"),
        (
            [vote("a", Role.EDITED), vote("b", Role.ENDORSED), vote("c", Role.REVIEWED)],
            "A relu ou appuyé « Titre a » et 2 autres sur ce sujet",
            "Reviewed or endorsed “Titre a” and 2 more on this",
        ),
        ([vote("a", Role.ASKED)], "A posé une question proche", "Asked a similar question"),
        (
            [vote("a", Role.ASKED), vote("b", Role.ASKED)],
            "A posé 2 questions proches",
            "Asked 2 similar questions",
        ),
        (
            [vote("a", kind=DocumentKind.PROFILE)],
            "Le mentionne dans son profil",
            "Mentions it in their profile",
        ),
    ],
)
def test_each_thing_a_person_did_is_said_in_both_languages(votes: list[Vote], french: str, english: str) -> None:
    assert reasons(*votes) == ([french], [english])


def test_several_answers_to_one_question_are_one_question() -> None:
    assert reasons(answer("a", "q", at=None), answer("b", "q", at=None))[1] == ["Answered a similar question"]
    # The asker's own remark in the thread is no other question.
    assert reasons(vote("q", Role.ASKED), vote("m", Role.ASKED, thread_id="q"))[1] == ["Asked a similar question"]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_words(role: Role) -> None:
    french, english = reasons(vote("a", role))
    assert len(french) == len(english) == 1


def test_what_weighs_most_is_said_first() -> None:
    votes = [vote("a", value=0.5), answer("b", "q1", value=0.4), answer("c", "q2", value=0.2)]
    assert reasons(*votes)[1] == ["Answered 2 similar questions, last on 2026-03-01", "Wrote “Titre a”"]
    votes[0] = vote("a", value=0.7)
    assert reasons(*votes)[1] == ["Wrote “Titre a”", "Answered 2 similar questions, last on 2026-03-01"]


def test_a_vote_of_less_than_a_twentieth_of_the_score_is_not_named() -> None:
    strong, telling, faint = vote("a", value=0.92), vote("b", value=0.05), vote("c", Role.ASKED, value=0.04)
    candidate = Candidate("ana", 1.0, [strong, telling, faint])
    assert telling_votes(candidate) == [strong, telling]
    assert explain(candidate, ORDINARY, TODAY, Language.ENGLISH) == ["Wrote “Titre a” and 1 more on this"]


@pytest.mark.parametrize(
    ("share", "french", "english"),
    [
        (0.49, None, None),
        (
            0.5,
            "Source principale sur ce sujet : 50\u00a0% de ce qui a été trouvé",
            "Main source on this subject: 50% of what was found",
        ),
        (
            0.726,
            "Source principale sur ce sujet : 73\u00a0% de ce qui a été trouvé",
            "Main source on this subject: 73% of what was found",
        ),
    ],
)
def test_whoever_holds_half_of_what_was_found_is_its_main_source(
    share: float, french: str | None, english: str | None
) -> None:
    said = reasons(vote("a"), situation=Situation(share, None, 0, None))
    assert [lines[1:] for lines in said] == [[french] if french else [], [english] if english else []]


def departing(earliest: date, latest: date, share: float = 0.1) -> tuple[list[str], list[str]]:
    french, english = reasons(vote("a"), situation=Situation(share, (earliest, latest), 0, None))
    return french[1:], english[1:]


def test_a_departure_far_off_is_said_without_hurry_and_one_beyond_two_years_is_not_said() -> None:
    day = date(2027, 6, 16)  # in 366 days
    assert departing(day, day) == (
        ["Quitte l’organisation le 2027-06-16"],
        ["Leaves the organisation on 2027-06-16"],
    )
    last_near = date(2028, 6, 14)  # in 730 days
    assert departing(last_near, last_near)[1] == ["Leaves the organisation on 2028-06-14"]
    far = date(2028, 6, 15)
    assert departing(far, far) == ([], [])


def test_a_departure_within_a_year_asks_to_be_quick() -> None:
    assert departing(date(2027, 6, 15), date(2027, 9, 1)) == (
        ["Quitte l’organisation entre le 2027-06-15 et le 2027-09-01 : à consulter pendant qu’il est temps"],
        ["Leaves the organisation between 2027-06-15 and 2027-09-01: ask while they are here"],
    )


def test_the_departure_of_a_main_source_asks_to_be_quick_even_far_off() -> None:
    day = date(2028, 1, 1)
    assert departing(day, day, share=0.5) == (
        [
            "Source principale sur ce sujet : 50\u00a0% de ce qui a été trouvé",
            "Quitte l’organisation le 2028-01-01 : à consulter pendant qu’il est temps",
        ],
        [
            "Main source on this subject: 50% of what was found",
            "Leaves the organisation on 2028-01-01: ask while they are here",
        ],
    )


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
    assert len(reasons(vote("a"), situation=situation)[0]) == 1 + over


def test_someone_at_capacity_is_said_to_have_done_their_part() -> None:
    once, twice = (reasons(vote("a"), situation=Situation(0.1, None, n, n)) for n in (1, 2))
    assert (once[0][1], once[1][1]) == (
        "A déjà répondu à 1 question cette semaine : d’autres passent devant",
        "Already answered 1 question this week: others come first",
    )
    assert (twice[0][1], twice[1][1]) == (
        "A déjà répondu à 2 questions cette semaine : d’autres passent devant",
        "Already answered 2 questions this week: others come first",
    )


def test_the_note_on_people_who_stepped_back_agrees_in_number() -> None:
    assert [FRENCH.stepped_back(n) for n in (1, 3)] == [
        "Une personne a atteint sa limite de la semaine et passe après les autres.",
        "3 personnes ont atteint leur limite de la semaine et passent après les autres.",
    ]
    assert [ENGLISH.stepped_back(n) for n in (1, 3)] == [
        "One person has reached their weekly limit and comes after the others.",
        "3 people have reached their weekly limit and come after the others.",
    ]
