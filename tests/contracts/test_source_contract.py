"""What every source promises, checked on all six."""

from __future__ import annotations

import gzip
import json
import shutil
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import ingestion.importing
from ingestion.formats import FORMATS, open_source
from ingestion.importing import run_import
from ingestion.source import Item, Source
from models.rows import table_of
from models.store import SQLITE_NAME, Store
from models.tables import (
    AssociationRow,
    CommunityRow,
    DepartureRow,
    DocumentRow,
    IdentityRow,
    MembershipRow,
    PersonRow,
    UnitRow,
)

WORDS = "La pompe du poste sept se désamorce quand le clapet reste ouvert après la crue. "
EDITED = "Le clapet a été remplacé."
TODAY = date(2026, 3, 14)
# What an import decides; revisions and clocks are the store's.
COMPARED = {
    DocumentRow: {"revision", "deleted_at"},
    PersonRow: set[str](),
    IdentityRow: set[str](),
    AssociationRow: set[str](),
    UnitRow: set[str](),
    CommunityRow: set[str](),
    MembershipRow: set[str](),
    DepartureRow: {"id", "declared_at", "revoked_at"},
}


@dataclass(frozen=True)
class Example:
    """How a test writes input of one format, item by item."""

    format: str
    write: Callable[[Path, Sequence[int], str, bool, bool], Path]
    """(folder, numbers of the items, text of each, whether a bad item stands second, packed) to the path to import."""
    ids: Callable[[int], set[str]]
    """Ids of the documents an item makes."""
    bad_line: int | None


def save(path: Path, content: str, packed: bool) -> Path:
    path = path.with_name(f"{path.name}.gz") if packed else path
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    return path


def with_bad(lines: list[str], bad: str, wanted: bool) -> list[str]:
    return [*lines[:1], bad, *lines[1:]] if wanted else lines


