from __future__ import annotations

import gzip
import json
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select

from ingestion.formats import open_source
from ingestion.importing import run_import
from ingestion.language import detect_language
from ingestion.source import Item, PersonalFields, Skipped
from models.errors import InvalidInputError
from models.records import DocumentKind, DocumentRecord
from models.store import SQLITE_NAME, Store
from models.tables import DocumentRow, ImportItemRow, ImportRow


def threads(count: int, first: int = 1, text: str = "The pump stops.") -> bytes:
    lines = []
    for number in range(first, first + count):
        answers = [{"id": "a", "author": f"p{number % 9}", "text": "Check the valve."}]
        lines.append(json.dumps({"id": f"t{number}", "title": "T", "text": text, "asker": "p0", "answers": answers}))
    return ("\n".join(lines) + "\n").encode()


class ListSource:
    """A source of given items, for what no file can do."""

    format = "records"
    path = Path("list")
    personal_fields = PersonalFields(())
    bytes_total = bytes_read = 0
    notes = ("noted",)

    def __init__(self, items: list[Item]) -> None:
        self.items = items

    def default_name(self) -> str:
        return "list"

    def fingerprint(self) -> str:
        return str(len(self.items))

    def read(self, start: int = 0) -> Iterator[Item]:
        yield from self.items[start:]


def item(line: int, record: DocumentRecord) -> Item:
    return Item("list", line, (record,))


def page(id_: str, **fields: object) -> DocumentRecord:
    return DocumentRecord.model_validate({"id": id_, "kind": DocumentKind.PAGE, "text": "x", **fields})


def test_the_report_counts_items_records_and_time_and_carries_the_notes_of_the_source(sqlite_store) -> None:
    report = run_import(sqlite_store, ListSource([item(1, page("a")), Item("list", 2), item(3, page("b"))]))
    assert (report.source, report.format) == ("list", "records")
    assert (report.items, report.read, report.new, report.changed, report.unchanged) == (3, 2, 2, 0, 0)
    assert report.notes == ["noted"]
    assert report.seconds > 0


def test_progress_is_told_after_every_batch(folder, sqlite_store) -> None:
    path = folder / "t.jsonl"
    path.write_bytes(threads(1200))
    seen = []
    run_import(sqlite_store, open_source("threads", path), on_progress=seen.append)
    assert [progress.items for progress in seen] == [500, 1000, 1200]
    assert [progress.bytes_read <= progress.bytes_total for progress in seen] == [True] * 3


