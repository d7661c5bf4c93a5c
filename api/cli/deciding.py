"""The command by which a person decides how they may be suggested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from rich.console import Console

from api.cli import rendering
from api.schemas import preferences_out
from api.settings import Settings
from api.wiring import open_service
from models.errors import InvalidInputError
from models.preferences import change_preferences, hide_document, read_preferences, show_document
from models.queries.people import find_viewer


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants changed; None and empty for what stays."""

    visible: bool | None
    pause_until: date | None
    resume: bool
    capacity: int | None
    no_limit: bool
    hide: tuple[str, ...]
    show: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """Return the columns that change.

        Raises:
            InvalidInputError: two options contradict each other, or a pause ends before today.
        """
        self.refuse_contradictions()
        values: dict[str, Any] = {}
        if self.visible is not None:
            values["visible_as_expert"] = self.visible
        if self.pause_until or self.resume:
            values["paused_until"] = self.pause_until
        if self.capacity is not None or self.no_limit:
            values["capacity_per_week"] = self.capacity
        return values

    def refuse_contradictions(self) -> None:
        """Raise InvalidInputError if two options contradict each other, or a pause ends before today."""
        if (self.pause_until and self.resume) or (self.capacity is not None and self.no_limit):
            message = (
                "--pause-until and --resume, or --capacity and --no-limit, contradict each other; give one of them"
            )
            raise InvalidInputError(message)
        if self.pause_until and self.pause_until < datetime.now(UTC).date():
            message = f"--pause-until {self.pause_until} is over; give today or a later day"
            raise InvalidInputError(message)


def preferences(reference: str, change: Change, *, as_json: bool) -> None:
    """Change a person's preferences as that person, and show them."""
    today = datetime.now(UTC).date()
    values = change.values()
    with open_service(Settings()) as service, service.store.write() as session:
        viewer = find_viewer(session, reference)
        person_id = viewer.person_id or ""
        if values:
            change_preferences(session, viewer, person_id, values)
        for document_id in change.hide:
            hide_document(session, viewer, today, person_id, document_id)
        for document_id in change.show:
            show_document(session, viewer, person_id, document_id)
        current = read_preferences(session, viewer, person_id)
    shown = preferences_out(current)
    if as_json:
        rendering.print_json(shown)
    else:
        rendering.print_fields(Console(), shown)
