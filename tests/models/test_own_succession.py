"""What each sees of what succession shows about them, and that it is what managers are shown."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from sqlalchemy.orm import Session

from models.access import KnownTo, Viewer, who_knows
from models.audit import AuditEvent, about_person, list_events_about, record_event
from models.errors import NotAllowedError
from models.paging import PageRequest
from models.planning import Planner, SuccessionPolicy, set_policy
from models.preferences import change_preferences
from models.queries.departures import list_planned_departures
from models.queries.own_succession import read_own_succession
from models.records import DeclaredBy, DepartureRecord, PersonRecord, UnitRecord
from models.roles import grant_role
from models.store import Store
from models.tables import DepartureVisibility, OrganisationRole
from tests.conftest import NOW, write

TODAY = NOW.date()
ANA = Viewer("t:ana")


@pytest.fixture
def town(store: Store) -> Store:
    """Ana works in Pompes, under Eaux: Bo manages Pompes, Cy Eaux, Di another unit; Ed manages Eaux and opted out."""
    units = [
        UnitRecord(id="eaux", name="Eaux"),
        UnitRecord(id="pompes", name="Pompes", parent="eaux"),
        UnitRecord(id="voirie", name="Voirie"),
    ]
    people = [PersonRecord(id=id_, name=id_.title(), unit="pompes") for id_ in ("ana", "bo", "cy", "di", "ed")]
    write(store, [*units, *people], "t")
    with store.write() as session:
        for person, unit in (("bo", "pompes"), ("cy", "eaux"), ("di", "voirie"), ("ed", "eaux")):
            grant_role(session, NOW, f"t:{person}", OrganisationRole.MANAGER, f"t:{unit}")
        change_preferences(session, Viewer("t:ed"), "t:ed", {"visible_as_expert": False})
    return store


def switch_on(session: Session, visibility: DepartureVisibility = DepartureVisibility.ANNOUNCED) -> None:
    set_policy(session, NOW, SuccessionPolicy(True, visibility, 5, "Avis", "Notice"))


def test_each_sees_which_managers_plan_for_them(town: Store) -> None:
    with town.write() as session:
        switch_on(session)
        found = read_own_succession(session, ANA, TODAY)
    assert (found.unit, found.opted_out) == ("Pompes", False)
    assert [(m.person_id, m.name, m.unit) for m in found.managers] == [("t:bo", "Bo", "Pompes"), ("t:cy", "Cy", "Eaux")]
    assert found.other_managers == 1


def test_nobody_plans_for_anyone_before_it_is_switched_on(town: Store) -> None:
    with town.read() as session:
        found = read_own_succession(session, ANA, TODAY)
        assert (found.policy.enabled, found.managers, found.other_managers) == (False, [], 0)
        with pytest.raises(NotAllowedError):
            read_own_succession(session, Viewer(), TODAY)


def test_who_opted_out_is_told_that_nobody_sees_them(town: Store) -> None:
    with town.write() as session:
        switch_on(session)
        assert read_own_succession(session, Viewer("t:ed"), TODAY).opted_out


@pytest.mark.parametrize("visibility", DepartureVisibility)
def test_what_each_is_told_of_their_departures_is_what_their_manager_is_shown(
    store: Store, visibility: DepartureVisibility
) -> None:
    write(store, [UnitRecord(id="pompes", name="Pompes"), PersonRecord(id="boss", name="Boss")], "t")
    leavers = [f"{by}_{announced}" for by, announced in product(DeclaredBy, (True, False))]
    for name, (by, announced) in zip(leavers, product(DeclaredBy, (True, False)), strict=True):
        departure = DepartureRecord(person=name, declared_by=by, announced=announced, earliest=date(2030, 1, 1))
        write(store, [PersonRecord(id=name, name=name, unit="pompes"), departure], "t")
    with store.write() as session:
        switch_on(session, visibility)
        planner = Planner(Viewer("t:boss"), frozenset({"t:pompes"}), visibility, 5)
        named = {each.person_id for each in list_planned_departures(session, planner, TODAY, date(2040, 1, 1))}
        told = {
            name: read_own_succession(session, Viewer(f"t:{name}"), TODAY).departures[0].known_to for name in leavers
        }
    assert {name for name, known in told.items() if known in (KnownTo.EVERYONE, KnownTo.MANAGERS)} == {
        name.removeprefix("t:") for name in named
    }
    assert {name for name, known in told.items() if known is KnownTo.EVERYONE} == {f"{by}_True" for by in DeclaredBy}
    counted = {name for name, known in told.items() if known is KnownTo.COUNTED}
    assert counted == ({f"{by}_False" for by in DeclaredBy} if visibility is DepartureVisibility.BANDS else set())


def test_a_departure_is_its_persons_alone_where_succession_is_switched_off() -> None:
    assert {who_knows(None, by, announced=False) for by in DeclaredBy} == {KnownTo.NOBODY}


def test_who_looked_is_told_without_other_events(town: Store) -> None:
    with town.write() as session:
        for action, target in (
            ("person.read", about_person("t:ana")),
            ("succession.person_viewed", about_person("t:ana")),
            ("successionx.viewed", about_person("t:ana")),
            ("succession.viewed", None),
            ("succession.person_viewed", about_person("t:bo")),
        ):
            record_event(session, AuditEvent(NOW, "person:t:cy", action, target, details={"view": "x"}))
        found = list_events_about(session, ANA, PageRequest(), "succession").items
    assert [(e.actor, e.action, e.target, dict(e.details)) for e in found] == [
        ("person:t:cy", "succession.person_viewed", "person:t:ana", {})
    ]
