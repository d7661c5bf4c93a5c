"""Solicitations: one person asks another through Relève, and says afterwards what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from models.access import Viewer, may_be_suggested, may_see_person, require_person
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.paging import Order, Page, PageRequest, read_page
from models.records import clean_text
from models.rows import IDS, chunks, read_columns
from models.tables import Outcome, PersonRow, SolicitationRow

MAX_QUESTION_CHARACTERS: Final = 20_000
MAX_MESSAGE_CHARACTERS: Final = 5_000


# Made once: that takes longer than running it.
_RECEIVED_SINCE: Final[Select[*tuple[Any, ...]]] = (
    select(
        SolicitationRow.expert_id,
        func.count(),
        func.sum(case((SolicitationRow.outcome == Outcome.ANSWERED, 1), else_=0)),
    )
    .where(SolicitationRow.expert_id.in_(IDS), SolicitationRow.asked_at >= bindparam("since"))
    .group_by(SolicitationRow.expert_id)
)


@dataclass(frozen=True, slots=True)
class NewSolicitation:
    """A question the viewer puts to someone."""

    expert_id: str
    question: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Solicitation:
    """A question one person put to another; only these two see it."""

    id: int
    asker_id: str
    asker_name: str
    expert_id: str
    expert_name: str
    question: str
    message: str
    asked_at: datetime
    outcome: Outcome
    settled_at: datetime | None


def record_solicitation(session: Session, viewer: Viewer, now: datetime, new: NewSolicitation) -> Solicitation:
    """Record that the viewer asks someone; it counts in that person's load.

    Raises:
        NotAllowedError: the viewer is no person.
        NotFoundError: the viewer may not see that person, or they do not take questions today.
        InvalidInputError: a text is missing or too long, or the viewer asks themself.
    """
    asker = require_person(viewer)
    question = checked_text("question", new.question, MAX_QUESTION_CHARACTERS)
    if not question:
        message = "A solicitation needs a question; write what you would like to know"
        raise InvalidInputError(message)
    words = checked_text("message", new.message, MAX_MESSAGE_CHARACTERS)
    expert = clean_text(new.expert_id)
    if expert == asker:
        message = "Nobody is put in touch with themself; choose someone else"
        raise InvalidInputError(message)
    today = now.date()
    willing = select(PersonRow.id).where(PersonRow.id == expert, may_see_person(viewer, today), may_be_suggested(today))
    if session.scalars(willing).first() is None:
        message = f"Nobody you may ask has the id '{new.expert_id}'; they may have paused, left or opted out"
        raise NotFoundError(message)
    row = SolicitationRow(
        asker_id=asker, expert_id=expert, question=question, message=words, asked_at=now, outcome=Outcome.PENDING
    )
    session.add(row)
    session.flush()
    return read_solicitation(session, viewer, row.id)


def checked_text(what: str, text: str, limit: int) -> str:
    """Return a text without surrounding space and what no database stores.

    Raises:
        InvalidInputError: it is longer than the limit, in characters.
    """
    cleaned: str = clean_text(text).strip()
    if len(cleaned) > limit:
        message = f"The {what} has {len(cleaned):,} characters; at most {limit:,} are taken, so shorten it"
        raise InvalidInputError(message)
    return cleaned


def read_solicitation(session: Session, viewer: Viewer, solicitation_id: int) -> Solicitation:
    """Return a solicitation the viewer sent or received.

    Raises:
        NotFoundError: neither.
    """
    person = require_person(viewer)
    found = session.execute(
        solicitation_columns().where(
            SolicitationRow.id == solicitation_id,
            (SolicitationRow.asker_id == person) | (SolicitationRow.expert_id == person),
        )
    ).first()
    if found is None:
        message = f"No solicitation {solicitation_id} that you sent or received; list yours"
        raise NotFoundError(message)
    return Solicitation(*found)


def list_solicitations(session: Session, viewer: Viewer, page: PageRequest, *, received: bool) -> Page[Solicitation]:
    """Return what the viewer was asked, or what they asked, newest first."""
    side = SolicitationRow.expert_id if received else SolicitationRow.asker_id
    statement = solicitation_columns().where(side == require_person(viewer))
    found = read_page(session, statement, Order((SolicitationRow.id,), descending=True), page)
    return found.map(lambda row: Solicitation(*list(row)[:10]))


def solicitation_columns() -> Select[*tuple[Any, ...]]:
    """Select the columns of Solicitation, in its order."""
    asker, expert = aliased(PersonRow), aliased(PersonRow)
    return (
        select(
            SolicitationRow.id,
            SolicitationRow.asker_id,
            asker.name,
            SolicitationRow.expert_id,
            expert.name,
            SolicitationRow.question,
            SolicitationRow.message,
            SolicitationRow.asked_at,
            SolicitationRow.outcome,
            SolicitationRow.settled_at,
        )
        .join(asker, asker.id == SolicitationRow.asker_id)
        .join(expert, expert.id == SolicitationRow.expert_id)
    )


def settle_solicitation(
    session: Session, viewer: Viewer, now: datetime, solicitation_id: int, outcome: Outcome
) -> Solicitation:
    """Say what came of a solicitation; the latest word of either side stands.

    Raises:
        NotFoundError: the viewer neither sent nor received it.
        NotAllowedError: it is for the other side to say this.
    """
    found = read_solicitation(session, viewer, solicitation_id)
    mine = found.asker_id == viewer.person_id
    allowed = (Outcome.ANSWERED, Outcome.NO_REPLY) if mine else (Outcome.ANSWERED, Outcome.DECLINED)
    if outcome not in allowed:
        side = "asked" if mine else "was asked"
        message = f"Whoever {side} can say {' or '.join(allowed)}, not {outcome}"
        raise NotAllowedError(message)
    row = session.get_one(SolicitationRow, solicitation_id)
    row.outcome, row.settled_at = outcome, now
    session.flush()
    return read_solicitation(session, viewer, solicitation_id)


def count_open_solicitations(session: Session, since: datetime, ids: Collection[str]) -> dict[str, int]:
    """Return how many solicitations each person received since a moment, whatever came of them; for their load."""
    counts: dict[str, int] = {}
    for part in chunks(sorted(ids)):
        statement = (
            select(SolicitationRow.expert_id, func.count())
            .where(SolicitationRow.expert_id.in_(part), SolicitationRow.asked_at >= since)
            .group_by(SolicitationRow.expert_id)
        )
        counts.update({row[0]: row[1] for row in session.execute(statement)})
    return counts


def count_received(session: Session, since: datetime, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return how many solicitations each person received since a moment, and how many of these were answered."""
    counts: dict[str, tuple[int, int]] = {}
    for part in chunks(sorted(ids)):
        counted = read_columns(session, _RECEIVED_SINCE, {"ids": part, "since": since})
        counts.update({row[0]: (row[1], int(row[2])) for row in counted})
    return counts
