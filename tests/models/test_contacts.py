from __future__ import annotations

from datetime import timedelta

import pytest

from models.access import Viewer
from models.preferences import change_preferences
from models.queries.contacts import read_email
from models.records import PersonRecord
from models.store import Store
from tests.conftest import NOW, write

TODAY = NOW.date()


@pytest.fixture
def organisation(store: Store) -> Store:
    write(
        store, [PersonRecord(id="ana", name="Ana", email="Ana@valserein.example"), PersonRecord(id="ben", name="Ben")]
    )
    return store


def email(store: Store, viewer: str | None, person: str) -> str | None:
    with store.read() as session:
        return read_email(session, Viewer(viewer), TODAY, person)


def test_the_address_of_someone_who_may_be_asked_is_given_to_people_alone(organisation: Store) -> None:
    assert email(organisation, "test:ben", "test:ana") == "ana@valserein.example"
    assert email(organisation, None, "test:ana") is None
    assert email(organisation, "test:ana", "test:ben") is None


@pytest.mark.parametrize("choice", [{"visible_as_expert": False}, {"paused_until": TODAY + timedelta(days=1)}])
def test_the_address_of_someone_who_takes_no_questions_is_given_to_nobody(
    organisation: Store, choice: dict[str, object]
) -> None:
    with organisation.write() as session:
        change_preferences(session, Viewer("test:ana"), "test:ana", choice)
    assert email(organisation, "test:ben", "test:ana") is None
