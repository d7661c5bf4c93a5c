"""The whole way from a question to an answer, on a small organisation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.errors import InvalidInputError
from models.preferences import change_preferences, hide_document
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import Store
from recommender.answers import Answer
from recommender.expert_finding import Intent
from recommender.indexes.exact import ExactIndex
from recommender.indexing import update_index
from recommender.reasons import Note, NoteKind, Reason, ReasonKind
from recommender.service import AskOptions, Recommender
from tests.conftest import NOW, write


def document(id_: str, kind: DocumentKind, title: str, author: str, role: Role, **fields: object) -> DocumentRecord:
    given = {"language": "fr", "created_at": NOW - timedelta(days=30), **fields}
    return DocumentRecord(id=id_, kind=kind, title=title, people=(Contribution(person=author, role=role),), **given)


ORGANISATION: list[AnyRecord] = [
    PersonRecord(id="lucien", name="Lucien Bois", unit="Eau", skills=("pompes de filtration",)),
    PersonRecord(id="carole", name="Carole Vadnais", unit="Eau"),
    PersonRecord(id="simon", name="Simon Kouyaté", unit="TI"),
    CommunityRecord(id="cercle", name="Cercle des pompes", protected=True),
    MembershipRecord(community="cercle", person="simon"),
    document("q1", DocumentKind.QUESTION, "Redémarrer la pompe après une panne", "simon", Role.ASKED),
    document(
        "a1", DocumentKind.ANSWER, "Redémarrer la pompe après une panne", "lucien", Role.ACCEPTED,
        thread="q1", text="Purger la ligne d’aspiration, puis ouvrir la vanne d’un quart.", accepted=True,
    ),
    document(
        "a2", DocumentKind.ANSWER, "Redémarrer la pompe après une panne", "carole", Role.ANSWERED,
        thread="q1", text="Demandez à Lucien.", created_at=NOW - timedelta(days=2), score=-1,
    ),
    document("p1", DocumentKind.PRACTICE, "Guide de la pompe", "carole", Role.WROTE, text="Entretien de la pompe."),
    document("s1", DocumentKind.PRACTICE, "Secret de la pompe", "lucien", Role.WROTE, space="cercle"),
]  # fmt: skip


@pytest.fixture
def recommender(store: Store) -> Recommender:
    write(store, ORGANISATION)
    index = ExactIndex()
    update_index(store, index)
    return Recommender(store, index, clock=lambda: NOW)


def ask(
    recommender: Recommender, question: str = "redémarrer la pompe", viewer: str | None = None, **options
) -> Answer:
    asker = Viewer(f"test:{viewer}" if viewer else None)
    return recommender.find_experts(question, asker, AskOptions(**options))


def names(answer: Answer) -> list[str]:
    return [expert.person.name for expert in answer.experts]


def change(store: Store, person: str, **changes: object) -> None:
    with store.write() as session:
        change_preferences(session, Viewer(f"test:{person}"), f"test:{person}", changes)


def test_experts_come_with_evidence_and_reasons_and_what_already_answers(recommender: Recommender) -> None:
    answer = ask(recommender)
    assert names(answer)[:2] == ["Lucien Bois", "Carole Vadnais"]
    lucien = answer.experts[0]
    assert lucien.evidence[0].document_id == "test:a1"
    first = lucien.reasons[0]
    assert (first.kind, first.count, first.accepted) == (ReasonKind.ANSWERED, 1, 1)
    assert first.latest == date(2026, 5, 16)
    assert first.weight > 0
    assert [text.document_id for text in answer.practices] == ["test:p1"]
    assert [(text.document_id, text.answers, text.solved) for text in answer.similar_questions] == [
        ("test:q1", 2, True)
    ]


def test_the_asker_is_not_suggested_to_themself(recommender: Recommender) -> None:
    assert "Lucien Bois" not in names(ask(recommender, viewer="lucien"))


def test_a_profile_counts_as_evidence(recommender: Recommender) -> None:
    answer = ask(recommender, "filtration")
    assert names(answer) == ["Lucien Bois"]
    profile, main_source = answer.experts[0].reasons
    assert profile.kind is ReasonKind.PROFILE
    assert main_source == Reason(ReasonKind.MAIN_SOURCE, share=1.0)


def test_a_protected_document_is_evidence_for_members_only(recommender: Recommender) -> None:
    assert names(ask(recommender, "secret")) == []
    assert names(ask(recommender, "secret", viewer="carole")) == []
    assert names(ask(recommender, "secret", viewer="simon")) == ["Lucien Bois"]


def test_people_who_opted_out_or_paused_are_never_shown(recommender: Recommender) -> None:
    change(recommender.store, "lucien", visible_as_expert=False)
    change(recommender.store, "carole", paused_until=NOW.date())
    assert names(ask(recommender)) == ["Simon Kouyaté"]
    change(recommender.store, "carole", paused_until=NOW.date() - timedelta(days=1))
    assert names(ask(recommender)) == ["Carole Vadnais", "Simon Kouyaté"]


def test_a_hidden_document_gives_no_evidence(recommender: Recommender) -> None:
    with recommender.store.write() as session:
        hide_document(session, Viewer("test:lucien"), NOW.date(), "test:lucien", "test:a1")
    shown = [
        e.document_id for expert in ask(recommender).experts for e in expert.evidence if "lucien" in expert.person.id
    ]
    assert "test:a1" not in shown


def test_someone_at_capacity_steps_back_and_the_answer_says_so(recommender: Recommender) -> None:
    change(recommender.store, "lucien", visible_as_expert=False)
    change(recommender.store, "carole", capacity_per_week=1)
    answer = ask(recommender)
    assert names(answer) == ["Simon Kouyaté", "Carole Vadnais"]
    assert Reason(ReasonKind.BUSY, count=1) in answer.experts[1].reasons
    assert answer.notes == [Note(NoteKind.STEPPED_BACK, 1)]


def test_an_announced_departure_of_the_main_source_is_said(recommender: Recommender) -> None:
    leaving = DepartureRecord(person="lucien", earliest=date(2026, 12, 31), declared_by=DeclaredBy.HR, announced=True)
    before = ask(recommender, "filtration").experts[0].score
    write(recommender.store, [leaving])
    expert = ask(recommender, "filtration").experts[0]
    day = date(2026, 12, 31)
    assert Reason(ReasonKind.LEAVES, days=(day, day), urgent=True) in expert.reasons
    # All that was found speaks for him: the whole lift of a tenth.
    assert expert.score == pytest.approx(before * 1.1)


def test_a_departure_not_announced_is_said_to_nobody_else(recommender: Recommender) -> None:
    write(recommender.store, [DepartureRecord(person="lucien", earliest=date(2026, 12, 31), declared_by=DeclaredBy.HR)])
    told = [reason.kind for reason in ask(recommender, "vanne").experts[0].reasons]
    assert told
    assert ReasonKind.LEAVES not in told


def test_someone_who_has_left_is_not_suggested(recommender: Recommender) -> None:
    write(recommender.store, [DepartureRecord(person="lucien", earliest=date(2026, 1, 31), declared_by=DeclaredBy.HR)])
    assert "Lucien Bois" not in names(ask(recommender))


@pytest.mark.parametrize("years_ago", [0, 8])
def test_routing_prefers_who_answered_last_however_long_ago(store: Store, years_ago: int) -> None:
    asked = {"kind": DocumentKind.ANSWER, "title": "Vanne bloquée", "role": Role.ANSWERED}
    old = document("old", author="veteran", created_at=NOW - timedelta(days=900 + 365 * years_ago), score=9, **asked)
    new = document("new", author="newcomer", created_at=NOW - timedelta(days=3 + 365 * years_ago), **asked)
    write(store, [old, new])
    index = ExactIndex()
    update_index(store, index)
    recommender = Recommender(store, index, clock=lambda: NOW)
    assert names(ask(recommender, "vanne", intent=Intent.ROUTING)) == ["newcomer", "veteran"]


def test_a_question_about_nothing_known_finds_nobody(recommender: Recommender) -> None:
    answer = ask(recommender, "xylophone")
    assert (answer.experts, answer.practices, answer.similar_questions) == ([], [], [])


@pytest.mark.parametrize("question", ["", "  \n", "x" * 20_001])
def test_an_empty_or_endless_question_is_refused(recommender: Recommender, question: str) -> None:
    with pytest.raises(InvalidInputError, match="between 1 and 20000"):
        ask(recommender, question)


@pytest.mark.parametrize("top", [0, 1001])
def test_an_absurd_number_of_experts_is_refused(top: int) -> None:
    with pytest.raises(InvalidInputError, match="choose a number from 1 to 1000"):
        AskOptions(top=top)


def test_a_document_deleted_after_indexing_is_not_shown(recommender: Recommender) -> None:
    from models.document_writing import delete_documents

    with recommender.store.write() as session:
        delete_documents(session, ["test:a1", "test:p1"])
    answer = ask(recommender)
    shown = {evidence.document_id for expert in answer.experts for evidence in expert.evidence}
    assert not shown & {"test:a1", "test:p1"}
    assert answer.practices == []
