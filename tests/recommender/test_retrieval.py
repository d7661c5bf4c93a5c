from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.analysis import analyse
from recommender.indexes.exact import ExactIndex
from recommender.indexes.index import Embeddings, Hit, Passage
from recommender.retrieval import FoundDocument, fuse, retrieve


def hit(words: float, meaning: float = 0.0) -> Hit:
    return Hit("d", 0, 1, "page", words, 0.0, meaning)


def test_words_count_three_times_meaning_in_the_language_of_the_question() -> None:
    hits = [hit(8.0, 0.2), hit(4.0, 0.6), hit(0.0, 0.4), hit(2.0, 0.2)]
    # 0.75 words / 8 + 0.25 (meaning - 0.2) / 0.4
    assert fuse(hits, "fr") == pytest.approx([0.75, 0.625, 0.125, 0.1875], abs=1e-12)


def test_where_the_language_is_unsure_both_count_half_and_meaning_four_fifths_at_least() -> None:
    hits = [hit(8.0, 0.2), hit(4.0, 0.6), hit(0.0, 0.4), hit(2.0, 0.2)]
    assert fuse(hits) == pytest.approx([0.5, 0.8, 0.4, 0.125], abs=1e-12)


def test_words_alone_count_over_the_best() -> None:
    assert fuse([hit(8.0), hit(2.0), hit(0.0)]) == [1.0, 0.25, 0.0]


def test_meaning_alone_counts_from_the_least_similar_to_the_most() -> None:
    assert fuse([hit(0.0, 0.9), hit(0.0, 0.5), hit(0.0, 0.6)]) == pytest.approx([1.0, 0.0, 0.25])
    assert fuse([hit(0.0, -0.5), hit(0.0, 0.5)]) == [0.0, 1.0]


def test_meaning_that_found_nothing_leaves_the_words_alone() -> None:
    assert fuse([hit(8.0, 0.0), hit(2.0, 0.0)]) == [1.0, 0.25]


def test_passages_equally_similar_count_by_their_similarity() -> None:
    assert fuse([hit(0.0, 0.8), hit(0.0, 0.8)]) == [0.8, 0.8]
    assert fuse([hit(3.0, 0.8)], "fr") == pytest.approx([0.95])
    assert fuse([hit(3.0, -0.4)], "fr") == [0.75]


def in_language(language: str, words: float, meaning: float) -> Hit:
    return Hit("d", 0, 1, "page", words, 0.0, meaning, language)


def test_a_passage_in_another_language_is_worth_at_least_its_meaning() -> None:
    french = in_language("fr", 0.0, 0.9)
    hits = [in_language("en", 8.0, 0.5), french, in_language("en", 0.0, 0.9), in_language("en", 0.0, 0.1)]
    # (meaning - 0.1) / 0.8; English passages keep a quarter of it beside their words, the French one all of it
    assert fuse(hits, "en") == pytest.approx([0.875, 1.0, 0.25, 0.0])
    # The first is in another language now: half its words (1) and half its meaning (0.5).
    assert fuse(hits, "fr") == pytest.approx([0.75, 0.25, 1.0, 0.0])


def test_a_passage_that_shares_neither_words_nor_meaning_is_not_found() -> None:
    assert fuse([hit(0.0, 0.24), hit(0.0, 0.1)], "fr") == [0.0, 0.0]
    assert fuse([hit(0.0, 0.25), hit(0.0, 0.1)], "fr") == [1.0, 0.0]


def test_a_passage_of_unknown_language_is_not_taken_for_another() -> None:
    assert fuse([in_language("", 0.0, 0.9), hit(8.0, 0.1)], "fr") == pytest.approx([0.25, 0.75])


def test_nothing_found_gives_nothing() -> None:
    assert fuse([]) == []
    assert fuse([hit(0.0), hit(0.0)]) == [0.0, 0.0]


numbers = st.tuples(st.floats(0, 100), st.floats(-1, 1))


@given(st.lists(numbers, max_size=20))
def test_every_relevance_lies_between_0_and_1(pairs: list[tuple[float, float]]) -> None:
    relevance = fuse([hit(words, meaning) for words, meaning in pairs])
    assert len(relevance) == len(pairs)
    assert all(0 <= value <= 1 + 1e-12 for value in relevance)


