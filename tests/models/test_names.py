import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.names import fold, make_id, slug
from models.tables import ID_LENGTH


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Élodie  Lefèvre", "elodie lefevre"),
        ("E\u0301LODIE\tLEFE\u0300VRE\n", "elodie lefevre"),
        ("Straße", "strasse"),
        ("𝑨𝒏𝒂 Ｂｅｒｇｅｒ", "ana berger"),
        ("Jean-Noël O’Brien", "jean-noel o’brien"),
        ("\u00a0", ""),
    ],
)
def test_folding_forgets_case_accents_and_repeated_spaces(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Forum de l’Été (2024)", "forum-de-l-ete-2024"),
        ("export_RH.csv", "export_rh.csv"),
        ("../secret", "secret"),
        ("日本", "source"),
        ("x" * 150, "x" * 100),
    ],
)
def test_a_slug_is_a_short_name_that_an_id_can_begin_with(text: str, name: str) -> None:
    assert slug(text) == name


@given(st.text())
def test_a_slug_of_a_slug_is_itself(text: str) -> None:
    made = slug(text)
    assert slug(made) == made
    assert set(made) <= set(string.ascii_lowercase + string.digits + "._-")


def test_an_id_is_the_source_and_the_id_in_it() -> None:
    assert make_id("people", "1001") == "people:1001"
    assert make_id("s" * 100, "x" * 300) == "s" * 100 + ":" + "x" * 300


def test_an_id_too_long_for_the_store_is_cut_and_stays_distinct_and_repeatable() -> None:
    first, second = make_id("s", "x" * 500 + "1"), make_id("s", "x" * 500 + "2")
    assert len(first) == len(second) == ID_LENGTH
    assert first != second
    assert first == make_id("s", "x" * 500 + "1")
    assert first.startswith("s:xxx")
