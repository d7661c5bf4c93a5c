"""Reads of transfer plans: by who plans, by the person they are about, by those who take something over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from models.access import (
    Viewer,
    may_plan_with_departure,
    may_read_document,
    may_read_own_plan,
    may_read_own_step,
    may_read_plan,
    may_see_person,
    may_show_area,
    require_person,
)
from models.errors import NotFoundError
from models.paging import Order, Page, PageRequest, read_page
from models.planning import Planner
from models.queries.people import Person, select_people
from models.queries.places import NamedArea
from models.queries.plan_shapes import Plan, PlanPart, PlanWarning, Step, StepDocument, WarningKind
from models.records import clean_text
from models.tables import (
    AreaRow,
    DepartureRow,
    DepartureVisibility,
    DocumentRow,
    PersonRow,
    PlanStatus,
    TransferPlanRow,
    TransferStepRow,
)

_OPEN_PLANS = (PlanStatus.DRAFT, PlanStatus.ACTIVE)


def read_plan(session: Session, planner: Planner, today: date, plan_id: int) -> Plan:
    """Return a plan of someone the planner plans for.

    Raises:
        NotFoundError: there is none of this id among them.
    """
    statement = _plans_of(planner, today).where(TransferPlanRow.id == plan_id)
    plans = _make_plans(session, _reading_of(planner, today), session.scalars(statement).all())
    if not plans:
        message = f"No transfer plan {plan_id} among those of the people you plan for; list them"
        raise NotFoundError(message)
    return plans[0]


def read_plan_for_update(session: Session, planner: Planner, today: date, plan_id: int) -> Plan:
    """Return a plan that nobody else changes until the transaction ends, so that its version can be compared first.

    Raises:
        NotFoundError: there is none of this id among those of the planner.
    """
    lock_plan(session, plan_id)
    return read_plan(session, planner, today, plan_id)


def lock_plan(session: Session, plan_id: int) -> None:
    """Keep others from changing a plan or its steps until the transaction ends; SQLite's writer holds all anyway."""
    session.execute(select(TransferPlanRow.id).where(TransferPlanRow.id == plan_id).with_for_update())


def list_plans(
    session: Session,
    planner: Planner,
    today: date,
    page: PageRequest,
    status: PlanStatus | None = None,
    person_id: str | None = None,
) -> Page[Plan]:
    """Return the plans of the people the planner plans for, the nearest due first."""
    statement = _plans_of(planner, today)
    if status is not None:
        statement = statement.where(TransferPlanRow.status == status)
    if person_id is not None:
        statement = statement.where(TransferPlanRow.person_id == clean_text(person_id))
    found = read_page(session, statement, Order((TransferPlanRow.due_on, TransferPlanRow.id)), page)
    plans = _make_plans(session, _reading_of(planner, today), [row[0] for row in found.items])
    return Page(plans, found.next_cursor)


def list_own_plans(session: Session, viewer: Viewer, today: date) -> list[Plan]:
    """Return the plans about the viewer, whole, and those that give them steps, with these alone; nearest due first.

    They stay readable when succession is switched off: people see what is stored about them.
    """
    require_person(viewer)
    order = (TransferPlanRow.due_on, TransferPlanRow.id)
    rows = session.scalars(_fresh_plans().where(may_read_own_plan(viewer, today)).order_by(*order)).all()
    return _make_plans(session, _Reading(viewer, today), rows)


def read_own_plan(session: Session, viewer: Viewer, today: date, plan_id: int) -> Plan:
    """Return a plan about the viewer, or the part of one that gives them steps.

    Raises:
        NotFoundError: no such plan of theirs.
    """
    require_person(viewer)
    statement = _fresh_plans().where(TransferPlanRow.id == plan_id, may_read_own_plan(viewer, today))
    plans = _make_plans(session, _Reading(viewer, today), session.scalars(statement).all())
    if not plans:
        message = f"No transfer plan {plan_id} that is about you or gives you a step; list yours"
        raise NotFoundError(message)
    return plans[0]


@dataclass(frozen=True, slots=True)
class _Reading:
    """For whom plans are put together."""

    viewer: Viewer
    today: date
    departures: DepartureVisibility | None = None
    """What someone who plans may know; None for people who read their own plans."""

    def part_in(self, row: TransferPlanRow) -> PlanPart:
        """Return what the reader is to a plan."""
        if self.departures is not None:
            return PlanPart.PLANNER
        return PlanPart.PERSON if row.person_id == self.viewer.person_id else PlanPart.SUCCESSOR