class TwoWords:
    """An encoder that knows two words: 'gel' is (1, 0) and 'froid', nearly the same, is (0.8, 0.6)."""

    id = "two-words"
    dim = 2

    def encode(self, texts: Sequence[str]) -> Embeddings:
        known = {"gel": (1.0, 0.0), "froid": (0.8, 0.6)}
        return np.array([known.get(text, (0.0, 0.0)) for text in texts], dtype=np.float32).reshape(len(texts), 2)


def passage(document_id: str, text: str, start: int = 0, space: str = "organisation", day: int = 1) -> Passage:
    created = datetime(2026, 1, day, tzinfo=UTC)
    return Passage(document_id, start, start + len(text), space, "page", created, [], analyse(text, "fr"))


def index_of(*passages: Passage, encoder: TwoWords | None = None, texts: Sequence[str] = ()) -> ExactIndex:
    index = ExactIndex(encoder.dim if encoder else 0)
    index.add(passages, encoder.encode(texts) if encoder else None)
    index.commit(1)
    return index


def test_a_document_is_as_relevant_as_its_best_passage_and_shown_by_it() -> None:
    index = index_of(
        passage("a", "vannes pompe pompe"),
        passage("a", "vannes vannes vannes", start=100),
        passage("b", "vannes pompe pompe"),
        passage("c", "pompe"),
    )
    retrieved = retrieve(index, None, "vannes", ["organisation"])
    assert [(found.document_id, found.start, found.end) for found in retrieved.documents] == [
        ("a", 100, 120),
        ("b", 0, 18),
    ]
    assert retrieved.documents[0].relevance == 1.0
    # BM25 with k1 1.2 and b 0.75 or not, one occurrence is worth less than three.
    assert 0 < retrieved.documents[1].relevance < 1
    assert [alternative[0] for alternative in retrieved.words.alternatives] == analyse("vannes", "fr")


def test_equally_relevant_documents_come_by_id() -> None:
    index = index_of(passage("b", "vannes"), passage("a", "vannes"))
    # Two passages alike, of mean length, with all of the one word there is: f = 1 of at most K1 + 1 = 2.2.
    share = pytest.approx(1 / 2.2)
    assert retrieve(index, None, "vannes", ["organisation"]).documents == [
        FoundDocument("a", "page", 1.0, 0, 6, share),
        FoundDocument("b", "page", 1.0, 0, 6, share),
    ]


def test_other_spaces_and_later_passages_are_not_found() -> None:
    index = index_of(passage("a", "vannes"), passage("b", "vannes", space="closed"), passage("c", "vannes", day=2))

    def found(spaces: list[str], before: datetime | None = None) -> list[str]:
        return [document.document_id for document in retrieve(index, None, "vannes", spaces, before).documents]

    assert found(["organisation"]) == ["a", "c"]
    assert found(["closed"]) == ["b"]
    assert found([]) == []
    assert found(["organisation", "closed"], datetime(2026, 1, 2, tzinfo=UTC)) == ["a", "b"]


def test_a_question_finds_by_meaning_what_it_does_not_say() -> None:
    encoder = TwoWords()
    texts = ["gel", "froid", "pompe"]
    passages = [passage(name, text) for name, text in zip("abc", texts, strict=True)]
    index = index_of(*passages, encoder=encoder, texts=texts)
    found = retrieve(index, encoder, "gel", ["organisation"]).documents
    # By words: a alone, 1. By meaning: a 1.0, b 0.8, so a 1 and b 0 of the union: b is its least similar passage.
    assert [(document.document_id, document.relevance) for document in found] == [("a", pytest.approx(1.0))]
    found = retrieve(index, encoder, "froid", ["organisation"]).documents
    assert [(document.document_id, document.relevance) for document in found] == [("b", pytest.approx(1.0))]


def test_a_question_of_unknown_words_finds_nothing() -> None:
    encoder = TwoWords()
    index = index_of(passage("a", "gel"), encoder=encoder, texts=["gel"])
    assert retrieve(index, encoder, "zzz", ["organisation"]).documents == []
    assert retrieve(index_of(passage("a", "gel")), None, "zzz", ["organisation"]).documents == []
    assert retrieve(ExactIndex(), None, "gel", ["organisation"]).documents == []


def test_words_the_encoder_does_not_know_are_still_found_in_full() -> None:
    encoder = TwoWords()
    index = index_of(passage("a", "pompe"), passage("b", "gel"), encoder=encoder, texts=["pompe", "gel"])
    assert [found.document_id for found in retrieve(index, encoder, "pompe", ["organisation"]).documents] == ["a"]
    assert retrieve(index, encoder, "pompe", ["organisation"]).documents[0].relevance == 1.0
