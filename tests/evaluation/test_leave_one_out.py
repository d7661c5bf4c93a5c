"""Each set is measured with rankers that did not learn from it."""

import json
from pathlib import Path

import pytest

from evaluation import leave_one_out
from evaluation.leave_one_out import TestSet, find_sets, main
from recommender.expert_finding import Intent
from recommender.ranker import Rankers

from .conftest import answer, thread, write_threads

SUBJECTS = {"valve": "bob", "pump": "carl", "fuse": "dora"}


def write_community(folder: Path, word: str) -> None:
    """Write threads where each subject has its expert."""
    folder.mkdir(parents=True)
    threads = []
    for number in range(24):
        subject = list(SUBJECTS)[number % 3]
        given = [answer(1, SUBJECTS[subject], number + 1, f"turn the {subject} {word}")]
        threads.append(thread(f"q{number}", "ann", number + 1, f"{word} {subject} {number} broken", given))
    write_threads(folder / "threads.jsonl", threads)


def write_collection(folder: Path, word: str) -> None:
    """Write documents where each subject has its author."""
    (folder / "qrels").mkdir(parents=True)
    corpus, associations, queries, qrels = [], ["doc_id\tperson_id\trole\tweight"], [], ["query-id\tperson-id\tscore"]
    for number in range(12):
        subject = list(SUBJECTS)[number % 3]
        corpus.append({"_id": f"d{number}", "title": f"{subject} {word}", "text": f"about the {subject} {number}"})
        associations.append(f"d{number}\t{SUBJECTS[subject]}\twrote\t1")
        queries.append({"_id": f"{number}", "text": f"{word} of the {subject}", "lang": "en"})
        qrels.append(f"{number}\t{SUBJECTS[subject]}\t1")
    for name, lines in {"corpus": corpus, "queries": queries}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "associations.tsv").write_text("\n".join(associations) + "\n", encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("forum_a", "forum_b"):
        write_community(tmp_path / "data" / "communities" / name, name[-1] * 5)
    for name in ("papers_en", "papers_fr", "blogs"):
        write_collection(tmp_path / "data" / "collections" / name, name[:4])
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("name", "family"),
    [("papers", "papers"), ("papers_fr", "papers"), ("papers_fr_en", "papers"), ("papers_v2", "papers_v2")],
)
def test_collections_in_several_languages_are_one_family_and_communities_stand_alone(name: str, family: str):
    assert TestSet(Path(name), Intent.EXPERTISE).family == family
    assert TestSet(Path(name), Intent.ROUTING).family == name


def test_sets_are_communities_with_threads_and_collections_with_people(data: Path):
    (data / "communities" / "empty").mkdir()
    documents_only = data / "collections" / "documents"
    documents_only.mkdir()
    (documents_only / "corpus.jsonl").touch()
    packed = data / "collections" / "blogs" / "associations.tsv"
    packed.rename(packed.with_suffix(".tsv.gz"))
    assert [(found.name, found.intent) for found in find_sets(data)] == [
        ("forum_a", Intent.ROUTING),
        ("forum_b", Intent.ROUTING),
        ("blogs", Intent.EXPERTISE),
        ("papers_en", Intent.EXPERTISE),
        ("papers_fr", Intent.EXPERTISE),
    ]
    assert find_sets(data / "nowhere") == []


@pytest.mark.thorough
def test_each_set_is_measured_with_rankers_that_saw_nothing_of_its_family(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    learned: list[tuple[Intent, list[str], int]] = []

    def note(sets, intent, seed, folds):
        learned.append((intent, [examples.name for examples in sets], folds))
        return train(sets, intent, seed, folds)

    train = leave_one_out.train_ranker
    monkeypatch.setattr(leave_one_out, "train_ranker", note)
    main([str(data), str(tmp_path / "runs"), "--work", str(tmp_path / "work"), "--only", "forum_a", "papers_fr"])
    assert learned == [
        (Intent.EXPERTISE, ["blogs", "papers_en", "papers_fr"], 4),
        (Intent.ROUTING, ["forum_a", "forum_b"], 4),
        (Intent.ROUTING, ["forum_b"], 1),
        (Intent.EXPERTISE, ["blogs"], 1),
    ]
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["backtest-forum_a", "collection-papers_fr"]
    work = tmp_path / "work"
    assert Rankers.load(work / "rankers").name == "bundled"
    assert Rankers.load(work / "without" / "papers_fr").name == "without papers"
    assert sorted(path.stem for path in (work / "examples").iterdir()) == [
        found.name for found in sorted(find_sets(data), key=lambda found: found.name)
    ]
    assert "papers_fr: MRR {'releve': 1.0" in capsys.readouterr().err

    # A second run takes the examples as they were kept, and learns the same.
    kept = {path.name: path.read_bytes() for path in (work / "without" / "papers_fr").iterdir()}
    monkeypatch.setattr(leave_one_out, "collect_examples", None)
    main([str(data), str(tmp_path / "again"), "--work", str(work), "--only", "papers_fr"])
    assert {path.name: path.read_bytes() for path in (work / "without" / "papers_fr").iterdir()} == kept
