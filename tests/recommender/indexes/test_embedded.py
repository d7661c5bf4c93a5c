import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from models.errors import EncoderMismatchError, IndexMissingError, LockedError
from recommender.indexes import embedded, generations, meaning, snapshot
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.index import Passage, WordQuery

LOCK = WordQuery([("lock",)])
OPEN = {"open"}


def passage(number: int, terms: str = "lock gate") -> Passage:
    return Passage(f"d{number:03d}", 0, 9, "open", "answer", None, [], [*terms.split(), f"word{number}"])


def embeddings(*numbers: int) -> np.ndarray:
    rows = [np.random.default_rng(number).standard_normal(4) for number in numbers]
    return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


def add(index: EmbeddedIndex, *numbers: int) -> None:
    index.add([passage(number) for number in numbers], embeddings(*numbers) if index.dim else None)


def found(index: EmbeddedIndex) -> list[str]:
    return [hit.document_id for hit in index.search(None, LOCK, 100, OPEN)]


def published_bytes(directory: Path) -> dict[str, bytes]:
    folder = generations.generation_folder(directory, generations.current_generation(directory))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_opening_a_folder_without_an_index_says_how_to_make_one(tmp_path):
    with pytest.raises(IndexMissingError, match="run: releve index"):
        EmbeddedIndex.open(tmp_path / "nothing", None, 0)


def test_a_published_index_is_found_again(tmp_path):
    index = EmbeddedIndex.create(tmp_path, "e", 4)
    add(index, 1, 2)
    index.commit(5)
    opened = EmbeddedIndex.open(tmp_path, "e", 4)

    assert (len(opened), opened.revision, opened.dim) == (2, 5, 4)
    query = embeddings(1)[0]
    assert opened.search(query, LOCK, 9, OPEN) == index.search(query, LOCK, 9, OPEN)


@pytest.mark.parametrize(
    ("encoder_id", "dim", "told"),
    [("other", 4, r"'e' \(dim 4\), and encoder 'other' \(dim 4\)"), ("e", 8, r"dim 8"), (None, 0, "words only")],
)
def test_another_encoder_is_refused_with_the_way_to_rebuild(tmp_path, encoder_id, dim, told):
    EmbeddedIndex.create(tmp_path, "e", 4).commit(1)

    with pytest.raises(EncoderMismatchError, match=f"{told}.*run: releve index --rebuild"):
        EmbeddedIndex.open(tmp_path, encoder_id, dim)


def test_another_text_analysis_is_refused_with_the_way_to_rebuild(tmp_path, monkeypatch):
    EmbeddedIndex.create(tmp_path, None, 0).commit(1)
    monkeypatch.setattr(embedded, "ANALYSIS_VERSION", 99)

    with pytest.raises(EncoderMismatchError, match=r"99.*run: releve index --rebuild"):
        EmbeddedIndex.open(tmp_path, None, 0)


@pytest.mark.parametrize("damage", ["manifest.json", "documents.npy"])
def test_a_damaged_generation_is_told_with_the_way_to_rebuild(tmp_path, damage):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    add(index, 1)
    index.commit(1)
    (generations.generation_folder(tmp_path, 1) / damage).write_bytes(b"")

    with pytest.raises(IndexMissingError, match=r"damaged.*run: releve index --rebuild"):
        EmbeddedIndex.open(tmp_path, None, 0)


def test_a_reader_keeps_its_generation_until_it_refreshes(tmp_path):
    writer = EmbeddedIndex.create(tmp_path, None, 0)
    add(writer, 1)
    writer.commit(1)
    reader = EmbeddedIndex.open(tmp_path, None, 0)
    for number in range(2, 6):
        add(writer, number)
        writer.commit(number)

    assert found(reader) == ["d001"]
    assert reader.refresh() is True
    assert found(reader) == ["d001", "d002", "d003", "d004", "d005"]
    assert reader.refresh() is False


def test_readers_see_whole_generations_during_commits(tmp_path):
    writer = EmbeddedIndex.create(tmp_path, None, 0)
    add(writer, 1)
    writer.commit(1)
    seen, failures, done = set(), [], threading.Event()

    def read() -> None:
        reader = EmbeddedIndex.open(tmp_path, None, 0)
        try:
            while not done.is_set():
                reader.refresh()
                seen.add(len(found(reader)))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 8):
        # Ten documents a commit: any other count would be half a generation.
        add(writer, *range(10 * number, 10 * number + 10))
        writer.commit(number)
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert {count % 10 for count in seen} == {1}


