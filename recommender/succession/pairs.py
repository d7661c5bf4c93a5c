"""Pairs: what the people who leave a unit hold, each area paired with one successor, over the whole unit at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from models.pair_decisions import PairDecision, read_pair_decisions
from models.planning import Planner
from models.queries.people import Person
from models.queries.places import NamedArea
from models.queries.planned import read_people_named, read_planned_people
from models.queries.succession_people import read_planned_leaving
from models.tables import PairStance
from recommender.succession.ground import Ground
from recommender.succession.held_areas import HeldArea
from recommender.succession.horizon import CoverageOptions, leaving_within
from recommender.succession.pairing import DEFAULT_LIMIT, HandoverChoice, Pairing, pair
from recommender.succession.successors import RankedSuccessor
from recommender.succession.taking_over import Finding, held_areas_of

# Areas of each person that are paired, those of which most would be lost.
AREAS_EACH: Final = 4
# Candidates of each handover: more would hardly ever be taken.
CANDIDATES: Final = 30
# People whose handovers are paired at once, the nearest departures first.
MOST_LEAVERS: Final = 100
# A share of an area below which its holder is no reason to look for a successor.
LEAST_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Pair:
    """An area, who leaves it, and who could take it over."""

    leaver: Person
    leaves_on: date
    area: NamedArea
    share: float
    """Of what all holders have of the area, the part of who leaves."""
    successor: Person | None
    """None where nobody is found, or everybody has their share already."""
    score: float
    ready: bool
    pinned: bool
    """Whether a manager decided so."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of the units planned for."""

    pairs: Sequence[Pair]
    """The nearest departures first, and of each what would be lost most."""
    left_out: int
    """People who leave beyond the most that are paired at once."""


@dataclass(frozen=True, slots=True)
class _Handover:
    leaver: int
    leaver_id: str
    area: HeldArea
    key: str
    candidates: Mapping[str, RankedSuccessor]


def pair_unit(
    session: Session,
    ground: Ground,
    planner: Planner,
    now: datetime,
    horizon_years: float = 5,
    limit: int = DEFAULT_LIMIT,
) -> Pairs:
    """Return who could take over what the people who leave hold, so that the pairs are good together.

    Pinned pairs are kept and forbidden ones are not made. The same for the same input.

    Args:
        ground: read for the planner's viewer.
        horizon_years: departures up to so many years ahead, as far as the planner may know them by name.
        limit: how many areas one person takes over at most.

    Raises:
        InvalidInputError: the horizon is out of range, or pins cannot all be kept within the limit.
    """
    asked, today = CoverageOptions(horizon_years), now.date()
    leaving = read_planned_leaving(session, planner, today)
    codes = {ground.person_codes[id_]: day for id_, day in leaving.items() if id_ in ground.person_codes}
    within = {ground.person_ids[code] for code in leaving_within(codes, today, asked.horizon_years)}
    people = read_planned_people(session, planner, today, within)
    nearest = sorted(people, key=lambda id_: (leaving[id_], id_))
    finding = Finding(session, ground, planner, now, leaving)
    handovers = _handovers(finding, nearest[:MOST_LEAVERS])
    decisions = _standing(read_pair_decisions(session, planner, now), handovers)
    pinned = [(key, id_) for key, id_, stance in decisions if stance is PairStance.PINNED]
    forbidden = [(key, id_) for key, id_, stance in decisions if stance is PairStance.FORBIDDEN]
    choices = [
        HandoverChoice(handover.key, {id_: found.score for id_, found in handover.candidates.items()})
        for handover in handovers
    ]
    paired = pair(choices, {}, limit, pinned, forbidden)
    named = read_people_named(session, planner.viewer, today, {one.person_id for one in paired.assignments})
    pairs = _make_pairs(finding, handovers, paired, people, named)
    return Pairs(pairs, max(len(nearest) - MOST_LEAVERS, 0))


def _handovers(finding: Finding, leavers: Sequence[str]) -> list[_Handover]:
    ground, found = finding.ground, []
    for id_ in leavers:
        leaver = ground.person_codes[id_]
        held = [area for area in held_areas_of(ground, leaver, finding.today) if area.share >= LEAST_SHARE]
        for area in held[:AREAS_EACH]:
            ranked, _, _ = finding.rank(leaver, area.area, CANDIDATES)
            candidates = {ground.person_ids[one.person]: one for one in ranked}
            found.append(_Handover(leaver, id_, area, _key(id_, ground.places.area_ids[area.area]), candidates))
    return found


def _standing(decisions: Sequence[PairDecision], handovers: Sequence[_Handover]) -> list[tuple[str, str, PairStance]]:
    """Return what is decided about these handovers; decisions about others wait until they are handed over."""
    keys = {handover.key for handover in handovers}
    found = [(_key(one.leaver_id, one.area_id), one.successor_id, one.stance) for one in decisions]
    return [one for one in found if one[0] in keys]


def _make_pairs(
    finding: Finding,
    handovers: Sequence[_Handover],
    paired: Pairing,
    people: Mapping[str, Person],
    named: Mapping[str, Person],
) -> list[Pair]:
    taken = {one.handover_index: one for one in paired.assignments}
    pairs = []
    for place, handover in enumerate(handovers):
        assigned = taken.get(place)
        found = handover.candidates.get(assigned.person_id) if assigned else None
        pairs.append(
            Pair(
                people[handover.leaver_id],
                finding.leaving[handover.leaver_id],
                finding.name_of(handover.area.area),
                handover.area.share,
                named.get(assigned.person_id) if assigned else None,
                assigned.score if assigned else 0.0,
                found.ready if found else False,
                assigned.pinned if assigned else False,
            )
        )
    return pairs


def _key(leaver_id: str, area_id: str) -> str:
    return f"{leaver_id}\n{area_id}"
