"""What every Index promises, on every implementation."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from models.errors import DimensionError, InvalidInputError
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.exact import ExactIndex
from recommender.indexes.index import Index, Passage, WordQuery

OPEN = {"open"}


@pytest.fixture(params=["exact", "embedded"])
def make_index(request, tmp_path):
    """Make an empty index of this dim."""

    def make(dim: int = 0) -> Index:
        if request.param == "exact":
            return ExactIndex(dim)
        return EmbeddedIndex.create(tmp_path / "index", "test" if dim else None, dim)

    return make


def passage(document_id, terms="", *, title="", space="open", start=0, created_at=None, kind="answer"):
    return Passage(document_id, start, start + 10, space, kind, created_at, title.split(), terms.split())


def words(*alternatives):
    return WordQuery([tuple(word.split("|")) for word in alternatives])


def vector(*values):
    row = np.array(values, np.float32)
    return row / max(float(np.linalg.norm(row)), 1e-9)


def scores(hits):
    return {hit.document_id: hit.words for hit in hits}


def cosines(hits):
    return {hit.document_id: hit.meaning for hit in hits}


@pytest.fixture
def three(make_index):
    """Lengths 2, 4 and 3: the mean is 3."""
    index = make_index()
    index.add(
        [passage("d1", "lock gate"), passage("d2", "lock lock pump pump"), passage("d3", "pump paint paint")], None
    )
    index.commit(7)
    return index


def test_an_empty_index_finds_nothing_and_follows_no_revision(make_index):
    index = make_index()

    assert (len(index), index.revision, index.dim) == (0, 0, 0)
    assert index.search(None, words("lock"), 10, OPEN) == []
    assert index.count_passages(["lock"], OPEN) == (0, [0])


def test_nothing_is_found_before_the_commit(make_index):
    index = make_index()
    index.add([passage("d1", "lock")], None)

    assert len(index) == 0
    assert index.search(None, words("lock"), 10, OPEN) == []


def test_a_commit_follows_its_revision(three):
    assert (len(three), three.revision) == (3, 7)


def test_scores_are_those_of_the_bm25_formula(three):
    # N = 3, n = 2: idf = ln(1 + 1.5 / 2.5) = 0.470004
    # d1: f = 1, length 2: 0.470004 x 2.2 x 1 / (1 + 0.9); d2: f = 2, length 4: 0.470004 x 2.2 x 2 / (2 + 1.5)
    found = scores(three.search(None, words("lock"), 10, OPEN))

    assert found == pytest.approx({"d1": 0.5442147, "d2": 0.5908617}, abs=1e-6)


def test_the_words_of_a_query_add_up(three):
    # gate: N = 3, n = 1: idf = ln(1 + 2.5 / 1.5) = 0.980829; d1: 0.980829 x 2.2 / 1.9
    found = scores(three.search(None, words("lock", "gate"), 10, OPEN))

    assert found == pytest.approx({"d1": 0.5442147 + 1.1356970, "d2": 0.5908617}, abs=1e-6)


def test_the_alternatives_of_a_word_are_one_word(three):
    # Held by d2 (f = 2) and d3 (f = 1 + 2, length 3): n = 2, idf = 0.470004, d3: 0.470004 x 2.2 x 3 / (3 + 1.2)
    found = scores(three.search(None, words("pump|paint"), 10, OPEN))

    assert found == pytest.approx({"d2": 0.5908617, "d3": 0.7385779}, abs=1e-6)


def test_an_unknown_or_repeated_alternative_changes_nothing(three):
    expected = three.search(None, words("pump|paint"), 10, OPEN)

    found = three.search(None, words("pump|paint|dredge|pump", "dredge"), 10, OPEN)
    # A word that nothing holds is part of the question all the same: each passage covers less of it.
    assert all(hit.words_share < other.words_share for hit, other in zip(found, expected, strict=True))
    assert [hit._replace(words_share=0.0) for hit in found] == [hit._replace(words_share=0.0) for hit in expected]


def test_a_word_of_the_title_counts_as_two_of_the_text(make_index):
    index = make_index()
    index.add([passage("title", "gate", title="lock"), passage("text", "lock lock gate")], None)
    index.commit(1)
    found = scores(index.search(None, words("lock"), 10, OPEN))

    # N = n = 2: idf = ln(1.2) = 0.182322; f = 2, length = mean = 3: 0.182322 x 2.2 x 2 / 3.2
    assert found == pytest.approx({"title": 0.2506922, "text": 0.2506922}, abs=1e-6)


def test_a_word_in_every_passage_never_scores_below_zero(make_index):
    index = make_index()
    index.add([passage(f"d{number}", "lock") for number in range(5)], None)
    index.commit(1)

    assert all(hit.words > 0 for hit in index.search(None, words("lock"), 10, OPEN))


def test_hits_come_by_document_id_then_start(make_index):
    index = make_index()
    index.add(
        [passage("é", "lock"), passage("z", "lock"), passage("b", "lock", start=30), passage("b", "lock", start=4)],
        None,
    )
    index.commit(1)

    found = [(hit.document_id, hit.start, hit.end) for hit in index.search(None, words("lock"), 10, OPEN)]
    assert found == [("b", 4, 14), ("b", 30, 40), ("z", 0, 10), ("é", 0, 10)]


def test_a_hit_tells_the_kind_of_its_document(make_index):
    index = make_index()
    index.add([passage("d1", "lock", kind="practice"), passage("d2", "lock", kind="answer")], None)
    index.commit(1)

    assert [hit.kind for hit in index.search(None, words("lock"), 10, OPEN)] == ["practice", "answer"]


def test_the_best_by_words_are_taken_and_ties_go_to_the_first(make_index):
    index = make_index()
    index.add([passage("d4", "lock lock"), *(passage(name, "lock gate") for name in ("d3", "d1", "d2"))], None)
    index.commit(1)

    assert list(scores(index.search(None, words("lock"), 1, OPEN))) == ["d4"]
    assert list(scores(index.search(None, words("lock"), 3, OPEN))) == ["d1", "d2", "d4"]


@pytest.mark.parametrize("top_k", [0, -1])
def test_no_hits_are_wanted_and_none_come(three, top_k):
    assert three.search(None, words("lock"), top_k, OPEN) == []


def test_passages_of_other_spaces_do_not_exist(make_index):
    index = make_index()
    index.add([passage("d1", "lock"), passage("d2", "lock", space="secret")], None)
    index.commit(1)

    assert list(scores(index.search(None, words("lock"), 10, OPEN))) == ["d1"]
    assert list(scores(index.search(None, words("lock"), 10, {"secret", "nowhere"}))) == ["d2"]
    assert list(scores(index.search(None, words("lock"), 10, {"open", "secret"}))) == ["d1", "d2"]
    assert index.search(None, words("lock"), 10, set()) == []


def test_adding_protected_documents_changes_no_score_and_no_count(make_index):
    index = make_index(2)
    index.add([passage("d1", "lock gate"), passage("d2", "lock pump pump")], np.array([vector(1, 0), vector(1, 1)]))
    index.commit(1)
    query = (vector(1, 0), words("lock", "pump"), 2, OPEN)
    before = index.search(*query), index.count_passages(["lock", "pump"], OPEN)
    protected = [passage(f"d{number}x", "lock lock gate dredge", space="secret") for number in range(50)]
    index.add(protected, np.array([vector(1, 0)] * 50))
    index.commit(2)

    assert (index.search(*query), index.count_passages(["lock", "pump"], OPEN)) == before


def test_before_leaves_out_later_and_undated_passages_and_their_statistics(make_index):
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    index, reference = make_index(), ExactIndex()
    early = [
        passage("d1", "lock gate", created_at=noon.replace(hour=9)),
        passage("d2", "gate", created_at=datetime(1960, 1, 1, tzinfo=UTC)),
    ]
    late = [
        passage("d3", "lock", created_at=noon),
        passage("d4", "lock lock"),
        passage("d5", "lock", created_at=noon.replace(year=2027)),
    ]
    index.add([*late, *early], None)
    index.commit(1)
    reference.add(early, None)
    reference.commit(1)
    query = words("lock", "gate")

    found = index.search(None, query, 10, OPEN, before=noon)
    assert scores(found) == pytest.approx(scores(reference.search(None, query, 10, OPEN)), abs=1e-9)
    assert list(scores(found)) == ["d1", "d2"]
    assert len(index.search(None, query, 10, OPEN)) == 5


def test_counts_are_of_passages_in_the_given_spaces(make_index):
    index = make_index()
    index.add(
        [passage("d1", "lock lock", title="gate"), passage("d2", "gate"), passage("d3", "lock", space="secret")], None
    )
    index.commit(1)

    assert index.count_passages(["lock", "gate", "dredge"], OPEN) == (2, [1, 2, 0])
    assert index.count_passages([], {"open", "secret"}) == (3, [])


def test_deleted_documents_leave_no_trace(make_index):
    index, reference = make_index(), ExactIndex()
    kept, gone = [passage("d1", "lock gate")], [passage("d2", "lock pump"), passage("d2", "lock", start=20)]
    index.add([*kept, *gone], None)
    index.commit(1)
    index.delete({"d2", "never seen"})
    assert len(index) == 3
    index.commit(2)
    reference.add(kept, None)
    reference.commit(2)

    assert (len(index), index.revision) == (1, 2)
    found = index.search(None, words("lock", "pump"), 10, OPEN)
    assert scores(found) == pytest.approx(scores(reference.search(None, words("lock", "pump"), 10, OPEN)), abs=1e-9)


def test_a_document_deleted_and_added_again_is_replaced(make_index):
    index = make_index()
    index.add([passage("d1", "lock"), passage("d1", "lock", start=20)], None)
    index.commit(1)
    index.delete(["d1"])
    index.add([passage("d1", "pump")], None)
    index.commit(2)

    assert len(index) == 1
    assert index.search(None, words("lock"), 10, OPEN) == []
    assert list(scores(index.search(None, words("pump"), 10, OPEN))) == ["d1"]


def test_passages_added_for_a_published_document_replace_it(make_index):
    index = make_index()
    index.add([passage("d1", "lock"), passage("d1", "lock", start=20)], None)
    index.commit(1)
    index.add([passage("d1", "pump", start=0)], None)
    index.add([passage("d1", "gate", start=30)], None)
    index.commit(2)

    found = index.search(None, words("pump", "gate", "lock"), 10, OPEN)
    assert [(hit.document_id, hit.start) for hit in found] == [("d1", 0), ("d1", 30)]


def test_a_staged_document_can_be_deleted_before_the_commit(make_index):
    index = make_index()
    index.add([passage("d1", "lock"), passage("d2", "lock")], None)
    index.delete(["d1"])
    index.commit(1)

    assert list(scores(index.search(None, words("lock"), 10, OPEN))) == ["d2"]


def test_both_similarities_come_for_each_passage_of_the_union(make_index):
    index = make_index(2)
    embeddings = np.array([vector(1, 0), vector(0, 1), vector(3, 4)])
    index.add(
        [passage("d1", "pump"), passage("d2", "lock gate gate gate gate"), passage("d3", "lock lock pump")], embeddings
    )
    index.commit(1)
    hits = index.search(vector(1, 0), words("lock"), 1, OPEN)

    # By words d3, by meaning d1, whose words match nothing.
    assert list(scores(hits)) == ["d1", "d3"]
    assert scores(hits)["d1"] == 0
    assert cosines(hits) == pytest.approx({"d1": 1.0, "d3": 0.6}, abs=1e-6)
    # N = 3, n = 2, f = 2, length 3 as the mean: 0.470004 x 2.2 x 2 / (2 + 1.2)
    assert scores(hits)["d3"] == pytest.approx(0.6462550, abs=1e-6)


def test_the_closest_by_meaning_are_taken_and_ties_go_to_the_first(make_index):
    index = make_index(2)
    names = [f"d{number:02d}" for number in range(40)]
    embeddings = np.array([vector(1, 0) if name != "d39" else vector(1, 0.1) for name in names])
    index.add([passage(name) for name in names], embeddings)
    index.commit(1)

    assert list(cosines(index.search(vector(1, 0.1), words(), 3, OPEN))) == ["d00", "d01", "d39"]


def test_opposite_passages_have_negative_similarity(make_index):
    index = make_index(2)
    index.add([passage("d1")], np.array([vector(-1, 0)]))
    index.commit(1)

    assert cosines(index.search(vector(1, 0), words(), 5, OPEN)) == {"d1": -1.0}


def test_a_passage_without_meaning_is_found_by_words_alone(make_index):
    index = make_index(2)
    index.add([passage("d1", "lock"), passage("d2", "pump")], np.zeros((2, 2), np.float32))
    index.commit(1)

    assert cosines(index.search(vector(1, 0), words("lock"), 5, OPEN)) == {"d1": 0.0}


@pytest.mark.parametrize("embedding", [None, np.zeros(2, np.float32)])
def test_a_query_without_meaning_finds_by_words_alone(make_index, embedding):
    index = make_index(2)
    index.add([passage("d1", "lock"), passage("d2", "pump")], np.array([vector(1, 0), vector(0, 1)]))
    index.commit(1)

    assert cosines(index.search(embedding, words("lock"), 5, OPEN)) == {"d1": 0.0}


def test_an_index_of_words_refuses_embeddings(make_index):
    index = make_index()
    with pytest.raises(DimensionError):
        index.add([passage("d1", "lock")], np.array([vector(1, 0)]))
    with pytest.raises(DimensionError):
        index.search(vector(1, 0), words("lock"), 5, OPEN)


@pytest.mark.parametrize("embeddings", [None, np.ones((1, 3), np.float32), np.ones((2, 2), np.float32)])
def test_embeddings_of_another_shape_are_refused(make_index, embeddings):
    index = make_index(2)
    with pytest.raises(DimensionError):
        index.add([passage("d1", "lock")], embeddings)


@pytest.mark.parametrize("embedding", [np.ones(3, np.float32), np.ones((1, 2), np.float32)])
def test_a_query_embedding_of_another_shape_is_refused(make_index, embedding):
    with pytest.raises(DimensionError):
        make_index(2).search(embedding, words("lock"), 5, OPEN)


@pytest.mark.parametrize("row", [[1.0, 1.0], [0.5, 0.0], [np.nan, 0.0]])
def test_embeddings_that_are_not_of_unit_length_are_refused(make_index, row):
    index = make_index(2)
    with pytest.raises(InvalidInputError, match="Embedding 0"):
        index.add([passage("d1", "lock")], np.array([row], np.float32))


def test_every_document_can_go(make_index):
    index = make_index(2)
    index.add([passage("d1", "lock")], np.array([vector(1, 0)]))
    index.commit(1)
    index.delete(["d1"])
    index.commit(2)

    assert len(index) == 0
    assert index.search(vector(1, 0), words("lock"), 5, OPEN) == []


def test_random_histories_give_the_answers_of_the_reference(make_index):
    chance, index, reference = random.Random(20), make_index(4), ExactIndex(4)
    vocabulary = [f"w{number}" for number in range(25)]
    days = [None, *(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29))]
    for revision in range(1, 9):
        passages = [
            passage(
                f"d{chance.randrange(40)}",
                " ".join(chance.choices(vocabulary, k=chance.randrange(12))),
                title=" ".join(chance.choices(vocabulary, k=chance.randrange(3))),
                space=chance.choice("abc"),
                start=100 * number,
                created_at=chance.choice(days),
            )
            for number in range(20)
        ]
        embeddings = np.array([vector(*(chance.randrange(-2, 3) for _ in range(4))) for _ in passages])
        gone = {f"d{chance.randrange(40)}" for _ in range(4)}
        for either in (index, reference):
            either.delete(gone)
            either.add(passages, embeddings)
            either.commit(revision)
        for _ in range(20):
            query = WordQuery([tuple(chance.sample(vocabulary, 2)) for _ in range(chance.randrange(4))])
            asked = (
                chance.choice([None, embeddings[0], vector(1, 2, 0, -1)]),
                query,
                chance.randrange(8),
                chance.sample("abcz", chance.randrange(5)),
                chance.choice([None, datetime(2026, 1, 15, tzinfo=UTC)]),
            )
            found, expected = index.search(*asked), reference.search(*asked)
            assert [(hit.document_id, hit.start, hit.kind) for hit in found] == [
                (hit.document_id, hit.start, hit.kind) for hit in expected
            ]
            assert [(hit.words, hit.meaning) for hit in found] == [
                pytest.approx((hit.words, hit.meaning), abs=1e-6) for hit in expected
            ]
