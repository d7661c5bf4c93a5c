"""Schemas of succession: coverage of areas, by unit, and departures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas import AnyId, PersonOut, person_out
from models.queries.departures import DepartureBand, PlannedDeparture
from models.queries.people import Person
from models.records import DeclaredBy
from recommender.succession.coverage import AreaCoverage, CoverageLevel, HolderShare, TrendPoint, UnitAreaCell
from recommender.succession.simulation import LostQuestion, Simulation, Uncovered

HOLDERS_SHOWN = 20
MOST_SIMULATED = 500


class HolderShareOut(BaseModel):
    """Someone who holds an area."""

    person: PersonOut
    strength: float = Field(description="Between 0 and 1: a half for three documents squarely in the area.")
    share: float = Field(description="Of what all its holders have of it.")
    documents: int = Field(description="How many speak for them; 0 for who holds it by their own word alone.")
    latest: datetime | None
    leaves_on: date | None = Field(description="First day on which they may be gone, as far as you may know.")
    in_scope: bool = Field(description="Whether they are in a unit you plan for.")


class TrendPointOut(BaseModel):
    """An area as it was at the end of a day."""

    on: date
    holders: int
    documents: int


class CoverageOut(BaseModel):
    """Who holds an area, and what is left of it after departures within the horizon."""

    area_id: str
    label_fr: str
    label_en: str
    level: CoverageLevel
    share_left: float = Field(description="Of what its holders have of it now, the part of those who stay.")
    holders: int
    holders_left: int
    truck_factor: int = Field(description="How few have to leave before most works lose every author.")
    documented_ratio: float = Field(description="Share of works that hold a practice, a page or a recording.")
    successors_ready: int
    documents: int
    strongest: list[HolderShareOut] = Field(description=f"Those who hold most of it, at most {HOLDERS_SHOWN}.")
    trend: list[TrendPointOut] = Field(description="Oldest first, today last.")


class CoverageListOut(BaseModel):
    """The areas of the units planned for, most at risk first."""

    horizon_years: float
    areas: list[CoverageOut]


class UnitCellOut(BaseModel):
    """An area in a unit: what its own people hold."""

    unit_id: str
    unit: str
    area_id: str
    level: CoverageLevel
    holders: int
    share_left: float
    truck_factor: int


class UnitCellsOut(BaseModel):
    """Each area held in each unit planned for."""

    horizon_years: float
    cells: list[UnitCellOut]


class PlannedDepartureOut(BaseModel):
    """A departure that the caller may know by name."""

    person_id: str
    name: str
    unit_id: str | None
    unit: str | None
    earliest: date
    latest: date
    announced: bool = Field(description="Whether the whole organisation may know.")
    declared_by: DeclaredBy


class DepartureBandOut(BaseModel):
    """How many people of a unit, with those under it, leave in a span of years."""

    unit_id: str
    unit: str
    first_year: int
    last_year: int
    people: int | None = Field(description="Null where a number would tell of too few people.")
    named: int = Field(description="How many of them you may know by name.")
    group: int = Field(description="People of the unit and of those under it.")


class DeparturesOut(BaseModel):
    """Departures of the units planned for."""

    named: list[PlannedDepartureOut] = Field(description="The nearest first.")
    bands: list[DepartureBandOut]


class SimulationIn(BaseModel):
    """People to take as leaving."""

    people: list[AnyId] = Field(
        min_length=1,
        max_length=MOST_SIMULATED,
        description="Ids of people you plan for.",
        examples=[["people:1001"]],
    )
    by: date | None = Field(None, description="The day by which they are gone; today by default.")


class AreaLeftOut(BaseModel):
    """An area that loses holders."""

    area_id: str
    label_fr: str
    label_en: str
    holders_before: int
    holders_after: int
    share_left: float


class LostQuestionOut(BaseModel):
    """A question that was answered, and that nobody who stays answered or would know."""

    document_id: str
    title: str
    asked_at: datetime | None
    answered_by: list[str] = Field(description="Ids of people.")


class SimulationOut(BaseModel):
    """What is left if some people leave."""

    people: list[str]
    by: date
    uncovered: list[AreaLeftOut] = Field(description="Areas that nobody holds any more.")
    weakened: list[AreaLeftOut] = Field(description="Areas left with one holder, or less than half of what was held.")
    lost_questions: list[LostQuestionOut] = Field(description="The first of them, newest first.")
    lost_question_count: int
    answered_question_count: int = Field(description="Questions that one of the people answered.")


def coverage_out(covered: AreaCoverage, people: Mapping[str, Person]) -> CoverageOut:
    """Return the coverage of an area in its JSON shape, with those holders who are among the people read."""
    return CoverageOut(
        area_id=covered.area_id,
        label_fr=covered.label_fr,
        label_en=covered.label_en,
        level=covered.level,
        share_left=round(covered.share_left, 4),
        holders=len(covered.holders),
        holders_left=covered.holders_left,
        truck_factor=covered.truck_factor,
        documented_ratio=round(covered.documented_ratio, 4),
        successors_ready=covered.successors_ready,
        documents=covered.documents,
        strongest=[
            holder_share_out(holder, people[holder.person_id])
            for holder in covered.holders[:HOLDERS_SHOWN]
            if holder.person_id in people
        ],
        trend=[trend_point_out(point) for point in covered.trend],
    )


def holder_share_out(holder: HolderShare, person: Person) -> HolderShareOut:
    """Return a holder in their JSON shape."""
    return HolderShareOut(
        person=person_out(person),
        strength=round(holder.strength, 4),
        share=round(holder.share, 4),
        documents=holder.documents,
        latest=holder.latest,
        leaves_on=holder.leaves_on,
        in_scope=holder.in_scope,
    )


def trend_point_out(point: TrendPoint) -> TrendPointOut:
    """Return a point of a trend in its JSON shape."""
    return TrendPointOut(on=point.on, holders=point.holders, documents=point.documents)


def unit_cell_out(cell: UnitAreaCell) -> UnitCellOut:
    """Return an area in a unit in its JSON shape."""
    return UnitCellOut(
        unit_id=cell.unit_id,
        unit=cell.unit,
        area_id=cell.area_id,
        level=cell.level,
        holders=cell.holders,
        share_left=round(cell.share_left, 4),
        truck_factor=cell.truck_factor,
    )


def planned_departure_out(departure: PlannedDeparture) -> PlannedDepartureOut:
    """Return a departure in its JSON shape."""
    return PlannedDepartureOut(
        person_id=departure.person_id,
        name=departure.name,
        unit_id=departure.unit_id,
        unit=departure.unit,
        earliest=departure.earliest,
        latest=departure.latest,
        announced=departure.announced,
        declared_by=departure.declared_by,
    )


def departure_band_out(band: DepartureBand) -> DepartureBandOut:
    """Return a count of departures in its JSON shape."""
    return DepartureBandOut(
        unit_id=band.unit_id,
        unit=band.unit,
        first_year=band.first_year,
        last_year=band.last_year,
        people=band.people,
        named=band.named,
        group=band.group,
    )


def simulation_out(found: Simulation) -> SimulationOut:
    """Return a simulation in its JSON shape."""
    return SimulationOut(
        people=list(found.people),
        by=found.by,
        uncovered=[area_left_out(area) for area in found.uncovered],
        weakened=[area_left_out(area) for area in found.weakened],
        lost_questions=[lost_question_out(question) for question in found.lost_questions],
        lost_question_count=found.lost_question_count,
        answered_question_count=found.answered_question_count,
    )


def area_left_out(area: Uncovered) -> AreaLeftOut:
    """Return an area that loses holders in its JSON shape."""
    return AreaLeftOut(
        area_id=area.area_id,
        label_fr=area.label_fr,
        label_en=area.label_en,
        holders_before=area.holders_before,
        holders_after=area.holders_after,
        share_left=round(area.share_left, 4),
    )


def lost_question_out(question: LostQuestion) -> LostQuestionOut:
    """Return a lost question in its JSON shape."""
    return LostQuestionOut(
        document_id=question.document_id,
        title=question.title,
        asked_at=question.asked_at,
        answered_by=list(question.answered_by),
    )
