from __future__ import annotations

import subprocess
import sys

import pytest

from ingestion.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The valve of this station has been left open since Monday.", "en"),
        ("La vanne de ce poste est restée ouverte depuis lundi.", "fr"),
        ("Comment amorcer une pompe ?", "fr"),
        ("Where do I find the copybooks?", "en"),
        ("Das Ventil ist seit Montag offen und niemand hat es gemerkt.", "de"),
        ("La válvula está abierta desde el lunes y nadie lo sabe.", "es"),
        ("Клапан открыт с понедельника, и никто этого не заметил.", "ru"),
        ("阀门从星期一开始就一直开着,没有人注意到。", "zh"),
    ],
)
def test_a_sentence_shows_its_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "   ", "12 345", "---", "🙂", "xqzt"])
def test_what_shows_no_language_is_in_none(text: str) -> None:
    assert detect_language(text) is None


@pytest.mark.parametrize("text", ["", "OK 12", "PP-7 !", "x = 3", "Merci !", "Done."])
def test_a_short_answer_is_in_the_usual_language(text: str) -> None:
    assert detect_language(text, "fr") in ("fr", "en")
    assert detect_language("", "fr") == "fr"


def test_a_clear_text_is_not_in_the_usual_language() -> None:
    assert detect_language("I think that you should have closed the valve before.", "fr") == "en"
    assert detect_language("Je pense que vous auriez dû fermer la vanne avant.", "en") == "fr"


def test_plain_french_and_english_are_told_without_loading_the_library() -> None:
    script = (
        "import sys; from ingestion.language import detect_language as d;"
        "assert d('The valve was left open and they have not seen that.') == 'en';"
        "assert 'py3langid' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
