from typing import Any

import numpy as np
import pytest

from models.access import Viewer
from models.document_writing import delete_documents
from models.queries.changes import current_revision
from models.records import Contribution, DocumentKind, DocumentRecord, Role
from models.store import Store
from recommender import indexing
from recommender.analysis import query_words
from recommender.indexes.exact import ExactIndex
from recommender.indexes.index import Embeddings, Hit
from recommender.indexing import update_index
from recommender.passages import MAX_CHARS
from recommender.service import Recommender
from tests.conftest import NOW, write

SPACES = ["organisation"]
QUESTIONS = ["vanne", "gel", "pompe", "réseau", "vannes et pompes"]


def document(name: str, title: str = "", text: str = "", **fields: Any) -> DocumentRecord:
    people = (Contribution(person=f"author of {name}", role=Role.WROTE),)
    values = {"id": name, "kind": DocumentKind.PAGE, "title": title, "text": text, "language": "fr", "people": people}
    return DocumentRecord(**(values | fields))


def search(index: ExactIndex, question: str) -> list[Hit]:
    return index.search(None, query_words(question), 100, SPACES)


def found(index: ExactIndex, question: str) -> list[str]:
    return [hit.document_id for hit in search(index, question)]


def rebuilt(store: Store) -> ExactIndex:
    index = ExactIndex()
    update_index(store, index)
    return index


@pytest.fixture
def town(sqlite_store: Store) -> Store:
    """Three documents: on valves, on frost, on pumps."""
    records = [
        document("a", "Purge", "La vanne du réseau nord."),
        document("b", "Le gel", "Vidanger avant le gel.", tags=("hiver",)),
        document("c", "Pompes", ""),
    ]
    write(sqlite_store, [*records], source="t")
    return sqlite_store


def test_everything_the_store_holds_is_indexed_by_title_tags_and_text(town: Store) -> None:
    index = ExactIndex()
    report = update_index(town, index)
    assert (report.documents, report.passages, index.revision, len(index)) == (3, 3, 3, 3)
    assert report.seconds >= 0
    assert found(index, "vannes") == ["t:a"]
    assert found(index, "purges") == ["t:a"]
    assert found(index, "hiver") == ["t:b"]
    assert found(index, "pompe") == ["t:c"]


def test_a_passage_says_where_it_stands_in_the_text(town: Store) -> None:
    long = "\n\n".join(f"Paragraphe {number}. " + "Une phrase du réseau. " * 40 for number in range(4))
    write(town, [document("long", "Long", long)], source="t")
    index = rebuilt(town)
    spans = [(hit.start, hit.end) for hit in search(index, "paragraphe") if hit.document_id == "t:long"]
    assert len(spans) == 4
    for number, (start, end) in enumerate(spans):
        assert long[start:end].startswith(f"Paragraphe {number}. Une phrase")
        assert end - start <= MAX_CHARS
    # The title is searched with each passage of the document.
    assert [hit.document_id for hit in search(index, "long")] == ["t:long"] * 4


def test_a_repeat_does_nothing(town: Store) -> None:
    index = CountingIndex()
    update_index(town, index)
    before = [search(index, question) for question in QUESTIONS]
    index.calls.clear()
    report = update_index(town, index)
    assert (report.documents, report.passages, index.calls) == (0, 3, [])
    assert [search(index, question) for question in QUESTIONS] == before


