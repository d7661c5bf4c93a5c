"""Pairing: who takes over what, over a whole unit at once, with limits on how much each person may take."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.errors import InvalidInputError

# What leaving a handover to nobody costs: as much as the best pair there can be, so that as many as possible find
# somebody unless it takes from others more than that.
UNASSIGNED_COST: Final = 1.0
# How many handovers one person takes where nothing else is said.
DEFAULT_LIMIT: Final = 2
# Differences further down mean nothing, and the solver's tolerance is not far below.
_DECIMALS: Final = 5
# A solution this near to whole numbers is whole.
_TOLERANCE: Final = 1e-4

Pair = tuple[str, str]
"""Key of a handover, id of a person."""


@dataclass(frozen=True, slots=True)
class HandoverChoice:
    """Something to be taken over by one person."""

    key: str
    candidates: Mapping[str, float]
    """Score in [0, 1] of each person by id; nobody is paired at 0 unless pinned."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who takes over one handover."""

    handover_index: int
    """Its place in what was given."""
    person_id: str
    score: float
    pinned: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """Who takes over what."""

    assignments: Sequence[Assignment]
    """In the order of the handovers given."""
    unassigned: Sequence[int]
    """Places of handovers that nobody takes over."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A pair that may be made."""

    handover: int
    person_id: str
    score: float


def pair(
    handovers: Sequence[HandoverChoice],
    limits: Mapping[str, int],
    default_limit: int = DEFAULT_LIMIT,
    pinned: Collection[Pair] = (),
    forbidden: Collection[Pair] = (),
) -> Pairing:
    """Return the pairs with the largest sum of scores, less UNASSIGNED_COST for each handover left to nobody.

    The same whatever the order of what is given: handovers are taken by key and people by id.

    Args:
        limits: how many handovers each person may take, pinned ones included; 0 for who has paused.
        default_limit: the limit of who is not in `limits`.
        pinned: pairs that people made; a person may be pinned without being a candidate.
        forbidden: pairs that must not be made.

    Raises:
        InvalidInputError: two handovers share a key, a score or limit is out of range, or pins cannot all be kept.

    Source: minimum-cost flow from handovers to people (Ahuja, Magnanti and Orlin, Network Flows, 1993, chapter 9), as
    a linear programme: its constraints are totally unimodular, so that HiGHS's simplex finds whole numbers.
    """
    places = {handover.key: place for place, handover in enumerate(handovers)}
    if len(places) < len(handovers):
        twice = next(key for key, times in Counter(handover.key for handover in handovers).items() if times > 1)
        message = f"Two handovers have the key '{twice}'; give each its own."
        raise InvalidInputError(message)
    _check_numbers(handovers, limits, default_limit)
    by_handover = _check_pins(places, limits, default_limit, set(pinned), set(forbidden))
    taken = Counter(by_handover.values())
    room = _Room(limits, default_limit, taken)
    free = [handover for handover in sorted(handovers, key=lambda found: found.key) if handover.key not in by_handover]
    edges = _edges(free, places, room, set(forbidden))
    chosen = {edge.handover: edge for edge in _solve(edges, room)}
    assignments = [
        *(
            Assignment(places[key], person, handovers[places[key]].candidates.get(person, 0.0), pinned=True)
            for key, person in by_handover.items()
        ),
        *(
            Assignment(place, edge.person_id, handovers[place].candidates[edge.person_id], pinned=False)
            for place, edge in chosen.items()
        ),
    ]
    assignments.sort(key=lambda assignment: assignment.handover_index)
    found = {assignment.handover_index for assignment in assignments}
    return Pairing(assignments, [place for place in range(len(handovers)) if place not in found])


@dataclass(frozen=True, slots=True)
class _Room:
    """How many more handovers each person may take."""

    limits: Mapping[str, int]
    default: int
    taken: Mapping[str, int]

    def of(self, person_id: str) -> int:
        """Return what is left of a person's limit once pins are kept."""
        return self.limits.get(person_id, self.default) - self.taken.get(person_id, 0)


