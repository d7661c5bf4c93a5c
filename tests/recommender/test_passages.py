import subprocess
import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recommender.passages import MAX_CHARS, TARGET_CHARS, split_passages

SENTENCE = "La vanne amont se ferme avant la vanne aval. "


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_passages(text)]


def test_a_short_text_is_one_passage_without_the_space_around_it():
    assert split_passages("  bonjour\n") == [(2, 9)]


def test_a_document_with_only_a_title_has_one_empty_passage():
    assert split_passages("") == [(0, 0)]
    assert split_passages(" \n\t ") == [(0, 0)]


def test_a_text_a_little_longer_than_the_target_stays_whole():
    text = ("x" * 700) + "\n\n" + ("y" * 700)

    assert cut(text) == [text]


def test_paragraphs_are_kept_whole_and_joined_up_to_the_target():
    paragraphs = [letter * 450 for letter in "abcde"]

    assert cut("\n\n".join(paragraphs)) == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]


def test_a_long_paragraph_is_cut_between_sentences():
    passages = cut(SENTENCE * 100)

    assert len(passages) > 3
    assert all(passage.endswith("aval.") and passage.startswith("La vanne") for passage in passages)
    assert all(len(passage) <= TARGET_CHARS for passage in passages[:-1])


def test_a_long_line_without_sentences_is_cut_between_words():
    words = [f"mot{number}" for number in range(2_000)]

    assert " ".join(cut(" ".join(words))).split() == words


def test_a_long_text_without_any_space_survives():
    text = "x" * (3 * MAX_CHARS + 10)

    assert cut(text) == ["x" * MAX_CHARS] * 3 + ["x" * 10]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["\n\n", "\n", " ", ". ", "\r\n", SENTENCE, SENTENCE * 40, "é" * 1_600]),
            st.text(max_size=80),
        ),
        max_size=60,
    ).map("".join)
)
def test_passages_are_bounded_and_hold_every_character_once_in_order(text):
    spans = split_passages(text)

    assert all(0 <= start <= end <= len(text) and end - start <= MAX_CHARS for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert spans == [(0, 0)] or all(text[start:end].strip() == text[start:end] != "" for start, end in spans)


def test_cutting_text_never_imports_spacy():
    program = (
        f"import sys, recommender.passages as p; p.split_passages({SENTENCE!r} * 200); print('spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
