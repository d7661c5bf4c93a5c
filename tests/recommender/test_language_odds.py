import pytest

from recommender.analysis import question_language
from recommender.language_odds import likely_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("gérer des archives numériques", "fr"),
        ("gerer des archives numeriques", "fr"),
        ("manage digital archives", "en"),
        ("soudure à l'arc", "fr"),
        ("welding techniques", "en"),
        ("GRB-220", None),
        ("", None),
        ("🙂 42", None),
    ],
)
def test_letters_tell_the_language_of_a_few_words_or_nothing(text: str, language: str | None) -> None:
    assert likely_language(text) == language


def test_stop_words_come_before_letters() -> None:
    # The title is French, the sentence around it is not.
    assert likely_language("the vérification comptable municipale trimestrielle") == "fr"
    assert question_language("the vérification comptable municipale trimestrielle") == "en"