def test_a_rebuild_serves_the_old_generation_until_its_first_commit(tmp_path):
    first = EmbeddedIndex.create(tmp_path, None, 0)
    add(first, 1, 2)
    first.commit(8)
    rebuilt = EmbeddedIndex.create(tmp_path, "e", 4)
    add(rebuilt, 3)

    assert (len(rebuilt), rebuilt.revision) == (0, 0)
    assert len(EmbeddedIndex.open(tmp_path, None, 0)) == 2
    rebuilt.commit(9)
    assert found(EmbeddedIndex.open(tmp_path, "e", 4)) == ["d003"]
    with pytest.raises(EncoderMismatchError):
        first.refresh()
    assert found(first) == ["d001", "d002"]


def test_two_writers_cannot_be_at_work(tmp_path):
    first = EmbeddedIndex.create(tmp_path, None, 0)
    first.commit(1)
    second = EmbeddedIndex.open(tmp_path, None, 0)
    with first.writing():
        add(first, 1)
        first.commit(2)
        for write in (lambda: add(second, 2), lambda: second.delete(["d001"]), lambda: second.commit(3)):
            with pytest.raises(LockedError, match="lock"):
                write()
    add(second, 2)
    second.commit(3)

    assert found(EmbeddedIndex.open(tmp_path, None, 0)) == ["d001", "d002"]


def test_what_a_writing_block_leaves_uncommitted_is_dropped(tmp_path):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    index.commit(1)
    with index.writing():
        add(index, 1)
    add(index, 2)
    index.commit(2)

    assert found(index) == ["d002"]


def test_a_writer_starts_from_what_another_one_published(tmp_path):
    first = EmbeddedIndex.create(tmp_path, None, 0)
    first.commit(1)
    second = EmbeddedIndex.open(tmp_path, None, 0)
    add(first, 1)
    first.commit(2)
    with second.writing():
        assert second.revision == 2
        add(second, 2)
        second.commit(3)

    assert found(second) == ["d001", "d002"]


def test_a_commit_of_nothing_new_writes_no_generation(tmp_path):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    add(index, 1)
    index.commit(1)
    index.commit(1)
    assert generations.current_generation(tmp_path) == 1
    index.commit(2)

    assert (generations.current_generation(tmp_path), EmbeddedIndex.open(tmp_path, None, 0).revision) == (2, 2)


def test_the_published_generation_and_the_one_before_it_are_kept(tmp_path):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    for number in range(1, 5):
        add(index, number)
        index.commit(number)

    assert sorted(path.name for path in (tmp_path / "generations").iterdir()) == ["00000003", "00000004"]


@pytest.mark.parametrize("dim", [0, 4])
def test_the_same_passages_give_the_same_bytes_whatever_their_history(tmp_path, dim):
    straight = EmbeddedIndex.create(tmp_path / "straight", "e", dim)
    add(straight, *range(20))
    straight.commit(4)
    winding = EmbeddedIndex.create(tmp_path / "winding", "e", dim)
    add(winding, *range(40, 10, -1))
    winding.commit(1)
    winding.delete([f"d{number:03d}" for number in range(15, 41)])
    add(winding, 18, 3, 2)
    winding.commit(2)
    winding = EmbeddedIndex.open(tmp_path / "winding", "e", dim)
    winding.add([passage(4, "pump")], embeddings(9) if dim else None)
    winding.delete(["d004"])
    add(winding, *(number for number in range(20) if number not in (2, 3, 11)))
    winding.commit(4)

    assert published_bytes(tmp_path / "winding") == published_bytes(tmp_path / "straight")


