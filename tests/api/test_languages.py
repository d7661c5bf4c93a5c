from __future__ import annotations

import pytest

from api.languages import Language, language_named, preferred_language


def test_languages_come_as_french_then_english() -> None:
    assert list(Language) == [Language.FRENCH, Language.ENGLISH]


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("fr", Language.FRENCH), ("FR-ca", Language.FRENCH), ("en_GB", Language.ENGLISH),
        ("de", None), ("", None), (None, None), ("french", None),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_tag(name: str | None, language: Language | None) -> None:
    assert language_named(name) is language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.FRENCH),
        ("", Language.FRENCH),
        ("en", Language.ENGLISH),
        ("en-CA,en;q=0.9,fr;q=0.8", Language.ENGLISH),
        ("de, fr;q=0.3, en;q=0.7", Language.ENGLISH),
        ("en;q=0.5, fr-CA;q=0.9", Language.FRENCH),
        ("en;q=0", Language.FRENCH),
        ("en;q=much, fr;q=0.1", Language.FRENCH),
        ("en;q=9", Language.FRENCH),
        (";;;q=,,en;q=nan", Language.FRENCH),
        ("*", Language.FRENCH),
    ],
)
def test_the_best_liked_language_that_relève_speaks_is_chosen(header: str | None, language: Language) -> None:
    assert preferred_language(header) is language
