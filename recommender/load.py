"""Load: how much each person was asked, and answered, in the last week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from models.access import Viewer
from models.queries.people import count_recent_answers
from models.solicitations import count_received

LOAD_WINDOW: Final = timedelta(days=7)


def count_load(session: Session, viewer: Viewer, now: datetime, people: Sequence[str]) -> dict[str, int]:
    """Return how many questions each person answered or was asked in the last week, as far as the viewer may know.

    A question put to them through Relève that they say they answered, and one of the answers they wrote, are taken to
    be the same as long as there are both: nothing tells otherwise.
    """
    since = now - LOAD_WINDOW
    answers = count_recent_answers(session, viewer, now.date(), since, people)
    received = count_received(session, since, people)
    load = dict(answers)
    for person, (asked, answered) in received.items():
        wrote = answers.get(person, 0)
        load[person] = wrote + asked - min(wrote, answered)
    return load
