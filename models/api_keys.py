"""API keys: what programs show to be let in. The store keeps a hash of each, never the key."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.errors import InvalidInputError, NotFoundError
from models.tables import ApiKeyRow

PREFIX = "releve"
ID_BYTES, SECRET_BYTES = 8, 32
# The last use of a key is for people to see which are idle; to the minute is enough, and spares writes.
USE_RECORDED_EVERY = timedelta(minutes=1)
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made."""

    name: str
    scopes: Collection[str]
    origins: Collection[str] = ()
    """Pages a public token answers to, as scheme://host[:port]; empty for keys that stay on a server."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def works(self, now: datetime) -> bool:
        """Return whether the key still lets in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def use_is_due(self, now: datetime) -> bool:
        """Return whether this use is worth recording."""
        return self.last_used_at is None or now - self.last_used_at >= USE_RECORDED_EVERY


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made, with the text to give to its program: shown once, and stored nowhere."""

    key: ApiKey
    text: str


def create_key(session: Session, now: datetime, new: NewKey) -> IssuedKey:
    """Make a key.

    Raises:
        InvalidInputError: it has no name, no scope, an origin that is none, or ends before it begins.
    """
    if not new.name.strip() or len(new.name) > 200:
        message = f"'{new.name[:60]}' does not name a key; say in 1 to 200 characters which program it is for"
        raise InvalidInputError(message)
    if not new.scopes:
        message = f"The key '{new.name}' has no scope, so that it could do nothing; give it at least one"
        raise InvalidInputError(message)
    if new.expires_at is not None and new.expires_at <= now:
        message = f"The key '{new.name}' would expire on {new.expires_at.isoformat()}, which is over; give a later day"
        raise InvalidInputError(message)
    origins = sorted({clean_origin(origin) for origin in new.origins})
    id_, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    row = ApiKeyRow(
        id=id_,
        name=new.name.strip(),
        hash=hash_secret(secret),
        scopes=sorted(set(new.scopes)),
        origins=origins,
        created_at=now,
        expires_at=new.expires_at,
    )
    session.add(row)
    session.flush()
    return IssuedKey(_key_of(row), f"{PREFIX}_{id_}_{secret}")


def find_key(session: Session, now: datetime, text: str) -> ApiKey | None:
    """Return the key that this text is, if it still lets in; nothing tells a wrong secret from an unknown key."""
    prefix, _, rest = text.partition("_")
    id_, _, secret = rest.partition("_")
    if prefix != PREFIX or len(id_) != 2 * ID_BYTES or not secret or not text.isascii():
        return None
    row = session.get(ApiKeyRow, id_)
    if not hmac.compare_digest(row.hash if row else "", hash_secret(secret)) or row is None:
        return None
    key = _key_of(row)
    return key if key.works(now) else None


def note_use(session: Session, now: datetime, key_id: str) -> None:
    """Record that a key was used, at most once a minute."""
    idle = or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at <= now - USE_RECORDED_EVERY)
    session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key_id, idle).values(last_used_at=now))


def list_keys(session: Session) -> list[ApiKey]:
    """Return every key, newest first, those that no longer let in among them."""
    rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.id))
    return [_key_of(row) for row in rows]


def rotate_key(session: Session, now: datetime, key_id: str, overlap: timedelta = timedelta(0)) -> IssuedKey:
    """Make a key that takes the place of another, which lets in for the overlap still, or stops at once.

    The new one has another id, so that the audit log tells which of the two was used.

    Raises:
        NotFoundError: no such key.
        InvalidInputError: the key no longer lets in.
    """
    old = _row_for_update(session, key_id)
    key = _key_of(old)
    if not key.works(now):
        message = f"The key '{key_id}' was revoked or has expired; make another with: releve keys create"
        raise InvalidInputError(message)
    issued = create_key(session, now, NewKey(old.name, old.scopes, old.origins, old.expires_at))
    if overlap > timedelta(0):
        end = now + overlap
        old.expires_at = end if old.expires_at is None else min(end, old.expires_at)
    else:
        old.revoked_at = now
    session.flush()
    return issued


def revoke_key(session: Session, now: datetime, key_id: str) -> ApiKey:
    """Make a key stop letting in, at once and for good.

    Raises:
        NotFoundError: no such key.
    """
    row = _row_for_update(session, key_id)
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
    return _key_of(row)


def clean_origin(origin: str) -> str:
    """Return an origin as browsers write it: scheme://host[:port], in small letters, without the usual port.

    Raises:
        InvalidInputError: it is not one; a path, a wildcard or a user has no place in it.
    """
    message = (
        f"'{origin[:100]}' is not an origin; write scheme://host or scheme://host:port, such as https://forum.test"
    )
    lowered = origin.strip().lower().removesuffix("/")
    if not _ORIGIN.fullmatch(lowered):
        raise InvalidInputError(message)
    try:
        parts = urlsplit(lowered)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInputError(message) from error
    if not host or parts.netloc.endswith(":"):
        raise InvalidInputError(message)
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" if port in (None, usual) else f"{parts.scheme}://{shown}:{port}"


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of the secret part of a key, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _row_for_update(session: Session, key_id: str) -> ApiKeyRow:
    row = session.get(ApiKeyRow, key_id, with_for_update=True)
    if row is None:
        message = f"No key has the id '{key_id}'; see the ids with: releve keys list"
        raise NotFoundError(message)
    return row


def _key_of(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        row.id,
        row.name,
        tuple(row.scopes),
        tuple(row.origins),
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
    )
