from datetime import UTC, datetime
from pathlib import Path

from models.queries.changes import stream_changes, stream_traces
from models.records import Contribution, DocumentKind, DocumentRecord, Role
from models.store import Store
from models.truncation import copy_before
from models.writing import Writer


def day(number: int) -> datetime:
    return datetime(2020, 1, number, tzinfo=UTC)


def test_a_copy_holds_only_what_came_strictly_before(sqlite_store: Store, tmp_path: Path):
    def page(name: str, at: datetime | None, *parts: tuple[str, datetime | None]) -> DocumentRecord:
        people = tuple(Contribution(person=person, role=Role.EDITED, at=edited) for person, edited in parts)
        return DocumentRecord(id=name, kind=DocumentKind.PAGE, text=name, created_at=at, people=people)

    with sqlite_store.write() as session:
        Writer(session, "wiki").write(
            [
                page("old", day(1), ("ann", None), ("bob", day(5)), ("carl", day(9))),
                page("that moment", day(5), ("ann", None)),
                page("undated", None, ("ann", None)),
            ]
        )
    (tmp_path / "copy").mkdir()
    copy = copy_before(sqlite_store, day(5), tmp_path / "copy")
    with copy.read() as session:
        [documents] = list(stream_changes(session, 0, 100))
        [traces] = list(stream_traces(session, 0, 100))
    copy.close()
    assert [document.id for document in documents if not document.deleted] == ["wiki:old"]
    assert [(part[0], part[3]) for document in traces for part in document.people] == [("wiki:ann", day(1))]
    with sqlite_store.read() as session:
        [kept] = list(stream_changes(session, 0, 100))
    assert len(kept) == 3
