"""Accounts: which person an identity provider or a proxy vouches for. Exact matches only, never a name."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import NotFoundError
from models.person_writing import EMAIL
from models.rows import upsert
from models.tables import IdentityRow, PersonRow

PROXY = "proxy"
"""The source of the accounts that a reverse proxy names; those of OpenID Connect have their issuer as source."""
# The longest that identities take as a source.
SOURCE_LENGTH = 100


def source_of(issuer: str) -> str:
    """Return the source of the accounts of an OpenID Connect provider."""
    return issuer[:SOURCE_LENGTH]


def find_by_id(session: Session, person_id: str) -> str | None:
    """Return the id of a person, if they exist."""
    return session.scalars(select(PersonRow.id).where(PersonRow.id == person_id)).first()


def find_by_email(session: Session, email: str) -> str | None:
    """Return the id of the person with this e-mail address."""
    return find_by_account(session, EMAIL, email.strip().lower())


def find_by_account(session: Session, source: str, external_id: str) -> str | None:
    """Return the id of the person who has this account in this source."""
    return session.scalars(
        select(IdentityRow.person_id).where(IdentityRow.source == source, IdentityRow.external_id == external_id)
    ).first()


def read_own_name(session: Session, viewer: Viewer) -> str | None:
    """Return the name of the viewer; None for nobody in particular."""
    return session.scalars(select(PersonRow.name).where(PersonRow.id == viewer.person_id)).first()


def link_account(session: Session, person_id: str, source: str, external_id: str) -> None:
    """Let an account sign in as a person, in place of the one it signed in as."""
    values = {"source": source, "external_id": external_id, "person_id": person_id, "described": False}
    upsert(session, IdentityRow, [values])


def unlink_account(session: Session, source: str, external_id: str) -> str:
    """Take an account from the person it signs in as, and return their id.

    Raises:
        NotFoundError: nobody has it.
    """
    gone = session.scalars(
        delete(IdentityRow)
        .where(IdentityRow.source == source, IdentityRow.external_id == external_id)
        .returning(IdentityRow.person_id)
    ).all()
    if not gone:
        message = f"Nobody has the account '{external_id}' of '{source}'; it signs in as nobody"
        raise NotFoundError(message)
    return gone[0]
