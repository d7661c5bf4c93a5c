"""People as succession reads them for a viewer: who is here, where, what they say of themselves, who leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy.orm import Session

from models.access import Viewer
from models.queries.area_places import list_hidden_areas, read_stated_areas
from models.queries.succession_people import (
    list_opted_out,
    list_paused,
    read_gone,
    read_known_departures,
    read_known_memberships,
    read_workplaces,
)
from models.records import MembershipRole
from models.tables import Stance
from recommender.indexes.columns import UNDATED, to_microseconds
from recommender.succession.circumstances import Circumstances, Memberships

_LEADING: frozenset[MembershipRole] = frozenset({MembershipRole.ANIMATEUR, MembershipRole.COACH})
_NEVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class PeopleBeside:
    """What is known of people beside their traces, by their numbers and those of areas."""

    opted_out: frozenset[str]
    others: Sequence[str]
    """Ids of those without a trace."""
    memberships: Memberships
    circumstances: Circumstances
    hidden: frozenset[tuple[int, int]]
    """(area, person) where someone hides the area from the viewer."""
    stated: Mapping[tuple[int, int], int]
    gone: Mapping[int, date]


def read_people_beside(
    session: Session, viewer: Viewer, today: date, person_ids: Sequence[str], area_ids: Sequence[str]
) -> PeopleBeside:
    """Return what the viewer may know of people; nothing of who opted out.

    Args:
        person_ids: those who have traces, by number.
    """
    opted_out = list_opted_out(session)
    workplaces = read_workplaces(session, viewer, today)
    numbers = {person: code for code, person in enumerate(person_ids)}
    others = [person for person in workplaces if person not in numbers and person not in opted_out]
    numbers.update((person, len(person_ids) + place) for place, person in enumerate(others))
    for person in opted_out:
        numbers.pop(person, None)
    areas = {area: code for code, area in enumerate(area_ids)}
    goals: defaultdict[int, set[int]] = defaultdict(set)
    stated: dict[tuple[int, int], int] = {}
    for person, area, stance, at in read_stated_areas(session, viewer, today):
        if person not in numbers or area not in areas:
            continue
        if stance is Stance.KNOWS:
            stated[areas[area], numbers[person]] = to_microseconds(at)
        else:
            goals[numbers[person]].add(areas[area])
    hidden = list_hidden_areas(session, viewer)
    known = {numbers[person]: place for person, place in workplaces.items() if person in numbers}
    circumstances = Circumstances(
        goals={person: frozenset(wanted) for person, wanted in goals.items()},
        languages={person: place.languages for person, place in known.items() if place.languages},
        sites={person: place.site for person, place in known.items() if place.site is not None},
        units={person: place.unit_id for person, place in known.items() if place.unit_id is not None},
        away=frozenset(_numbered(list_paused(session, today), numbers)),
        leaving={
            numbers[person]: earliest
            for person, (earliest, _) in read_known_departures(session, viewer, today).items()
            if person in numbers
        },
    )
    return PeopleBeside(
        opted_out,
        others,
        _read_memberships(session, viewer, today, numbers),
        circumstances,
        frozenset((areas[area], numbers[person]) for person, area in hidden if area in areas and person in numbers),
        stated,
        {numbers[person]: latest for person, latest in read_gone(session, today).items() if person in numbers},
    )


def _numbered(people: Collection[str], numbers: Mapping[str, int]) -> Iterable[int]:
    return (numbers[person] for person in people if person in numbers)


def _read_memberships(session: Session, viewer: Viewer, today: date, numbers: Mapping[str, int]) -> Memberships:
    rows = [row for row in read_known_memberships(session, viewer, today) if row[1] in numbers]
    communities = {community: code for code, community in enumerate(sorted({row[0] for row in rows}))}
    return Memberships(
        list(communities),
        np.array([numbers[row[1]] for row in rows], np.int32),
        np.array([communities[row[0]] for row in rows], np.int32),
        np.array([_midnight(row[3], UNDATED) for row in rows], np.int64),
        np.array([_midnight(row[4] and row[4] + timedelta(days=1), _NEVER) for row in rows], np.int64),
        np.array([row[2] in _LEADING for row in rows], np.bool_),
    )


def _midnight(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else to_microseconds(datetime.combine(day, time.min, UTC))
