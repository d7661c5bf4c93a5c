"""Testbeds that are kept, and threads without dates."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evaluation.testbed import DatedThreads, Testbed
from models.errors import EncoderMismatchError
from models.records import Contribution, DocumentKind, DocumentRecord, Role
from recommender.encoders.choose import load_encoder
from recommender.indexes.embedded import EmbeddedIndex

from .conftest import THREADS, answer, thread, undated, write_threads

START = datetime(2000, 1, 1, tzinfo=UTC)


def dates(path: Path, start: int = 0) -> dict[str, datetime | None]:
    records = [record for item in DatedThreads(path).read(start) for record in item.records]
    return {record.id: record.created_at for record in records if isinstance(record, DocumentRecord)}


def people(testbed: Testbed) -> list[str]:
    view = testbed.view()
    return [view.person_ids[code] for code in view.columns.persons]


def test_undated_threads_are_an_hour_apart_and_answered_at_once(tmp_path: Path):
    path = write_threads(tmp_path / "threads.jsonl", undated(THREADS[:3]))
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    assert dates(path) == {
        "q1": START,
        "q1/1": START + second,
        "q2": START + hour,
        "q2/1": START + hour + second,
        "q2/2": START + hour + 2 * second,
        "q3": START + 2 * hour,
        "q3/1": START + 2 * hour + second,
        "q3/2": START + 2 * hour + 2 * second,
    }
    # Reading on from the middle gives the same.
    assert dates(path, start=2) == {name: at for name, at in dates(path).items() if name.startswith("q3")}


def test_dates_that_are_given_stand_and_an_undated_answer_follows_its_question(tmp_path: Path):
    given = thread("q", "ann", 5, "valve", [answer(1, "bob", 9, "dated"), answer(2, "carl", 9, "not", created=None)])
    question = datetime(2020, 1, 5, tzinfo=UTC)
    assert dates(write_threads(tmp_path / "threads.jsonl", [given])) == {
        "q": question,
        "q/1": datetime(2020, 1, 9, tzinfo=UTC),
        "q/2": question + timedelta(seconds=2),
    }


def test_a_line_that_cannot_be_read_takes_its_place_in_the_order(tmp_path: Path):
    path = write_threads(tmp_path / "threads.jsonl", undated(THREADS[:1]))
    path.write_text("no thread\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert dates(path)["q1"] == START + timedelta(hours=1)


def test_what_is_kept_is_not_read_again(tmp_path: Path, threads_file: Path):
    keep = tmp_path / "kept"
    with Testbed.of_threads(threads_file, None, keep) as first:
        before = people(first)
    write_threads(threads_file, THREADS[:1])
    with Testbed.of_threads(threads_file, None, keep) as again:
        assert people(again) == before
        assert len(again.index) == 13
    with Testbed.of_threads(threads_file, None) as other:
        assert people(other) == ["testbed:ann", "testbed:bob"]


def test_what_was_not_completed_is_filled_again(tmp_path: Path, threads_file: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("evaluation.testbed.run_import", fail)
        with pytest.raises(KeyboardInterrupt):
            Testbed.of_threads(threads_file, None, tmp_path / "kept")
    with Testbed.of_threads(threads_file, None, tmp_path / "kept") as testbed:
        assert len(people(testbed)) == 13


def test_another_encoder_makes_the_kept_index_anew(tmp_path: Path, threads_file: Path):
    with Testbed.of_threads(threads_file, None, tmp_path / "kept"):
        pass
    encoder = load_encoder("bundled")
    assert encoder is not None
    with Testbed.of_threads(threads_file, encoder, tmp_path / "kept") as meaning:
        assert len(meaning.index) == 13
    assert len(EmbeddedIndex.open(tmp_path / "kept" / "index", encoder.id, encoder.dim)) == 13
    with pytest.raises(EncoderMismatchError):
        EmbeddedIndex.open(tmp_path / "kept" / "index", None, 0)


def test_a_folder_of_its_own_is_removed_and_a_kept_one_stays(tmp_path: Path):
    record = DocumentRecord(
        id="d", kind=DocumentKind.PAGE, title="valve", people=(Contribution(person="ann", role=Role.WROTE),)
    )
    with Testbed.of_records([record], None) as testbed:
        assert testbed.folder is not None
        folder = Path(testbed.folder.name)
        assert people(testbed) == ["testbed:ann"]
    assert not folder.exists()
    with Testbed.of_records([record], None, tmp_path / "kept"):
        pass
    assert (tmp_path / "kept" / "index").is_dir()
