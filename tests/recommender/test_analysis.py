import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import analysis
from recommender.analysis import MAX_QUERY_WORDS, analyse, fold, highlight_spans, query_words, surface_terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ÉCLUSE", "ecluse"), ("Œuvre", "oeuvre"), ("curriculum vitæ", "curriculum vitae"), ("Straße", "strasse")],
)
def test_folding_drops_case_accents_and_ligatures(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("L'écluse n'ouvre pas", ["eclu", "ouvr"]),
        ("jusqu’aux écluses d’Irrigation", ["eclu", "irrig"]),
        ("Aujourd'hui, qu'il s'agit d'eau", ["agit", "el"]),
        ("prud'hommes", ["prud", "homm"]),
        ("le C++ et le C# sur AS/400 avec .NET 4.11", ["c++", "c#", "as400", ".net", "4.11"]),
        ("AS-400, as400 et v4.11", ["as400", "as400", "4.11"]),
        ("read_file os.path", ["read", "fil", "os", "path"]),
    ],
)
def test_french_text_gives_stemmed_terms_without_elided_and_stop_words(text, terms):
    assert analyse(text, "fr") == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The lock's gates aren't repaired", ["lock", "gate", "repair"]),
        ("Who knows about C++?", ["know", "c++"]),
        ("read_file in os.path", ["read", "file", "os", "path"]),
        ("module example.net and 3.14", ["modul", "exampl", "net", "3.14"]),
    ],
)
def test_english_text_gives_stemmed_terms_without_stop_words(text, terms):
    assert analyse(text, "en") == terms


@pytest.mark.parametrize("language", ["de", None, ""])
def test_other_languages_are_folded_only(language):
    assert analyse("Die Schleusen über the Häuser", language) == ["die", "schleusen", "uber", "the", "hauser"]


def test_accents_apart_and_soft_hyphens_change_nothing():
    text = "L’écluse réparée"

    assert analyse(unicodedata.normalize("NFD", text), "fr") == analyse(text, "fr")
    assert analyse("éclu\u00adse", "fr") == analyse("écluse", "fr")


def test_a_very_long_word_is_found_by_its_start():
    assert analyse("x" * 100_000, "en") == ["x" * 64]


def test_terms_stay_right_when_the_cache_of_tokens_overflows(monkeypatch):
    monkeypatch.setattr(analysis, "_MAX_CACHED_TOKENS", 2)

    assert analyse("vannes pompes vannes écluses vannes", "fr") == ["vann", "pomp", "vann", "eclu", "vann"]


@given(st.text())
def test_any_text_is_analysed_into_folded_terms(text):
    for language in ("fr", "en", None):
        for term in analyse(text, language):
            assert term
            assert not term.isspace()


def test_surface_terms_give_each_term_with_its_writing():
    assert list(surface_terms("Les Écluses d'Irrigation", "fr")) == [("eclu", "Écluses"), ("irrig", "Irrigation")]


def test_a_question_gives_the_french_english_and_plain_forms_of_each_word():
    assert query_words("entretien des vannes").alternatives == [("entretien",), ("vann", "vannes")]
    assert query_words("repairing pumps").alternatives == [("repairing", "repair"), ("pump", "pumps")]


def test_a_french_question_loses_french_stop_words():
    assert query_words("Qui s'occupe des écluses ?").alternatives == [("occup", "occupe"), ("eclu", "eclus", "ecluses")]


def test_an_english_question_loses_english_stop_words():
    # "pour" is a French stop word: no French document is searched for it.
    assert query_words("how do I pour the concrete").alternatives == [("pour",), ("concret", "concrete")]


def test_a_question_of_unclear_language_loses_the_stop_words_of_both():
    # One French word and one English word.
    assert [terms[0] for terms in query_words("pour the vannes").alternatives] == ["vann"]


def test_a_question_of_stop_words_only_keeps_them():
    assert [terms[-1] for terms in query_words("être ou ne pas être").alternatives] == ["etre", "ou", "ne", "pas"]


def test_a_question_without_words_has_none():
    assert query_words(" ?! ").alternatives == []


def test_inflections_of_one_word_count_once_in_a_question():
    assert query_words("écluse écluses ECLUSE").alternatives == [("eclu", "eclus", "ecluse", "ecluses")]


def test_a_long_question_keeps_its_first_words():
    query = query_words(" ".join(f"mot{number}" for number in range(200)))

    assert query.alternatives == [(f"mot{number}",) for number in range(MAX_QUERY_WORDS)]


@pytest.mark.parametrize("question", ["ecluse reparee", "écluses réparées", "réparer une écluse", "REPARATION ecluses"])
def test_a_french_question_finds_text_without_its_accents_plurals_and_conjugation(question):
    terms = set(analyse("L'écluse n° 4 a été réparée.", "fr"))

    assert all(terms.intersection(alternatives) for alternatives in query_words(question).alternatives)


def test_highlights_are_the_words_of_the_text_as_written():
    text = "L’écluse n°4 : les E\u0301cluses sont réparées"
    spans = highlight_spans(text, query_words("ecluse à réparer"), "fr")

    assert [text[start:end] for start, end in spans] == ["écluse", "E\u0301cluses", "réparées"]


def test_nothing_is_highlighted_for_an_empty_question():
    assert highlight_spans("du texte", query_words(""), "fr") == []
