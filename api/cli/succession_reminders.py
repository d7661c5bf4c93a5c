"""What `releve succession remind` does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from api.cli import rendering
from api.settings import Settings
from api.wiring import open_service
from models.reminders import claim_reminders


class RemindersOut(BaseModel):
    """How many reminders were given."""

    given: int = Field(description="People reminded, each of one step.")


def remind(*, as_json: bool) -> None:
    """Give the reminders that are due, some at a time: those given stay given, whatever happens then."""
    now, given = datetime.now(UTC), 0
    with open_service(Settings()) as service:
        while True:
            with service.store.write() as session:
                batch = len(claim_reminders(session, now))
            if not batch:
                break
            given += batch
    if as_json:
        rendering.print_json(RemindersOut(given=given))
    else:
        sys.stdout.write(f"{given} {'reminder' if given == 1 else 'reminders'} given\n")
