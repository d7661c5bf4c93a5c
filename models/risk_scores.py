"""Risk scores: what a manager says of the risk that a unit loses an area; nothing is overwritten, the newest stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from models.access import may_show_area
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.planning import Planner
from models.queries.areas import shown_area
from models.records import clean_text
from models.solicitations import checked_text
from models.tables import AreaRow, RiskScoreRow, UnitRow

# The three answers of the rubric, from no risk to a grave one.
SCORES: Final = (1, 3, 5)
NOTE_LENGTH: Final = 4_000
_ANSWERS: Final = (
    "role_criticality",
    "knowledge_concentration",
    "tacit_depth",
    "system_risk",
    "replacement_difficulty",
)
# The area that was scored, which may have gone into another since.
_Scored = aliased(AreaRow)
_NEWEST_FIRST: Final = (RiskScoreRow.scored_at.desc(), RiskScoreRow.id.desc())


@dataclass(frozen=True, slots=True)
class NewRiskScore:
    """A manager's answers for an area and a unit; each is 1, 3 or 5."""

    area_id: str
    unit_id: str
    role_criticality: int
    knowledge_concentration: int
    tacit_depth: int
    system_risk: int
    replacement_difficulty: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class RiskScore:
    """A manager's answers as they were given."""

    id: int
    area_id: str
    """The area that stands today: scores of an area that was merged follow it."""
    unit_id: str
    role_criticality: int
    knowledge_concentration: int
    tacit_depth: int
    system_risk: int
    replacement_difficulty: int
    note: str
    scored_at: datetime
    scored_by: str | None
    """Id of who scored; None from the command line, or when they were erased."""


def score_risk(session: Session, planner: Planner, now: datetime, new: NewRiskScore) -> RiskScore:
    """Store a manager's answers beside all earlier ones.

    Raises:
        NotFoundError: no such area or unit.
        NotAllowedError: the unit is not among those the caller plans for.
        InvalidInputError: an answer other than 1, 3 and 5, or a note too long.
    """
    answers = {name: getattr(new, name) for name in _ANSWERS}
    for name, answer in answers.items():
        if answer not in SCORES:
            message = f"'{name}' cannot be {answer}; choose 1, 3 or 5"
            raise InvalidInputError(message)
    unit = _planned_unit(session, planner, new.unit_id)
    area = shown_area(session, clean_text(new.area_id))[0]
    row = RiskScoreRow(
        area_id=area,
        unit_id=unit,
        note=checked_text("note", new.note, NOTE_LENGTH),
        scored_at=now,
        scored_by=planner.viewer.person_id,
        **answers,
    )
    session.add(row)
    session.flush()
    return RiskScore(row.id, area, unit, **answers, note=row.note, scored_at=now, scored_by=row.scored_by)


def read_risk_scores(session: Session, planner: Planner) -> list[RiskScore]:
    """Return the newest score of each area shown and unit planned for, in order of their ids."""
    newest: dict[tuple[str, str], RiskScore] = {}
    for row in session.execute(_scores(planner).order_by(*_NEWEST_FIRST)):
        score = RiskScore(*row)
        newest.setdefault((score.area_id, score.unit_id), score)
    return [newest[key] for key in sorted(newest)]


def read_risk_history(session: Session, planner: Planner, area_id: str, unit_id: str) -> list[RiskScore]:
    """Return every score of an area and unit, newest first.

    Raises:
        NotFoundError: no such area or unit.
        NotAllowedError: the unit is not among those the caller plans for.
    """
    unit = _planned_unit(session, planner, unit_id)
    area = shown_area(session, clean_text(area_id))[0]
    statement = _scores(planner).where(RiskScoreRow.unit_id == unit, AreaRow.id == area).order_by(*_NEWEST_FIRST)
    return [RiskScore(*row) for row in session.execute(statement)]


def _scores(planner: Planner) -> Select[*tuple[Any, ...]]:
    """Select the columns of RiskScore, in its order, of the areas shown and the units planned for."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            RiskScoreRow.id,
            AreaRow.id,
            RiskScoreRow.unit_id,
            *(getattr(RiskScoreRow, name) for name in _ANSWERS),
            RiskScoreRow.note,
            RiskScoreRow.scored_at,
            RiskScoreRow.scored_by,
        )
        .join(_Scored, _Scored.id == RiskScoreRow.area_id)
        .join(AreaRow, AreaRow.id == func.coalesce(_Scored.merged_into, _Scored.id))
        .where(may_show_area())
    )
    return statement if planner.units is None else statement.where(RiskScoreRow.unit_id.in_(sorted(planner.units)))


def _planned_unit(session: Session, planner: Planner, unit_id: str) -> str:
    """Return the id of a unit that the caller plans for."""
    unit = clean_text(unit_id)
    if session.scalars(select(UnitRow.id).where(UnitRow.id == unit)).first() is None:
        message = f"No unit '{unit_id}'; give the id of one of yours"
        raise NotFoundError(message)
    if planner.units is not None and unit not in planner.units:
        message = f"You do not plan for the unit '{unit_id}'; whoever manages it does, or an administrator makes you so"
        raise NotAllowedError(message)
    return str(unit)