@dataclass(frozen=True, slots=True)
class _Names:
    """What the steps of some plans refer to, as far as the reader may know it."""

    people: Mapping[str, Person]
    areas: Mapping[str, NamedArea]
    documents: Mapping[str, StepDocument]

    def make_step(self, row: TransferStepRow) -> Step:
        """Return a row as a step."""
        return Step(
            id=row.id,
            plan_id=row.plan_id,
            kind=row.kind,
            title=row.title,
            area=self.areas.get(row.area_id or ""),
            successor=self.people.get(row.successor_id or ""),
            document=self.documents.get(row.document_id or ""),
            starts_on=row.starts_on,
            due_on=row.due_on,
            status=row.status,
            note=row.note,
            completed_on=row.completed_on,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def _reading_of(planner: Planner, today: date) -> _Reading:
    return _Reading(planner.viewer, today, planner.departures)


def _plans_of(planner: Planner, today: date) -> Select[*tuple[Any, ...]]:
    return _fresh_plans().where(may_read_plan(planner.viewer, planner.units, today))


def _fresh_plans() -> Select[*tuple[Any, ...]]:
    """Select plans as the database holds them, whatever the session read before."""
    return select(TransferPlanRow).execution_options(populate_existing=True)


def _make_plans(session: Session, reading: _Reading, rows: Sequence[TransferPlanRow]) -> list[Plan]:
    """Return rows as plans with their steps, read in a few statements however many there are."""
    if not rows:
        return []
    steps = _read_steps(session, reading, [row.id for row in rows])
    ids = {row.person_id for row in rows} | {step.successor_id for step in steps if step.successor_id}
    seen = may_see_person(reading.viewer, reading.today)
    people = {person.id: person for person in select_people(session, reading.viewer, PersonRow.id.in_(ids), seen)}
    names = _Names(people, _read_areas(session, steps), _read_documents(session, reading, steps))
    steps_of: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        steps_of[step.plan_id].append(names.make_step(step))
    departures = _read_departures(session, reading, [row.person_id for row in rows])
    # Whoever opted out since the plans were read is left out.
    return [
        _make_plan(row, people[row.person_id], reading.part_in(row), steps_of[row.id], departures.get(row.person_id))
        for row in rows
        if row.person_id in people
    ]


def _make_plan(
    row: TransferPlanRow, person: Person, part: PlanPart, steps: Sequence[Step], departure: tuple[date, bool] | None
) -> Plan:
    """Return a row as a plan, without what is not for successors."""
    whole = part is not PlanPart.SUCCESSOR
    return Plan(
        id=row.id,
        person=person,
        part=part,
        status=row.status,
        due_on=row.due_on if whole else None,
        note=row.note if whole else "",
        steps=steps,
        warnings=_warnings(row, part, departure),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _read_steps(session: Session, reading: _Reading, plan_ids: Sequence[int]) -> Sequence[TransferStepRow]:
    statement = (
        select(TransferStepRow)
        .join(TransferPlanRow, TransferPlanRow.id == TransferStepRow.plan_id)
        .where(TransferStepRow.plan_id.in_(plan_ids))
        .order_by(TransferStepRow.starts_on, TransferStepRow.due_on, TransferStepRow.id)
        .execution_options(populate_existing=True)
    )
    if reading.departures is None:
        statement = statement.where(may_read_own_step(reading.viewer, reading.today))
    return session.scalars(statement).all()


def _read_areas(session: Session, steps: Collection[TransferStepRow]) -> dict[str, NamedArea]:
    """Return the areas shown, under the ids that steps have, which may have been merged into them."""
    standing = aliased(AreaRow)
    statement = (
        select(standing.id, AreaRow.id, AreaRow.label_fr, AreaRow.label_en)
        .join(AreaRow, AreaRow.id == func.coalesce(standing.merged_into, standing.id))
        .where(standing.id.in_({step.area_id for step in steps if step.area_id}), may_show_area())
    )
    return {row[0]: NamedArea(*row[1:]) for row in session.execute(statement)}


def _read_documents(session: Session, reading: _Reading, steps: Collection[TransferStepRow]) -> dict[str, StepDocument]:
    statement = select(DocumentRow.id, DocumentRow.title).where(
        DocumentRow.id.in_({step.document_id for step in steps if step.document_id}),
        may_read_document(reading.viewer, reading.today),
    )
    return {row[0]: StepDocument(*row) for row in session.execute(statement)}


def _read_departures(session: Session, reading: _Reading, ids: Collection[str]) -> dict[str, tuple[date, bool]]:
    """Return the earliest day of each departure that the reader may know of, and whether it is announced."""
    visibility = reading.departures or DepartureVisibility.ANNOUNCED
    statement: Select[*tuple[Any, ...]] = (
        select(DepartureRow.person_id, DepartureRow.earliest, DepartureRow.announced)
        .where(DepartureRow.person_id.in_(ids), may_plan_with_departure(reading.viewer, visibility))
        .order_by(DepartureRow.earliest.desc(), DepartureRow.announced)
    )
    return {person: (earliest, announced) for person, earliest, announced in session.execute(statement)}


def _warnings(row: TransferPlanRow, part: PlanPart, departure: tuple[date, bool] | None) -> list[PlanWarning]:
    if departure is None or part is PlanPart.SUCCESSOR or row.status not in _OPEN_PLANS:
        return []
    leaves_on, announced = departure
    found = []
    if row.due_on > leaves_on:
        found.append(PlanWarning(WarningKind.DUE_AFTER_DEPARTURE, leaves_on))
    if part is PlanPart.PLANNER and not announced:
        found.append(PlanWarning(WarningKind.NOT_ANNOUNCED, leaves_on))
    return found
