"""A water department with a manager, whose organisation has switched succession on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import create_service
from models.planning import SuccessionPolicy, set_policy
from models.records import DeclaredBy, DepartureRecord, PersonRecord, Role
from models.roles import grant_role
from models.store import Store
from models.tables import AreaRow, DepartureVisibility, OrganisationRole
from tests.conftest import NOW, write
from tests.recommender.succession.planning import FROST, VALVES, fill, frost, open_town, practice

HOSTILE_AREA = "Gel <script>alert('gel')</script> & dégel"
HOSTILE_NAME = "Ana <img src=x onerror=alert(1)>"
MANAGER, OTHER_MANAGER, OWNER, ADMINISTRATOR = "test:mia", "test:rob", "test:ana", "test:ada"
LEAVES_ON = date.today() + timedelta(days=300)


def decide(home: Path, departures: DepartureVisibility = DepartureVisibility.DECLARED, *, enabled: bool = True) -> None:
    """Write the organisation's policy."""
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        policy = SuccessionPolicy(enabled, departures, 5, "Ce que voient les gestionnaires.", "What managers see.")
        set_policy(session, datetime.now(UTC), policy)


def populate(store: Store) -> None:
    """Store the department: Ana leaves, Mia manages water, Rob manages roads, and Ben wrote something in confidence."""
    open_town(store)
    fill(store, frost())
    fill(store, [practice("s1", ("ben", Role.WROTE), space="closed")], VALVES)
    people = [("mia", "Mia", "water"), ("rob", "Rob", "roads"), ("ada", "Ada", "roads"), ("ana", HOSTILE_NAME, "water")]
    records = [PersonRecord(id=id_, name=name, unit=unit) for id_, name, unit in people]
    leaving = DepartureRecord(person="ana", earliest=LEAVES_ON.isoformat(), declared_by=DeclaredBy.SELF)
    write(store, [*records, leaving])
    with store.write() as session:
        session.get_one(AreaRow, FROST).label_fr = HOSTILE_AREA
        grant_role(session, NOW, MANAGER, OrganisationRole.MANAGER, "test:water")
        grant_role(session, NOW, OTHER_MANAGER, OrganisationRole.MANAGER, "test:roads")
        grant_role(session, NOW, ADMINISTRATOR, OrganisationRole.ADMINISTRATOR)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with create_service(Settings(home=tmp_path)) as service:
        populate(service.store)
    decide(tmp_path)
    return tmp_path