def _check_numbers(handovers: Sequence[HandoverChoice], limits: Mapping[str, int], default_limit: int) -> None:
    for handover in handovers:
        for person, score in handover.candidates.items():
            if not (math.isfinite(score) and 0 <= score <= 1):
                message = f"The score of '{person}' for '{handover.key}' is {score}; give one from 0 to 1."
                raise InvalidInputError(message)
    for name, limit in [*limits.items(), ("anyone else", default_limit)]:
        if limit < 0:
            message = f"The limit of {name} is {limit}; give 0 or more handovers."
            raise InvalidInputError(message)


def _check_pins(
    places: Mapping[str, int],
    limits: Mapping[str, int],
    default_limit: int,
    pinned: set[Pair],
    forbidden: set[Pair],
) -> dict[str, str]:
    """Return the person pinned to each handover, by key."""
    by_handover: dict[str, str] = {}
    for key, person in sorted(pinned):
        if key not in places:
            message = f"'{person}' is pinned to '{key}', which is not to be handed over; take the pin away."
            raise InvalidInputError(message)
        if (key, person) in forbidden:
            message = f"'{person}' is both pinned to '{key}' and forbidden there; take one of them away."
            raise InvalidInputError(message)
        if key in by_handover:
            message = f"'{key}' has two people pinned, '{by_handover[key]}' and '{person}'; keep one."
            raise InvalidInputError(message)
        by_handover[key] = person
    for person, times in sorted(Counter(by_handover.values()).items()):
        limit = limits.get(person, default_limit)
        if times > limit:
            message = f"'{person}' is pinned to {times} handovers and may take {limit}; raise the limit or unpin some."
            raise InvalidInputError(message)
    return by_handover


def _edges(
    handovers: Sequence[HandoverChoice], places: Mapping[str, int], room: _Room, forbidden: set[Pair]
) -> list[_Edge]:
    """Return the pairs that an optimal pairing needs, by key and id.

    Of each handover, as many candidates as there are handovers, best first: the others cannot occupy all of these, so
    that none further down is ever needed.
    """
    edges: list[_Edge] = []
    for handover in handovers:
        able = [
            (-round(score, _DECIMALS), person)
            for person, score in handover.candidates.items()
            if score > 0 and room.of(person) > 0 and (handover.key, person) not in forbidden
        ]
        best = sorted(able)[: len(handovers)]
        edges += [_Edge(places[handover.key], person, -score) for score, person in sorted(best, key=lambda row: row[1])]
    return edges


def _solve(edges: Sequence[_Edge], room: _Room) -> list[_Edge]:
    """Return the edges of the pairing with the largest sum of scores and of handovers that somebody takes."""
    if not edges:
        return []
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    handover_rows = {place: row for row, place in enumerate(dict.fromkeys(edge.handover for edge in edges))}
    people = sorted({edge.person_id for edge in edges})
    person_rows = {person: len(handover_rows) + row for row, person in enumerate(people)}
    columns = np.arange(len(edges))
    rows = [*(handover_rows[edge.handover] for edge in edges), *(person_rows[edge.person_id] for edge in edges)]
    once = csr_matrix(
        (np.ones(2 * len(edges)), (rows, np.concatenate([columns, columns]))),
        shape=(len(handover_rows) + len(people), len(edges)),
    )
    most = np.array([*(1 for _ in handover_rows), *(room.of(person) for person in people)], np.float64)
    costs = np.array([-(edge.score + UNASSIGNED_COST) for edge in edges])
    solved = linprog(costs, A_ub=once, b_ub=most, bounds=(0, 1), method="highs-ds")
    if not solved.success or np.any(np.abs(solved.x - np.round(solved.x)) > _TOLERANCE):
        message = f"No pairing was found for {len(handover_rows)} handovers: {solved.message}"
        raise InvalidInputError(message)
    return [edge for edge, taken in zip(edges, np.round(solved.x), strict=True) if taken]
