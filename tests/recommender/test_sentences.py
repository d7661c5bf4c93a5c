import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Un. Deux ! Trois ?", ["Un. ", "Deux ! ", "Trois ?"]),
        ("Il dit : « Non. » Puis il part.", ["Il dit : « Non. ", "» Puis il part."]),
        (
            "Voir M. Tremblay, art. 4, p. 12. Ensuite on ferme.",
            ["Voir M. Tremblay, art. 4, p. 12. ", "Ensuite on ferme."],
        ),
        ("See e.g. Smith et al. and J. Doe. Then stop.", ["See e.g. Smith et al. and J. Doe. ", "Then stop."]),
        ("Version 4.11 of os.path works. Good.", ["Version 4.11 of os.path works. ", "Good."]),
        ("", []),
    ],
)
def test_sentences_end_at_their_marks_and_not_after_abbreviations(text, sentences):
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(alphabet="aA.!?» \n\t)", max_size=200))
def test_sentences_join_up_to_the_text(text):
    assert "".join(text[start:end] for start, end in sentence_spans(text)) == text
