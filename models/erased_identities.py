"""Erased identities: keyed hashes by which an import knows whom not to bring back, without holding who they were."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.names import fold, make_id
from models.rows import chunks, upsert
from models.tables import ErasureRow, SecretRow

ERASURE_SECRET: Final = "erasures"  # noqa: S105 - the name of the secret
# What an import says of a record about someone erased; it must not name them.
ERASED_REASON: Final = "this person was erased from Relève and is not brought back; remove them from the source"


def person_label(person_id: str) -> str:
    """Return what is hashed of a person's id."""
    return f"person\0{person_id}"


def identity_label(source: str, external_id: str) -> str:
    """Return what is hashed of an account in a source; e-mail addresses are accounts in the source `email`."""
    return f"identity\0{source}\0{external_id}"


def name_label(source: str, name: str) -> str:
    """Return what is hashed of the name by which one source called a person; a namesake elsewhere is not touched."""
    return f"name\0{source}\0{fold(name)}"


class ErasedIdentities:
    """Tells which references of a source are to someone who was erased."""

    def __init__(self, session: Session, source: str) -> None:
        self.session = session
        self.source = source
        secret = session.get(SecretRow, ERASURE_SECRET)
        self.key = bytes.fromhex(secret.secret) if secret is not None else None

    def among(self, references: Collection[str]) -> set[str]:
        """Return those of these references that are to someone erased."""
        if self.key is None or not references:
            return set()
        hashes = {reference: self.hashes_of(reference, self.key) for reference in references}
        found: set[str] = set()
        for part in chunks({hash_ for own in hashes.values() for hash_ in own}):
            found.update(
                self.session.scalars(select(ErasureRow.identity_hash).where(ErasureRow.identity_hash.in_(part)))
            )
        return {reference for reference, own in hashes.items() if own & found}

    def hashes_of(self, reference: str, key: bytes) -> set[str]:
        """Return the hashes under which a reference would be kept."""
        labels = [
            identity_label(self.source, reference),
            person_label(make_id(self.source, reference)),
            person_label(reference),
            name_label(self.source, reference),
        ]
        if "@" in reference:
            labels.append(identity_label("email", reference.lower()))
        return {keyed_hash(key, label) for label in labels}


def remember_erased(session: Session, labels: Iterable[str], now: datetime) -> None:
    """Store the keyed hashes of what named a person."""
    upsert(session, SecretRow, [{"name": ERASURE_SECRET, "secret": secrets.token_hex(32)}], keep=True)
    key = bytes.fromhex(session.get_one(SecretRow, ERASURE_SECRET).secret)
    hashes = sorted({keyed_hash(key, label) for label in labels})
    upsert(session, ErasureRow, [{"identity_hash": hash_, "erased_at": now} for hash_ in hashes])


def keyed_hash(key: bytes, label: str) -> str:
    """Return the HMAC-SHA256 of a label, hexadecimal."""
    return hmac.new(key, label.encode(), hashlib.sha256).hexdigest()