class _KilledError(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def kill_at(patch: pytest.MonkeyPatch, step: int) -> list[int]:
    """Make the given step of a commit the last one, and count the steps that were made."""
    made = [0]

    def watch(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def watched(*arguments: object, **options: object) -> object:
            if made[0] == step:
                raise _KilledError
            made[0] += 1
            return original(*arguments, **options)

        patch.setattr(owner, name, watched)

    watch(np, "save")
    watch(os, "fsync")
    watch(shutil, "rmtree")
    for name in ("mkdir", "rename", "replace", "write_text"):
        watch(Path, name)
    return made


def test_a_writer_that_ends_at_any_step_leaves_a_whole_generation_and_the_next_one_heals(tmp_path):
    dim = 4
    template = tmp_path / "template"
    index = EmbeddedIndex.create(template, "e", dim)
    add(index, 1)
    index.commit(1)
    add(index, 2)
    index.commit(2)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(template, undisturbed)
    index = EmbeddedIndex.open(undisturbed, "e", dim)
    add(index, 3)
    index.commit(3)

    for step in range(1_000):
        directory = tmp_path / f"killed-{step}"
        shutil.copytree(template, directory)
        writer = EmbeddedIndex.open(directory, "e", dim)
        add(writer, 3)
        with pytest.MonkeyPatch.context() as patch:
            made = kill_at(patch, step)
            try:
                writer.commit(3)
            except _KilledError:
                pass
            else:
                break
            finally:
                # What the system does for a process that ends.
                writer._lock.release(force=True)
        assert made[0] == step
        reader = EmbeddedIndex.open(directory, "e", dim)
        assert (found(reader), reader.revision) in [(["d001", "d002"], 2), (["d001", "d002", "d003"], 3)]
        with reader.writing():
            reader.delete(["d003"])
            add(reader, 3)
            reader.commit(3)
        assert published_bytes(directory) == published_bytes(undisturbed)
        assert len(list((directory / "generations").iterdir())) == 2
        shutil.rmtree(directory)
    # 17 arrays, each on disk, and the turns of CURRENT.
    assert step > 40


@pytest.mark.slow
@pytest.mark.parametrize("step", [0, 5, 25, 38, 40])
def test_a_writer_killed_by_the_system_leaves_a_whole_generation_and_no_lock(tmp_path, step):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    add(index, 1)
    index.commit(1)
    program = f"""
import os, signal
from pathlib import Path
import numpy as np
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.index import Passage
made = 0
def watch(owner, name):
    original = getattr(owner, name)
    def watched(*arguments, **options):
        global made
        if made == {step}:
            os.kill(os.getpid(), signal.SIGKILL)
        made += 1
        return original(*arguments, **options)
    setattr(owner, name, watched)
index = EmbeddedIndex.open(Path({str(tmp_path)!r}), None, 0)
index.add([Passage("d002", 0, 9, "open", "answer", None, [], ["lock"])], None)
watch(np, "save"), watch(os, "fsync"), watch(Path, "rename"), watch(Path, "replace")
index.commit(2)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr

    index = EmbeddedIndex.open(tmp_path, None, 0)
    assert found(index) in (["d001"], ["d001", "d002"])
    add(index, 2)
    index.commit(2)
    assert found(index) == ["d001", "d002"]


def test_opening_an_index_of_words_never_imports_faiss(tmp_path):
    index = EmbeddedIndex.create(tmp_path, None, 0)
    add(index, 1)
    index.commit(1)
    program = f"""
import sys
from pathlib import Path
from recommender.analysis import query_words
from recommender.indexes.embedded import EmbeddedIndex
index = EmbeddedIndex.open(Path({str(tmp_path)!r}), None, 0)
print(len(index.search(None, query_words("lock"), 5, ["open"])), {{"faiss", "spacy", "torch"}} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "1 set()"


def test_statistics_are_kept_for_a_bounded_number_of_filters(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "_MAX_CACHED_FILTERS", 2)
    index = EmbeddedIndex.create(tmp_path, None, 0)
    index.add([Passage(name, 0, 1, name, "answer", None, [], ["lock"]) for name in "abcd"], None)
    index.commit(1)

    for spaces in ("a", "b", "ab", "abc", "abcd", "a"):
        assert [hit.document_id for hit in index.search(None, LOCK, 9, set(spaces))] == list(spaces)


@pytest.fixture
def clustered(tmp_path, monkeypatch):
    """An index large enough for clusters, once the threshold is lowered."""
    monkeypatch.setattr(meaning, "CLUSTERED_FROM_ROWS", 2_500)
    rows = np.random.default_rng(5).standard_normal((3_000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = EmbeddedIndex.create(tmp_path, "e", 16)
    spaces = ["open" if number % 2 else "other" for number in range(len(rows))]
    index.add(
        [Passage(f"d{number:04d}", 0, 1, space, "page", None, [], []) for number, space in enumerate(spaces)], rows
    )
    index.commit(1)
    assert (generations.generation_folder(tmp_path, 1) / "clusters.faiss").exists()
    return index, rows


def test_a_large_index_finds_nearly_all_of_the_closest_with_exact_similarity(clustered):
    index, rows = clustered
    recalls = []
    for row in range(0, 3_000, 150):
        hits = index.search(rows[row], WordQuery([]), 10, {"open", "other"})
        cosines = rows @ rows[row]
        expected = {f"d{number:04d}" for number in np.argsort(-cosines)[:10]}
        recalls.append(len(expected & {hit.document_id for hit in hits}) / 10)
        assert [hit.meaning for hit in hits] == pytest.approx(
            [cosines[int(hit.document_id[1:])] for hit in hits], abs=1e-6
        )

    assert np.mean(recalls) > 0.8


def test_a_large_index_is_searched_exactly_where_few_passages_are_visible(clustered):
    index, rows = clustered
    hits = index.search(rows[0], WordQuery([]), 10, {"open"})
    cosines = np.where(np.arange(len(rows)) % 2, rows @ rows[0], -2)

    assert [hit.document_id for hit in hits] == [f"d{number:04d}" for number in sorted(np.argsort(-cosines)[:10])]
