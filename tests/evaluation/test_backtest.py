from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluation.backtest import prepare_backtest
from evaluation.prepared import PrepareOptions
from ingestion.importing import run_import
from ingestion.sources.threads import ThreadsSource
from models.errors import InvalidInputError
from models.queries.changes import read_store_id
from models.store import Store
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index

from .conftest import THREADS, answer, thread, undated, write_threads

WORDS = PrepareOptions(encoder="words", intent="routing")


def since(start: datetime | float) -> PrepareOptions:
    return PrepareOptions(encoder="words", intent="routing", start=start)


def test_right_is_who_then_answered_and_had_given_something_before(threads_file: Path):
    with prepare_backtest(threads_file, since(0.0)) as backtest:
        # Nobody had given anything before q1; Carl had not before q2, nor Dora before q3.
        assert backtest.qrels == {
            "q2": {"bob": 1},
            "q3": {"carl": 1},
            # Accepted, and with the best score of those who did not ask; Erin was unknown, Ann asked.
            "q4": {"carl": 3, "dora": 1},
        }
        assert [query.id for query in backtest.queries] == ["q2", "q3", "q4"]
        assert backtest.queries[2].text == "noisy pump stops\nnoisy pump stops"
        assert backtest.queries[2].asker == "testbed:ann"
        assert backtest.candidates == 3


def test_the_newest_fifth_is_asked_unless_a_share_or_a_day_is_given(threads_file: Path):
    asked = {}
    for name, options in {
        "default": WORDS,
        "half": since(0.5),
        "day": since(datetime(2020, 1, 3, tzinfo=UTC)),
    }.items():
        with prepare_backtest(threads_file, options) as backtest:
            asked[name] = [query.id for query in backtest.queries]
    assert asked == {"default": ["q4"], "half": ["q3", "q4"], "day": ["q2", "q3", "q4"]}


def test_threads_without_dates_are_asked_in_the_order_of_the_file(tmp_path: Path):
    path = write_threads(tmp_path / "threads.jsonl", undated(THREADS))
    with prepare_backtest(path, since(0.0)) as backtest:
        assert backtest.qrels == {"q2": {"bob": 1}, "q3": {"carl": 1}, "q4": {"carl": 3, "dora": 1}}
    path = write_threads(tmp_path / "threads.jsonl", undated([THREADS[2], THREADS[1], THREADS[0], THREADS[3]]))
    with prepare_backtest(path, since(0.0)) as backtest:
        assert backtest.qrels == {"q2": {"carl": 1}, "q1": {"bob": 1}, "q4": {"carl": 3, "dora": 1}}


def test_every_system_ranks_every_candidate_and_never_who_asks(threads_file: Path):
    with prepare_backtest(threads_file, WORDS) as backtest:
        names = [system.name for system in backtest.systems]
        assert names == ["releve", "random", "popularity", "recency_popularity", "model1", "model2", "bm25_voting"]
        for system in backtest.systems:
            ranked = [name for name, _ in system.rank(backtest.queries[0], None)]
            assert sorted(ranked) == ["bob", "carl", "dora"], system.name


def test_systems_are_chosen_by_name_and_an_unknown_one_is_refused(threads_file: Path):
    chosen = PrepareOptions(encoder="words", systems=("bm25_voting_max", "random"))
    with prepare_backtest(threads_file, chosen) as backtest:
        assert [system.name for system in backtest.systems] == ["bm25_voting_max", "random"]
    with pytest.raises(InvalidInputError, match="No system named 'dense_voting' here; choose releve, random"):
        prepare_backtest(threads_file, PrepareOptions(encoder="words", systems=("dense_voting",)))


def test_an_unknown_intent_is_refused(threads_file: Path):
    with pytest.raises(InvalidInputError, match="No intent named 'fun'; choose expertise or routing"):
        prepare_backtest(threads_file, PrepareOptions(encoder="words", intent="fun"))


def test_a_file_where_nobody_answered_twice_is_refused(tmp_path: Path):
    path = write_threads(tmp_path / "threads.jsonl", THREADS[:1])
    with pytest.raises(InvalidInputError, match="None of 1 dated questions can be asked"):
        prepare_backtest(path, since(0.0))


def test_the_version_changes_with_the_content(tmp_path: Path):
    versions = set()
    for threads in (THREADS, THREADS, [*THREADS[:3], {**THREADS[3], "title": "other"}]):
        with prepare_backtest(write_threads(tmp_path / "threads.jsonl", threads), WORDS) as backtest:
            versions.add(backtest.data.version)
    assert len(versions) == 2


def test_slices_tell_rare_areas_and_newcomers(tmp_path: Path):
    pumps = [thread(f"p{number}", "ann", 1, "noisy pump", [answer(1, "zoe", 2, "oil it")]) for number in range(10)]
    last = [
        thread("a", "ann", 9, "noisy pump", [answer(1, "zoe", 10, "oil")]),
        thread("b", "ann", 11, "broken window", [answer(1, "yan", 12, "glass")]),
        thread("c", "ann", 13, "door key", [answer(1, "yan", 14, "locksmith")]),
    ]
    path = write_threads(tmp_path / "threads.jsonl", [*pumps, *last])
    with prepare_backtest(path, since(datetime(2020, 1, 9, tzinfo=UTC))) as backtest:
        assert {query.id: query.traits for query in backtest.queries} == {
            "a": {"area": "common", "candidates": "established"},
            "c": {"area": "rare", "candidates": "newcomer"},
        }


def test_a_store_is_asked_with_its_own_index(tmp_path: Path, threads_file: Path):
    home = tmp_path / "home"
    store = Store.create(home)
    run_import(store, ThreadsSource(threads_file), name="forum")
    with store.read() as session:
        folder = home / "index" / f"{read_store_id(session):08x}"
    update_index(store, EmbeddedIndex.create(folder, None, 0))
    store.close()
    options = PrepareOptions(encoder="words", home=home, systems=("popularity",))
    with prepare_backtest(None, options) as backtest:
        assert backtest.qrels == {"forum:q4": {"forum:carl": 3, "forum:dora": 1}}
        assert backtest.systems[0].rank(backtest.queries[0], 1) == [("forum:carl", 2)]
    with pytest.raises(InvalidInputError, match="needs a file of threads or the folder of a store"):
        prepare_backtest(None, PrepareOptions(encoder="words"))
