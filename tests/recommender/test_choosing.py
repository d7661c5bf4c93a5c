"""Who may be suggested and who steps back: filters, load and feedback on a small organisation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.access import Viewer
from models.errors import InvalidInputError
from models.feedback import NewFeedback, give_feedback
from models.records import AnyRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role, UnitRecord
from models.solicitations import NewSolicitation, record_solicitation, settle_solicitation
from models.store import Store
from models.tables import Outcome, Verdict
from recommender.answers import Answer
from recommender.indexes.exact import ExactIndex
from recommender.indexing import update_index
from recommender.reasons import Note, NoteKind, ReasonKind
from recommender.service import AskOptions, PersonFilter, Recommender
from tests.conftest import NOW, write

QUESTION = "redémarrer la pompe après une panne"
SIMILAR = "la pompe ne redémarre pas après la panne"
WEEK_AGO = NOW - timedelta(days=8)


def page(person: str, **fields: object) -> DocumentRecord:
    given = {"title": "Redémarrer la pompe après une panne", "language": "fr", "created_at": WEEK_AGO, **fields}
    parts = (Contribution(person=person, role=Role.WROTE),)
    return DocumentRecord(id=f"page-{person}", kind=DocumentKind.PAGE, people=parts, **given)


ORGANISATION: list[AnyRecord] = [
    UnitRecord(id="usines", name="Usines"),
    UnitRecord(id="atwater", name="Atwater", parent="usines"),
    PersonRecord(id="ana", name="Ana Bois", unit="atwater", site="Montréal", languages=("fr", "en")),
    PersonRecord(id="ben", name="Ben Roy", unit="usines", site="Lachine", languages=("fr",)),
    PersonRecord(id="zoe", name="Zoé Côté", unit="TI", site="Montréal", languages=("fr",)),
    *(PersonRecord(id=name, name=f"{name.title()} Lavoie") for name in ("max", "eva", "luc")),
    *(page(name) for name in ("ana", "ben", "zoe")),
]


@pytest.fixture
def recommender(store: Store) -> Recommender:
    write(store, ORGANISATION)
    index = ExactIndex()
    update_index(store, index)
    return Recommender(store, index, clock=lambda: NOW)


def ask(recommender: Recommender, viewer: str | None = None, top: int = 10, **filters: str) -> Answer:
    options = AskOptions(top, filters=PersonFilter(**filters))
    return recommender.find_experts(QUESTION, Viewer(f"test:{viewer}" if viewer else None), options)


def names(answer: Answer) -> list[str]:
    return [expert.person.id.removeprefix("test:") for expert in answer.experts]


def say(recommender: Recommender, giver: str, person: str, verdict: Verdict) -> None:
    with recommender.store.write() as session:
        give_feedback(session, Viewer(f"test:{giver}"), NOW, NewFeedback(f"test:{person}", SIMILAR, verdict))


def solicit(recommender: Recommender, expert: str, outcome: Outcome | None = None) -> None:
    with recommender.store.write() as session:
        asked = record_solicitation(session, Viewer("test:max"), NOW, NewSolicitation(f"test:{expert}", QUESTION))
        if outcome is not None:
            settle_solicitation(session, Viewer("test:max"), NOW, asked.id, outcome)


def set_capacity(recommender: Recommender, person: str, capacity: int) -> None:
    from models.preferences import change_preferences

    with recommender.store.write() as session:
        change_preferences(session, Viewer(f"test:{person}"), f"test:{person}", {"capacity_per_week": capacity})


def kinds(answer: Answer, person: str) -> set[ReasonKind]:
    found = next(expert for expert in answer.experts if expert.person.id == f"test:{person}")
    return {reason.kind for reason in found.reasons}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["ana", "ben", "zoe"]),
        ({"unit": "Usines"}, ["ana", "ben"]),  # Atwater is under it
        ({"unit": "Atwater"}, ["ana"]),
        ({"site": "Montréal"}, ["ana", "zoe"]),
        ({"language": "en"}, ["ana"]),
        ({"site": "Montréal", "unit": "TI"}, ["zoe"]),
        ({"site": "Laval"}, []),
    ],
)
def test_filters_narrow_who_is_suggested(
    recommender: Recommender, filters: dict[str, str], expected: list[str]
) -> None:
    assert names(ask(recommender, **filters)) == expected


def test_a_filter_goes_down_the_whole_ranking_to_find_someone(store: Store) -> None:
    crowd = [PersonRecord(id=f"p{n:03}", name=f"Personne {n:03}", site="Ailleurs") for n in range(60)]
    texts = [page(f"p{n:03}") for n in range(60)]
    write(store, [*ORGANISATION, *crowd, *texts, page("luc", title="Pompe", text="La pompe et bien autre chose.")])
    write(store, [PersonRecord(id="luc", name="Luc Lavoie", site="Ici")])
    index = ExactIndex()
    update_index(store, index)
    recommender = Recommender(store, index, clock=lambda: NOW)
    assert "luc" not in names(ask(recommender, top=1))
    assert names(ask(recommender, top=1, site="Ici")) == ["luc"]


def test_a_suggestion_while_typing_names_the_same_people_with_less_beside_them(recommender: Recommender) -> None:
    whole, brief = ask(recommender), recommender.suggest(QUESTION, Viewer())
    assert names(brief) == names(whole)[:3]
    assert [expert.score for expert in brief.experts] == [expert.score for expert in whole.experts[:3]]
    with pytest.raises(InvalidInputError, match="is empty"):
        recommender.suggest("  ", Viewer())


def test_questions_put_to_someone_count_in_their_load(recommender: Recommender) -> None:
    set_capacity(recommender, "ana", 1)
    assert names(ask(recommender)) == ["ana", "ben", "zoe"]
    solicit(recommender, "ana")
    answer = ask(recommender)
    assert names(answer) == ["ben", "zoe", "ana"]
    assert answer.notes == [Note(NoteKind.STEPPED_BACK, 1)]
    assert ReasonKind.BUSY in kinds(answer, "ana")


def test_a_question_put_to_someone_and_answered_in_a_thread_counts_once(recommender: Recommender) -> None:
    set_capacity(recommender, "ana", 2)
    reply = DocumentRecord(
        id="reply", kind=DocumentKind.ANSWER, title="Autre chose", created_at=NOW - timedelta(days=1),
        people=(Contribution(person="ana", role=Role.ANSWERED),),
    )  # fmt: skip
    write(recommender.store, [reply])
    solicit(recommender, "ana", Outcome.ANSWERED)
    assert ask(recommender).notes == []
    solicit(recommender, "ana")  # another one, which no answer can be taken for
    assert ask(recommender).notes == [Note(NoteKind.STEPPED_BACK, 1)]


def test_whom_one_found_to_be_the_wrong_person_comes_last_for_oneself(recommender: Recommender) -> None:
    say(recommender, "max", "ana", Verdict.WRONG_PERSON)
    answer = ask(recommender, viewer="max")
    assert names(answer) == ["ben", "zoe", "ana"]
    assert answer.notes == [Note(NoteKind.SET_ASIDE, 1)]
    assert ReasonKind.SET_ASIDE in kinds(answer, "ana")
    assert names(ask(recommender, viewer="eva")) == ["ana", "ben", "zoe"]


def test_several_colleagues_decide_between_people_of_nearly_the_same_score(recommender: Recommender) -> None:
    before = ask(recommender).experts
    for giver in ("max", "eva"):
        say(recommender, giver, "zoe", Verdict.USEFUL)
        say(recommender, giver, "ana", Verdict.WRONG_PERSON)
    answer = ask(recommender)
    assert names(answer) == ["zoe", "ben", "ana"]
    assert [expert.score for expert in answer.experts] == [
        pytest.approx(before[2].score * 1.05),
        before[1].score,
        pytest.approx(before[0].score * 0.95),
    ]
    assert ReasonKind.FOUND_USEFUL in kinds(answer, "zoe")
    assert ReasonKind.FOUND_WRONG in kinds(answer, "ana")


def test_one_colleagues_word_changes_nothing_for_others(recommender: Recommender) -> None:
    before = ask(recommender)
    say(recommender, "max", "zoe", Verdict.USEFUL)
    say(recommender, "max", "ana", Verdict.LEFT)
    after = ask(recommender)
    assert [(e.person.id, e.score, e.reasons) for e in after.experts] == [
        (e.person.id, e.score, e.reasons) for e in before.experts
    ]
    assert after.notes == []


def test_whom_two_people_say_has_left_steps_back_until_seen_again(recommender: Recommender) -> None:
    for giver in ("max", "eva"):
        say(recommender, giver, "ana", Verdict.LEFT)
    answer = ask(recommender)
    assert names(answer) == ["ben", "zoe", "ana"]
    assert answer.notes == [Note(NoteKind.REPORTED_LEFT, 1)]
    assert ReasonKind.REPORTED_LEFT in kinds(answer, "ana")
    later = NOW + timedelta(hours=1)
    seen = DocumentRecord(
        id="seen", kind=DocumentKind.PAGE, title="Vu", created_at=later,
        people=(Contribution(person="ana", role=Role.WROTE),),
    )  # fmt: skip
    write(recommender.store, [seen])
    recommender.clock = lambda: later + timedelta(hours=1)
    assert ask(recommender).notes == []
