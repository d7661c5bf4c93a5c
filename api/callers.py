"""Callers: who stands behind a request, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from models.access import Viewer
from models.tables import OrganisationRole


class Scope(StrEnum):
    """What a caller may do; people in a browser may read and write for themselves."""

    READ = "read"
    WRITE = "write"
    ON_BEHALF_OF = "on-behalf-of"
    ADMIN = "admin"
    SUGGEST = "suggest"
    """Only ask for suggestions, from what the whole organisation may read: the widget's public token."""


class CallerKind(StrEnum):
    """How a caller was recognised."""

    LOCAL = "local"
    """Someone at this machine, in the single-user mode that listens on loopback only."""
    PERSON = "person"
    """A person signed in, by OpenID Connect or by the reverse proxy in front."""
    KEY = "key"
    """A program with an API key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a request: every read takes their viewer."""

    kind: CallerKind
    viewer: Viewer
    scopes: frozenset[Scope] = frozenset()
    roles: frozenset[OrganisationRole] = frozenset()
    managed_units: frozenset[str] = field(default_factory=frozenset)
    """Units a manager is responsible for, with those under them."""
    key_id: str | None = None

    @property
    def actor(self) -> str:
        """Return what the audit log calls the caller."""
        if self.key_id is not None:
            return f"key:{self.key_id}"
        return f"person:{self.viewer.person_id}" if self.viewer.person_id else self.kind.value