def write_threads(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    lines = [
        json.dumps(
            {
                "id": f"t{number}",
                "title": f"Pompe {number}",
                "text": f"{text} {number}",
                "asker": f"p{number % 7}",
                "created": "2024-01-02T03:04:05+00:00",
                "answers": [{"id": "a", "author": f"p{number % 5}", "text": f"Réponse. {text}", "accepted": True}],
            }
        )
        for number in numbers
    ]
    return save(folder / "threads.jsonl", "\n".join(with_bad(lines, '{"id": "broken', bad)) + "\n", packed)


def write_stackexchange(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    questions = [
        f'<row Id="{number}" PostTypeId="1" AcceptedAnswerId="{number}0000" OwnerUserId="{number}" Title="Q {number}" '
        f'Body="&lt;p&gt;{text} {number}&lt;/p&gt;" CreationDate="2020-01-01T00:00:00.0" Score="3" Tags="&lt;a&gt;" />'
        for number in numbers
    ]
    answers = [
        f'<row Id="{number}0000" PostTypeId="2" ParentId="{number}" OwnerUserId="{number}" Body="{text}" Score="1" />'
        for number in numbers
    ]
    users = [
        f'<row Id="{number}" DisplayName="User {number}" AboutMe="&lt;b&gt;{text}&lt;/b&gt;" />' for number in numbers
    ]
    posts = with_bad(questions, '<row PostTypeId="1" Title="no id" />', bad) + answers
    save(folder / "Posts.xml", '<?xml version="1.0"?>\n<posts>\n' + "\n".join(posts) + "\n</posts>\n", packed)
    save(folder / "Users.xml", "<users>\n" + "\n".join(users) + "\n</users>\n", packed)
    return folder


def write_people(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    rows = [
        f"{number};Personne {number};p{number}@ville.example;Service {number % 3};{text};2027-03-31"
        for number in numbers
    ]
    header = "Matricule;Nom;Courriel;Service;Présentation;Date de départ prévue"
    return save(
        folder / "personnes.csv", "\n".join([header, *with_bad(rows, ";Sans Matricule;;;;", bad)]) + "\n", packed
    )


def write_missions(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    """Each item is a product with five people of whom nothing else is said, so that they have no profile."""
    lines = [
        json.dumps({"_id": f"product:{number}", "title": f"Produit {number}", "text": text, "created": "2020-01-02"})
        for number in numbers
    ]
    people = [json.dumps({"person_id": f"p{number}"}) for number in range(5)]
    missions = [
        json.dumps(
            {
                "person_id": f"p{number % 5}",
                "unit": f"product:{number}",
                "start": "2020-01-02",
                "end": f"{2020 + number % 9}-06-30",
            }
        )
        for number in numbers
        if number % 3 == 1
    ]
    save(folder / "documents.jsonl", "\n".join(with_bad(lines, '{"_id": "broken', bad)) + "\n", packed)
    save(folder / "people.jsonl", "\n".join(people) + "\n", packed)
    save(folder / "memberships.jsonl", "\n".join(missions) + "\n", packed)
    return folder


def write_documents(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    for number in numbers:
        save(folder / f"{number:05}.md", f"---\nauthors: [p{number % 5}]\n---\n# Guide {number}\n\n{text}\n", packed)
    if bad:
        (folder / "00000b.pdf").write_bytes(b"%PDF-1.4 broken")
    return folder


def write_records(folder: Path, numbers: Sequence[int], text: str, bad: bool, packed: bool) -> Path:
    lines = []
    for number in numbers:
        people = [{"person": f"p{number % 5}", "role": "wrote"}]
        record = {"type": "document", "id": f"d{number}", "kind": "page", "title": "T", "text": text, "people": people}
        lines.append(json.dumps(record))
    return save(folder / "records.jsonl", "\n".join(with_bad(lines, '{"type": "document", "id": "x"}', bad)), packed)


EXAMPLES = [
    Example("threads", write_threads, lambda n: {f"t{n}", f"t{n}/a"}, 2),
    Example("stackexchange", write_stackexchange, lambda n: {f"{n}", f"{n}0000", f"profile/{n}"}, 2),
    Example("people", write_people, lambda n: {f"profile/{n}"}, 3),
    Example("missions", write_missions, lambda n: {f"product:{n}"}, 2),
    Example("documents", write_documents, lambda n: {f"{n:05}.md"}, None),
    Example("records", write_records, lambda n: {f"d{n}"}, 2),
]


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.format)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "input"
    made.mkdir()
    return made


def opened(example: Example, path: Path) -> Source:
    return open_source(example.format, path, today=TODAY)


def do_import(store: Store, example: Example, path: Path, **options: Any) -> Any:
    return run_import(store, opened(example, path), name="source", **options)


def rewritten(folder: Path) -> Path:
    """Return the folder, emptied."""
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything an import decides."""
    content = {}
    with store.read() as session:
        for row, ignored in COMPARED.items():
            table = table_of(row)
            columns = [column for column in table.columns if column.name not in ignored]
            content[table.name] = sorted(tuple(map(repr, found)) for found in session.execute(select(*columns)))
    return content


def documents(store: Store) -> set[str]:
    """Return the ids of the standing documents, as the source gives them."""
    with store.read() as session:
        found = session.scalars(select(DocumentRow.id).where(DocumentRow.deleted_at.is_(None)))
        return {id_.removeprefix("source:") for id_ in found}


def expected(example: Example, numbers: Sequence[int]) -> set[str]:
    return set[str]().union(*(example.ids(number) for number in numbers))


def test_every_format_is_under_the_contract() -> None:
    assert {example.format for example in EXAMPLES} == set(FORMATS)


def test_every_source_declares_the_personal_data_it_takes_and_drops(example: Example, folder: Path) -> None:
    source = opened(example, example.write(folder, [1], WORDS, False, False))
    assert source.personal_fields.taken
    assert source.personal_fields.dropped


def test_a_second_import_changes_nothing(example: Example, folder: Path, store: Store) -> None:
    path = example.write(folder, range(1, 6), WORDS, False, False)
    first = do_import(store, example, path)
    before = dump(store)
    second = do_import(store, example, path)
    assert documents(store) == expected(example, range(1, 6))
    assert first.new >= 5
    assert (first.skipped, first.changed) == (0, 0)
    assert (second.new, second.changed, second.unchanged) == (0, 0, second.read)
    assert dump(store) == before


def test_an_edit_updates_and_touches_nothing_else(example: Example, folder: Path, store: Store) -> None:
    do_import(store, example, example.write(folder, [1, 2, 3], WORDS, False, False))
    with store.read() as session:
        revisions = dict(session.execute(select(DocumentRow.id, DocumentRow.revision)).all())
    report = do_import(store, example, example.write(rewritten(folder), [1], EDITED, False, False))
    with store.read() as session:
        rows = session.execute(select(DocumentRow.id, DocumentRow.revision, DocumentRow.text)).all()
    for id_, revision, text in rows:
        is_edited = id_.removeprefix("source:") in example.ids(1)
        assert (EDITED in text) == is_edited
        assert (revision > revisions[id_]) == is_edited
    assert report.changed >= 1
    assert report.new == 0


def test_a_disappearance_stays_until_pruned(example: Example, folder: Path, store: Store) -> None:
    do_import(store, example, example.write(folder, [1, 2, 3], WORDS, False, False))
    path = example.write(rewritten(folder), [1, 3], WORDS, False, False)
    kept = do_import(store, example, path)
    assert kept.pruned is None
    assert documents(store) == expected(example, [1, 2, 3])
    pruned = do_import(store, example, path, prune=True)
    assert pruned.pruned == len(example.ids(2))
    assert documents(store) == expected(example, [1, 3])


def test_what_was_pruned_comes_back_with_the_source(example: Example, folder: Path, store: Store) -> None:
    do_import(store, example, example.write(folder, [1, 2], WORDS, False, False))
    do_import(store, example, example.write(rewritten(folder), [1], WORDS, False, False), prune=True)
    do_import(store, example, example.write(rewritten(folder), [1, 2], WORDS, False, False), prune=True)
    assert documents(store) == expected(example, [1, 2])


def test_a_bad_item_is_counted_with_its_place_and_costs_no_good_one(
    example: Example, folder: Path, sqlite_store: Store
) -> None:
    report = do_import(sqlite_store, example, example.write(folder, [1, 2, 3], WORDS, True, False))
    assert documents(sqlite_store) == expected(example, [1, 2, 3])
    [skip] = report.skips
    assert report.skipped == 1
    assert skip.line == example.bad_line
    assert skip.file
    assert skip.reason


def test_a_repeated_id_is_skipped_with_the_line_where_it_came_first(
    example: Example, folder: Path, sqlite_store: Store
) -> None:
    if example.format == "documents":
        pytest.skip("two files of a folder cannot have the same path")
    report = do_import(sqlite_store, example, example.write(folder, [1, 2, 1], WORDS, False, False))
    assert documents(sqlite_store) == expected(example, [1, 2])
    first = 2 if example.format == "people" else 1
    assert "duplicate id" in report.skips[0].reason
    assert report.skips[0].reason.endswith(f"first seen at line {first}")


def test_a_packed_source_gives_what_the_plain_one_gives(
    example: Example, folder: Path, tmp_path: Path, sqlite_store: Store, sqlite_template: Path
) -> None:
    do_import(sqlite_store, example, example.write(folder, range(1, 5), WORDS, False, False))
    packed = empty_store(tmp_path / "packed", sqlite_template)
    do_import(packed, example, example.write(rewritten(folder), range(1, 5), WORDS, False, True))
    assert dump(packed) == dump(sqlite_store)
    packed.close()


def empty_store(home: Path, template: Path) -> Store:
    home.mkdir(exist_ok=True)
    shutil.copy(template, home / SQLITE_NAME)
    return Store.open(home)


class Killed(BaseException):
    """The end of a process."""


class CutSource:
    """A source whose process dies after so many items of one run."""

    def __init__(self, source: Any, items: int) -> None:
        self.source = source
        self.items = items

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def read(self, start: int = 0) -> Iterator[Item]:
        for count, item in enumerate(self.source.read(start)):
            if count == self.items:
                raise Killed
            yield item


@pytest.mark.parametrize("bad", [False, True])
def test_an_import_cut_at_any_item_resumes_to_the_same_store(
    example: Example,
    bad: bool,
    folder: Path,
    tmp_path: Path,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingestion.importing, "BATCH_ITEMS", 2)
    path = example.write(folder, [1, 2, 3, 4, 2], WORDS, bad, False)
    undisturbed = empty_store(tmp_path / "undisturbed", sqlite_template)
    whole = do_import(undisturbed, example, path, prune=True)
    for cut in range(whole.items):
        store = empty_store(tmp_path / "cut", sqlite_template)
        with pytest.raises(Killed):
            run_import(store, CutSource(opened(example, path), cut), name="source", prune=True)
        resumed = do_import(store, example, path, prune=True)
        assert resumed.resumed_from == cut // 2 * 2
        assert (resumed.items, resumed.read, resumed.new) == (whole.items, whole.read, whole.new)
        assert [str(skip) for skip in resumed.skips] == [str(skip) for skip in whole.skips]
        assert dump(store) == dump(undisturbed)
        store.close()
    undisturbed.close()


def test_reading_from_the_middle_gives_the_rest_of_reading_from_the_start(example: Example, folder: Path) -> None:
    path = example.write(folder, [1, 2, 3, 2], WORDS, True, False)
    items = list(opened(example, path).read())
    for start in range(len(items) + 1):
        assert list(opened(example, path).read(start)) == items[start:]


def test_the_fingerprint_changes_with_the_content(example: Example, folder: Path) -> None:
    path = example.write(folder, [1, 2], WORDS, False, False)
    before = opened(example, path).fingerprint()
    assert opened(example, path).fingerprint() == before
    path = example.write(rewritten(folder), [1, 2, 3], WORDS, False, False)
    assert opened(example, path).fingerprint() != before


def test_progress_ends_with_every_byte_read(example: Example, folder: Path, sqlite_store: Store) -> None:
    seen = []
    source = opened(example, example.write(folder, [1, 2, 3], WORDS, False, False))
    run_import(sqlite_store, source, name="source", on_progress=seen.append)
    assert seen[-1].bytes_total > 0
    assert seen[-1].bytes_read == seen[-1].bytes_total


@pytest.mark.thorough
def test_memory_does_not_grow_with_the_source(example: Example, folder: Path) -> None:
    peaks = []
    for count in (200, 1_500):
        path = example.write(rewritten(folder), range(1, count + 1), WORDS * 60, False, False)
        source = opened(example, path)
        tracemalloc.start()
        try:
            for item in source.read():
                del item
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    content = 1_500 * len(WORDS) * 60
    assert peaks[1] - peaks[0] < content / 20
