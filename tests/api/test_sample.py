"""The demonstration: over what an earlier one left, and with what succession needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.sample import MANAGERS, kept_ahead, prepare_succession
from api.settings import Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.planning import read_policy
from models.queries.areas import read_areas_of
from models.queries.documents import list_space_ids
from models.roles import grant_role, list_roles, revoke_role, roles_of
from models.tables import AreaStatementRow, DepartureRow, MembershipRow, OrganisationRole, PersonRow

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GAETAN, IBRAHIM, JOSEE = "personnel:1015", "personnel:1013", "personnel:1051"
PROTECTED = "communautes:accompagnement"


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demonstration, once shown."""
    home = tmp_path_factory.mktemp("demonstration")
    shown = CliRunner().invoke(app, ["demo"], env={"RELEVE_HOME": str(home)})
    assert shown.exit_code == 0, shown.output
    with create_service(Settings(home=home / "demo")) as service:
        yield service


@pytest.mark.slow
def test_a_demonstration_over_an_index_of_another_encoder_makes_it_anew(tmp_path: Path) -> None:
    for encoder in ("words", "bundled"):
        shown = CliRunner().invoke(app, ["demo"], env={"RELEVE_HOME": str(tmp_path), "RELEVE_ENCODER": encoder})
        assert shown.exit_code == 0, shown.output
        assert "Lucien Bois-Clair" in shown.stdout


def test_days_to_come_stay_ahead_however_old_the_sample_grows(tmp_path: Path) -> None:
    told = tmp_path / "told.csv"
    told.write_text("arrivé 1994-10-03, part 2026-12-31 ; part 2028-02-29 ; vu le 2026-10-31", encoding="utf-8")
    later = kept_ahead(told, date(2029, 1, 5), tmp_path / "sample" / "told.csv")
    said = "arrivé 1994-10-03, part 2029-12-31 ; part 2031-02-28 ; vu le 2026-10-31"
    assert later.read_text(encoding="utf-8") == said


@pytest.mark.slow
def test_succession_is_switched_on_with_a_notice_in_both_languages(demonstration: Service) -> None:
    with demonstration.store.read() as session:
        policy = read_policy(session)
    assert policy.enabled
    assert "savoirs partent" in policy.notice_fr
    assert "knowledge leaves" in policy.notice_en


@pytest.mark.slow
def test_each_manager_has_people_in_the_units_under_theirs(demonstration: Service) -> None:
    with demonstration.store.read() as session:
        for manager, _ in MANAGERS:
            units = roles_of(session, manager).managed_units
            people = session.scalars(select(PersonRow.id).where(PersonRow.unit_id.in_(units))).all()
            assert len(people) >= 10
        everyone = session.scalars(select(PersonRow.id).where(PersonRow.id.startswith("personnel:"))).all()
    assert len(people) == len(everyone) == 80


@pytest.mark.slow
def test_one_manager_is_outside_the_protected_community_of_people_they_plan_for(demonstration: Service) -> None:
    with demonstration.store.read() as session:
        units = roles_of(session, JOSEE).managed_units
        members = set(session.scalars(select(MembershipRow.person_id).where(MembershipRow.community_id == PROTECTED)))
        theirs = set(session.scalars(select(PersonRow.id).where(PersonRow.unit_id.in_(units))))
        readable = list_space_ids(session, Viewer(JOSEE), NOW.date())
    assert members <= theirs
    assert len(members) >= 5
    assert JOSEE not in members
    assert PROTECTED not in readable


@pytest.mark.slow
def test_one_person_who_leaves_knows_the_dam_and_another_wants_to_learn_it(demonstration: Service) -> None:
    with demonstration.store.read() as session:
        known = {area.area.id: area.evidence.strength for area in read_areas_of(session, Viewer(), NOW.date(), GAETAN)}
        dam, strength = max(known.items(), key=lambda item: item[1])
        others = session.scalars(select(PersonRow.id).where(PersonRow.id != GAETAN)).all()
        next_best = max(
            area.evidence.strength
            for person in others
            for area in read_areas_of(session, Viewer(), NOW.date(), person)
            if area.area.id == dam
        )
        learns = session.get(AreaStatementRow, (IBRAHIM, dam))
        leaves = session.scalars(select(DepartureRow.latest).where(DepartureRow.person_id == GAETAN)).one()
    assert strength > 0.7
    assert next_best < 0.5
    assert learns is not None
    assert leaves.year == 2027


@pytest.mark.slow
def test_departures_are_spread_over_years_and_not_all_announced(demonstration: Service) -> None:
    with demonstration.store.read() as session:
        departures = session.execute(select(DepartureRow.latest, DepartureRow.announced)).all()
    year = datetime.now(UTC).year  # the demonstration reads the clock
    assert {latest.year for latest, _ in departures} >= set(range(year, year + 6))
    assert {announced for _, announced in departures} == {True, False}


@pytest.mark.slow
def test_what_visitors_of_the_demonstration_changed_stands(demonstration: Service) -> None:
    taken = (JOSEE, OrganisationRole.MANAGER, "services:direction-des-services-a-la-population")
    with demonstration.store.write() as session:
        revoke_role(session, *taken)
    prepare_succession(demonstration, NOW)
    with demonstration.store.write() as session:
        assert JOSEE not in {grant.person_id for grant in list_roles(session)}
        grant_role(session, NOW, *taken)  # the other tests are shown the same demonstration
