"""Credits: who holds what of which area, in columns, as profiles and lists of holders count it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import numpy.typing as npt

from models.queries.area_evidence import HALF_STRENGTH, ROLE_SHARES
from models.records import DocumentKind, Role
from recommender.groups import Numbers, Places, count
from recommender.succession.works import Works, documented_ratios, find_works
from recommender.traces import KINDS, ROLES, Codes, Mask, Times, TraceView

if TYPE_CHECKING:
    from recommender.succession.ground import AreaPlaces

Scalar = TypeVar("Scalar", bound=np.generic)

# From here on someone is "established" on pages; one document squarely in an area, 0.25, is a first trace.
HOLDER_STRENGTH: Final = 0.3
# Three documents squarely in an area: from here on someone is "strong" on pages.
READY_STRENGTH: Final = 0.5
# What another can use without asking who made it, unlike an answer or a message.
REUSABLE_KINDS: Final = frozenset({DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING})
# What someone makes a document or an answer by, beside changing or standing by what is there.
CREATING_ROLES: Final = frozenset({Role.WROTE, Role.ANSWERED, Role.ACCEPTED, Role.SPOKE})
# What counts as a change to what is there; endorsing changes nothing.
CHANGING_ROLES: Final = frozenset({Role.EDITED, Role.REVIEWED})
_SHARES: Final[Numbers] = np.array([0.0 if role is Role.ASKED else ROLE_SHARES.get(role, 1.0) for role in ROLES])
_CREATES: Final = np.array([role in CREATING_ROLES for role in ROLES])
_CHANGES: Final = np.array([role in CHANGING_ROLES for role in ROLES])
_REUSABLE: Final = np.array([kind in REUSABLE_KINDS for kind in KINDS])


def strength_of(points: npt.ArrayLike) -> Numbers:
    """Return the strength in [0, 1) of points: a half for HALF_STRENGTH documents squarely in an area."""
    given = np.asarray(points, np.float64)
    strength: Numbers = given / (given + HALF_STRENGTH)
    return strength


# The points that make a holder: 9/7, of which one document squarely in the area gives 1.
HOLDER_POINTS: Final = HALF_STRENGTH * HOLDER_STRENGTH / (1 - HOLDER_STRENGTH)
READY_POINTS: Final = HALF_STRENGTH * READY_STRENGTH / (1 - READY_STRENGTH)


@dataclass(frozen=True, slots=True)
class Holdings:
    """One row for each person and area, ordered by area then person."""

    areas: Codes
    persons: Codes
    points: Numbers
    documents: Places
    """How many documents speak for them."""
    latest: Times
    """When the newest of them was made, in microseconds since 1970, or UNDATED."""

    def of_area(self, area: int) -> slice:
        """Return where the rows of an area are."""
        first, last = np.searchsorted(self.areas, [area, area + 1]).tolist()
        return slice(first, last)


@dataclass(frozen=True)
class Credits:
    """One row for each area, person and document that speaks for the person there, in that order.

    A document counts once, by the weightiest part the person had in it: `models.queries.area_evidence` counts the same
    in the store. Asking counts for nothing, and so does what a person hides.
    """

    areas: Codes
    """Places in the area_ids of the ground."""
    persons: Codes
    documents: Codes
    threads: Codes
    """The document that opens the thread, or the document itself."""
    points: Numbers
    """At most 1 for a document squarely in the area, times the weight of the person's part."""
    since: Times
    """When the person first had a part in it, in microseconds since 1970, or UNDATED, which comes before all."""
    times: Times
    """When they last had one."""
    created: Mask
    """Where the person wrote, said or answered it, beside who edited, reviewed or endorsed it."""
    changed: Mask
    """Where the person edited or reviewed it."""
    kinds: Codes

    @classmethod
    def of(cls, view: TraceView, places: AreaPlaces, hidden: Collection[tuple[int, int]] = ()) -> Credits:
        """Count what a view and the areas of its documents say.

        Args:
            hidden: (area, person) where someone hides the area beside their name.
        """
        columns = view.columns
        giving = np.flatnonzero(_SHARES[columns.roles] > 0)
        rows, of = places.of_documents(columns.documents[giving])
        traces = giving[of]
        areas, persons = places.areas[rows].astype(np.int64), columns.persons[traces].astype(np.int64)
        people = np.int64(len(view.person_ids) + 1)
        if hidden:
            keys = np.array([area * int(people) + person for area, person in hidden], np.int64)
            shown = ~np.isin(areas * people + persons, keys)
            rows, traces, areas, persons = rows[shown], traces[shown], areas[shown], persons[shown]
        documents = columns.documents[traces].astype(np.int64)
        points = _SHARES[columns.roles[traces]] * columns.weights[traces] * places.strengths[rows]
        most = np.int64(documents.max(initial=0) + 1)
        order = np.argsort((areas * people + persons) * most + documents, kind="stable")
        areas, persons, documents, traces = areas[order], persons[order], documents[order], traces[order]
        first = _starts(areas, persons, documents)
        return cls(
            areas[first].astype(np.int32),
            persons[first].astype(np.int32),
            documents[first].astype(np.int32),
            columns.threads[traces[first]],
            _each(np.maximum, points[order], first),
            _each(np.minimum, columns.times[traces], first),
            _each(np.maximum, columns.times[traces], first),
            _each(np.logical_or, _CREATES[columns.roles[traces]], first),
            _each(np.logical_or, _CHANGES[columns.roles[traces]], first),
            columns.kinds[traces[first]],
        )

    @cached_property
    def reusable(self) -> Mask:
        """Where the document is a practice, a page or a recording."""
        mask: Mask = _REUSABLE[self.kinds]
        return mask

    @cached_property
    def pair_starts(self) -> Places:
        """The first row of each area and person, as in `holdings`."""
        return _starts(self.areas, self.persons)

    @cached_property
    def pairs(self) -> Places:
        """The row of `holdings` of each row."""
        pairs: Places = np.repeat(np.arange(len(self.pair_starts)), np.diff([*self.pair_starts, len(self.areas)]))
        return pairs

    @cached_property
    def holdings(self) -> Holdings:
        """What each person holds of each area."""
        starts = self.pair_starts
        return Holdings(
            self.areas[starts],
            self.persons[starts],
            count(self.pairs, len(starts), self.points),
            np.diff([*starts, len(self.areas)]),
            _each(np.maximum, self.times, starts),
        )

    @cached_property
    def first_credits(self) -> tuple[Codes, Times]:
        """The area of each document that speaks for someone there, and since when it does."""
        most = np.int64(self.documents.max(initial=0) + 1)
        keys = self.areas.astype(np.int64) * most + self.documents
        order = np.lexsort((self.since, keys))
        first = order[_starts(keys[order])]
        return self.areas[first], self.since[first]

    @cached_property
    def works(self) -> Works:
        """What was made in each area, with its authors."""
        return find_works(self)

    def strength(self, area: int, person: int) -> float:
        """Return how well a person knows an area, in [0, 1)."""
        held = self.holdings
        where = held.of_area(area)
        row = where.start + int(np.searchsorted(held.persons[where], person))
        if row >= where.stop or held.persons[row] != person:
            return 0.0
        return float(strength_of(held.points[row]))


