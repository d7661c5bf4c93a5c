"""Pairs: over whole units, who could take what over from those who leave, and what managers decide about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from api.auth.auditing import audit
from api.dependencies import Writer
from api.page_words import Done
from api.pages.addresses import page_path, with_query
from api.pages.announcing import back_to
from api.pages.rendering import render
from api.pages.succession.opening import PlanningDep
from api.planners import PlanningEvent
from api.planning import Planning
from models.audit import DETAIL_LENGTH, about_person
from models.pair_decisions import PairDecision, decide_pair, read_pair_decisions
from models.queries.people import Person
from models.queries.places import NamedArea
from models.queries.planned import list_planned_units, narrow_planner, read_people_named
from models.tables import PairStance
from recommender.succession.pairing import DEFAULT_LIMIT
from recommender.succession.pairs import Pair, Pairs, pair_unit

LIMITS: Final = range(1, 6)
PERSON_PAGE: Final = "person"
DONE: Final[Mapping[PairStance | None, Done]] = {
    PairStance.PINNED: Done.PAIR_PINNED,
    PairStance.FORBIDDEN: Done.PAIR_FORBIDDEN,
    None: Done.PAIR_FREED,
}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SetAside:
    """A pair that a manager forbade."""

    leaver: Person
    area: NamedArea
    successor: Person
    stance: PairStance


@dataclass(frozen=True, slots=True)
class PairsSheet:
    """The pairs of the units planned for, with what was decided about them."""

    found: Pairs
    units: Sequence[tuple[str, str]]
    decisions: Sequence[PairDecision]
    set_aside: Sequence[SetAside]

    @property
    def by_leaver(self) -> Sequence[Sequence[Pair]]:
        """Return what each person leaves, the nearest departure first."""
        groups: dict[str, list[Pair]] = {}
        for pair in self.found.pairs:
            groups.setdefault(pair.leaver.id, []).append(pair)
        return list(groups.values())

    def stance(self, leaver_id: str, area_id: str, successor_id: str) -> PairStance | None:
        """Return what was decided about a pair."""
        return stance_of(self.decisions, leaver_id, area_id, successor_id)


def stance_of(decisions: Sequence[PairDecision], leaver_id: str, area_id: str, successor_id: str) -> PairStance | None:
    """Return what was decided about a pair; None where it is left open."""
    pair = (leaver_id, area_id, successor_id)
    return next((one.stance for one in decisions if (one.leaver_id, one.area_id, one.successor_id) == pair), None)


@router.get("/succession/pairs")
def show(
    planning: PlanningDep, unit: str = "", limit: Annotated[int, Query(ge=1, le=LIMITS[-1])] = DEFAULT_LIMIT
) -> HTMLResponse:
    """Return who could take what over, over one unit or all of them."""
    sheet = read_sheet(planning, unit, limit)
    leavers = {pair.leaver.id for pair in sheet.found.pairs}
    planning.note(PlanningEvent.PERSON_VIEWED, leavers, view="pairs", limit=limit)
    planning.note(PlanningEvent.VIEWED, view="pairs", unit=unit[:DETAIL_LENGTH] or None)
    asked = {"unit": unit, "limit": limit}
    return render(planning.request, "succession/pairs.html", sheet=sheet, asked=asked, limits=LIMITS)


def read_sheet(planning: Planning, unit: str, limit: int) -> PairsSheet:
    """Return the pairs of the units planned for, or of one of them.

    Raises:
        NotFoundError: a unit that is not theirs.
    """
    now, today = datetime.now(UTC), planning.today
    with planning.reading() as session:
        units = list_planned_units(session, planning.planner, today)
        planner = narrow_planner(session, planning.planner, unit) if unit else planning.planner
        ground = planning.ground(session)
        found = pair_unit(session, ground, planner, now, limit=limit)
        decisions = read_pair_decisions(session, planner, now)
        forbidden = [decision for decision in decisions if decision.stance is PairStance.FORBIDDEN]
        ids = {id_ for decision in forbidden for id_ in (decision.leaver_id, decision.successor_id)}
        people = read_people_named(session, planner.viewer, today, ids)
    areas = {area.id: area for area in ground.areas}
    set_aside = [
        SetAside(people[one.leaver_id], areas[one.area_id], people[one.successor_id], one.stance)
        for one in forbidden
        if one.area_id in areas and {one.leaver_id, one.successor_id} <= people.keys()
    ]
    return PairsSheet(found, units, decisions, set_aside)


class PairForm(BaseModel):
    """A decision about a pair, as its form sends it."""

    leaver: str
    area: str
    successor: str
    stance: Literal["pinned", "forbidden", ""] = ""
    """Empty to leave it to the suggestions."""
    origin: str = ""
    """The person's page, or the unit whose pairs were shown; empty for all."""


@router.post("/succession/pairs")
def decide(planning: PlanningDep, caller: Writer, form: Annotated[PairForm, Form()]) -> RedirectResponse:
    """Keep a pair, set it aside, or leave it to the suggestions again."""
    stance = PairStance(form.stance) if form.stance else None
    with planning.service.store.write() as session:
        decide_pair(session, planning.planner, datetime.now(UTC), form.leaver, form.area, form.successor, stance)
        about, area, said = about_person(form.leaver), form.area[:DETAIL_LENGTH], form.stance or "open"
        audit(session, caller, planning.request, "pair.decided", about, area=area, stance=said)
    if form.origin == PERSON_PAGE:
        return back_to(planning.request, f"/succession{page_path('people', form.leaver)}", DONE[stance], "successors")
    here = with_query("/succession/pairs", {"unit": form.origin}).rstrip("?&")
    return back_to(planning.request, here, DONE[stance], "pairs")
