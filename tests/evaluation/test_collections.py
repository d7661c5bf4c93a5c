import gzip
import json
from pathlib import Path

import pytest

from evaluation.collection_files import read_collection
from evaluation.collections import make_records, prepare_collection
from evaluation.prepared import PrepareOptions
from models.errors import InvalidInputError
from models.records import DocumentKind, Role

WORDS = PrepareOptions(encoder="words")
CORPUS = [
    {"_id": "d1", "title": "Valves", "text": "how a valve is tightened", "lang": "en", "created": "2019"},
    {"_id": "d2", "title": "", "text": "a pump on rubber", "lang": "en", "created": "2019-05"},
    {"_id": "d3", "title": "Pumps", "text": "oil for the pump", "created": None},
]
QUERIES = [{"_id": "1", "text": "tight valve"}, {"_id": "2", "text": "rubber pump"}, {"_id": "3", "text": "not judged"}]
ASSOCIATIONS = "doc_id\tperson_id\trole\tweight\nd1\tann\tcommitted\t1\nd2\tbob\twrote\t0.5\nd2\tann\tapproved\t1\n"


def write_collection(folder: Path, qrels: str, associations: str | None = None) -> Path:
    (folder / "qrels").mkdir()
    lines = "".join(json.dumps(found) + "\n" for found in CORPUS)
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "queries.jsonl").write_text("".join(json.dumps(found) + "\n" for found in QUERIES), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    if associations:
        (folder / "associations.tsv").write_text(associations, encoding="utf-8")
    return folder


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return write_collection(tmp_path, "query-id\tcorpus-id\tscore\n1\td1\t2\n2\td2\t1\n2\td3\t1\n")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_collection(tmp_path, "query-id\tperson-id\tscore\n1\tann\t2\n2\tbob\t1\n", ASSOCIATIONS)


def test_without_associations_documents_are_ranked_under_their_own_ids(documents: Path):
    with prepare_collection(documents, WORDS) as prepared:
        assert [query.id for query in prepared.queries] == ["1", "2"]
        assert prepared.qrels == {"1": {"d1": 2}, "2": {"d2": 1, "d3": 1}}
        assert prepared.candidates is None
        assert [system.name for system in prepared.systems] == ["releve", "bm25"]
        for system in prepared.systems:
            assert [name for name, _ in system.rank(prepared.queries[1], None)] == ["d2", "d3"]
            assert [name for name, _ in system.rank(prepared.queries[1], 1)] == ["d2"]


def test_with_an_encoder_documents_are_ranked_by_meaning_too(documents: Path):
    with prepare_collection(documents, PrepareOptions(systems=("dense",))) as prepared:
        ranking = prepared.systems[0].rank(prepared.queries[0], None)
        assert ranking[0][0] == "d1"
        assert sorted(name for name, _ in ranking) == ["d1", "d2", "d3"]


def test_with_associations_people_are_ranked_under_their_own_ids(people: Path):
    with prepare_collection(people, WORDS) as prepared:
        assert prepared.candidates == 2
        ranked = {
            system.name: [name for name, _ in system.rank(prepared.queries[0], None)] for system in prepared.systems
        }
    assert ranked["bm25_voting"] == ["ann", "bob"]
    assert {name for names in ranked.values() for name in names} == {"ann", "bob"}
    assert set(ranked) == {
        "releve", "random", "popularity", "recency_popularity", "model1", "model2", "bm25_voting",
    }  # fmt: skip


def test_roles_become_those_of_the_store_and_weights_stay(people: Path):
    records = make_records(read_collection(people))
    assert [record.kind for record in records] == [DocumentKind.COMMIT, DocumentKind.PAGE, DocumentKind.PAGE]
    parts = [[(part.person, part.role, part.weight) for part in record.people] for record in records]
    assert parts == [
        [("ann", Role.WROTE, 1)],
        [("bob", Role.WROTE, 0.5), ("ann", Role.REVIEWED, 1)],
        [],
    ]
    dates = [record.created_at.date().isoformat() if record.created_at else None for record in records]
    assert dates == ["2019-01-01", "2019-05-01", None]


def test_the_dates_of_queries_limit_nothing(people: Path):
    dated = "".join(json.dumps({**found, "created": "1999-01-01"}) + "\n" for found in QUERIES)
    (people / "queries.jsonl").write_text(dated, encoding="utf-8")
    with prepare_collection(people, WORDS) as prepared:
        assert all(query.at is None for query in prepared.queries)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("qrels/test.tsv", "1\td1\thigh\n", "qrels/test.tsv, line 1: 'high' is no grade"),
        ("qrels/test.tsv", "9\td1\t1\n", "No query of .* is judged in qrels/test.tsv"),
        ("associations.tsv", "d1\tann\tliked\t1\n", "associations.tsv, line 1: no role is named 'liked'"),
        ("associations.tsv", "d1\tann\twrote\tmuch\n", "associations.tsv, line 1: 'much' is no weight"),
        ("associations.tsv", "d1\tann\twrote\t99\n", "Document 'd1' of the collection cannot be stored"),
        ("associations.tsv", "d1\tann\n", "associations.tsv, line 1: 2 columns in place of 4"),
        ("queries.jsonl", "no json\n", "queries.jsonl, line 1: not a line of JSON"),
        ("queries.jsonl", '{"_id": 1}\n', "queries.jsonl, line 1: not an object with _id and text as text"),
        ("queries.jsonl", '{"_id": "1", "text": "a"}\n' * 2, "queries.jsonl, line 2: the id '1' comes twice"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(people: Path, name: str, content: str, message: str):
    (people / name).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=message):
        prepare_collection(people, WORDS)


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInputError, match="holds no corpus"):
        prepare_collection(tmp_path, WORDS)


def test_the_version_is_that_of_the_content_packed_or_not(documents: Path):
    packed = read_collection(documents).version
    (documents / "corpus.jsonl").write_bytes(gzip.decompress((documents / "corpus.jsonl.gz").read_bytes()))
    (documents / "corpus.jsonl.gz").unlink()
    assert read_collection(documents).version == packed
    (documents / "qrels" / "test.tsv").write_text("1\td1\t1\n", encoding="utf-8")
    assert read_collection(documents).version != packed
