import base64
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.access import Viewer
from models.errors import InvalidInputError
from models.paging import Order, PageRequest, make_cursor, read_cursor, read_page
from models.queries.documents import DocumentFilters, list_documents
from models.records import DocumentKind, DocumentRecord, UnitRecord
from models.store import Store
from models.tables import UnitRow
from tests.conftest import NOW, write

BY_NAME = Order((UnitRow.name, UnitRow.id))


def cursor(content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode()


def test_every_row_comes_once_and_in_order_whatever_the_size_of_a_page(store: Store) -> None:
    write(store, [UnitRecord(id=f"u{n}", name=f"Unit {n // 3}") for n in range(8)])
    expected = [(f"Unit {n // 3}", f"test:u{n}") for n in range(8)]
    with store.read() as session:
        for descending in (False, True):
            order = Order(BY_NAME.columns, descending)
            for limit in (1, 2, 3, 7, 8, 9):
                found, after = [], None
                while True:
                    page = read_page(session, select(UnitRow.name, UnitRow.id), order, PageRequest(after, limit))
                    assert len(page.items) <= limit
                    found += [(row[0], row[1]) for row in page.items]
                    after = page.next_cursor
                    if after is None:
                        break
                assert found == (expected[::-1] if descending else expected)


def test_a_row_that_comes_or_goes_meanwhile_shifts_no_other(sqlite_store: Store) -> None:
    write(sqlite_store, [UnitRecord(id=name, name=name) for name in "bdfh"])
    with sqlite_store.read() as session:
        first = read_page(session, select(UnitRow.name), BY_NAME, PageRequest(limit=2))
    write(sqlite_store, [UnitRecord(id=name, name=name) for name in "ae"])
    with sqlite_store.read() as session:
        second = read_page(session, select(UnitRow.name), BY_NAME, PageRequest(first.next_cursor, 9))
    assert [row[0] for row in second.items] == ["e", "f", "h"]


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_outside_its_bounds_is_refused(limit: int) -> None:
    with pytest.raises(InvalidInputError, match=f"The limit {limit} is not between 1 and 200"):
        PageRequest(limit=limit)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "é",
        "%%%",
        "AAAA",
        cursor({"a": 1}),
        cursor([]),
        cursor(["2026-01-01T00:00:00+00:00"]),
        cursor(["2026-01-01T00:00:00", "a"]),
        cursor(["0001-01-01T00:00:00+14:00", "a"]),
        cursor([3, "a"]),
        cursor(["2026-01-01T00:00:00+00:00", 7]),
        cursor(["2026-01-01T00:00:00+00:00", "a\x00"]),
        cursor(["2026-01-01T00:00:00+00:00", "a", "b"]),
        make_cursor(["name", "id"]),
    ],
)
def test_a_cursor_of_another_making_is_refused(store: Store, bad: str) -> None:
    with store.read() as session, pytest.raises(InvalidInputError, match="is not a cursor of this list"):
        list_documents(session, Viewer(), NOW.date(), DocumentFilters(), PageRequest(bad))


@given(st.text(max_size=80))
def test_no_text_as_a_cursor_does_more_than_be_refused(text: str) -> None:
    try:
        values = read_cursor(text, [datetime, str])
    except InvalidInputError:
        return
    assert [type(value) for value in values] == [datetime, str]


def test_moments_in_cursors_keep_their_fractions(store: Store) -> None:
    moment = datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    records = [DocumentRecord(id=f"d{n}", kind=DocumentKind.PAGE, created_at=moment) for n in range(3)]
    write(store, [*records, DocumentRecord(id="u", kind=DocumentKind.PAGE)])
    found, after = [], None
    with store.read() as session:
        while True:
            page = list_documents(session, Viewer(), NOW.date(), DocumentFilters(), PageRequest(after, 1))
            found += [entry.id for entry in page.items]
            after = page.next_cursor
            if after is None:
                break
    assert found == ["test:d2", "test:d1", "test:d0", "test:u"]
