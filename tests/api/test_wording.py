"""Dates, numbers and names of things, as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api.languages import Language
from api.wording import wording_in
from models.records import DocumentKind, MembershipRole, Role

FRENCH, ENGLISH = (wording_in(language) for language in Language)


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (date(2025, 2, 19), "19 février 2025", "February 19, 2025"),
        (date(2025, 8, 1), "1er août 2025", "August 1, 2025"),
        (date(2025, 8, 11), "11 août 2025", "August 11, 2025"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "31 décembre 2025", "December 31, 2025"),
    ],
)
def test_days_are_written_as_people_write_them(moment: date, french: str, english: str) -> None:
    assert (FRENCH.day(moment), ENGLISH.day(moment)) == (french, english)


def test_a_band_of_one_day_is_that_day() -> None:
    first, last = date(2027, 3, 1), date(2027, 6, 30)
    assert FRENCH.days((first, last)) == "du 1er mars 2027 au 30 juin 2027"
    assert ENGLISH.days((first, last)) == "March 1, 2027 to June 30, 2027"
    assert ENGLISH.days((first, first)) == "March 1, 2027"
    assert FRENCH.leaves((first, last)) == "Quitte l’organisation entre le 1er mars 2027 et le 30 juin 2027"
    assert ENGLISH.leaves((first, first)) == "Leaves the organisation on March 1, 2027"


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(0, "0", "0"), (999, "999", "999"), (-1000, "-1\u202f000", "-1,000"), (97_000, "97\u202f000", "97,000"),
     (0.5, "0,5", "0.5")],
)  # fmt: skip
def test_numbers_have_the_separators_of_the_language(number: float, french: str, english: str) -> None:
    assert (FRENCH.number(number), ENGLISH.number(number)) == (french, english)


def test_shares_are_percentages() -> None:
    assert (FRENCH.percent(0.726), ENGLISH.percent(0.726)) == ("73\u00a0%", "73%")


@pytest.mark.parametrize(
    ("count", "solved", "french", "english"),
    [
        (1, False, "1 réponse", "1 answer"),
        (2, False, "2 réponses", "2 answers"),
        (1, True, "1 réponse, acceptée", "1 answer, accepted"),
        (2, True, "2 réponses, dont une acceptée", "2 answers, one accepted"),
    ],
)
def test_answers_are_counted(count: int, solved: bool, french: str, english: str) -> None:
    assert FRENCH.answers(count, solved=solved) == french
    assert ENGLISH.answers(count, solved=solved) == english


@pytest.mark.parametrize("kinds", [DocumentKind, Role, MembershipRole])
def test_everything_stored_has_a_name_in_both_languages(kinds: type) -> None:
    for say in (FRENCH, ENGLISH):
        named = {DocumentKind: say.kind, Role: say.role, MembershipRole: say.membership}[kinds]
        assert len({named(kind) for kind in kinds}) == len(list(kinds))
