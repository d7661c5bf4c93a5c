"""The audit log: who did what, readable by those it concerns, without anything that people wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.access import Viewer
from models.audit import AuditEvent, about_person, list_events, list_events_about, record_event
from models.errors import NotAllowedError, ReleveError
from models.paging import PageRequest
from models.store import Store
from tests.conftest import NOW

READ = AuditEvent(NOW, "person:bo", "person.read", about_person("ana"), details={"from": "search"}, request_id="r1")
ALL = PageRequest()


def record(store: Store, *events: AuditEvent) -> None:
    with store.write() as session:
        for event in events:
            record_event(session, event)


def test_the_log_is_read_page_by_page_newest_first(store: Store) -> None:
    record(store, *(replace(READ, at=NOW + timedelta(hours=hour), request_id=str(hour)) for hour in range(5)))
    with store.read() as session:
        first = list_events(session, PageRequest(limit=3))
        rest = list_events(session, PageRequest(first.next_cursor, limit=3))
    assert [event.request_id for event in [*first.items, *rest.items]] == ["4", "3", "2", "1", "0"]
    assert rest.next_cursor is None
    assert first.items[0] == replace(READ, at=NOW + timedelta(hours=4), request_id="4")


def test_each_person_sees_who_read_what_about_them_and_nothing_else(store: Store) -> None:
    for_ana = AuditEvent(NOW, "key:k1", "feedback.given", "person:zoe", on_behalf_of="ana")
    record(store, READ, AuditEvent(NOW, "person:ana", "person.read", "person:bo"), for_ana)
    with store.read() as session:
        seen = list_events_about(session, Viewer("ana"), ALL).items
        assert [(event.actor, event.action) for event in seen] == [
            ("key:k1", "feedback.given"),
            ("person:bo", "person.read"),
        ]
        assert [(event.details, event.request_id) for event in seen] == [({}, None)] * 2
        assert [event.actor for event in list_events_about(session, Viewer("bo"), ALL).items] == ["person:ana"]
        with pytest.raises(NotAllowedError, match="Only a person"):
            list_events_about(session, Viewer(), ALL)


@pytest.mark.parametrize("details", [{"question": "Qui ?"}, {"query": None}, {"reason": "x" * 201}])
def test_text_that_people_write_is_refused(store: Store, details: dict[str, str]) -> None:
    with store.write() as session, pytest.raises(ReleveError, match="takes no text"):
        record_event(session, replace(READ, details=details))
    with store.read() as session:
        assert list_events(session, ALL).items == []
