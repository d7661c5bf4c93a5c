from datetime import date

import pytest
from sqlalchemy import select

from models.access import Viewer
from models.document_writing import delete_documents
from models.preferences import change_preferences, hide_document
from models.queries.learning import LearningDocument, stream_learning_documents
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
from models.tables import SpaceKind, SpaceRow
from tests.conftest import write

TODAY = date(2026, 6, 15)


def page(name: str, *authors: str, kind: DocumentKind = DocumentKind.PAGE) -> DocumentRecord:
    people = tuple(Contribution(person=author, role=Role.WROTE) for author in authors)
    return DocumentRecord(id=name, kind=kind, title=f"Titre {name}", text="Texte", people=people)


def learned(store: Store) -> list[str]:
    with store.read() as session:
        return [document.id for document in stream_learning_documents(session, TODAY, 100)]


def test_what_the_organisation_reads_is_learned_from_without_its_authors(store: Store) -> None:
    answer = DocumentRecord(
        id="r", kind=DocumentKind.ANSWER, title="Pompe", text="Purger la ligne", thread="q", accepted=True
    )
    write(store, [answer])

    with store.read() as session:
        found = list(stream_learning_documents(session, TODAY, 6))

    assert found == [
        LearningDocument("test:r", DocumentKind.ANSWER, "Pompe", "Purger", "test:q", True, "organisation", None, [])
    ]


def test_deleted_documents_and_profiles_are_not_learned_from(store: Store) -> None:
    write(store, [page("a", "ana"), page("b", "ana"), page("c", "ana", kind=DocumentKind.PROFILE)])
    with store.write() as session:
        delete_documents(session, ["test:b"])

    assert learned(store) == ["test:a"]


def test_a_protected_community_is_not_learned_from(store: Store) -> None:
    write(store, [CommunityRecord(id="eau", name="Eau", protected=True), MembershipRecord(community="eau", person="m")])
    with store.read() as session:
        space = session.scalars(select(SpaceRow.id).where(SpaceRow.kind == SpaceKind.COMMUNITY)).one()
    write(store, [page("secret", "m")], space=space)
    write(store, [page("open", "m")])

    assert learned(store) == ["test:open"]


@pytest.mark.parametrize("way", ["opt out", "hide"])
def test_what_someone_withdrew_is_not_learned_from(store: Store, way: str) -> None:
    write(store, [PersonRecord(id="ana", name="Ana"), page("theirs", "ana", "bo"), page("other", "bo")])
    with store.write() as session:
        viewer = Viewer("test:ana")
        if way == "opt out":
            change_preferences(session, viewer, "test:ana", {"visible_as_expert": False})
        else:
            hide_document(session, viewer, TODAY, "test:ana", "test:theirs")

    assert learned(store) == ["test:other"]