class CountingIndex(ExactIndex):
    """An exact index that remembers what it was asked to change."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Any]] = []

    def add(self, passages: Any, embeddings: Embeddings | None) -> None:
        self.calls.append(("add", sorted({passage.document_id for passage in passages})))
        super().add(passages, embeddings)

    def delete(self, document_ids: Any) -> None:
        self.calls.append(("delete", sorted(document_ids)))
        super().delete(document_ids)

    def commit(self, revision: int) -> None:
        self.calls.append(("commit", revision))
        super().commit(revision)


def test_only_what_changed_since_the_last_time_is_read_again(town: Store) -> None:
    index = CountingIndex()
    update_index(town, index)
    index.calls.clear()
    write(town, [document("b", "Le gel", "Purger la vanne."), document("d", "Paie")], source="t")
    with town.write() as session:
        delete_documents(session, ["t:a"])
    report = update_index(town, index)
    assert (report.documents, report.passages, index.revision) == (3, 3, 6)
    assert index.calls == [("delete", ["t:a", "t:b", "t:d"]), ("add", ["t:b", "t:d"]), ("commit", 6)]
    assert found(index, "vanne") == ["t:b"]
    assert found(index, "vidanger") == []
    assert found(index, "réseau") == []
    assert found(index, "paie") == ["t:d"]


def test_a_shorter_version_leaves_no_passage_of_the_longer_one(town: Store) -> None:
    index = ExactIndex()
    write(town, [document("a", "Purge", "\n\n".join(["La vanne. " * 120] * 3))], source="t")
    assert update_index(town, index).passages == 2 + 3
    write(town, [document("a", "Purge", "La vanne.")], source="t")
    assert update_index(town, index).passages == 3
    assert [(hit.start, hit.end) for hit in search(index, "vanne")] == [(0, 9)]


def test_deleting_everything_empties_the_index(town: Store) -> None:
    index = rebuilt(town)
    with town.write() as session:
        delete_documents(session, ["t:a", "t:b", "t:c"])
    assert update_index(town, index).passages == 0
    assert (len(index), index.revision) == (0, 6)
    assert [found(index, question) for question in QUESTIONS] == [[]] * len(QUESTIONS)


def test_an_empty_store_gives_an_empty_index(sqlite_store: Store) -> None:
    index = ExactIndex()
    report = update_index(sqlite_store, index)
    assert (report.documents, report.passages, index.revision) == (0, 0, 0)


def test_following_the_revisions_gives_the_same_answers_as_a_rebuild(store: Store) -> None:
    index = ExactIndex()
    words = ["vanne", "gel", "pompe", "réseau", "paie"]
    for step in range(6):
        records = [
            document(str(n), words[(n + step) % 5], " ".join(words[(n * step + k) % 5] for k in range(n % 4 + 1)))
            for n in range(step, 12, step + 1)
        ]
        write(store, [*records], source="t")
        with store.write() as session:
            delete_documents(session, [f"t:{step * 2}"])
        update_index(store, index)
    with store.read() as session:
        assert index.revision == current_revision(session)
    anew = rebuilt(store)
    assert len(index) == len(anew) > 0
    for question in QUESTIONS:
        assert search(index, question) == search(anew, question) != []
        answers = [
            [
                (e.person.id, e.score, e.reasons)
                for e in Recommender(store, i, clock=lambda: NOW).find_experts(question, Viewer()).experts
            ]
            for i in (index, anew)
        ]
        assert answers[0] == answers[1] != []


def test_a_large_build_publishes_now_and_then_and_goes_on_from_there(
    town: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "DOCUMENTS_PER_BATCH", 1)
    monkeypatch.setattr(indexing, "DOCUMENTS_PER_COMMIT", 2)
    index = CountingIndex()
    update_index(town, index)
    assert [call for call in index.calls if call[0] == "commit"] == [("commit", 2), ("commit", 3)]

    killed = CountingIndex()

    def kill(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_index(town, killed, on_progress=kill)
    assert (killed.revision, len(killed)) == (2, 2)
    killed.calls.clear()
    assert update_index(town, killed).documents == 1
    assert killed.calls == [("delete", ["t:c"]), ("add", ["t:c"]), ("commit", 3)]


def test_progress_counts_the_revisions_done_and_to_do(town: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "DOCUMENTS_PER_BATCH", 2)
    index = ExactIndex()
    seen: list[tuple[int, int]] = []
    update_index(town, index, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]
    write(town, [document("d")], source="t")
    seen.clear()
    update_index(town, index, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 1)]


class LengthEncoder:
    """An encoder that tells texts apart by their length alone: an angle on the circle."""

    id = "length"
    dim = 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Any) -> Embeddings:
        self.texts.extend(texts)
        angles = np.array([len(text) / 100 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_each_passage_is_encoded_with_its_title(town: Store) -> None:
    encoder, index = LengthEncoder(), ExactIndex(2)
    update_index(town, index, encoder)
    assert encoder.texts == ["Purge\nLa vanne du réseau nord.", "Le gel\nVidanger avant le gel.", "Pompes\n"]
    query = encoder.encode(["x" * 30])[0]
    hits = index.search(query, query_words("zzz"), 3, SPACES)
    # cos((30 - length) / 100)
    assert [(hit.document_id, hit.meaning) for hit in hits] == [
        ("t:a", pytest.approx(1.0, abs=1e-6)),
        ("t:b", pytest.approx(np.cos(0.01), abs=1e-6)),
        ("t:c", pytest.approx(np.cos(0.23), abs=1e-6)),
    ]
