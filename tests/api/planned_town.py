"""A water department that plans its succession: Ana leaves, Mia manages water, Rob manages roads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from models.planning import SuccessionPolicy, set_policy
from models.records import DeclaredBy, DepartureRecord, PersonRecord
from models.roles import grant_role
from models.store import Store
from models.tables import DepartureVisibility, OrganisationRole
from tests.conftest import NOW, write
from tests.recommender.succession.handing_over import hand_over

# The commands and the routes read today's clock.
LEAVES_ON: Final = date.today() + timedelta(days=100)
DUE_ON: Final = date.today() + timedelta(days=90)
NOTICES: Final = ("Ce que voient les gestionnaires.", "What managers see.")


def populate(store: Store) -> None:
    """Store the department, with succession switched on and all declared departures shown to managers."""
    hand_over(store)
    write(
        store,
        [
            PersonRecord(id="mia", name="Mia", email="mia@ville.test", unit="water"),
            PersonRecord(id="rob", name="Rob", email="rob@ville.test", unit="roads"),
            DepartureRecord(person="ana", earliest=LEAVES_ON, declared_by=DeclaredBy.SELF),
        ],
    )
    with store.write() as session:
        grant_role(session, NOW, "test:mia", OrganisationRole.MANAGER, "test:water")
        grant_role(session, NOW, "test:rob", OrganisationRole.MANAGER, "test:roads")
    decide(store)


def decide(
    store: Store, departures: DepartureVisibility = DepartureVisibility.DECLARED, *, enabled: bool = True
) -> None:
    """Decide what managers are shown."""
    with store.write() as session:
        set_policy(session, NOW, SuccessionPolicy(enabled, departures, 5, *NOTICES))
