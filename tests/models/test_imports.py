from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from models.access import Viewer
from models.errors import InvalidInputError
from models.imports import (
    Checkpoint,
    ImportInput,
    begin_import,
    finish_import,
    last_finished_import,
    prune,
    remember_items,
    save_progress,
)
from models.queries.changes import current_revision
from models.queries.documents import read_documents, read_evidence
from models.records import AnyRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.store import Store
from models.tables import ImportItemRow, PersonRow
from models.writing import Writer
from tests.conftest import write

TODAY = date(2026, 6, 15)
NOBODY = Viewer()


def begin(store: Store, source: str = "forum", format_: str = "threads", fingerprint: str = "f1") -> Checkpoint:
    with store.write() as session:
        return begin_import(session, ImportInput(source, format_, fingerprint))


def finish(store: Store, import_id: int) -> None:
    with store.write() as session:
        finish_import(session, import_id)


def document(name: str, author: str = "ana") -> DocumentRecord:
    people = (Contribution(person=author, role=Role.WROTE),)
    return DocumentRecord(id=name, kind=DocumentKind.PAGE, text="Vannes", people=people)


def pruning_import(store: Store, source: str, records: list[AnyRecord]) -> int:
    """Import everything a source still holds and prune the rest, as one import does; returns how many it deleted."""
    import_id = begin(store, source, fingerprint="all").import_id
    with store.write() as session:
        remember_items(session, import_id, Writer(session, source).write(records).seen)
        deleted = prune(session, import_id, source)
        finish_import(session, import_id)
    return deleted


def directory(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(PersonRow.id).where(PersonRow.in_directory)))


def test_a_new_import_starts_at_the_beginning(sqlite_store: Store) -> None:
    checkpoint = begin(sqlite_store)
    assert (checkpoint.position, checkpoint.counts) == (0, {})


def test_an_interrupted_import_of_the_same_input_goes_on_where_it_stopped(store: Store) -> None:
    first = begin(store)
    with store.write() as session:
        save_progress(session, first.import_id, 500, {"new": 1200, "skipped": [["a.jsonl", 3, "empty"]]})
    again = begin(store)
    assert again == Checkpoint(first.import_id, 500, {"new": 1200, "skipped": [["a.jsonl", 3, "empty"]]})


def test_a_batch_that_fails_does_not_count_as_progress(sqlite_store: Store) -> None:
    first = begin(sqlite_store)
    session_of_a_killed_import = sqlite_store.write()
    with session_of_a_killed_import as session:
        save_progress(session, first.import_id, 500, {})
        session.rollback()
    assert begin(sqlite_store).position == 0


@pytest.mark.parametrize("fingerprint", ["f1", "f2"])
def test_a_finished_import_starts_anew(sqlite_store: Store, fingerprint: str) -> None:
    first = begin(sqlite_store)
    with sqlite_store.write() as session:
        save_progress(session, first.import_id, 500, {"new": 1})
    finish(sqlite_store, first.import_id)
    again = begin(sqlite_store, fingerprint=fingerprint)
    assert (again.position, again.counts) == (0, {})
    assert again.import_id != first.import_id


def test_another_input_starts_anew_even_if_the_last_was_interrupted(sqlite_store: Store) -> None:
    first = begin(sqlite_store)
    with sqlite_store.write() as session:
        save_progress(session, first.import_id, 500, {"new": 1})
    other = begin(sqlite_store, fingerprint="f2")
    assert (other.position, other.counts) == (0, {})
    # And then the first input is no longer the last one: it is read again from its beginning.
    assert begin(sqlite_store).position == 0


def test_each_source_has_its_own_checkpoint(sqlite_store: Store) -> None:
    first = begin(sqlite_store)
    with sqlite_store.write() as session:
        save_progress(session, first.import_id, 500, {})
    assert begin(sqlite_store, source="wiki").position == 0
    assert begin(sqlite_store).position == 500


def test_a_source_of_another_format_is_refused_with_the_remedy(sqlite_store: Store) -> None:
    finish(sqlite_store, begin(sqlite_store).import_id)
    with pytest.raises(
        InvalidInputError,
        match="The source 'forum' holds data of format 'threads', not 'people'; choose another name with --source",
    ):
        begin(sqlite_store, format_="people")