def test_a_batch_ends_early_when_its_texts_are_long(sqlite_store, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.importing.BATCH_CHARACTERS", 100)
    seen = []
    items = [item(number, page(str(number), text="x" * 60)) for number in range(4)]
    run_import(sqlite_store, ListSource(items), on_progress=seen.append)
    assert [progress.items for progress in seen] == [2, 4, 4]


def test_a_record_that_the_database_cannot_hold_costs_only_itself(sqlite_store, documents) -> None:
    items = [item(1, page("a")), item(2, page("b").model_copy(update={"text": "half \ud800"})), item(3, page("c"))]
    report = run_import(sqlite_store, ListSource(items), name="s")
    assert set(documents()) == {"a", "c"}
    assert (report.new, report.skipped) == (2, 1)
    assert str(report.skips[0]).startswith("list, line 2: the store refuses it: ")


def test_a_database_that_does_not_answer_is_no_fault_of_the_records(sqlite_store) -> None:
    def fail(*_arguments: object) -> None:
        raise sqlite_store.engine.dialect.dbapi.OperationalError("disk I/O error")

    event.listen(sqlite_store.engine, "before_cursor_execute", fail)
    with pytest.raises(Exception, match="disk I/O error"):
        run_import(sqlite_store, ListSource([item(1, page("a"))]))


def test_skips_are_kept_up_to_a_limit_and_all_counted(sqlite_store, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.report.SKIPS_KEPT", 3)
    items = [Item("list", line, skipped=(Skipped("list", line, "bad"),)) for line in range(1, 11)]
    report = run_import(sqlite_store, ListSource(items))
    assert report.skipped == 10
    assert [skip.line for skip in report.skips] == [1, 2, 3]


def test_a_finished_import_starts_anew_and_leaves_no_items_behind(folder, sqlite_store) -> None:
    path = folder / "t.jsonl"
    path.write_bytes(threads(3))
    for _ in range(2):
        report = run_import(sqlite_store, open_source("threads", path), prune=True)
        assert report.resumed_from == 0
    with sqlite_store.read() as session:
        assert session.scalars(select(ImportItemRow)).all() == []
        assert all(row.finished_at for row in session.scalars(select(ImportRow)))


def test_a_source_that_breaks_off_keeps_what_came_before_and_is_never_pruned(folder, sqlite_store, documents) -> None:
    path = folder / "t.jsonl.gz"
    whole = b"".join(threads(1, number, text=f"The pump {number * 7919 % 10007} stops.") for number in range(2000))
    path.write_bytes(gzip.compress(whole))
    run_import(sqlite_store, open_source("threads", path), name="s")
    path.write_bytes(gzip.compress(whole)[:-3000])
    with pytest.raises(InvalidInputError) as raised:
        run_import(sqlite_store, open_source("threads", path), name="s", prune=True)
    assert "'t.jsonl.gz' cannot be read after line 1" in str(raised.value)
    assert "What came before is stored" in str(raised.value)
    assert "nothing was pruned" in str(raised.value)
    assert len(documents()) == 4000
    with sqlite_store.read() as session:
        last = session.scalars(select(ImportRow).order_by(ImportRow.id.desc()).limit(1)).one()
        assert last.finished_at is None
        assert last.position > 1000


def test_a_source_that_breaks_at_once_imports_nothing_and_says_so(folder, sqlite_store) -> None:
    path = folder / "t.jsonl.gz"
    path.write_bytes(gzip.compress(threads(3))[:12])
    with pytest.raises(InvalidInputError, match="Nothing was imported"):
        run_import(sqlite_store, open_source("threads", path))


def test_pruning_is_withheld_while_a_skipped_item_cannot_be_identified(folder, sqlite_store, documents) -> None:
    path = folder / "t.jsonl"
    path.write_bytes(threads(3))
    run_import(sqlite_store, open_source("threads", path), name="s")
    path.write_bytes(threads(1) + b"{broken\n")
    report = run_import(sqlite_store, open_source("threads", path), name="s", prune=True)
    assert report.pruned is None
    assert "nothing was pruned: 1 skipped items" in report.notes[0]
    assert len(documents()) == 6


def test_pruning_spares_a_skipped_item_whose_id_is_known(folder, sqlite_store, documents) -> None:
    path = folder / "t.jsonl"
    path.write_bytes(threads(3))
    run_import(sqlite_store, open_source("threads", path), name="s")
    bad = json.dumps({"id": "t2", "title": None, "text": "x", "answers": [{"id": "a"}]}).encode()
    path.write_bytes(threads(1) + bad)
    report = run_import(sqlite_store, open_source("threads", path), name="s", prune=True)
    assert report.pruned == 2
    assert set(documents()) == {"t1", "t1/a", "t2", "t2/a"}


def test_asking_for_pruning_after_an_interruption_starts_anew(folder, sqlite_store, documents) -> None:
    path = folder / "t.jsonl.gz"
    path.write_bytes(gzip.compress(threads(600))[:-10])
    with pytest.raises(InvalidInputError):
        run_import(sqlite_store, open_source("threads", path), name="s")
    with pytest.raises(InvalidInputError):
        run_import(sqlite_store, open_source("threads", path), name="s", prune=True)
    with sqlite_store.read() as session:
        assert len(session.scalars(select(ImportRow)).all()) == 2


@pytest.mark.parametrize("name", ["Portail RH", "a:b", "", "email", "private", "x" * 101])
def test_a_name_that_cannot_begin_ids_is_an_error_with_one_that_can(sqlite_store, name) -> None:
    source = ListSource([])
    source.default_name = lambda: name  # type: ignore[method-assign]
    with pytest.raises(InvalidInputError, match="cannot name a source; use letters a-z"):
        run_import(sqlite_store, source)


def test_a_space_that_is_not_there_stops_before_anything_is_read(sqlite_store, documents) -> None:
    with pytest.raises(InvalidInputError, match="No space 'secret'"):
        run_import(sqlite_store, ListSource([item(1, page("a"))]), space="secret")
    assert documents() == {}


def test_a_source_keeps_to_one_format(folder, sqlite_store) -> None:
    run_import(sqlite_store, ListSource([]), name="x")
    (folder / "t.jsonl").write_bytes(threads(1))
    with pytest.raises(InvalidInputError, match="holds data of format 'records', not 'threads'"):
        run_import(sqlite_store, open_source("threads", folder), name="x")


def test_an_import_of_nothing_is_no_error(folder, sqlite_store) -> None:
    (folder / "t.jsonl").write_bytes(b"")
    assert run_import(sqlite_store, open_source("threads", folder)).read == 0


@pytest.mark.thorough
def test_the_memory_of_an_import_does_not_grow_with_its_source(folder, tmp_path, sqlite_template) -> None:
    peaks = []
    for count in (1_000, 6_000):
        (tmp_path / str(count)).mkdir()
        shutil.copy(sqlite_template, tmp_path / str(count) / SQLITE_NAME)
        store = Store.open(tmp_path / str(count))
        path = folder / f"{count}.jsonl"
        path.write_bytes(threads(count, text="The pump stops. " * 200))
        tracemalloc.start()
        try:
            run_import(store, open_source("threads", path), name="s")
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        with store.read() as session:
            assert session.scalars(select(DocumentRow.id).limit(1)).one()
        store.close()
    assert peaks[1] < peaks[0] * 1.2


@pytest.mark.thorough
def test_a_line_of_100_mib_is_skipped_without_being_held(folder, sqlite_store, documents) -> None:
    path = folder / "t.jsonl"
    with path.open("wb") as content:
        content.write(threads(1))
        content.write(b'{"id": "huge", "text": "')
        for _ in range(100):
            content.write(b"x" * 1024 * 1024)
        content.write(b'"}\n' + threads(1, first=2))
    detect_language("Comment purger la ligne ?")  # its tables stay, and are not what a line takes
    tracemalloc.start()
    try:
        report = run_import(sqlite_store, open_source("threads", path), name="s")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert set(documents()) == {"t1", "t1/a", "t2", "t2/a"}
    assert [str(skip) for skip in report.skips] == [
        "t.jsonl, line 2: the line is longer than 16 MiB; a line holds one item"
    ]
    assert peak < 50 * 1024 * 1024
