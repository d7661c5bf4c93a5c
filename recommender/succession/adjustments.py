"""Adjustments: what people said of themselves moves a learned score, a little and never out of nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from recommender.groups import Numbers, Places
from recommender.indexes.columns import to_microseconds
from recommender.succession.successor_features import Factor

if TYPE_CHECKING:
    from recommender.succession.ground import Ground
    from recommender.succession.successors import Handover

# No history of ours holds these, so nothing could be learned: they are set by hand, small enough to order people who
# are near each other and no others. docs/decisions/0013-successors.md says why each.
GOAL: Final = 1.25
SAME_SITE: Final = 1.1
SHARED_COMMUNITY: Final = 1.1
NO_SHARED_LANGUAGE: Final = 0.7
FULL_LOAD: Final = 0.6
AWAY: Final = 0.02
LEAVING_AT_ONCE: Final = 0.02
# Who stays this long after a handover can take it over like anyone else.
_STAYS_DAYS: Final = 3 * 365.0


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What one circumstance moved the scores by."""

    factor: Factor
    moved: Numbers


def adjust(
    ground: Ground, handover: Handover, candidates: Places, parts: Mapping[Factor, Numbers]
) -> Iterator[Adjusted]:
    """Yield what each circumstance moves the scores by, one after the other, each on what the ones before left.

    What helps multiplies what someone did alone, not what everyone has: wanting to learn brings in nobody by itself.

    Args:
        parts: what the score of each candidate is made of.
    """
    anyone = parts.get(Factor.ANYONE, np.zeros(len(candidates)))
    scores = sum(parts.values(), np.zeros(len(candidates)))
    for factor, times in _multipliers(ground, handover, candidates):
        moved = np.where(times > 1, (scores - anyone).clip(0.0), scores) * (times - 1)
        if moved.any():
            scores = scores + moved
            yield Adjusted(factor, moved)


def _multipliers(ground: Ground, handover: Handover, candidates: Places) -> Iterator[tuple[Factor, Numbers]]:
    people, said = candidates.tolist(), ground.circumstances
    total = sum(handover.areas.values())
    leavers = sorted(handover.leavers)
    if total > 0:
        wanted = [sum(handover.areas.get(area, 0.0) for area in said.goals.get(person, ())) for person in people]
        yield Factor.GOAL, 1 + (GOAL - 1) * np.array(wanted) / total
    if not handover.communities:
        yield Factor.COMMUNITIES, np.where(_shares_community(ground, handover, candidates), SHARED_COMMUNITY, 1.0)
    sites = {said.sites[leaver] for leaver in leavers if leaver in said.sites}
    yield Factor.SITE, np.array([SAME_SITE if said.sites.get(person) in sites else 1.0 for person in people])
    spoken = {language for leaver in leavers for language in said.languages.get(leaver, ())}
    speaks = [not spoken or not said.languages.get(person) or spoken & said.languages[person] for person in people]
    yield Factor.LANGUAGE, np.where(np.array(speaks, np.bool_), 1.0, NO_SHARED_LANGUAGE)
    load = np.clip([said.load.get(person, 0.0) for person in people], 0.0, 1.0)
    yield Factor.LOAD, 1 - (1 - FULL_LOAD) * load
    yield Factor.LEAVING, np.array([_staying(ground, handover, person) for person in people])
    yield Factor.AWAY, np.array([AWAY if person in said.away else 1.0 for person in people])


def _staying(ground: Ground, handover: Handover, person: int) -> float:
    """Return what is left of the score of someone who leaves too: more, the longer they stay."""
    last_day = ground.circumstances.leaving.get(person)
    if last_day is None:
        return 1.0
    stays = (last_day - handover.at.date()).days / _STAYS_DAYS
    return LEAVING_AT_ONCE + (1 - LEAVING_AT_ONCE) * min(max(stays, 0.0), 1.0)


def _shares_community(ground: Ground, handover: Handover, candidates: Places) -> Numbers:
    """Return who is in a community that someone who leaves is in, as 1 and 0."""
    held, at = ground.memberships, to_microseconds(handover.at)
    now = (held.since < at) & (held.until > at)
    theirs = held.communities[now & np.isin(held.persons, sorted(handover.leavers))]
    shared = np.isin(candidates, held.persons[now & np.isin(held.communities, theirs)])
    return shared.astype(np.float64)
