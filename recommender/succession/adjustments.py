"""Adjustments: what people said of themselves moves a learned score, a little and never out of nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
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
    said, leavers = ground.circumstances, sorted(handover.leavers)

    def of_each(found: Mapping[int, float]) -> Numbers:
        """Return what is found for each candidate; 1 where nothing is."""
        values = np.ones(len(ground.person_ids))
        values[list(found)] = list(found.values())
        of_candidates: Numbers = values[candidates]
        return of_candidates

    total = sum(handover.areas.values())
    if total > 0:
        wanted = {who: sum(handover.areas.get(area, 0.0) for area in goals) for who, goals in said.goals.items()}
        yield Factor.GOAL, of_each({who: 1 + (GOAL - 1) * amount / total for who, amount in wanted.items()})
    if not handover.communities:
        yield Factor.COMMUNITIES, np.where(_shares_community(ground, handover, candidates), SHARED_COMMUNITY, 1.0)
    sites = {said.sites[leaver] for leaver in leavers if leaver in said.sites}
    yield Factor.SITE, of_each({who: SAME_SITE for who, site in said.sites.items() if site in sites})
    spoken = {language for leaver in leavers for language in said.languages.get(leaver, ())}
    strangers = [who for who, known in said.languages.items() if spoken and known and not spoken & known]
    yield Factor.LANGUAGE, of_each(dict.fromkeys(strangers, NO_SHARED_LANGUAGE))
    yield Factor.LOAD, of_each({who: 1 - (1 - FULL_LOAD) * min(load, 1.0) for who, load in said.load.items()})
    yield Factor.LEAVING, of_each({who: _staying(handover, last_day) for who, last_day in said.leaving.items()})
    yield Factor.AWAY, of_each(dict.fromkeys(said.away, AWAY))


def _staying(handover: Handover, last_day: date) -> float:
    """Return what is left of the score of someone who leaves too: more, the longer they stay."""
    stays = (last_day - handover.at.date()).days / _STAYS_DAYS
    return LEAVING_AT_ONCE + (1 - LEAVING_AT_ONCE) * min(max(stays, 0.0), 1.0)


def _shares_community(ground: Ground, handover: Handover, candidates: Places) -> Numbers:
    """Return who is in a community that someone who leaves is in, as 1 and 0."""
    held, at = ground.memberships, to_microseconds(handover.at)
    now = (held.since < at) & (held.until > at)
    theirs = held.communities[now & np.isin(held.persons, sorted(handover.leavers))]
    shared = np.isin(candidates, held.persons[now & np.isin(held.communities, theirs)])
    return shared.astype(np.float64)
