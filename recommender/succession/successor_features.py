"""Successor features: for one handover, each person's share by every way of telling who takes over."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from recommender.groups import Numbers, Places, count
from recommender.indexes.columns import to_microseconds
from recommender.succession.helps import Helps
from recommender.succession.own_past import Lessons, learn_from_past
from recommender.succession.tally import IN_ALL, WAYS, Tally, shares_without
from recommender.traces import Codes, TraceView

if TYPE_CHECKING:
    from recommender.succession.ground import Ground
    from recommender.succession.successors import Handover


class Factor(StrEnum):
    """What makes up or moves a score."""

    SAME_AREAS = "same_areas"
    """What they gave in the areas left."""
    NEAR_AREAS = "near_areas"
    """What they gave in areas held by the same people."""
    ACTIVITY = "activity"
    """What they gave and asked in all."""
    WITH_LEAVER = "with_leaver"
    """What they gave to the same threads and documents as who leaves."""
    COMMUNITIES = "communities"
    ANYONE = "anyone"
    """What everyone has, so that nobody known is impossible."""
    GOAL = "goal"
    LANGUAGE = "language"
    SITE = "site"
    LOAD = "load"
    AWAY = "away"
    LEAVING = "leaving"


# Beside what everyone did before: what only this handover tells.
OF_HANDOVER: Final = ("focused", "beside_leavers", "leading", "near_communities", "anyone_known")
FEATURES: Final = WAYS + OF_HANDOVER
_FACTORS: Final = {
    "asked_in_area": Factor.SAME_AREAS,
    "near": Factor.NEAR_AREAS,
    "anyone": Factor.ANYONE,
    "helped": Factor.ACTIVITY,
    "asked": Factor.ACTIVITY,
    "focused": Factor.SAME_AREAS,
    "beside_leavers": Factor.WITH_LEAVER,
    "leading": Factor.COMMUNITIES,
    "near_communities": Factor.COMMUNITIES,
    "anyone_known": Factor.ANYONE,
}
FACTORS: Final = tuple(
    _FACTORS.get(name, Factor.SAME_AREAS if name.startswith("area_") else Factor.ACTIVITY) for name in FEATURES
)
"""What each feature is shown as."""


class Standing:
    """What a ground says at one moment, whoever leaves: counted once for all handovers of the moment."""

    def __init__(self, ground: Ground, at: int, *, undated: bool) -> None:
        self.key = (at, undated, ground.hidden)
        self.places = ground.places
        helps = Helps.of(ground.view, ground.places, ground.hidden, undated=undated)
        self.tally = Tally(helps, at)
        self.lessons: Lessons = learn_from_past(helps, at)


# A view never changes and belongs to those who may read the same; as in recommender.activity.
_LATEST: Final[WeakKeyDictionary[TraceView, Standing]] = WeakKeyDictionary()


def standing_at(ground: Ground, handover: Handover) -> Standing:
    """Return what a ground says at the moment of a handover; asked again for the same moment, nothing is counted."""
    known, at = _LATEST.get(ground.view), to_microseconds(handover.at)
    if known is not None and known.places is ground.places and known.key == (at, handover.undated, ground.hidden):
        return known
    standing = _LATEST[ground.view] = Standing(ground, at, undated=handover.undated)
    return standing


def candidates_of(ground: Ground, handover: Handover, standing: Standing) -> Places:
    """Return who comes into question, by number: known before by a trace or membership, not who leaves or left."""
    at = to_microseconds(handover.at)
    known = np.zeros(len(ground.person_ids), np.bool_)
    known[: standing.tally.helps.people] = standing.tally.helps.first_seen < at
    known[ground.memberships.persons[ground.memberships.since < at]] = True
    known[[*handover.leavers, *handover.excluded, *ground.gone]] = False
    return np.flatnonzero(known)


def describe_successors(ground: Ground, handover: Handover, standing: Standing, candidates: Places) -> Numbers:
    """Return the share of each candidate by each of FEATURES: shape (candidates, len(FEATURES)), in [0, 1]."""
    tally, people = standing.tally, len(ground.person_ids)
    left_out = np.ones(people, np.bool_)
    left_out[candidates] = False
    traced = np.flatnonzero(left_out[: tally.helps.people])
    weights = area_weights(handover, tally.helps.areas)
    matrix = np.zeros((people, len(FEATURES)))
    rows = slice(0, tally.helps.people)
    matrix[rows, : len(IN_ALL)] = shares_without(tally.in_all, traced)
    for area in np.flatnonzero(weights).tolist():
        shares = shares_without(tally.in_area(area), traced)
        matrix[rows, len(IN_ALL) : len(WAYS)] += weights[area] * shares
    leavers = np.array(sorted(person for person in handover.leavers if person < tally.helps.people), np.int64)
    own: dict[str, Numbers] = {
        "focused": tally.focused(weights),
        "beside_leavers": tally.beside(leavers),
        **_membership_amounts(ground, handover),
        "anyone_known": np.ones(people),
    }
    for name, amounts in own.items():
        column = FEATURES.index(name)
        matrix[: len(amounts), column] = amounts
    matrix[:, len(WAYS) :] = shares_without(matrix[:, len(WAYS) :], np.flatnonzero(left_out))
    return matrix[candidates]


def area_weights(handover: Handover, areas: int) -> Numbers:
    """Return how much of the handover each area is, adding up to 1; zeros where there is no area."""
    weights = np.zeros(areas)
    for area, amount in handover.areas.items():
        weights[area] = amount
    total = float(weights.sum())
    return weights / total if total > 0 else weights


def _membership_amounts(ground: Ground, handover: Handover) -> dict[str, Numbers]:
    """Return who leads a community, and who is in communities that share people with those handed over."""
    held, at, people = ground.memberships, to_microseconds(handover.at), len(ground.person_ids)
    begun = held.since < at
    now = begun & (held.until > at)
    leading = np.minimum(count(held.persons[now & held.leads], people), 1.0)
    near = np.zeros(people)
    if handover.communities:
        # Everyone who ever was in a community makes it what it is; who is in it now could come over.
        persons, communities = _once(held.persons[begun], held.communities[begun])
        amounts = _likeness(persons, communities, handover.communities, (people, len(held.community_ids)))
        persons, communities = _once(held.persons[now], held.communities[now])
        near = count(persons, people, amounts[communities])
    return {"leading": leading, "near_communities": near}


def _likeness(persons: Codes, communities: Codes, targets: frozenset[int], shape: tuple[int, int]) -> Numbers:
    """Return how many people each community shares with some, as cosines of who is in them; 0 for themselves."""
    people, size = shape
    members = np.maximum(count(communities, size), 1.0)
    shared = np.zeros(size)
    for target in sorted(targets):
        inside = np.zeros(people)
        inside[persons[communities == target]] = 1.0
        shared += count(communities, size, inside[persons]) / np.sqrt(members * members[target])
    shared[sorted(targets)] = 0.0
    return shared


def _once(persons: Codes, communities: Codes) -> tuple[Codes, Codes]:
    """Return each pair once."""
    pairs = np.unique(np.stack([persons, communities]), axis=1)
    return pairs[0], pairs[1]
