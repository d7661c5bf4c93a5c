"""Risk: how grave losing an area would be for a unit; two answers from the evidence, the others from its manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.planning import Planner
from models.queries.places import NamedArea
from models.queries.succession_people import read_unit_names
from models.risk_scores import RiskScore, read_risk_scores
from recommender.groups import count, largest_of
from recommender.succession.coverage_of_units import UnitAreaCell, measure_units
from recommender.succession.ground import Ground
from recommender.succession.holders import hold_now, units_of
from recommender.succession.rubric import Dimension, Level, level_of, score_concentration, score_tacit_depth

__all__ = ["Dimension", "Level", "Prefilled", "RiskEvidence", "RiskLine", "list_risks", "prefill"]

# A score is looked at again after a year.
DUE_AGAIN_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class RiskEvidence:
    """What is known of an area in a unit: the reasons for the answers that are filled in."""

    holders: int
    """How many of the unit hold it."""
    elsewhere: int
    """How many others hold it, in other units or none."""
    truck_factor: int
    """How few of them have to leave before most of their works have no author left; 0 where they did already."""
    first_share: float
    """Of what they have of it, the part of the one who has most, in [0, 1]; 0 where nobody holds it."""
    documented_ratio: float
    """The share of all works of the area, whoever made them, that are written down to be used again."""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """An answer from the evidence, for the manager to keep or change."""

    score: int
    """1, 3 or 5."""
    reason: RiskEvidence


@dataclass(frozen=True, slots=True)
class RiskLine:
    """The risk that a unit loses an area."""

    area: NamedArea
    unit_id: str
    unit: str
    scores: Mapping[Dimension, int]
    """The manager's answers; empty before they gave any."""
    evidence: RiskEvidence
    """What is known of it today."""
    total: int
    """Sum of the five answers, 5 to 25; before the manager's, that of five like the two filled in."""
    level: Level
    """Provisional where the line is not complete."""
    scored_at: datetime | None
    scored_by: str | None
    """Id of who scored."""
    note: str
    due_again: bool
    """Scored DUE_AGAIN_DAYS ago or longer."""
    complete: bool
    """Whether the manager answered; if not, total and level are provisional."""

    @property
    def prefilled(self) -> Mapping[Dimension, Prefilled]:
        """Return what the evidence says of concentration and tacit depth, beside or before the manager's answers."""
        return prefill(self.evidence)


def prefill(evidence: RiskEvidence) -> dict[Dimension, Prefilled]:
    """Return the two answers that the evidence gives."""
    concentration, depth = _answers(evidence)
    return {
        Dimension.KNOWLEDGE_CONCENTRATION: Prefilled(concentration, evidence),
        Dimension.TACIT_DEPTH: Prefilled(depth, evidence),
    }


def _answers(evidence: RiskEvidence) -> tuple[int, int]:
    known = evidence
    concentration = score_concentration(known.holders, known.truck_factor, known.first_share, known.elsewhere)
    return concentration, score_tacit_depth(known.documented_ratio)


def list_risks(session: Session, ground: Ground, planner: Planner, today: date) -> list[RiskLine]:
    """Return the risks of each unit planned for: the areas its people hold, and those that were scored; highest first.

    Of equal sums those that a manager scored come first, then in order of the area's French name, of area and unit id.
    """
    names, units = {area.id: area for area in ground.areas}, read_unit_names(session)
    evidence = measure_risk_evidence(session, ground, planner, today)
    scored = {(score.area_id, score.unit_id): score for score in read_risk_scores(session, planner)}
    lines = []
    for area_id, unit_id in evidence.keys() | scored.keys():
        if area_id in names:
            known = evidence.get((area_id, unit_id)) or _unheld(ground, area_id)
            place = (names[area_id], unit_id, units[unit_id])
            lines.append(make_line(place, known, scored.get((area_id, unit_id)), today))
    return sorted(
        lines, key=lambda line: (-line.total, not line.complete, line.area.label_fr, line.area.id, line.unit_id)
    )


def measure_risk_evidence(
    session: Session, ground: Ground, planner: Planner, today: date
) -> dict[tuple[str, str], RiskEvidence]:
    """Return what is known of each area that someone of a unit planned for holds, by area and unit."""
    cells = measure_units(session, ground, planner, today)
    shares, areas = _first_shares(ground, cells), ground.area_codes
    everywhere = np.bincount(hold_now(ground).areas, minlength=len(areas)).tolist()
    documented = ground.writings.documented_ratios.tolist()
    found = {}
    for cell, share in zip(cells, shares, strict=True):
        area = areas[cell.area_id]
        known = RiskEvidence(cell.holders, everywhere[area] - cell.holders, cell.truck_factor, share, documented[area])
        found[cell.area_id, cell.unit_id] = known
    return found


def make_line(
    place: tuple[NamedArea, str, str], evidence: RiskEvidence, score: RiskScore | None, today: date
) -> RiskLine:
    """Return the risk of an area for a unit.

    Args:
        place: the area, and the id and name of the unit.
    """
    if score is None:
        # Two answers are 2, 4, 6, 8 or 10, so that half of five times them is whole.
        total = sum(_answers(evidence)) * len(Dimension) // 2
        return RiskLine(*place, {}, evidence, total, level_of(total), None, None, "", due_again=False, complete=False)
    scores = {dimension: getattr(score, dimension.value) for dimension in Dimension}
    total = sum(scores.values())
    due = score.scored_at.date() + timedelta(days=DUE_AGAIN_DAYS) <= today
    return RiskLine(
        *place,
        scores,
        evidence,
        total,
        level_of(total),
        score.scored_at,
        score.scored_by,
        score.note,
        due_again=due,
        complete=True,
    )


def _unheld(ground: Ground, area_id: str) -> RiskEvidence:
    """Return what is known of an area that nobody of a unit holds."""
    area = ground.area_codes[area_id]
    elsewhere = int(np.count_nonzero(hold_now(ground).areas == area))
    return RiskEvidence(0, elsewhere, 0, 0.0, float(ground.writings.documented_ratios[area]))


def _first_shares(ground: Ground, cells: Sequence[UnitAreaCell]) -> list[float]:
    """Return, for each cell, the part of the one of the unit who holds most of what its people hold."""
    units = sorted({cell.unit_id for cell in cells})
    held, unit_of, areas = hold_now(ground), units_of(ground, units), len(ground.places.area_ids)
    inside = unit_of[held.persons] >= 0
    places = unit_of[held.persons[inside]] * areas + held.areas[inside]
    size = len(units) * areas
    most, total = largest_of(held.points[inside], places, size), count(places, size, held.points[inside])
    number, codes = {unit: code for code, unit in enumerate(units)}, ground.area_codes
    asked = np.array([number[cell.unit_id] * areas + codes[cell.area_id] for cell in cells], np.int64)
    shares: list[float] = (most[asked] / total[asked]).tolist()
    return shares
