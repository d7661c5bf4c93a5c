"""The commands that make, list, rotate and revoke API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, RootModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.callers import Scope
from api.cli import rendering
from api.settings import Settings
from api.wiring import create_service
from models.api_keys import ApiKey, IssuedKey, NewKey, create_key, list_keys, revoke_key, rotate_key
from models.audit import COMMAND, AuditEvent, record_event
from models.errors import InvalidInputError


class KeyOut(BaseModel):
    """A key, without what is secret of it."""

    id: str
    name: str
    scopes: list[str]
    origins: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedOut(KeyOut):
    """A key just made."""

    key: str
    """The key itself: shown this once."""


def check_scopes(scopes: Sequence[str], origins: Sequence[str]) -> None:
    """Raise InvalidInputError unless a token that pages hold may only suggest: everyone who opens them can read it."""
    if origins and set(scopes) != {Scope.SUGGEST}:
        message = "A key with --origin is public: its only scope is suggest; for a server, leave out --origin"
        raise InvalidInputError(message)


def create(name: str, scopes: Sequence[str], origins: Sequence[str], days: int | None, *, as_json: bool) -> None:
    """Make a key, and show it."""
    check_scopes(scopes, origins)
    now = datetime.now(UTC)
    expires_at = None if days is None else now + timedelta(days=days)
    with create_service(Settings()) as service, service.store.write() as session:
        issued = create_key(session, now, NewKey(name, [Scope(scope).value for scope in scopes], origins, expires_at))
        record_event(session, AuditEvent(now, COMMAND, "keys.created", f"key:{issued.key.id}"))
    show_issued(issued, as_json=as_json)


def rotate(key_id: str, overlap_hours: float, *, as_json: bool) -> None:
    """Make a key that takes the place of another, and show it."""
    now = datetime.now(UTC)
    with create_service(Settings()) as service, service.store.write() as session:
        issued = rotate_key(session, now, key_id, timedelta(hours=overlap_hours))
        record_event(
            session,
            AuditEvent(now, COMMAND, "keys.rotated", f"key:{key_id}", details={"new": issued.key.id}),
        )
    show_issued(issued, as_json=as_json)


def revoke(key_id: str, *, as_json: bool) -> None:
    """Make a key stop letting in."""
    now = datetime.now(UTC)
    with create_service(Settings()) as service, service.store.write() as session:
        key = revoke_key(session, now, key_id)
        record_event(session, AuditEvent(now, COMMAND, "keys.revoked", f"key:{key_id}"))
    if as_json:
        rendering.print_json(key_out(key))
    else:
        Console().print(f"{key.name} ({key.id}) lets nobody in any more", markup=False, highlight=False)


def list_all(*, as_json: bool) -> None:
    """List the keys."""
    now = datetime.now(UTC)
    with create_service(Settings()) as service, service.store.read() as session:
        keys = list_keys(session)
    if as_json:
        rendering.print_json(RootModel[list[KeyOut]]([key_out(key) for key in keys]))
    elif keys:
        Console().print(keys_table(keys, now))
    else:
        Console().print("No keys; make one with: releve keys create NAME --scope read")


def show_issued(issued: IssuedKey, *, as_json: bool) -> None:
    """Show a key just made."""
    if as_json:
        rendering.print_json(IssuedOut(**key_out(issued.key).model_dump(), key=issued.text))
        return
    console = Console(highlight=False)
    console.print(Text(issued.text, style="bold"), soft_wrap=True)
    console.print(f"{issued.key.name} ({issued.key.id}); keep it now: it is not shown again", markup=False)


def keys_table(keys: Sequence[ApiKey], now: datetime) -> Table:
    """Return keys as a table."""
    table = Table("id", "name", "scopes", "origins", "made", "last used", "state", box=None, padding=(0, 2, 0, 0))
    for key in keys:
        cells = (
            key.id,
            key.name,
            " ".join(key.scopes),
            " ".join(key.origins) or "–",
            day(key.created_at),
            day(key.last_used_at),
            state_of(key, now),
        )
        table.add_row(*map(Text, cells))
    return table


def state_of(key: ApiKey, now: datetime) -> str:
    """Return whether a key lets in, and until when."""
    if key.revoked_at is not None:
        return f"revoked {day(key.revoked_at)}"
    if key.expires_at is None:
        return "works"
    return f"works until {day(key.expires_at)}" if key.works(now) else f"expired {day(key.expires_at)}"


def day(moment: datetime | None) -> str:
    """Return the day of a moment, as ISO 8601."""
    return "–" if moment is None else moment.date().isoformat()


def key_out(key: ApiKey) -> KeyOut:
    """Return a key as JSON shows it."""
    return KeyOut(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        origins=list(key.origins),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
