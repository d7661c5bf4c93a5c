"""Ground: what succession is counted on, already narrowed to what its viewer may count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from models.access import Viewer
from models.queries.area_places import read_shown_areas
from models.queries.documents import list_hidden, list_space_ids
from models.queries.places import NamedArea
from recommender.succession.answers import Answers
from recommender.succession.area_places import AreaPlaces, Writings
from recommender.succession.circumstances import Circumstances, Memberships
from recommender.succession.counting import Scope, count_writings, counting_beside
from recommender.succession.credits import Credits
from recommender.succession.people import read_people_beside
from recommender.traces import Traces, TraceView

__all__ = ["AreaPlaces", "Circumstances", "Embeddings", "Ground", "Memberships", "Writings", "read_ground"]

Embeddings = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Ground:
    """Traces, areas, memberships and circumstances; only `view` and `places` are needed."""

    view: TraceView
    places: AreaPlaces
    others: Sequence[str] = ()
    """Ids of people without a trace in the view; their numbers follow those of the view."""
    memberships: Memberships = field(default_factory=Memberships)
    circumstances: Circumstances = field(default_factory=Circumstances)
    areas: Sequence[NamedArea] = ()
    """The names of the areas of the places, in their order."""
    hidden: frozenset[tuple[int, int]] = frozenset()
    """(area, person) where someone hides the area beside their name."""
    stated: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """When someone said that they know an area, by (area, person), in microseconds since 1970."""
    gone: Mapping[int, date] = field(default_factory=dict)
    """The last day of who has left."""
    read: Writings | None = None
    """The writings, where they are counted already."""
    counted: Credits | None = None
    """The credits, where they are counted already."""
    found: Answers | None = None
    """The answers, where they are found already."""

    @cached_property
    def person_ids(self) -> Sequence[str]:
        """The id of each person, by number."""
        return [*self.view.person_ids, *self.others]

    @cached_property
    def person_codes(self) -> Mapping[str, int]:
        """The number of each person, by id."""
        return {person_id: code for code, person_id in enumerate(self.person_ids)}

    @cached_property
    def person_ranks(self) -> npt.NDArray[np.int64]:
        """The place of each person by id."""
        ranks = np.empty(len(self.person_ids), np.int64)
        ranks[sorted(range(len(ranks)), key=self.person_ids.__getitem__)] = np.arange(len(ranks))
        return ranks

    @cached_property
    def area_codes(self) -> Mapping[str, int]:
        """The number of each area, by id."""
        return {area_id: code for code, area_id in enumerate(self.places.area_ids)}

    @cached_property
    def credits(self) -> Credits:
        """Who holds what of which area."""
        return self.counted or Credits.of(self.view, self.places, self.hidden)

    @cached_property
    def writings(self) -> Writings:
        """What there is to read in each area; without `read`, of documents that someone is linked to."""
        return self.read or count_writings(self.view, self.places, self.credits)

    @cached_property
    def answers(self) -> Answers:
        """Who answered which question; without `found`, of questions that someone is linked to."""
        return self.found or Answers.of(self.view, np.empty(0, np.int32))


def read_ground(session: Session, traces: Traces, viewer: Viewer, today: date) -> Ground:
    """Return what succession is counted on for a viewer: nothing else may be counted.

    People who opted out are not in it. What takes long is kept beside the traces and counted again when the store has
    changed; what people decide and declare is read each time.
    """
    traces.refresh(session)
    spaces = list_space_ids(session, viewer, today)
    view = traces.view(spaces, list_hidden(session, viewer))
    areas = read_shown_areas(session)
    area_ids = tuple(area.id for area in areas)
    people = read_people_beside(session, viewer, today, view.person_ids, area_ids)
    scope = Scope(view, frozenset(spaces), people.opted_out, area_ids, people.hidden)
    counts = counting_beside(traces).read(session, traces, scope)
    return Ground(
        counts.view,
        counts.places,
        people.others,
        people.memberships,
        people.circumstances,
        areas,
        people.hidden,
        people.stated,
        people.gone,
        counts.writings,
        counts.credits,
        counts.answers,
    )
