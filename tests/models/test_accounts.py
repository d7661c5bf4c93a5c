"""Accounts: a sign-in is a person by an exact account or address, never by a name."""

from __future__ import annotations

import pytest

from models.accounts import PROXY, find_by_account, find_by_email, find_by_id, link_account, unlink_account
from models.errors import NotFoundError
from models.records import PersonRecord
from models.store import Store
from tests.conftest import write


@pytest.fixture
def people(store: Store) -> Store:
    write(store, [PersonRecord(id="ana", name="Ana", email="ana@ville.test"), PersonRecord(id="bo", name="Bo")])
    return store


def test_a_person_is_found_by_address_or_id_and_not_by_name(people: Store) -> None:
    with people.read() as session:
        assert find_by_email(session, " Ana@Ville.test ") == "test:ana"
        assert find_by_id(session, "test:ana") == "test:ana"
        for stranger in ("Ana", "ana", "", "%"):
            assert find_by_email(session, stranger) is None
            assert find_by_id(session, stranger) is None
            assert find_by_account(session, PROXY, stranger) is None


def test_an_account_is_linked_moved_and_unlinked(people: Store) -> None:
    with people.write() as session:
        link_account(session, "test:ana", PROXY, "a42")
        assert find_by_account(session, PROXY, "a42") == "test:ana"
        link_account(session, "test:bo", PROXY, "a42")
        assert find_by_account(session, PROXY, "a42") == "test:bo"
        assert find_by_account(session, "https://id.test", "a42") is None
        assert unlink_account(session, PROXY, "a42") == "test:bo"
        with pytest.raises(NotFoundError, match="Nobody has the account 'a42'"):
            unlink_account(session, PROXY, "a42")