def test_finishing_forgets_what_this_import_saw_and_nothing_else(store: Store) -> None:
    first, second = begin(store, "forum"), begin(store, "wiki")
    with store.write() as session:
        remember_items(session, first.import_id, ["forum:a", "forum:b"])
        remember_items(session, first.import_id, ["forum:b"])
        remember_items(session, second.import_id, ["wiki:a"])
        count = select(func.count()).select_from(ImportItemRow)
        assert session.scalars(count).one() == 3
        finish_import(session, first.import_id)
        assert session.scalars(select(ImportItemRow.item_id)).all() == ["wiki:a"]


def test_the_last_import_is_the_newest_that_ended(sqlite_store: Store) -> None:
    with sqlite_store.read() as session:
        assert last_finished_import(session) is None
    begun = datetime.now(UTC)
    finish(sqlite_store, begin(sqlite_store).import_id)
    with sqlite_store.read() as session:
        first = last_finished_import(session)
    finish(sqlite_store, begin(sqlite_store, "wiki").import_id)
    begin(sqlite_store, "other")
    with sqlite_store.read() as session:
        second = last_finished_import(session)
    assert first is not None
    assert second is not None
    assert begun <= first < second <= datetime.now(UTC)


def test_pruning_deletes_what_the_source_no_longer_holds_and_nothing_of_other_sources(store: Store) -> None:
    write(store, [document("a"), document("b"), document("c")], source="forum")
    write(store, [document("a")], source="wiki")
    assert pruning_import(store, "forum", [document("b"), document("d")]) == 2
    ids = ["forum:a", "forum:b", "forum:c", "forum:d", "wiki:a"]
    with store.read() as session:
        assert sorted(read_documents(session, NOBODY, TODAY, ids)) == ["forum:b", "forum:d", "wiki:a"]
        before = current_revision(session)
    assert pruning_import(store, "forum", [document("b"), document("d")]) == 0
    with store.read() as session:
        assert current_revision(session) == before


def test_people_who_disappear_leave_the_directory_and_their_profile_goes(store: Store) -> None:
    ana = PersonRecord(id="1", name="Ana Berger", bio="Vannes")
    ben = PersonRecord(id="2", name="Ben Costa", bio="Pompes")
    write(store, [ana, ben], source="hr")
    write(store, [document("a", "Ana Berger")], source="wiki")
    assert pruning_import(store, "hr", [ben]) == 1
    assert directory(store) == {"hr:2"}
    with store.read() as session:
        documents = read_documents(session, NOBODY, TODAY, ["hr:profile/1", "hr:profile/2", "wiki:a"])
        assert sorted(documents) == ["hr:profile/2", "wiki:a"]
        # What they wrote elsewhere is still theirs.
        assert [item.person_id for item in read_evidence(session, NOBODY, TODAY, ["wiki:a"])] == ["hr:1"]
    assert pruning_import(store, "hr", [ana, ben]) == 0
    assert directory(store) == {"hr:1", "hr:2"}


def test_pruning_a_forum_keeps_its_authors_in_the_directory_that_describes_them(store: Store) -> None:
    write(store, [document("a", "Ana Berger"), document("b", "ben@ville.fr")], source="forum")
    hr = [
        PersonRecord(id="1", name="Ana Berger"),
        PersonRecord(id="2", name="Ben Costa", email="ben@ville.fr"),
    ]
    write(store, [*hr], source="hr")
    assert directory(store) == {"forum:Ana Berger", "forum:ben@ville.fr"}
    assert pruning_import(store, "forum", [document("b", "ben@ville.fr")]) == 1
    assert directory(store) == {"forum:Ana Berger", "forum:ben@ville.fr"}
    assert pruning_import(store, "hr", [hr[1]]) == 0
    assert directory(store) == {"forum:ben@ville.fr"}


def test_someone_two_directories_describe_leaves_with_the_last_of_them(store: Store) -> None:
    ana = PersonRecord(id="1", name="Ana Berger", email="ana@ville.fr")
    for source in ("hr", "it"):
        write(store, [ana], source=source)
    pruning_import(store, "it", [])
    assert directory(store) == {"hr:1"}
    pruning_import(store, "hr", [])
    assert directory(store) == set()
    pruning_import(store, "it", [ana])
    assert directory(store) == {"hr:1"}
