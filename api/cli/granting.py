"""The commands that give and take roles, and link accounts to people."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, RootModel
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from api.cli import rendering
from api.settings import AuthMode, Settings
from api.wiring import open_service
from models.accounts import PROXY, link_account, source_of, unlink_account
from models.audit import COMMAND, AuditEvent, about_person, record_event
from models.errors import InvalidInputError
from models.queries.people import find_viewer
from models.roles import Grant, find_unit, grant_role, list_roles, revoke_role
from models.tables import OrganisationRole


class GrantOut(BaseModel):
    """A role that a person has."""

    person: str
    name: str
    role: OrganisationRole
    unit: str | None
    unit_name: str | None
    granted_at: datetime


def grant(reference: str, role: str, unit: str | None, *, as_json: bool) -> None:
    """Give a role, and list who has which."""
    now = datetime.now(UTC)
    with open_service(Settings()) as service, service.store.write() as session:
        person_id, unit_id = person_called(session, reference), find_unit(session, unit) if unit else None
        if grant_role(session, now, person_id, OrganisationRole(role), unit_id):
            note(session, now, "roles.granted", person_id, role=role, unit=unit_id)
    list_all(as_json=as_json)


def revoke(reference: str, role: str, unit: str | None, *, as_json: bool) -> None:
    """Take a role, and list who has which."""
    now = datetime.now(UTC)
    with open_service(Settings()) as service, service.store.write() as session:
        person_id, unit_id = person_called(session, reference), find_unit(session, unit) if unit else None
        revoke_role(session, person_id, OrganisationRole(role), unit_id)
        note(session, now, "roles.revoked", person_id, role=role, unit=unit_id)
    list_all(as_json=as_json)


def list_all(*, as_json: bool) -> None:
    """List who has which role."""
    with open_service(Settings()) as service, service.store.read() as session:
        grants = list_roles(session)
    if as_json:
        shown = [grant_out(given) for given in grants]
        rendering.print_json(RootModel[list[GrantOut]](shown))
        return
    if not grants:
        Console().print("Nobody has a role; give one with: releve roles grant PERSON ROLE")
        return
    table = Table("person", "name", "role", "unit", "since", box=None, padding=(0, 2, 0, 0))
    for g in grants:
        cells = (g.person_id, g.name, g.role.value, g.unit or "–", g.granted_at.date().isoformat())
        table.add_row(*map(Text, cells))
    Console().print(table)


def grant_out(given: Grant) -> GrantOut:
    """Return a role that was given as JSON shows it."""
    return GrantOut(
        person=given.person_id,
        name=given.name,
        role=given.role,
        unit=given.unit_id,
        unit_name=given.unit,
        granted_at=given.granted_at,
    )


def link(reference: str, account: str) -> None:
    """Let an account sign in as a person."""
    settings = Settings()
    source, now = account_source(settings), datetime.now(UTC)
    with open_service(settings) as service, service.store.write() as session:
        person_id = person_called(session, reference)
        link_account(session, person_id, source, account)
        note(session, now, "accounts.linked", person_id)
    Console().print(f"'{account}' of {source} now signs in as {person_id}", markup=False, highlight=False)


def unlink(account: str) -> None:
    """Let an account sign in as nobody."""
    settings = Settings()
    source, now = account_source(settings), datetime.now(UTC)
    with open_service(settings) as service, service.store.write() as session:
        person_id = unlink_account(session, source, account)
        note(session, now, "accounts.unlinked", person_id)
    Console().print(f"'{account}' of {source} no longer signs in as {person_id}", markup=False, highlight=False)


def account_source(settings: Settings) -> str:
    """Return the source of the accounts by which people sign in here.

    Raises:
        InvalidInputError: people have no accounts in this mode.
    """
    if settings.auth is AuthMode.PROXY:
        return PROXY
    if settings.auth is AuthMode.OIDC and settings.oidc_issuer:
        return source_of(settings.oidc_issuer)
    message = f"Nobody signs in with an account while RELEVE_AUTH is {settings.auth}; set it as the server has it"
    raise InvalidInputError(message)


def person_called(session: Session, reference: str) -> str:
    """Return the id of the person with this id, address or full name."""
    return find_viewer(session, reference).person_id or ""


def note(session: Session, now: datetime, action: str, person_id: str, **details: str | None) -> None:
    """Write down what was done to a person from the command line."""
    record_event(session, AuditEvent(now, COMMAND, action, about_person(person_id), details=details))
