"""The sentences of succession, in both languages, and that nothing it can say lacks its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.languages import Language
from api.succession_words import answers, dimensions, item_kinds, levels, say_item, say_level, say_prefilled
from api.wording import wording_in
from models.risk_scores import SCORES
from recommender.succession.risk import Dimension, Level, Prefilled, RiskEvidence, prefill
from recommender.succession.transfer import TransferItem, TransferItemKind

AREA = TransferItem(TransferItemKind.ONLY_HOLDER_AREA, "area:1", "Gel", "Frost", None, "", 3, 0.4, 1.0, 0, 0.5, ())
SPREAD = RiskEvidence(holders=4, elsewhere=0, truck_factor=2, first_share=0.5, documented_ratio=0.12)
ONLY_HOLDER, TACIT, ANSWERED, PRACTICE, ASKED = TransferItemKind


@pytest.mark.parametrize("language", Language)
def test_everything_has_its_words(language: Language) -> None:
    say = wording_in(language)
    assert set(item_kinds(say)) == set(TransferItemKind)
    assert set(dimensions(say)) == set(Dimension)
    assert set(answers(say)) == {(dimension, score) for dimension in Dimension for score in SCORES}
    assert set(levels(say)) == set(Level)
    assert all(say_item(say, replace(AREA, kind=kind)) for kind in TransferItemKind)


@pytest.mark.parametrize(
    ("item", "french", "english"),
    [
        (AREA, "Personne d’autre ne maîtrise ce domaine", "Nobody else holds this area"),
        (
            replace(AREA, share=0.781),
            "Personne ne maîtrise mieux ce domaine\u00a0: 78\u00a0% de ce qu’en savent les personnes qui le maîtrisent",
            "Nobody holds more of this area: 78% of what those who hold it have",
        ),
        (
            replace(AREA, kind=PRACTICE, title="Purge d’hiver"),
            "Personne d’autre n’entretient «\u00a0Purge d’hiver\u00a0»",
            "Nobody else maintains “Purge d’hiver”",
        ),
        (
            replace(AREA, kind=ANSWERED, count=1, title="Où est la vanne ?"),
            "Personne d’autre n’a répondu à «\u00a0Où est la vanne ?\u00a0»",
            "Nobody else answered “Où est la vanne ?”",
        ),
        (
            replace(AREA, kind=ANSWERED, count=1200),
            "Personne d’autre n’a répondu à 1\u202f200 questions",
            "Nobody else answered 1,200 questions",
        ),
        (
            replace(AREA, kind=ASKED, count=1),
            "1 question de la dernière année dans ce domaine est sans réponse, ou a reçu celle de cette personne",
            "1 question of the last year in this area is open, or answered by this person",
        ),
        (
            replace(AREA, kind=TACIT, count=12),
            "A répondu à 12 questions dans ce domaine, dont presque rien n’est écrit pour resservir",
            "Answered 12 questions in this area, and next to nothing of it is written down to be used again",
        ),
    ],
)
def test_each_item_says_why(item: TransferItem, french: str, english: str) -> None:
    assert [say_item(wording_in(language), item) for language in Language] == [french, english]


def reasons(dimension: Dimension, evidence: RiskEvidence) -> tuple[list[str], list[str]]:
    filled: Prefilled = prefill(evidence)[dimension]
    french, english = (say_prefilled(wording_in(language), dimension, filled) for language in Language)
    return french, english


def test_concentration_says_who_knows_and_what_a_departure_does() -> None:
    assert reasons(Dimension.KNOWLEDGE_CONCENTRATION, SPREAD) == (
        [
            "4 personnes de l’unité le maîtrisent",
            "La première en détient 50\u00a0%",
            "Au départ de 2 personnes, l’essentiel de ce qu’elles y ont écrit n’aurait plus d’auteur ici",
        ],
        [
            "4 people of the unit hold it",
            "Whoever has most has 50% of what they have of it",
            "If 2 people left, most of what they wrote in it would have no author here",
        ],
    )
    assert reasons(Dimension.KNOWLEDGE_CONCENTRATION, RiskEvidence(0, 0, 0, 0.0, 0.0))[1] == [
        "Nobody of the unit holds it any more"
    ]
    assert reasons(Dimension.KNOWLEDGE_CONCENTRATION, RiskEvidence(1, 3, 0, 1.0, 0.0))[0] == [
        "1 personne de l’unité le maîtrise",
        "Ailleurs, 3 autres personnes le maîtrisent",
    ]


def test_tacit_depth_says_how_much_is_written_down() -> None:
    assert reasons(Dimension.TACIT_DEPTH, SPREAD) == (
        ["12\u00a0% de ce qui s’y est écrit peut resservir\u00a0: pratiques, pages, enregistrements"],
        ["12% of what was written in it can be used again: practices, pages, recordings"],
    )
    assert reasons(Dimension.TACIT_DEPTH, replace(SPREAD, documented_ratio=0.0))[0] == [
        "Rien n’en est écrit pour resservir"
    ]


def test_a_level_without_the_managers_answers_is_provisional() -> None:
    said = [say_level(wording_in(language), Level.HIGH, complete=False) for language in Language]
    assert said == ["élevé (provisoire)", "high (provisional)"]
    assert say_level(wording_in(Language.FRENCH), Level.LOW, complete=True) == "faible"
