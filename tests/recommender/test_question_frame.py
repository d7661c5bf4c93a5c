"""The frame of a question, which says nothing of its subject."""

from __future__ import annotations

import pytest

from recommender.question_frame import subject_of


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Qui connaît les embâcles ?", "les embâcles ?"),
        ("Qui s'y connaît en embâcles ?", "embâcles ?"),
        ("qui s’y connait en paie", "paie"),
        ("Qui sait redémarrer la pompe 3 ?", "redémarrer la pompe 3 ?"),
        ("Qui peut m'aider avec le lot de nuit ?", "le lot de nuit ?"),
        ("Quelqu'un connaît-il le fichier rose ?", "Quelqu'un connaît-il le fichier rose ?"),
        ("Quelqu’un sait comment purger la conduite ?", "comment purger la conduite ?"),
        ("Je cherche quelqu'un qui connaît COBOL", "COBOL"),
        ("Je cherche une personne qui maîtrise les ponceaux", "les ponceaux"),
        ("À qui m'adresser pour une demande d'accès ?", "une demande d'accès ?"),
        ("À qui dois-je demander au sujet de la taxe ?", "la taxe ?"),
        ("Qui est l'experte en glaces ?", "glaces ?"),
        ("Who knows about ice jams?", "ice jams?"),
        ("who knows how to restart GRB-220", "restart GRB-220"),
        ("Does anyone know about COBOL?", "COBOL?"),
        ("Is there someone who knows the old scheduler?", "the old scheduler?"),
        ("Who should I ask about payroll?", "payroll?"),
        ("Who's the expert on culverts?", "culverts?"),
        ("I'm looking for somebody who can help me with bridges", "bridges"),
    ],
)
def test_who_is_looked_for_is_not_the_subject(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@pytest.mark.parametrize(
    "question",
    [
        "Qui connaît ?",
        "who knows?",
        "",
        "Les gens qui connaissent la rivière ont-ils prévenu ?",
        "Whose key opens panel B12?",
        "Quiconque ouvre la vanne doit prévenir",
        "Comment savoir qui connaît la rivière ?",
    ],
)
def test_a_question_without_a_frame_or_without_more_stays_whole(question: str) -> None:
    assert subject_of(question) == question
