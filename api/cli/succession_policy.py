"""What `releve succession policy` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from api.cli import rendering
from api.planners import PlanningEvent
from api.schemas_succession_policy import policy_out
from api.settings import Settings
from api.wiring import open_service
from models.audit import COMMAND, AuditEvent, record_event
from models.errors import InvalidInputError
from models.planning import SuccessionPolicy, read_policy, set_policy
from models.tables import DepartureVisibility


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line; None for what stays."""

    on: bool | None
    departures: str | None
    smallest_group: int | None
    notice_fr: Path | None
    notice_en: Path | None

    def decide(self, policy: SuccessionPolicy) -> SuccessionPolicy:
        """Return the policy as it becomes.

        Raises:
            InvalidInputError: a notice is not text.
        """
        return replace(
            policy,
            enabled=policy.enabled if self.on is None else self.on,
            departures=DepartureVisibility(self.departures) if self.departures else policy.departures,
            smallest_group=policy.smallest_group if self.smallest_group is None else self.smallest_group,
            notice_fr=_read(self.notice_fr) if self.notice_fr else policy.notice_fr,
            notice_en=_read(self.notice_en) if self.notice_en else policy.notice_en,
        )


def policy(given: Given, *, as_json: bool) -> None:
    """Show the policy, as it is or as it becomes."""
    now = datetime.now(UTC)
    with open_service(Settings()) as service:
        with service.store.read() as session:
            current = read_policy(session)
        wanted = given.decide(current)
        if wanted != current:
            details = {"enabled": wanted.enabled, "departures": wanted.departures.value}
            with service.store.write() as session:
                set_policy(session, now, wanted)
                record_event(session, AuditEvent(now, COMMAND, PlanningEvent.POLICY_DECIDED, details=details))
                current = read_policy(session)
    shown = policy_out(current)
    if as_json:
        rendering.print_json(shown)
    else:
        rendering.print_fields(Console(), shown)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        message = f"The notice '{path}' is not UTF-8; save it as UTF-8 text"
        raise InvalidInputError(message) from error
