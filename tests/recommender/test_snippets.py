import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.analysis import query_words
from recommender.indexes.index import WordQuery
from recommender.snippets import SNIPPET_LENGTH, Snippet, make_snippet

NOTHING = WordQuery([])


def snippet(
    text: str, question: str = "", language: str | None = "fr", start: int = 0, end: int | None = None
) -> Snippet:
    return make_snippet(text, query_words(question) if question else NOTHING, language, start, end)


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.highlights]


def test_a_short_text_is_shown_whole_with_its_words_marked() -> None:
    found = snippet("Purger la vanne avant le gel.", "vannes gel")
    assert found == Snippet("Purger la vanne avant le gel.", [(10, 15), (25, 28)])


def test_without_a_question_the_beginning_is_shown() -> None:
    text = "mot " * 100
    found = snippet(text)
    assert found.highlights == []
    assert found.text == " ".join(["mot"] * 60) + " …"


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_an_empty_text_gives_an_empty_snippet(text: str) -> None:
    assert snippet(text, "vanne") == Snippet("", [])


def test_white_space_is_squeezed_and_the_marks_follow() -> None:
    found = snippet("  Purger \n\n\t la\u00a0\u00a0vanne\r\n  avant  le   gel ", "vanne gel")
    assert found == Snippet("Purger la vanne avant le gel", [(10, 15), (25, 28)])


def test_accents_apart_or_together_are_marked_where_they_stand() -> None:
    together, apart = "L’écluse n° 3 est réparée", "L’e\u0301cluse n° 3 est re\u0301pare\u0301e"
    for text in (together, apart):
        found = snippet(text, "ecluse reparer")
        assert found.text == text
        assert marked(found) == [text[2 : text.index(" n")], text[text.index("est ") + 4 :]]


def test_the_window_holds_the_most_words_of_the_question() -> None:
    filler = "blabla " * 60  # 420 characters
    text = f"gel {filler}vanne {filler}gel vanne pompe {filler}pompe"
    found = snippet(text, "gel vanne pompe")
    assert marked(found) == ["gel", "vanne", "pompe"]
    assert found.text.startswith("… blabla ")
    assert found.text.endswith(" blabla …")
    assert len(found.text) <= SNIPPET_LENGTH + len("…  …")


def test_the_window_starts_a_little_before_its_first_word() -> None:
    text = "blabla " * 60 + "vanne " + "blabla " * 60
    found = snippet(text, "vanne")
    # 40 characters before "vanne", then to the next whole word: five times "blabla ".
    assert found.text.startswith("… " + "blabla " * 5 + "vanne blabla")
    assert found.highlights == [(37, 42)]


@pytest.mark.parametrize("space", [" ", "\n", "\u00a0"])
def test_no_word_is_cut_at_either_end(space: str) -> None:
    text = space.join(f"mot{number:03}" for number in range(200))
    found = snippet(text, "mot100")
    words = found.text.removeprefix("… ").removesuffix(" …").split(" ")
    assert marked(found) == ["mot100"]
    assert set(words) <= set(text.split(space))
    assert len(words) > 25


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    assert snippet("x" * 1000).text == "x" * SNIPPET_LENGTH + " …"


def test_a_snippet_stays_in_its_passage_and_shows_that_the_text_goes_on() -> None:
    text = "La vanne. Le gel. La pompe."
    assert snippet(text, "vanne gel pompe", start=10, end=17) == Snippet("… Le gel. …", [(5, 8)])
    assert snippet(text, "vanne gel pompe", start=0, end=9) == Snippet("La vanne. …", [(3, 8)])
    assert snippet(text, "vanne gel pompe", start=18, end=27) == Snippet("… La pompe.", [(5, 10)])


def test_white_space_alone_after_a_passage_is_no_more_text() -> None:
    assert snippet("Le gel.\n\n", "gel", end=7).text == "Le gel."
    assert snippet("\n\nLe gel.", "gel", start=2).text == "Le gel."


def test_a_passage_that_a_shorter_text_no_longer_has_falls_back_on_the_text() -> None:
    assert snippet("Le gel.", "gel", start=500, end=900) == Snippet("Le gel.", [(3, 6)])


def test_words_deep_in_a_long_passage_are_not_looked_for() -> None:
    found = snippet("mot " * 2_000 + "vanne", "vanne")
    assert found.highlights == []
    assert found.text.startswith("mot mot")


WORDS = ["vanne", "Vannes", "gel", "écluse", "e\u0301cluse", "l’", "d'", "AS/400", "x" * 300, "a", "12", ".", "—", "🧊"]
SPACES = [" ", "  ", "\n", "\r\n\t", "\u00a0", "\u2028", ""]
texts = st.one_of(
    st.text(max_size=900),
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)), max_size=200).map(
        lambda pairs: "".join(word + space for word, space in pairs)
    ),
)


@given(
    text=texts,
    question=st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)),
    language=st.sampled_from(["fr", "en", "de", None]),
    start=st.integers(0, 1000),
    length=st.one_of(st.none(), st.integers(0, 1000)),
)
def test_every_highlight_marks_something_in_the_snippet_of_any_text(
    text: str, question: str, language: str | None, start: int, length: int | None
) -> None:
    end = None if length is None else start + length
    found = make_snippet(text, query_words(question), language, start, end)
    assert len(found.text) <= SNIPPET_LENGTH + len("…  …")
    assert "\n" not in found.text
    assert "  " not in found.text
    last = 0
    for first, after in found.highlights:
        assert last <= first < after <= len(found.text)
        assert found.text[first:after].strip() == found.text[first:after] != ""
        last = after
    squeezed = "".join(text.split())
    assert "".join(found.text.removeprefix("… ").removesuffix(" …").split()) in squeezed
    for span in marked(found):
        assert span in text
