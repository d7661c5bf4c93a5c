"""Traces in columns: what is read again, who may count what, and what exists at a moment."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, update

from models.access import Viewer
from models.document_writing import REVISION, delete_documents
from models.preferences import hide_document
from models.queries.changes import current_revision
from models.queries.documents import list_hidden, list_space_ids
from models.records import (
    AnyRecord,
    AssociationRecord,
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import Store
from models.tables import AssociationRow, DocumentRow, StoreStateRow
from recommender import traces as module
from recommender.traces import KINDS, ROLES, Traces, TraceView
from tests.conftest import NOW, write

DAY = timedelta(days=1)


def document(id_: str, person: str, role: Role, days_ago: float | None = 1, **fields: object) -> DocumentRecord:
    kind = {Role.ASKED: DocumentKind.QUESTION, Role.WROTE: DocumentKind.PAGE}.get(role, DocumentKind.ANSWER)
    return DocumentRecord(
        id=id_,
        kind=kind,
        title=id_,
        created_at=None if days_ago is None else NOW - days_ago * DAY,
        people=(Contribution(person=person, role=role),),
        **fields,
    )


THREAD: list[AnyRecord] = [
    document("q", "simon", Role.ASKED, 9),
    document("a", "lucien", Role.ANSWERED, 8, thread="q", score=3),
    document("b", "carole", Role.ACCEPTED, 7, thread="q", accepted=True),
    document("c", "lucien", Role.ANSWERED, 6, thread="q"),
]


def refreshed(store: Store, traces: Traces | None = None) -> Traces:
    traces = Traces() if traces is None else traces
    with store.read() as session:
        traces.refresh(session)
    return traces


def seen(store: Store, traces: Traces, viewer: str | None = None) -> TraceView:
    asker = Viewer(f"test:{viewer}" if viewer else None)
    with store.read() as session:
        return traces.view(list_space_ids(session, asker, NOW.date()), list_hidden(session, asker))


def rows(view: TraceView) -> list[tuple[str, str]]:
    """Return person and document of each row, without their source."""
    documents = list(view.names.documents)
    return [
        (view.person_ids[person].removeprefix("test:"), documents[found].removeprefix("test:"))
        for person, found in zip(view.columns.persons, view.columns.documents, strict=True)
    ]


def everything(view: TraceView) -> list[tuple[object, ...]]:
    """Return each row by names in place of numbers."""
    documents, spaces, columns = list(view.names.documents), list(view.names.spaces), view.columns
    return [
        (
            view.person_ids[columns.persons[row]],
            documents[columns.documents[row]],
            documents[columns.threads[row]],
            spaces[columns.spaces[row]],
            ROLES[columns.roles[row]],
            KINDS[columns.kinds[row]],
            float(columns.weights[row]),
            float(columns.scores[row]),
            int(columns.times[row]),
        )
        for row in range(len(columns.persons))
    ]


def test_a_row_says_who_did_what_where_when_and_in_which_thread(store: Store) -> None:
    write(store, THREAD)
    view = seen(store, refreshed(store))
    assert rows(view) == [("simon", "q"), ("lucien", "a"), ("carole", "b"), ("lucien", "c")]
    person, found, thread, _, role, kind, weight, score, time = everything(view)[1]
    assert (person, found, thread) == ("test:lucien", "test:a", "test:q")
    assert (role, kind, weight, score) == (Role.ANSWERED, DocumentKind.ANSWER, 1.0, 3.0)
    assert time == int((NOW - 8 * DAY).timestamp() * 1_000_000)


def test_rows_are_in_order_of_time_and_undated_ones_first(store: Store) -> None:
    write(store, [document("new", "a", Role.WROTE, 1), document("old", "b", Role.WROTE, 5)])
    write(store, [document("undated", "c", Role.WROTE, None), document("middle", "d", Role.WROTE, 3)])
    assert [name for _, name in rows(seen(store, refreshed(store)))] == ["undated", "old", "middle", "new"]


def test_a_document_that_changed_replaces_its_rows_and_the_others_stay(store: Store) -> None:
    write(store, THREAD)
    traces = refreshed(store)
    write(store, [document("a", "carole", Role.ANSWERED, 2, thread="q")])
    view = seen(store, refreshed(store, traces))
    assert rows(view) == [("simon", "q"), ("carole", "b"), ("lucien", "c"), ("carole", "a")]
    assert everything(view)[3][7] == 0.0


def test_a_deleted_document_leaves_no_row(store: Store) -> None:
    write(store, THREAD)
    traces = refreshed(store)
    with store.write() as session:
        delete_documents(session, ["test:a", "test:q"])
    assert rows(seen(store, refreshed(store, traces))) == [("carole", "b"), ("lucien", "c")]
    assert len(traces) == 2


def test_an_association_stored_by_itself_is_read_with_its_document(store: Store) -> None:
    write(store, THREAD)
    traces = refreshed(store)
    write(store, [AssociationRecord(document="a", person="simon", role=Role.ENDORSED, weight=2.5, at=NOW - DAY)])
    view = seen(store, refreshed(store, traces))
    assert rows(view)[-1] == ("simon", "a")
    assert everything(view)[-1][6] == 2.5
    write(store, [AssociationRecord(document="a", person="simon", role=Role.ENDORSED, weight=0.5, at=NOW - DAY)])
    assert everything(seen(store, refreshed(store, traces)))[-1][6] == 0.5


def test_only_what_changed_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, THREAD)
    traces = refreshed(store)
    read: list[str] = []

    def stream(*arguments: object) -> object:
        for batch in stream_all(*arguments):
            read.extend(document.id for document in batch)
            yield batch

    stream_all = module.stream_traces
    monkeypatch.setattr(module, "stream_traces", stream)
    with store.read() as session:
        assert not traces.refresh(session)
    write(store, [document("b", "simon", Role.ANSWERED, 2, thread="q")])
    with store.read() as session:
        assert traces.refresh(session)
    assert read == ["test:b"]


def test_many_changes_come_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DOCUMENTS_PER_BATCH", 3)
    write(store, [document(f"d{number}", f"p{number % 3}", Role.WROTE, 20 - number) for number in range(10)])
    assert [name for _, name in rows(seen(store, refreshed(store)))] == [f"d{number}" for number in range(10)]


def test_the_rows_do_not_depend_on_the_order_in_which_they_were_written(store: Store, tmp_path: Path) -> None:
    same_time = [document(f"d{number}", f"p{number % 2}", Role.WROTE, 3) for number in range(4)]
    records = [*THREAD, *same_time]
    write(store, records)
    at_once = everything(seen(store, refreshed(store)))
    other = Store.create(tmp_path / "other")
    traces = Traces()
    for record in reversed(records):
        write(other, [record])
        refreshed(other, traces)
    assert everything(seen(other, traces)) == at_once
    other.close()


def test_what_was_kept_is_loaded_and_brought_up_to_date(store: Store, tmp_path: Path) -> None:
    write(store, [PersonRecord(id="lucien", name="Lucien Bois"), *THREAD])
    traces = refreshed(store)
    before = seen(store, traces)
    traces.save(tmp_path / "kept" / "traces.npz")
    loaded = Traces.load(tmp_path / "kept" / "traces.npz")
    assert everything(seen(store, loaded)) == everything(before)
    assert seen(store, loaded).named("lucien bois") == before.named("lucien bois") != []
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["traces.npz"]
    with store.read() as session:
        assert not loaded.refresh(session)
    write(store, [document("d", "noah", Role.ANSWERED, 0, thread="q")])
    assert rows(seen(store, refreshed(store, loaded)))[-1] == ("noah", "d")
    assert everything(seen(store, loaded)) == everything(seen(store, refreshed(store)))


def test_traces_of_nothing_are_kept_too(sqlite_store: Store, tmp_path: Path) -> None:
    refreshed(sqlite_store).save(tmp_path / "traces.npz")
    assert len(Traces.load(tmp_path / "traces.npz")) == 0


def damage(path: Path, how: str) -> None:
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("no archive")
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    else:
        with np.load(path) as kept:
            arrays = dict(kept)
        if how == "older":
            arrays["names"] = np.frombuffer(arrays["names"].tobytes().replace(b'"version":1', b'"version":0'), np.uint8)
        else:
            del arrays["scores"]
        with path.open("wb") as file:
            np.savez(file, **arrays)


@pytest.mark.parametrize("how", ["missing", "empty", "text", "cut", "older", "a column less"])
def test_a_damaged_or_older_file_is_as_none(sqlite_store: Store, tmp_path: Path, how: str) -> None:
    write(sqlite_store, THREAD)
    refreshed(sqlite_store).save(tmp_path / "traces.npz")
    damage(tmp_path / "traces.npz", how)
    traces = Traces.load(tmp_path / "traces.npz")
    assert len(traces) == 0
    assert len(rows(seen(sqlite_store, refreshed(sqlite_store, traces)))) == 4


def test_a_view_holds_what_its_viewer_may_read(store: Store) -> None:
    secret = document("s", "lucien", Role.WROTE, 1, space="cercle")
    circle = [CommunityRecord(id="cercle", name="Cercle", protected=True)]
    write(store, [*THREAD, *circle, MembershipRecord(community="cercle", person="simon"), secret])
    traces = refreshed(store)
    assert ("lucien", "s") not in rows(seen(store, traces))
    assert ("lucien", "s") not in rows(seen(store, traces, "carole"))
    assert ("lucien", "s") in rows(seen(store, traces, "simon"))
    assert rows(traces.view([])) == []
    assert rows(traces.view(["no such space"])) == []


def test_what_someone_hides_is_hidden_from_others_and_not_from_them(store: Store) -> None:
    write(store, [*THREAD, AssociationRecord(document="a", person="carole", role=Role.REVIEWED)])
    with store.write() as session:
        hide_document(session, Viewer("test:lucien"), NOW.date(), "test:lucien", "test:a")
    traces = refreshed(store)
    for viewer in (None, "simon"):
        assert ("lucien", "a") not in rows(seen(store, traces, viewer))
        # Neither what else they did, nor who else stands behind the document.
        assert {("lucien", "c"), ("carole", "a")} <= set(rows(seen(store, traces, viewer)))
    assert ("lucien", "a") in rows(seen(store, traces, "lucien"))


def test_hiding_something_unknown_hides_nothing(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    with sqlite_store.read() as session:
        spaces = list_space_ids(session, Viewer(), NOW.date())
    traces = refreshed(sqlite_store)
    assert len(rows(traces.view(spaces, [("test:nobody", "test:a"), ("test:lucien", "test:none")]))) == 4


def test_the_same_viewer_gets_the_same_view_until_something_changes(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    traces = refreshed(sqlite_store)
    view = seen(sqlite_store, traces)
    assert seen(sqlite_store, refreshed(sqlite_store, traces)) is view
    write(sqlite_store, [document("d", "noah", Role.WROTE)])
    assert seen(sqlite_store, refreshed(sqlite_store, traces)) is not view


def test_a_view_keeps_only_who_and_what_was_there_when_it_was_made(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    traces = refreshed(sqlite_store)
    view = seen(sqlite_store, traces)
    write(sqlite_store, [document("d", "noah", Role.WROTE)])
    later = seen(sqlite_store, refreshed(sqlite_store, traces))
    assert (view.person_code("test:noah"), view.document_code("test:d")) == (None, None)
    assert (view.person_code("test:lucien"), view.document_code("test:q")) != (None, None)
    assert later.person_ids[later.person_code("test:noah") or 0] == "test:noah"
    # Lazily made parts of the earlier view still fit its rows.
    assert len(view.by_document.rows) == len(view.by_person.rows) == 4


def test_a_first_help_is_the_first_giving_of_a_person_in_a_thread(store: Store) -> None:
    write(store, [*THREAD, document("d", "simon", Role.ANSWERED, 5, thread="q"), document("p", "carole", Role.WROTE)])
    view = seen(store, refreshed(store))
    first = [row for row, is_first in zip(rows(view), view.first_in_thread, strict=True) if is_first]
    assert first == [("lucien", "a"), ("carole", "b"), ("simon", "d"), ("carole", "p")]
    assert view.help_rows.tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize("role", Role)
def test_asking_and_endorsing_give_nothing(sqlite_store: Store, role: Role) -> None:
    write(sqlite_store, [document("d", "ana", role)])
    assert seen(sqlite_store, refreshed(sqlite_store)).giving.tolist() == [role not in (Role.ASKED, Role.ENDORSED)]


def names_in(view: TraceView, before: datetime | None) -> list[str]:
    first, last = view.span(before, NOW)
    return [name for _, name in rows(view)[first:last]]


def test_before_a_moment_exists_what_is_dated_strictly_before_it(sqlite_store: Store) -> None:
    dated = [document(f"d{days}", "ana", Role.WROTE, days) for days in (3, 2, 1)]
    write(
        sqlite_store, [document("undated", "ana", Role.WROTE, None), *dated, document("future", "ana", Role.WROTE, -5)]
    )
    view = seen(sqlite_store, refreshed(sqlite_store))
    assert names_in(view, NOW - 2 * DAY) == ["d3"]
    assert names_in(view, NOW - 2 * DAY + timedelta(microseconds=1)) == ["d3", "d2"]
    assert names_in(view, NOW - 100 * DAY) == []
    assert names_in(view, (NOW - 2 * DAY).replace(tzinfo=None)) == ["d3"]


def test_without_a_moment_exists_all_up_to_now_and_nothing_of_the_future(sqlite_store: Store) -> None:
    found = [document("undated", "ana", Role.WROTE, None), document("now", "ana", Role.WROTE, 0)]
    write(sqlite_store, [*found, document("future", "ana", Role.WROTE, -5)])
    assert names_in(seen(sqlite_store, refreshed(sqlite_store)), None) == ["undated", "now"]


def test_people_are_named_by_their_full_name_folded(store: Store) -> None:
    people = [PersonRecord(id="lucien", name="Lucien  BOIS"), PersonRecord(id="carole", name="Carole Émond-Côté")]
    write(store, [*people, PersonRecord(id="quiet", name="Sans Trace"), *THREAD])
    view = seen(store, refreshed(store))
    assert view.named("lucien bois") == [view.person_code("test:lucien")]
    assert view.named("carole emond-cote") == [view.person_code("test:carole")]
    assert view.named("lucien") == []
    # Someone without a trace that the viewer may read is not found by name.
    assert view.named("sans trace") == []


def test_namesakes_are_all_named(sqlite_store: Store) -> None:
    people = [PersonRecord(id=name, name="Ana Roy", email=f"{name}@example.org") for name in ("x", "y")]
    write(sqlite_store, [*people, document("d", "y", Role.WROTE), document("e", "x", Role.WROTE)])
    view = seen(sqlite_store, refreshed(sqlite_store))
    assert sorted(view.person_ids[code] for code in view.named("ana roy")) == ["test:x", "test:y"]


def test_a_name_is_found_only_where_the_viewer_may_read_a_trace_of_its_bearer(sqlite_store: Store) -> None:
    circle = [CommunityRecord(id="cercle", name="Cercle", protected=True)]
    member = MembershipRecord(community="cercle", person="simon")
    secret = document("s", "lucien", Role.WROTE, 1, space="cercle")
    write(sqlite_store, [PersonRecord(id="lucien", name="Lucien Bois"), *circle, member, secret])
    traces = refreshed(sqlite_store)
    assert seen(sqlite_store, traces).named("lucien bois") == []
    assert len(seen(sqlite_store, traces, "simon").named("lucien bois")) == 1


def test_views_may_be_used_while_another_thread_refreshes(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    traces = refreshed(sqlite_store)
    wrong: list[object] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            view = seen(sqlite_store, traces)
            count = len(view.columns.persons)
            whole = [len(view.by_document.rows), len(view.by_person.rows), len(view.by_thread.rows)]
            if whole != [count] * 3 or int(view.columns.persons.max()) >= len(view.person_ids):
                wrong.append(whole)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(15):
        write(sqlite_store, [document(f"n{number}", f"new{number}", Role.WROTE)])
        refreshed(sqlite_store, traces)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(traces) == 19


def test_an_enormous_score_stays_finite(sqlite_store: Store) -> None:
    records: Sequence[AnyRecord] = [
        document("d", "ana", Role.WROTE, score=1e300),
        document("e", "ana", Role.WROTE, score=-1e300),
    ]
    write(sqlite_store, list(records))
    scores = seen(sqlite_store, refreshed(sqlite_store)).columns.scores
    assert np.isfinite(scores).all()
    assert sorted(np.sign(scores)) == [-1, 1]


def test_a_person_renamed_is_found_by_the_new_name_from_the_next_change_on(sqlite_store: Store) -> None:
    write(sqlite_store, [PersonRecord(id="lucien", name="Lucien Bois"), *THREAD])
    traces = refreshed(sqlite_store)
    write(sqlite_store, [PersonRecord(id="lucien", name="Lucien Dubois"), document("d", "simon", Role.WROTE)])
    view = seen(sqlite_store, refreshed(sqlite_store, traces))
    assert (len(view.named("lucien dubois")), view.named("lucien bois")) == (1, [])


def test_grouped_rows_come_group_after_group_in_the_order_asked(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    view = seen(sqlite_store, refreshed(sqlite_store))
    lucien, simon = view.person_code("test:lucien"), view.person_code("test:simon")
    found, places = view.by_person.of_codes(np.array([lucien, simon]))
    assert (found.tolist(), places.tolist()) == ([1, 3, 0], [0, 0, 1])
    found, places = view.by_person.of_codes(np.array([], np.int64))
    assert (found.tolist(), places.tolist()) == ([], [])


def test_taking_rows_takes_them_from_every_column(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD)
    view = seen(sqlite_store, refreshed(sqlite_store))
    taken = view.columns.take(np.array([2, 0]))
    assert taken == replace(taken)
    assert [ROLES[role] for role in taken.roles] == [Role.ACCEPTED, Role.ASKED]
    assert taken.times.tolist() == view.columns.times[[2, 0]].tolist()


def test_an_older_store_that_was_put_back_is_read_anew(sqlite_store: Store) -> None:
    write(sqlite_store, THREAD[:2])
    with sqlite_store.read() as session:
        revision = current_revision(session)
    write(sqlite_store, THREAD[2:])
    traces = refreshed(sqlite_store)
    with sqlite_store.write() as session:
        session.execute(delete(AssociationRow).where(AssociationRow.document_id.in_(["test:b", "test:c"])))
        session.execute(delete(DocumentRow).where(DocumentRow.revision > revision))
        session.execute(update(StoreStateRow).where(StoreStateRow.key == REVISION).values(value=revision))
    assert rows(seen(sqlite_store, refreshed(sqlite_store, traces))) == [("simon", "q"), ("lucien", "a")]


def test_documents_without_a_trace_when_the_view_was_made_have_no_number(store):
    traces = Traces()
    with store.read() as session:
        traces.refresh(session)
    view = traces.view(set())

    assert view.document_codes(["nothing", "else"]) == [None, None]
