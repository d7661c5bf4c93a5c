"""Roles: a manager's reach goes down the units, never up or aside, and ends."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.errors import AmbiguousError, InvalidInputError, NotFoundError
from models.records import PersonRecord
from models.roles import Roles, find_unit, grant_role, list_roles, revoke_role, roles_of
from models.store import Store
from models.tables import OrganisationRole, UnitRow
from tests.conftest import NOW, write

MANAGER, ADMINISTRATOR = OrganisationRole.MANAGER, OrganisationRole.ADMINISTRATOR


@pytest.fixture
def organisation(store: Store) -> Store:
    """Water over Network over Pumps; Roads beside them."""
    write(store, [PersonRecord(id="ana", name="Ana"), PersonRecord(id="bo", name="Bo")])
    with store.write() as session:
        session.add_all([UnitRow(id="water", name="Water"), UnitRow(id="roads", name="Roads")])
        session.flush()
        session.add(UnitRow(id="network", name="Network", parent_id="water"))
        session.flush()
        session.add(UnitRow(id="pumps", name="Pumps", parent_id="network"))
    return store


@pytest.mark.parametrize(
    ("unit", "managed"),
    [("water", {"water", "network", "pumps"}), ("network", {"network", "pumps"}), ("roads", {"roads"})],
)
def test_a_manager_is_responsible_for_a_unit_and_those_under_it(
    organisation: Store, unit: str, managed: set[str]
) -> None:
    with organisation.write() as session:
        assert grant_role(session, NOW, "test:ana", MANAGER, unit)
        assert roles_of(session, "test:ana") == Roles(frozenset({MANAGER}), frozenset(managed))
        assert roles_of(session, "test:bo") == Roles()


def test_units_that_are_under_themselves_do_not_turn_for_ever(organisation: Store) -> None:
    with organisation.write() as session:
        session.execute(update(UnitRow).where(UnitRow.id == "water").values(parent_id="pumps"))
        grant_role(session, NOW, "test:ana", MANAGER, "network")
        assert roles_of(session, "test:ana").managed_units == {"network", "pumps", "water"}


def test_a_role_is_given_once_and_taken_once(organisation: Store) -> None:
    with organisation.write() as session:
        assert grant_role(session, NOW, "test:ana", ADMINISTRATOR)
        assert not grant_role(session, NOW, "test:ana", ADMINISTRATOR)
        assert grant_role(session, NOW, "test:ana", MANAGER, "roads")
        assert [(g.name, g.role, g.unit) for g in list_roles(session)] == [
            ("Ana", ADMINISTRATOR, None),
            ("Ana", MANAGER, "Roads"),
        ]
        revoke_role(session, "test:ana", ADMINISTRATOR)
        assert roles_of(session, "test:ana").roles == {MANAGER}
        with pytest.raises(NotFoundError, match="does not have the role 'administrator'"):
            revoke_role(session, "test:ana", ADMINISTRATOR)


@pytest.mark.parametrize(("role", "unit"), [(MANAGER, None), (ADMINISTRATOR, "roads")])
def test_managers_and_only_they_have_a_unit(organisation: Store, role: OrganisationRole, unit: str | None) -> None:
    with organisation.write() as session, pytest.raises(InvalidInputError, match="managers, and only they"):
        grant_role(session, NOW, "test:ana", role, unit)


def test_nobody_who_does_not_exist_has_a_role(organisation: Store) -> None:
    with organisation.write() as session, pytest.raises(NotFoundError, match="Nobody has the id 'x'"):
        grant_role(session, NOW, "x", ADMINISTRATOR)


def test_a_unit_is_found_by_its_id_or_its_exact_name(organisation: Store) -> None:
    with organisation.write() as session:
        session.add(UnitRow(id="other", name="Roads"))
        session.flush()
        assert find_unit(session, "roads") == "roads"
        assert find_unit(session, "Pumps") == "pumps"
        with pytest.raises(AmbiguousError, match="other, roads"):
            find_unit(session, "Roads")
        with pytest.raises(NotFoundError, match="No unit is called 'Pump'"):
            find_unit(session, "Pump")
