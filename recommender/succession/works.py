"""Works of areas and their authors, in columns: what the truck factor and the documented ratio count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recommender.groups import Numbers, Places, count
from recommender.succession.truck_factor import LEAST_DEGREE, LEAST_SHARE, degrees_of_authorship
from recommender.traces import Codes, Mask

if TYPE_CHECKING:
    from recommender.succession.credits import Credits


@dataclass(frozen=True, slots=True)
class Works:
    """What was written in each area: threads, and documents that stand alone; ordered by area."""

    areas: Codes
    threads: Codes
    author_works: Places
    """For each author of a work, the place of the work, ascending."""
    author_persons: Codes


def find_works(credits: Credits) -> Works:
    """Return every work that someone made or changed, with its authors by degree of authorship.

    Source:
        See recommender.succession.truck_factor, where one work is counted by hand.
    """
    made = np.flatnonzero(credits.created | credits.changed)
    if not len(made):
        nothing = np.empty(0, np.int32)
        return Works(nothing, nothing, np.empty(0, np.int64), nothing)
    most = np.int64(credits.threads.max() + 1)
    keys, works = np.unique(credits.areas[made].astype(np.int64) * most + credits.threads[made], return_inverse=True)
    created, documents = credits.created[made], credits.documents[made]
    order = np.lexsort((documents, credits.since[made], ~created, works))
    first_rows = order[np.searchsorted(works[order], np.arange(len(keys)))]
    opening = np.where(created[first_rows], documents[first_rows], -1)
    creates = created & (documents == opening[works])
    people = np.int64(credits.persons.max() + 1)
    parts, of = np.unique(works * people + credits.persons[made], return_inverse=True)
    part_works, part_persons = parts // people, (parts % people).astype(np.int32)
    first_author = count(of, len(parts), creates.astype(np.float64)) > 0
    events = count(of, len(parts), created.astype(np.float64) + credits.changed[made])
    deliveries = (events - first_author).astype(np.int64)
    changes = count(part_works, len(keys), deliveries.astype(np.float64)).astype(np.int64)
    degrees = degrees_of_authorship(first_author, deliveries, changes[part_works] - deliveries)
    best = np.maximum.reduceat(degrees, np.searchsorted(part_works, np.arange(len(keys))))
    authors = (degrees > LEAST_SHARE * best[part_works]) & (degrees >= LEAST_DEGREE)
    return Works(
        (keys // most).astype(np.int32),
        (keys % most).astype(np.int32),
        part_works[authors],
        part_persons[authors],
    )


def truck_factors(
    groups: npt.NDArray[np.integer], author_works: Places, author_persons: Codes, ranks: Places, size: int
) -> Places:
    """Return the truck factor of each group of works, as `truck_factor.truck_factor` counts it.

    The order in which authors leave does not depend on who left before, so that a work loses its last author when the
    one of them who comes latest in that order leaves; the median of those places is the answer.

    Args:
        groups: the group of each work, ascending.
        author_works: the work of each author who is here, ascending.
        ranks: the place of each person by id, which decides between authors of as many works.
    """
    author_groups = groups[author_works].astype(np.int64)
    people = np.int64(len(ranks) + 1)
    written, of, works = np.unique(author_groups * people + author_persons, return_inverse=True, return_counts=True)
    order = np.lexsort((ranks[written % people], -works, written // people))
    ordered_groups = (written // people)[order]
    places = np.empty(len(written), np.int64)
    places[order] = np.arange(len(written)) - np.searchsorted(ordered_groups, ordered_groups)
    lost_after = np.full(len(groups), -1, np.int64)
    if len(author_works):
        begins = np.flatnonzero(np.diff(author_works, prepend=-1))
        lost_after[author_works[begins]] = np.maximum.reduceat(places[of], begins)
    longest_first = lost_after[np.lexsort((-lost_after, groups))]
    starts = np.searchsorted(groups, np.arange(size))
    sizes = np.searchsorted(groups, np.arange(size), side="right") - starts
    factors = np.zeros(size, np.int64)
    some = sizes > 0
    factors[some] = longest_first[starts[some] + (sizes[some] + 1) // 2 - 1] + 1
    return factors


def documented_ratios(
    areas: Codes, threads: Codes, strengths: npt.NDArray[np.floating], reusable: Mask, counted: Mask, size: int
) -> Numbers:
    """Return the share of each area's works that hold a practice, a page or a recording, in [0, 1].

    Args:
        areas, threads, strengths: of each document in an area; a work counts as much as its most fitting document.
        reusable: where the document is a practice, a page or a recording.
        counted: where it is one, or speaks for someone; a question nobody answered is no knowledge.
    """
    if not len(areas):
        return np.zeros(size)
    most = np.int64(threads.max() + 1)
    keys = areas.astype(np.int64) * most + threads
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    weights = np.maximum.reduceat(strengths[order].astype(np.float64), starts)
    documented = np.logical_or.reduceat(reusable[order], starts)
    known = np.logical_or.reduceat(counted[order], starts)
    of_work = areas[order][starts]
    all_works = count(of_work[known], size, weights[known])
    ratio: Numbers = count(of_work[documented], size, weights[documented]) / np.where(all_works > 0, all_works, 1)
    return ratio
