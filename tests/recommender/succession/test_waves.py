"""Waves: who leaves when, by name where the planner may know, otherwise in groups."""

from __future__ import annotations

from datetime import date

import pytest

from models.errors import InvalidInputError
from models.records import DeclaredBy, DepartureRecord, PersonRecord, UnitRecord
from models.store import Store
from models.tables import DepartureVisibility
from recommender.succession.waves import Wave, read_waves
from tests.conftest import write
from tests.recommender.succession.places import TODAY, planner


def leaving(store: Store, person: str, earliest: date, latest: date, *, announced: bool = False) -> None:
    by = DeclaredBy.SELF
    write(
        store,
        [DepartureRecord(person=person, earliest=earliest, latest=latest, declared_by=by, announced=announced)],
    )


def town(store: Store) -> None:
    """Ten people of Eaux, of whom six leave between 2026 and 2029, one of them announced; one of Voirie leaves."""
    people = [PersonRecord(id=f"e{n}", name=f"E{n}", unit="eaux") for n in range(12)]
    units = [UnitRecord(id="eaux", name="Eaux"), UnitRecord(id="voirie", name="Voirie")]
    write(store, [*units, *people, PersonRecord(id="v0", name="V0", unit="voirie")])
    for n in range(6):
        leaving(store, f"e{n}", date(2026 + n % 2, 9, 1), date(2029, 9, 1), announced=n == 0)
    leaving(store, "v0", date(2026, 1, 1), date(2028, 1, 1))


def waves_of(
    store: Store, visibility: DepartureVisibility, years: int = 15, units: list[str] | None = None
) -> list[Wave]:
    with store.read() as session:
        return read_waves(session, planner(None, units, visibility), TODAY, years)


def test_waves_name_whom_the_planner_may_know_in_the_year_from_which_they_may_be_gone(store: Store) -> None:
    town(store)

    waves = waves_of(store, DepartureVisibility.DECLARED)

    # A band that has begun counts this year.
    assert [(w.year, w.last_year, w.unit, w.people) for w in waves] == [
        (2026, 2026, "Eaux", 3),
        (2026, 2026, "Voirie", 1),
        (2027, 2027, "Eaux", 3),
    ]
    assert waves[0].named[0] == ("test:e0", "E0", date(2026, 9, 1), date(2029, 9, 1))


def test_waves_stop_at_the_horizon_and_at_the_units_planned_for(store: Store) -> None:
    town(store)

    assert [w.year for w in waves_of(store, DepartureVisibility.DECLARED, years=1)] == [2026, 2026]
    assert [w.unit for w in waves_of(store, DepartureVisibility.DECLARED, units=["test:voirie"])] == ["Voirie"]
    with pytest.raises(InvalidInputError):
        waves_of(store, DepartureVisibility.DECLARED, years=16)


def test_bands_name_nobody_that_is_not_announced_and_give_no_number_that_would_tell_of_few(store: Store) -> None:
    town(store)

    waves = waves_of(store, DepartureVisibility.BANDS, years=3)

    eaux, voirie = (wave for wave in waves if wave.year == 2025)
    assert (eaux.last_year, eaux.unit, [name for _, name, _, _ in eaux.named]) == (2029, "Eaux", ["E0"])
    assert (voirie.unit, voirie.people, voirie.named) == ("Voirie", None, [])


def test_only_what_is_announced_makes_waves_where_the_policy_says_so(store: Store) -> None:
    town(store)

    assert [(w.year, w.people) for w in waves_of(store, DepartureVisibility.ANNOUNCED)] == [(2026, 1)]
