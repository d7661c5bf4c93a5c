from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.access import Viewer
from models.document_writing import delete_documents
from models.errors import AmbiguousError, NotFoundError
from models.preferences import change_preferences
from models.queries.changes import IndexedDocument, current_revision, stream_changes
from models.queries.documents import Document, Evidence, read_documents, read_evidence, read_evidence_of
from models.queries.people import Person, find_person, find_viewer, read_people
from models.records import (
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import Store
from tests.conftest import write

TODAY = date(2026, 6, 15)
NOBODY = Viewer()
MEMBER = Viewer("t:member")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def document(
    name: str, *authors: str, kind: DocumentKind = DocumentKind.PAGE, role: Role = Role.WROTE, **fields: Any
) -> DocumentRecord:
    people = tuple(Contribution(person=author, role=role) for author in authors)
    return DocumentRecord(id=name, kind=kind, people=people, **fields)


def question(name: str, *authors: str, **fields: Any) -> DocumentRecord:
    return document(name, *authors, kind=DocumentKind.QUESTION, role=Role.ASKED, **fields)


def answer(name: str, *authors: str, **fields: Any) -> DocumentRecord:
    return document(name, *authors, kind=DocumentKind.ANSWER, role=Role.ANSWERED, **fields)


CLOSED = [
    CommunityRecord(id="eau", name="Eau", protected=True),
    MembershipRecord(community="eau", person="member"),
]


def test_evidence_carries_the_association_and_what_its_document_is(store: Store) -> None:
    people = (Contribution(person="ana", role=Role.REVIEWED, weight=0.5, at=day(9)),)
    url = "https://ville.example/a"
    page = DocumentRecord(
        id="a", kind=DocumentKind.ANSWER, title="T", thread="q", score=3, accepted=True, url=url, people=people
    )
    write(store, [page], source="t")
    with store.read() as session:
        assert read_evidence(session, NOBODY, TODAY, ["t:a"]) == [
            Evidence("t:a", "t:ana", Role.REVIEWED, 0.5, day(9), DocumentKind.ANSWER, "T", "t:q", 3.0, True, url)
        ]


def test_evidence_holds_the_documents_and_the_threads_asked_for_once_and_in_order(store: Store) -> None:
    write(store, [question("q", "ana"), answer("b", "eva", "ben", thread="q"), answer("a", "ana", thread="q")], "t")
    write(store, [question("q2", "ana"), answer("c", "dan", thread="q2")], source="t")
    with store.read() as session:

        def found(ids: list[str], threads: list[str]) -> list[tuple[str, str]]:
            return [(e.document_id, e.person_id) for e in read_evidence(session, NOBODY, TODAY, ids, threads)]

        thread = [("t:a", "t:ana"), ("t:b", "t:ben"), ("t:b", "t:eva")]
        assert found(["t:q"], []) == [("t:q", "t:ana")]
        assert found([], ["t:q"]) == thread
        assert found(["t:b", "t:q"], ["t:q"]) == [*thread, ("t:q", "t:ana")]
        assert found([], []) == []


def test_evidence_of_a_person_comes_newest_first(sqlite_store: Store) -> None:
    write(
        sqlite_store,
        [
            document("old", "ana", created_at=day(1)),
            document("new", "ana", created_at=day(3)),
            document("b", "ana", created_at=day(2)),
            document("a", "ana", created_at=day(2)),
            document("other", "ben", created_at=day(4)),
        ],
        source="t",
    )
    with sqlite_store.read() as session:
        every = [item.document_id for item in read_evidence_of(session, NOBODY, TODAY, "t:ana")]
        two = [item.document_id for item in read_evidence_of(session, NOBODY, TODAY, "t:ana", limit=2)]
    assert every == ["t:new", "t:a", "t:b", "t:old"]
    assert two == ["t:new", "t:a"]


def test_undated_evidence_of_a_person_comes_last_on_every_database(store: Store) -> None:
    write(store, [document("undated", "ana"), document("dated", "ana", created_at=day(1))], source="t")
    with store.read() as session:
        assert [item.document_id for item in read_evidence_of(session, NOBODY, TODAY, "t:ana")] == [
            "t:dated",
            "t:undated",
        ]
        assert [item.document_id for item in read_evidence_of(session, NOBODY, TODAY, "t:ana", limit=1)] == ["t:dated"]


def test_a_document_is_read_with_everything_shown_of_it(sqlite_store: Store) -> None:
    url = "https://ville.example/a"
    write(
        sqlite_store,
        [
            document(
                "a",
                title="T",
                text="Texte",
                language="fr",
                thread="q",
                created_at=day(1),
                score=1.5,
                url=url,
                tags=("eau", "gel"),
            )
        ],
        source="t",
    )
    with sqlite_store.read() as session:
        assert read_documents(session, NOBODY, TODAY, ["t:a", "t:missing"]) == {
            "t:a": Document(
                id="t:a",
                kind=DocumentKind.PAGE,
                title="T",
                text="Texte",
                language="fr",
                space_id="organisation",
                thread_id="t:q",
                created_at=day(1),
                score=1.5,
                url=url,
                tags=["eau", "gel"],
                answers=0,
                solved=False,
            )
        }


def test_a_question_counts_the_answers_the_viewer_may_read_and_whether_one_was_accepted(store: Store) -> None:
    write(store, CLOSED, source="t")
    write(
        store,
        [
            question("q1"),
            answer("a1", thread="q1"),
            answer("a2", thread="q1", space="eau", accepted=True),
            document("m1", thread="q1", kind=DocumentKind.MESSAGE, accepted=True),
            question("q2"),
            answer("a3", thread="q2", accepted=True),
            answer("a4", thread="q2"),
            answer("a5", thread="q2"),
            question("q3"),
        ],
        source="t",
    )
    with store.write() as session:
        delete_documents(session, ["t:a5"])
    with store.read() as session:

        def found(viewer: Viewer) -> dict[str, tuple[int, bool]]:
            documents = read_documents(session, viewer, TODAY, ["t:q1", "t:q2", "t:q3"])
            return {id_: (d.answers, d.solved) for id_, d in documents.items()}

        assert found(NOBODY) == {"t:q1": (1, False), "t:q2": (2, True), "t:q3": (0, False)}
        assert found(MEMBER) == {"t:q1": (2, True), "t:q2": (2, True), "t:q3": (0, False)}


# Finding people.

PEOPLE = [
    PersonRecord(id="1", name="Élodie Lefèvre", email="elodie@ville.fr", unit="Eau"),
    PersonRecord(id="2", name="Jean Martin", job_title="Égoutier", languages=("fr", "en"), site="Nord"),
    PersonRecord(id="3", name="Jean Martin-Roux", email="roux@ville.fr"),
    PersonRecord(id="4", name="Paul 50%_fou"),
]


@pytest.mark.parametrize(
    ("reference", "person"),
    [
        ("t:1", "t:1"),
        ("1", "t:1"),
        ("ELODIE@ville.fr", "t:1"),
        ("elodie lefevre", "t:1"),
        ("  ÉLODIE   lefèvre ", "t:1"),
        ("lefev", "t:1"),
        ("jean martin", "t:2"),  # a whole name comes before a part of a longer one
        ("martin-roux", "t:3"),
        ("%", "t:4"),
        ("50%_f", "t:4"),
    ],
)
def test_a_person_is_found_by_id_address_name_or_part_of_it(sqlite_store: Store, reference: str, person: str) -> None:
    write(sqlite_store, [*PEOPLE], source="t")
    with sqlite_store.read() as session:
        assert find_person(session, NOBODY, TODAY, reference).id == person


def test_a_person_is_found_on_every_database_with_all_that_is_shown(store: Store) -> None:
    write(store, [*PEOPLE], source="t")
    with store.write() as session:
        change_preferences(session, Viewer("t:2"), "t:2", {"capacity_per_week": 4})
    with store.read() as session:
        jean = find_person(session, NOBODY, TODAY, "JEAN martin")
        assert jean == Person("t:2", "Jean Martin", None, "Nord", "Égoutier", ("fr", "en"), None, 4, None)
        assert read_people(session, NOBODY, TODAY, ["t:2", "t:9"]) == {"t:2": jean}
        assert find_person(session, NOBODY, TODAY, "lefev").unit == "Eau"
        assert find_person(session, NOBODY, TODAY, "50%_").id == "t:4"


def test_a_name_that_several_match_lists_their_ids(sqlite_store: Store) -> None:
    write(sqlite_store, [*PEOPLE], source="t")
    write(sqlite_store, [PersonRecord(id="2", name="Jean Petit")], source="u")
    with sqlite_store.read() as session:
        for reference, found in {
            "martin": r"2 people match 'martin'; .* Jean Martin \(t:2\), Jean Martin-Roux \(t:3\)$",
            "2": r"2 people match '2'; .* Jean Martin \(t:2\), Jean Petit \(u:2\)$",
        }.items():
            with pytest.raises(AmbiguousError, match=found):
                find_person(session, NOBODY, TODAY, reference)


def test_someone_the_viewer_may_not_see_makes_no_name_ambiguous(sqlite_store: Store) -> None:
    write(sqlite_store, [*PEOPLE, *CLOSED, document("a", "Jean Petit", space="eau")], source="t")
    with sqlite_store.read() as session:
        assert find_person(session, NOBODY, TODAY, "jean martin").id == "t:2"
        with pytest.raises(NotFoundError, match="Nobody you may see is called 'petit'"):
            find_person(session, NOBODY, TODAY, "petit")
        assert find_person(session, MEMBER, TODAY, "petit").id == "t:Jean Petit"


def test_whoever_acts_for_themself_is_found_by_id_address_or_whole_name(sqlite_store: Store) -> None:
    write(sqlite_store, [*PEOPLE], source="t")
    write(sqlite_store, [PersonRecord(id="9", name="Jean Martin")], source="u")
    with sqlite_store.read() as session:
        for reference in ("t:1", "1", "Elodie@Ville.fr", "elodie LEFEVRE"):
            assert find_viewer(session, reference) == Viewer("t:1")
        for reference in ("lefevre", "", "Nadie"):
            with pytest.raises(NotFoundError, match=f"Nobody is called '{reference}'"):
                find_viewer(session, reference)
        with pytest.raises(AmbiguousError, match="Several people answer to 'jean martin'; give an id"):
            find_viewer(session, "jean martin")


def test_someone_opted_out_still_acts_for_themself(sqlite_store: Store) -> None:
    write(sqlite_store, [*PEOPLE], source="t")
    with sqlite_store.write() as session:
        change_preferences(session, Viewer("t:1"), "t:1", {"visible_as_expert": False})
    with sqlite_store.read() as session:
        assert find_viewer(session, "elodie@ville.fr") == Viewer("t:1")


# What the index follows.


def test_changes_come_in_order_of_revision_in_batches_with_tombstones_and_from_every_space(store: Store) -> None:
    write(store, CLOSED, source="t")
    write(store, [document("a"), document("b", space="eau"), document("c", text="1"), document("d")], source="t")
    write(store, [document("c", text="2", tags=("eau",), language="fr", created_at=day(1), title="C")], source="t")
    with store.write() as session:
        delete_documents(session, ["t:a"])
    with store.read() as session:
        assert current_revision(session) == 6
        batches = list(stream_changes(session, 0, 3))
        assert [[(d.id, d.revision, d.deleted) for d in batch] for batch in batches] == [
            [("t:b", 2, False), ("t:d", 4, False), ("t:c", 5, False)],
            [("t:a", 6, True)],
        ]
        assert batches[0][0].space_id == "t:eau"
        assert batches[0][2] == IndexedDocument(
            "t:c", 5, False, DocumentKind.PAGE, "C", "2", "fr", "organisation", day(1), ["eau"]
        )
        assert [d.id for batch in stream_changes(session, 4, 10) for d in batch] == ["t:c", "t:a"]
        assert list(stream_changes(session, 6, 10)) == []
