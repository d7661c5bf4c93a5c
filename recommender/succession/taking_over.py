"""Taking over: who could take over what somebody leaves, area by area, with what speaks for each and what they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.errors import NotFoundError
from models.planning import Planner
from models.queries.people import Person, read_people
from models.queries.places import NamedArea
from models.queries.succession_people import read_planned_leaving
from models.queries.transfers import Titled, read_planned_person, read_titles
from recommender.load import count_load
from recommender.succession.ground import Ground
from recommender.succession.held_areas import HeldArea, measure_held_areas
from recommender.succession.horizon import leaving_within
from recommender.succession.successors import Factor, Handover, RankedSuccessor, rank_successors
from recommender.succession.transfer import EvidenceRef

# Areas a person's successors are looked for in: those of which most would be lost.
AREAS_SHOWN: Final = 6
# Candidates looked at closer, beside those asked for: some may be away, full, or have nothing that can be shown.
CONSIDERED_BEYOND: Final = 20
EVIDENCE_SHOWN: Final = 3
# How many times as many are ranked: many are active and know nothing near.
_RANKED: Final = 4
# Whoever leaves this soon after is no successor.
_LEAVING_TOO_YEARS: Final = 1.0


@dataclass(frozen=True, slots=True)
class SuccessorFactor:
    """What a score is made of, or was moved by."""

    kind: Factor
    weight: float
    """All of them add up to the score."""


@dataclass(frozen=True, slots=True)
class NamedLack:
    """An area where someone holds too little to take over now."""

    area: NamedArea
    held: float
    """Their strength in [0, 1)."""


@dataclass(frozen=True, slots=True)
class Successor:
    """Someone who could take over."""

    person: Person
    score: float
    """In [0, 1]."""
    ready: bool
    """Strong enough to take over now."""
    factors: Sequence[SuccessorFactor]
    """What moved the score most first."""
    lacks: Sequence[NamedLack]
    wants_to_learn: bool
    """Whether they said so of the area."""
    load: int
    """Questions they answered or were asked in the last week, as far as the viewer may know."""
    evidence: Sequence[EvidenceRef]
    """What they did in the area, or next to it, that the viewer may open."""


@dataclass(frozen=True, slots=True)
class AreaSuccessors:
    """An area somebody leaves, with who could take it over."""

    area: NamedArea
    share: float
    """Of what all holders have of the area, the part of who leaves."""
    others: int
    """How many others hold it."""
    candidates: Sequence[Successor]
    """Best first."""


@dataclass(frozen=True, slots=True)
class TakingOver:
    """What somebody leaves, area by area."""

    person: Person
    leaves_on: date | None
    areas: Sequence[AreaSuccessors]
    """That of which most would be lost first."""


def find_successors(
    session: Session,
    ground: Ground,
    planner: Planner,
    now: datetime,
    person_id: str,
    area_id: str | None = None,
    top: int = 5,
) -> TakingOver:
    """Return who could take over what someone of the units planned for holds.

    Whoever paused, opted out, or leaves within a year of them as far as the planner may know, is not proposed; whoever
    has much on their hands comes further down. Each is shown with something that they did and the planner may open.

    Args:
        ground: read for the planner's viewer.
        area_id: only this area; else the areas of which most would be lost.
        top: how many for each area.

    Raises:
        NotFoundError: nobody of these units whom the planner may see, or no such area that they hold.
    """
    today = now.date()
    person = read_planned_person(session, planner, today, person_id)
    leaving = read_planned_leaving(session, planner, today)
    code = ground.person_codes.get(person.id)
    held = held_areas_of(ground, code, today) if code is not None else []
    if area_id is not None:
        held = [area for area in held if ground.places.area_ids[area.area] == area_id]
        if not held:
            message = f"'{person.name}' holds no area '{area_id}'; leave it out to see those they hold"
            raise NotFoundError(message)
    finding = Finding(session, ground, planner, now, leaving)
    areas = [finding.find(code, area, top) for area in held[:AREAS_SHOWN] if code is not None]
    return TakingOver(person, leaving.get(person.id), areas)


def held_areas_of(ground: Ground, person: int, today: date) -> list[HeldArea]:
    """Return the areas someone holds, that of which most would be lost first."""
    held = [area for area in measure_held_areas(ground, person, today).values() if area.points]
    return sorted(held, key=lambda area: (-area.loss_of(area.gone), ground.places.area_ids[area.area]))


@dataclass(frozen=True, slots=True)
class Finding:
    """Looks for successors on one ground, for one planner, at one moment."""

    session: Session
    ground: Ground
    planner: Planner
    now: datetime
    leaving: Mapping[str, date]
    """From which day each person may be gone, as far as the planner may know."""

    @property
    def today(self) -> date:
        """Return the day."""
        return self.now.date()

    def find(self, leaver: int, area: HeldArea, top: int) -> AreaSuccessors:
        """Return who could take over an area from someone."""
        ranked, people, load = self.rank(leaver, area.area, top + CONSIDERED_BEYOND)
        documents = {found.person: self.documents_of(found.person, area.area) for found in ranked}
        wanted = {id_ for found in documents.values() for pair in found for id_ in pair}
        titles = read_titles(self.session, self.planner.viewer, self.today, wanted)
        candidates: list[Successor] = []
        for found in ranked:
            evidence = self.evidence_of(documents[found.person], titles)
            if evidence and len(candidates) < top:
                id_ = self.ground.person_ids[found.person]
                candidates.append(self.make(found, people[id_], area.area, load.get(id_, 0), evidence))
        return AreaSuccessors(self.name_of(area.area), area.share, area.others, candidates)

    def rank(
        self, leaver: int, area: int, depth: int
    ) -> tuple[Sequence[RankedSuccessor], Mapping[str, Person], Mapping[str, int]]:
        """Return the best candidates who accept to be suggested, with what they have on their hands counted.

        Returns:
            The candidates, best first; the people by id; how much each was asked and answered in the last week.
        """
        # The end of the day, so that what is counted is kept for the next one who asks.
        at = datetime.combine(self.today + timedelta(days=1), time.min, UTC)
        codes = self.ground.person_codes
        gone = {codes[id_]: day for id_, day in self.leaving.items() if id_ in codes}
        leaves = self.leaving.get(self.ground.person_ids[leaver])
        too = leaving_within(gone, leaves or self.today, _LEAVING_TOO_YEARS) - {leaver}
        handover = Handover({area: 1.0}, frozenset({leaver}), at, excluded=frozenset(too), undated=True)
        # Who plans may know of more departures than everyone who reads the same.
        known = replace(self.ground.circumstances, leaving=gone)
        ground = replace(self.ground, circumstances=known)
        first = [found for found in rank_successors(ground, handover, top=_RANKED * depth) if self.fits(found, area)]
        ids = [self.ground.person_ids[found.person] for found in first]
        people = read_people(self.session, self.planner.viewer, self.today, ids)
        load = count_load(self.session, self.planner.viewer, self.now, sorted(people))
        shares = {
            codes[id_]: load.get(id_, 0) / person.capacity_per_week
            for id_, person in people.items()
            if person.capacity_per_week
        }
        full = {codes[id_] for id_, person in people.items() if person.capacity_per_week == 0}
        counted = replace(known, load={**shares, **dict.fromkeys(full, 1.0)})
        again = rank_successors(replace(ground, circumstances=counted), handover, top=_RANKED * depth)
        willing = [
            found for found in again if self.fits(found, area) and self.ground.person_ids[found.person] in people
        ]
        return willing[:depth], people, load

    def fits(self, found: RankedSuccessor, area: int) -> bool:
        """Return whether something speaks for someone in an area, beyond how much they do everywhere.

        They gave something in it, want to learn it, or know areas near to it better than they are busy in all: whoever
        writes most would else come up in every area.
        """
        near, busy = found.factors.get(Factor.NEAR_AREAS, 0.0), found.factors.get(Factor.ACTIVITY, 0.0)
        known = self.ground.credits.strength(area, found.person) > 0 or near > busy
        return found.score > 0 and (known or area in self.ground.circumstances.goals.get(found.person, ()))

    def documents_of(self, person: int, area: int) -> Sequence[tuple[str, str]]:
        """Return what speaks most for someone in an area, else in any: of a thread once, with what opens it."""
        credits, ids = self.ground.credits, self.ground.view.document_ids
        rows = np.flatnonzero(credits.persons == person)
        own = rows[credits.areas[rows] == area]
        rows = own if len(own) else rows
        order = rows[np.lexsort((credits.documents[rows], -credits.times[rows], -credits.points[rows]))]
        best: dict[int, int] = {}
        for document, thread in zip(credits.documents[order].tolist(), credits.threads[order].tolist(), strict=True):
            best.setdefault(thread, document)
        return [(ids[document], ids[thread]) for thread, document in best.items()][:EVIDENCE_SHOWN]

    def evidence_of(self, documents: Sequence[tuple[str, str]], titles: Mapping[str, Titled]) -> Sequence[EvidenceRef]:
        """Return documents as they are shown, under the title of their thread; none that the viewer may not open."""
        found = []
        for document, thread in documents:
            if own := titles.get(document):
                above = titles.get(thread)
                found.append(EvidenceRef(own.id, own.title or (above.title if above else ""), own.kind, own.at))
        return found

    def make(
        self, found: RankedSuccessor, person: Person, area: int, load: int, evidence: Sequence[EvidenceRef]
    ) -> Successor:
        """Return a candidate as they are shown."""
        factors = sorted(found.factors.items(), key=lambda item: (-abs(item[1]), item[0]))
        goals = self.ground.circumstances.goals.get(found.person, frozenset())
        return Successor(
            person,
            found.score,
            found.ready,
            [SuccessorFactor(kind, weight) for kind, weight in factors],
            [NamedLack(self.name_of(lack.area), lack.held) for lack in found.lacks],
            area in goals,
            load,
            evidence,
        )

    def name_of(self, area: int) -> NamedArea:
        """Return an area with its names."""
        return self.ground.areas[area]
