from datetime import date
from typing import Any

import pytest

from models.access import Viewer
from models.errors import NotAllowedError, NotFoundError
from models.preferences import Preferences, change_preferences, hide_document, read_preferences, show_document
from models.records import CommunityRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.store import Store
from tests.conftest import write

TODAY = date(2026, 6, 15)
ANA = Viewer("t:ana")


@pytest.fixture
def town(store: Store) -> Store:
    """Two people, a document that Ana reads and one that she does not."""
    people = (Contribution(person="ana", role=Role.WROTE),)
    records = [
        PersonRecord(id="ana", name="Ana Berger"),
        PersonRecord(id="ben", name="Ben Costa"),
        CommunityRecord(id="eau", name="Eau", protected=True),
        DocumentRecord(id="page", kind=DocumentKind.PAGE, people=people),
        DocumentRecord(id="closed", kind=DocumentKind.PAGE, people=people, space="eau"),
    ]
    write(store, records, source="t")
    return store


def own(store: Store, viewer: Viewer = ANA) -> Preferences:
    with store.read() as session:
        return read_preferences(session, viewer, viewer.person_id or "")


def change(store: Store, **changes: Any) -> None:
    with store.write() as session:
        change_preferences(session, ANA, "t:ana", changes)


def test_someone_who_has_chosen_nothing_is_visible_without_limit(town: Store) -> None:
    assert own(town) == Preferences(
        visible_as_expert=True, capacity_per_week=None, paused_until=None, hidden_documents=()
    )


def test_a_change_keeps_the_other_choices(town: Store) -> None:
    change(town, capacity_per_week=3)
    change(town, paused_until=date(2026, 7, 1))
    change(town, visible_as_expert=False)
    assert own(town) == Preferences(False, 3, date(2026, 7, 1), ())
    change(town, capacity_per_week=None, paused_until=None)
    assert own(town) == Preferences(visible_as_expert=False)
    assert own(town, Viewer("t:ben")) == Preferences()


@pytest.mark.parametrize("viewer", [Viewer(), Viewer("t:ben")], ids=["nobody", "another"])
def test_only_the_person_reads_or_changes_their_preferences(town: Store, viewer: Viewer) -> None:
    change(town, capacity_per_week=3)
    refusal = "Only t:ana may read or change the preferences of t:ana; act as that person with --as"
    with town.write() as session:
        with pytest.raises(NotAllowedError, match=refusal):
            read_preferences(session, viewer, "t:ana")
        with pytest.raises(NotAllowedError, match=refusal):
            change_preferences(session, viewer, "t:ana", {"visible_as_expert": False})
        with pytest.raises(NotAllowedError, match=refusal):
            hide_document(session, viewer, TODAY, "t:ana", "t:page")
        with pytest.raises(NotAllowedError, match=refusal):
            show_document(session, viewer, "t:ana", "t:page")
    assert own(town) == Preferences(capacity_per_week=3)


def test_changes_cannot_name_another_person(town: Store) -> None:
    change(town, person_id="t:ben", visible_as_expert=False)
    assert own(town, Viewer("t:ben")) == Preferences()
    assert own(town) == Preferences(visible_as_expert=False)


def test_a_document_is_hidden_once_and_shown_again(town: Store) -> None:
    for _ in range(2):
        with town.write() as session:
            hide_document(session, ANA, TODAY, "t:ana", "t:page")
        assert own(town).hidden_documents == ("t:page",)
    change(town, capacity_per_week=1)
    assert own(town).hidden_documents == ("t:page",)
    for _ in range(2):
        with town.write() as session:
            show_document(session, ANA, "t:ana", "t:page")
        assert own(town).hidden_documents == ()


@pytest.mark.parametrize("document_id", ["t:closed", "t:missing"])
def test_hiding_does_not_tell_whether_a_document_one_may_not_read_exists(town: Store, document_id: str) -> None:
    with town.write() as session, pytest.raises(NotFoundError, match=f"No document '{document_id}' that you may read"):
        hide_document(session, ANA, TODAY, "t:ana", document_id)
    assert own(town).hidden_documents == ()
