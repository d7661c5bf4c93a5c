"""The sentences of reasons and notes, in both languages, from the votes that give them."""

from datetime import UTC, date, datetime

import pytest

from api.languages import Language
from api.reason_words import SENTENCES, say_note, say_reason
from api.wording import wording_in
from models.records import DocumentKind, Role
from recommender.expert_finding import Candidate, Vote
from recommender.reasons import Note, NoteKind, Reason, ReasonKind, Situation, explain
from tests.recommender.voting import ORDINARY, TODAY, answer, vote


def reasons(*votes: Vote, situation: Situation = ORDINARY) -> tuple[list[str], list[str]]:
    """Return the reasons in French and in English."""
    candidate = Candidate("ana", sum(v.value for v in votes), votes)
    found = explain(candidate, situation, TODAY)
    french, english = ([say_reason(wording_in(language), reason) for reason in found] for language in Language)
    return french, english


def test_languages_come_as_french_then_english() -> None:
    assert list(Language) == [Language.FRENCH, Language.ENGLISH]


@pytest.mark.parametrize(
    ("votes", "french", "english"),
    [
        (
            [answer("a", "q1")],
            "A répondu à une question proche, la dernière fois le 1er mars 2026",
            "Answered a similar question, last on March 1, 2026",
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
            "A répondu à 3 questions proches, la dernière fois le 1er mars 2026",
            "Answered 3 similar questions, last on March 1, 2026",
        ),
        (
            [answer("a", "q1", accepted=True), answer("b", "q2")],
            "A répondu à 2 questions proches, dont 1 réponse acceptée, la dernière fois le 1er mars 2026",
            "Answered 2 similar questions, 1 of them accepted, last on March 1, 2026",
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
        ([vote("a")], "A écrit «\u00a0Titre a\u00a0»", "Wrote “Titre a”"),
        (
            [vote("a"), vote("b")],
            "A écrit «\u00a0Titre a\u00a0» et 1 autre sur ce sujet",
            "Wrote “Titre a” and 1 more on this",
        ),
        (
            [vote("a"), vote("b"), vote("c")],
            "A écrit «\u00a0Titre a\u00a0» et 2 autres sur ce sujet",
            "Wrote “Titre a” and 2 more on this",
        ),
        ([vote("a", Role.SPOKE)], "En a parlé dans «\u00a0Titre a\u00a0»", "Spoke about it in “Titre a”"),
        ([vote("a", Role.REVIEWED)], "A relu ou appuyé «\u00a0Titre a\u00a0»", "Reviewed or endorsed “Titre a”"),
        (
            [vote("a", Role.EDITED), vote("b", Role.ENDORSED), vote("c", Role.REVIEWED)],
            "A relu ou appuyé «\u00a0Titre a\u00a0» et 2 autres sur ce sujet",
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


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_words(role: Role) -> None:
    french, english = reasons(vote("a", role))
    assert len(french) == len(english) == 1


@pytest.mark.parametrize(
    ("share", "french", "english"),
    [
        (0.49, None, None),
        (
            0.5,
            "Source principale sur ce sujet\u00a0: 50\u00a0% de ce qui a été trouvé",
            "Main source on this subject: 50% of what was found",
        ),
        (
            0.726,
            "Source principale sur ce sujet\u00a0: 73\u00a0% de ce qui a été trouvé",
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
        ["Quitte l’organisation le 16 juin 2027"],
        ["Leaves the organisation on June 16, 2027"],
    )
    last_near = date(2028, 6, 14)  # in 730 days
    assert departing(last_near, last_near)[1] == ["Leaves the organisation on June 14, 2028"]
    far = date(2028, 6, 15)
    assert departing(far, far) == ([], [])


def test_a_departure_within_a_year_asks_to_be_quick() -> None:
    assert departing(date(2027, 6, 15), date(2027, 9, 1)) == (
        [
            "Quitte l’organisation entre le 15 juin 2027 et le 1er septembre 2027\u00a0: "
            "à consulter pendant qu’il est temps"
        ],
        ["Leaves the organisation between June 15, 2027 and September 1, 2027: ask while they are here"],
    )


def test_the_departure_of_a_main_source_asks_to_be_quick_even_far_off() -> None:
    day = date(2028, 1, 1)
    assert departing(day, day, share=0.5) == (
        [
            "Source principale sur ce sujet\u00a0: 50\u00a0% de ce qui a été trouvé",
            "Quitte l’organisation le 1er janvier 2028\u00a0: à consulter pendant qu’il est temps",
        ],
        [
            "Main source on this subject: 50% of what was found",
            "Leaves the organisation on January 1, 2028: ask while they are here",
        ],
    )


def test_someone_at_capacity_is_said_to_have_done_their_part() -> None:
    once, twice = (reasons(vote("a"), situation=Situation(0.1, None, n, n)) for n in (1, 2))
    assert (once[0][1], once[1][1]) == (
        "A déjà reçu ou traité 1 question cette semaine\u00a0: d’autres passent devant",
        "Already received or answered 1 question this week: others come first",
    )
    assert (twice[0][1], twice[1][1]) == (
        "A déjà reçu ou traité 2 questions cette semaine\u00a0: d’autres passent devant",
        "Already received or answered 2 questions this week: others come first",
    )


def test_the_note_on_people_who_stepped_back_agrees_in_number() -> None:
    notes = [Note(NoteKind.STEPPED_BACK, count) for count in (1, 3)]
    assert [say_note(wording_in(Language.FRENCH), note) for note in notes] == [
        "Une personne a atteint sa limite de la semaine et passe après les autres.",
        "3 personnes ont atteint leur limite de la semaine et passent après les autres.",
    ]
    assert [say_note(wording_in(Language.ENGLISH), note) for note in notes] == [
        "One person has reached their weekly limit and comes after the others.",
        "3 people have reached their weekly limit and come after the others.",
    ]


@pytest.mark.parametrize(
    ("reason", "french", "english"),
    [
        (Reason(ReasonKind.ASKER, 0.4), "Vous a déjà répondu", "Answered you before"),
        (Reason(ReasonKind.NAMED, 0.4), "Votre question cite cette personne", "Your question names this person"),
        (
            Reason(ReasonKind.ACTIVITY, 0.4, count=1),
            "A répondu ou contribué une fois ces 30 derniers jours",
            "Answered or contributed once in the last 30 days",
        ),
        (
            Reason(ReasonKind.ACTIVITY, 0.4, count=1200),
            "A répondu ou contribué 1\u202f200 fois ces 30 derniers jours",
            "Answered or contributed 1,200 times in the last 30 days",
        ),
    ],
)
def test_what_else_speaks_for_someone_is_said_in_both_languages(reason: Reason, french: str, english: str) -> None:
    assert [say_reason(wording_in(language), reason) for language in Language] == [french, english]


def test_every_kind_of_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ReasonKind)


def test_a_title_with_percent_signs_and_placeholders_is_said_as_it_is() -> None:
    reason = Reason(ReasonKind.WROTE, count=1, title="100 % %(count)s {x}")
    assert say_reason(wording_in(Language.ENGLISH), reason) == "Wrote “100 % %(count)s {x}”"
