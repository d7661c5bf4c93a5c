from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.succession.answers import DAY
from evaluation.succession.cases import Case, Cases
from evaluation.succession.communities import handover_times, read_community
from models.errors import InvalidInputError

from .histories import PAYROLL, asked, community, write_community


def names(case: Case, codes: Iterable[int]) -> set[str]:
    return {case.ground.person_ids[code].removeprefix("testbed:") for code in codes}


def test_who_answered_in_the_areas_of_who_left_took_over(town: Cases) -> None:
    [case] = town.cases
    grades = {case.ground.person_ids[code]: grade for code, grade in case.grades.items()}

    assert case.id == "2021-01-08/lea"
    assert names(case, case.handover.leavers) == {"lea"}
    # Of four answers on payroll Max gave three: 10 % doubled twice, and more. Pia is about pumps, Noa was unknown.
    assert grades == {"testbed:max": 3}


def test_candidates_are_those_known_before_but_who_leaves(town: Cases) -> None:
    [case] = town.cases

    assert names(case, case.candidates) == {"ann", "max", "pia"}


def test_what_is_left_is_what_the_leaver_answered_and_nothing_later_is_in_the_ground(town: Cases) -> None:
    [case] = town.cases
    places = case.ground.places
    known = {name.removeprefix("testbed:"): code for name, code in case.ground.view.names.documents.items()}
    shares = {
        name: sum(
            case.handover.areas.get(int(area), 0.0)
            for document, area in zip(places.documents, places.areas, strict=True)
            if document == known[name]
        )
        for name in ("pay1", "pump1")
    }

    assert sum(case.handover.areas.values()) == pytest.approx(1.0)
    assert shares["pay1"] > 0.9
    assert shares["pump1"] == 0
    assert int(case.ground.view.columns.times.max()) < case.handover.at.timestamp() * 1_000_000
    assert known["pay11"] not in places.documents


def test_handovers_are_half_a_year_apart_a_year_from_both_ends() -> None:
    times = np.array([0, 500, 1000]) * DAY

    assert [time // DAY for time in handover_times(times)] == [453, 635]
    assert handover_times(times[:2]) == []
    assert handover_times(times[:0]) == []


def test_a_community_of_less_than_two_years_is_too_short(tmp_path: Path) -> None:
    short = write_community(tmp_path / "short", community()[:10])

    with pytest.raises(InvalidInputError, match="short is too short: answers must span 730 days or more"):
        read_community(short, None)


def test_a_community_that_nobody_leaves_says_so(tmp_path: Path) -> None:
    stays = [*community(), asked("late", PAYROLL, 1, date(2021, 6, 1), "lea")]

    with pytest.raises(InvalidInputError, match="Nobody leaves in stays"):
        read_community(write_community(tmp_path / "stays", stays), None)