def reusable_kinds(kinds: npt.NDArray[np.integer]) -> Mask:
    """Return where a kind, a place in KINDS, is one that another can use without asking who made it."""
    mask: Mask = _REUSABLE[kinds]
    return mask


def measure_documented(
    view: TraceView,
    places: AreaPlaces,
    credits: Credits,
    kinds: Codes,
    unsigned: tuple[Codes, npt.NDArray[np.floating]],
) -> Numbers:
    """Return the share of each area's works that hold a practice, a page or a recording, in [0, 1].

    Args:
        kinds: of each row of the places.
        unsigned: area and strength of each practice, page or recording that nobody is linked to.
    """
    columns, size = view.columns, len(places.area_ids)
    most = np.int64(max(columns.documents.max(initial=0), places.documents.max(initial=0)) + 1)
    threads = np.arange(most)
    threads[columns.documents] = columns.threads
    reusable = reusable_kinds(kinds)
    # The places are in order of document, then area.
    keys = places.documents.astype(np.int64) * size + places.areas
    speaking = np.zeros(len(keys), np.bool_)
    speaking[np.searchsorted(keys, credits.documents.astype(np.int64) * size + credits.areas)] = True
    areas, strengths = unsigned
    alone = np.ones(len(areas), np.bool_)
    return documented_ratios(
        np.concatenate([places.areas, areas]),
        np.concatenate([threads[places.documents], threads.max(initial=0) + 1 + np.arange(len(areas))]),
        np.concatenate([places.strengths, strengths]),
        np.concatenate([reusable, alone]),
        np.concatenate([reusable | speaking, alone]),
        size,
    )


def _starts(*ordered: npt.NDArray[np.integer]) -> Places:
    """Return where a new combination of values begins; equal ones stand together."""
    size = len(ordered[0])
    new = np.zeros(size, np.bool_)
    if size:
        new[0] = True
    for values in ordered:
        new[1:] |= values[1:] != values[:-1]
    return np.flatnonzero(new)


def _each(join: np.ufunc, values: npt.NDArray[Scalar], starts: Places) -> npt.NDArray[Scalar]:
    """Return the values joined from each start to the next."""
    joined: npt.NDArray[Scalar] = join.reduceat(values, starts) if len(starts) else values[:0]
    return joined
