"""The product as a system: how Relève ranks people, with only what existed before a question."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluation.experiment import Query
from evaluation.past import Grounds
from models.access import Viewer
from recommender.expert_finding import Intent
from recommender.ranker import Rankers
from recommender.ranking import RankOptions
from recommender.service import Recommender


@dataclass(slots=True)
class ReleveSystem:
    """The ranking that `releve ask` starts from; a run deeper than it goes on with everyone."""

    grounds: Grounds
    intent: Intent
    rankers: Rankers | None = None
    """Those that come with the program when None."""
    name: str = "releve"
    _recommender: Recommender = field(init=False)

    def __post_init__(self) -> None:
        bed = self.grounds.testbed
        self._recommender = Recommender(bed.store, bed.index, bed.encoder, traces=bed.traces, rankers=self.rankers)

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates as the product ranks them.

        Args:
            top: None to score everyone with a trace from everything they left, however faint.
        """
        options = RankOptions(self.intent, query.at, everyone=top is None)
        people = self._recommender.rank(query.text, Viewer(query.asker), options).people
        past = self.grounds.past(query)
        return past.completed([(person.person_id, person.score) for person in people], top)
