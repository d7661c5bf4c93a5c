"""Departures as managers may know them: by name, or as counts that tell of nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from models.access import Viewer
from models.errors import InvalidInputError
from models.planning import Planner
from models.preferences import change_preferences
from models.queries.departures import LONGEST_HORIZON, count_departures, list_planned_departures
from models.records import DeclaredBy, DepartureRecord, PersonRecord, UnitRecord
from models.small_groups import SPANS_SHOWN
from models.store import Store
from models.tables import DepartureVisibility
from tests.conftest import write

TODAY = date(2026, 6, 15)
FAR = date(2050, 1, 1)
K = 3


def planner(
    visibility: DepartureVisibility, units: Iterable[str] | None = None, viewer: str | None = "t:boss"
) -> Planner:
    return Planner(Viewer(viewer), None if units is None else frozenset(units), visibility, K)


def town(store: Store) -> None:
    """Eaux (8 people) holds Pompes (20) and Vannes (4); Voirie (5) is beside it."""
    sizes = {"eaux": 8, "pompes": 20, "vannes": 4, "voirie": 5}
    units = [
        UnitRecord(id="eaux", name="Eaux"),
        UnitRecord(id="pompes", name="Pompes", parent="eaux"),
        UnitRecord(id="vannes", name="Vannes", parent="eaux"),
        UnitRecord(id="voirie", name="Voirie"),
    ]
    people = [
        PersonRecord(id=f"{unit}{n}", name=f"{unit} {n}", unit=unit)
        for unit, size in sizes.items()
        for n in range(size)
    ]
    write(store, [*units, *people], "t")


def leave(
    store: Store, *people: str, year: int = 2028, announced: bool = False, by: DeclaredBy = DeclaredBy.SELF
) -> None:
    days = {"earliest": date(year, 3, 1), "latest": date(year, 9, 1), "declared_by": by, "announced": announced}
    write(store, [DepartureRecord(person=person, **days) for person in people], "t")


def named(store: Store, planning: Planner, until: date = FAR) -> list[str]:
    with store.read() as session:
        return [found.person_id for found in list_planned_departures(session, planning, TODAY, until)]


def counted(store: Store, planning: Planner, years: int = 4) -> dict[str, tuple[int | None, int, int]]:
    """People, group and named of each unit in the nearest span."""
    with store.read() as session:
        bands = count_departures(session, planning, TODAY, years)
    return {band.unit_id: (band.people, band.group, band.named) for band in bands if band.first_year == 2025}


@pytest.mark.parametrize(
    ("visibility", "known"),
    [
        (DepartureVisibility.ANNOUNCED, {"announced"}),
        (DepartureVisibility.BANDS, {"announced"}),
        (DepartureVisibility.HR_ANNOUNCED, {"announced", "by_hr"}),
        (DepartureVisibility.DECLARED, {"announced", "by_hr", "by_self", "by_manager"}),
    ],
)
def test_each_policy_names_whom_it_says(store: Store, visibility: DepartureVisibility, known: set[str]) -> None:
    names = ("announced", "by_hr", "by_self", "by_manager", "boss")
    write(store, [PersonRecord(id=name, name=name, unit="Eaux") for name in names], "t")
    leave(store, "announced", announced=True)
    for by in DeclaredBy:
        leave(store, f"by_{by}", by=by)
    leave(store, "boss")
    found = set(named(store, planner(visibility)))
    # Whoever plans knows their own departure.
    assert found == {f"t:{name}" for name in known | {"boss"}}
    assert set(named(store, planner(visibility, viewer=None))) == found - (
        {"t:boss"} if "by_self" not in known else set()
    )


def test_someone_with_several_departures_is_named_once_by_the_nearest_that_is_known(store: Store) -> None:
    town(store)
    leave(store, "eaux0", year=2031, announced=True, by=DeclaredBy.HR)
    leave(store, "eaux0", year=2028)
    for visibility, year in ((DepartureVisibility.BANDS, 2031), (DepartureVisibility.DECLARED, 2028)):
        with store.read() as session:
            found = list_planned_departures(session, planner(visibility), TODAY, FAR)
        assert [(d.person_id, d.name, d.unit, d.earliest.year) for d in found] == [("t:eaux0", "eaux 0", "Eaux", year)]


def test_only_people_of_the_units_planned_for_are_named_and_nobody_who_opted_out(store: Store) -> None:
    town(store)
    leave(store, "eaux0", "vannes0", "vannes1", "voirie0", announced=True)
    with store.write() as session:
        change_preferences(session, Viewer("t:vannes1"), "t:vannes1", {"visible_as_expert": False})
    assert named(store, planner(DepartureVisibility.DECLARED, ["t:eaux", "t:vannes"])) == ["t:eaux0", "t:vannes0"]
    assert named(store, planner(DepartureVisibility.DECLARED, ["t:eaux"]), date(2027, 1, 1)) == []


def test_what_is_over_or_withdrawn_is_not_named(store: Store) -> None:
    town(store)
    leave(store, "eaux0", year=2024, announced=True)
    leave(store, "eaux1", announced=True)
    write(store, [DepartureRecord(person="eaux1", declared_by=DeclaredBy.SELF, revoked=True)], "t")
    assert named(store, planner(DepartureVisibility.DECLARED)) == []


@pytest.mark.parametrize("visibility", [v for v in DepartureVisibility if v is not DepartureVisibility.BANDS])
def test_where_names_are_known_the_names_are_counted(store: Store, visibility: DepartureVisibility) -> None:
    town(store)
    leave(store, "vannes0", announced=True)
    leave(store, "vannes1", "vannes2", by=DeclaredBy.HR)
    leave(store, "vannes3")
    known = {DepartureVisibility.ANNOUNCED: 1, DepartureVisibility.HR_ANNOUNCED: 3, DepartureVisibility.DECLARED: 4}
    assert counted(store, planner(visibility, ["t:eaux", "t:vannes"])) == {
        "t:eaux": (known[visibility], 32, known[visibility]),
        "t:vannes": (known[visibility], 4, known[visibility]),
    }


def test_bands_show_numbers_of_large_groups_with_announced_people_on_top(store: Store) -> None:
    town(store)
    leave(store, "pompes0", "pompes1", "pompes2", "vannes0", "vannes1", "vannes2")
    leave(store, "vannes3", announced=True)
    # Eaux without Pompes is 12 people of whom nothing is announced: too few to show Pompes, and the difference.
    assert counted(store, planner(DepartureVisibility.BANDS)) == {
        "t:eaux": (7, 32, 1),
        "t:pompes": (None, 20, 0),
        "t:vannes": (None, 4, 1),
        "t:voirie": (None, 5, 0),
    }


def test_a_number_does_not_depend_on_who_asks_how_far_or_when(store: Store) -> None:
    town(store)
    leave(store, *(f"pompes{n}" for n in range(4)))
    everyone = counted(store, planner(DepartureVisibility.BANDS))
    assert everyone["t:eaux"][0] == 4
    some = planner(DepartureVisibility.BANDS, ["t:pompes", "t:eaux"], viewer="t:pompes0")
    assert counted(store, some, 15).items() <= everyone.items()
    with store.read() as session:
        later = count_departures(session, some, date(2029, 12, 31), 0)
    assert [(b.unit_id, b.first_year, b.last_year, b.people) for b in later] == [
        ("t:eaux", 2025, 2029, 4),
        ("t:pompes", 2025, 2029, everyone["t:pompes"][0]),
    ]


def test_few_none_and_nearly_all_look_the_same(store: Store) -> None:
    town(store)
    bands = planner(DepartureVisibility.BANDS)
    nobody = counted(store, bands)
    leave(store, "pompes0", "pompes1")
    few = counted(store, bands)
    leave(store, *(f"{unit}{n}" for unit, size in (("eaux", 8), ("pompes", 20), ("vannes", 4)) for n in range(size)))
    assert nobody == few == counted(store, bands)
    assert {people for people, *_ in nobody.values()} == {None}


@pytest.mark.parametrize("years", [-1, 16])
def test_an_absurd_horizon_is_refused(store: Store, years: int) -> None:
    with store.read() as session, pytest.raises(InvalidInputError, match="from 0 to 15"):
        count_departures(session, planner(DepartureVisibility.BANDS), TODAY, years)


@pytest.mark.parametrize("year", range(2025, 2030))
def test_no_more_spans_are_shown_than_the_numbers_reckon_with(store: Store, year: int) -> None:
    town(store)
    with store.read() as session:
        bands = count_departures(session, planner(DepartureVisibility.BANDS), date(year, 12, 31), LONGEST_HORIZON)
    assert {(band.first_year, band.last_year) for band in bands} == {(y, y + 4) for y in (2025, 2030, 2035, 2040)}
    assert len({band.first_year for band in bands}) == SPANS_SHOWN
