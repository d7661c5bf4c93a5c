"""The systems that an experiment can ask, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from evaluation.baselines import Popularity, RandomRanking, RecencyPopularity
from evaluation.document_systems import Kinds, MeaningDocuments, ReleveDocuments, WordDocuments
from evaluation.experiment import Query, System
from evaluation.language_models import CandidateModel, DocumentModel
from evaluation.past import Grounds
from evaluation.prepared import PrepareOptions
from evaluation.releve_system import ReleveSystem
from evaluation.testbed import Testbed
from evaluation.voting_baselines import AGGREGATES, HybridVoting, MeaningVoting, WordVoting
from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.ranker import Rankers

Makers = Mapping[str, Callable[[], System]]
Rename = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How baselines are set for one task: each as it did best on the training side; see docs/baselines.md."""

    aggregates: tuple[str, str, str]
    """What `bm25_voting`, `dense_voting` and `hybrid_voting` stand for."""
    half_life_helps: float | None
    """Of `recency_popularity`; None to count days."""
    half_life_days: float
    priors: tuple[float, float]
    """Of `model1` and `model2`."""


FOR_BACKTESTS: Final = Tuning(("exp", "exp", "exp"), half_life_helps=50, half_life_days=60, priors=(10, 4))
"""Best on average over the seventeen given communities, on questions from before their newest fifth."""

FOR_COLLECTIONS: Final = Tuning(("exp", "max", "exp"), half_life_helps=None, half_life_days=480, priors=(0, 1))
"""Best on average over the two given collections with training queries."""


def person_systems(testbed: Testbed, options: PrepareOptions, tuning: Tuning) -> list[System]:
    """Return the systems that rank people, those asked for by name or one of each family.

    Raises:
        InvalidInputError: there is no system or intent of that name.
    """
    intent = parse_intent(options.intent)
    grounds = Grounds(testbed)
    words, meaning, hybrid = (AGGREGATES[name] for name in tuning.aggregates)
    makers: dict[str, Callable[[], System]] = {
        "releve": lambda: ReleveSystem(grounds, intent, Rankers.load(options.rankers) if options.rankers else None),
        "random": lambda: RandomRanking(grounds, options.seed),
        "popularity": lambda: Popularity(grounds),
        "recency_popularity": lambda: RecencyPopularity(grounds, tuning.half_life_helps, tuning.half_life_days),
        "model1": lambda: CandidateModel(grounds, prior=tuning.priors[0]),
        "model2": lambda: DocumentModel(grounds, prior=tuning.priors[1]),
        "bm25_voting": lambda: WordVoting("bm25_voting", grounds, words),
    }
    encoder = testbed.encoder
    if encoder is not None:
        makers["dense_voting"] = lambda: MeaningVoting("dense_voting", grounds, meaning, encoder)
        makers["hybrid_voting"] = lambda: HybridVoting("hybrid_voting", grounds, hybrid)
    return _choose(makers, _variants(grounds), options.systems)


def document_systems(testbed: Testbed, options: PrepareOptions, kinds: Kinds | None = None) -> list[System]:
    """Return the systems that rank documents, those asked for by name or all.

    Raises:
        InvalidInputError: there is no system of that name.
    """
    grounds = Grounds(testbed)
    makers: dict[str, Callable[[], System]] = {
        "releve": lambda: ReleveDocuments(grounds, kinds),
        "bm25": lambda: WordDocuments(grounds, kinds),
    }
    encoder = testbed.encoder
    if encoder is not None:
        makers["dense"] = lambda: MeaningDocuments(grounds, encoder, kinds)
    return _choose(makers, {}, options.systems)


def parse_intent(name: str) -> Intent:
    """Return the intent of this name.

    Raises:
        InvalidInputError: there is none.
    """
    try:
        return Intent(name)
    except ValueError as error:
        message = f"No intent named '{name}'; choose {' or '.join(Intent)}."
        raise InvalidInputError(message) from error


class Renamed:
    """A system whose candidates have the ids that the data gave them, not those of the store."""

    def __init__(self, system: System, rename: Rename) -> None:
        self.name = system.name
        self._system = system
        self._rename = rename

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return what the system ranks, under the ids of the data."""
        return [(self._rename(candidate), score) for candidate, score in self._system.rank(query, top)]


def renamed(systems: Sequence[System], rename: Rename) -> list[System]:
    """Return the systems with candidates under the ids of the data."""
    return [Renamed(system, rename) for system in systems]


def _variants(grounds: Grounds) -> Makers:
    """Return every way of voting, such as bm25_voting_max."""
    encoder = grounds.testbed.encoder
    makers: dict[str, Callable[[], System]] = {}
    for suffix, aggregate in AGGREGATES.items():
        words, meaning, hybrid = (f"{family}_voting_{suffix}" for family in ("bm25", "dense", "hybrid"))
        makers[words] = partial(WordVoting, words, grounds, aggregate)
        if encoder is not None:
            makers[meaning] = partial(MeaningVoting, meaning, grounds, aggregate, encoder)
            makers[hybrid] = partial(HybridVoting, hybrid, grounds, aggregate)
    return makers


def _choose(makers: Makers, variants: Makers, names: Sequence[str]) -> list[System]:
    known = {**makers, **variants}
    for name in names:
        if name not in known:
            message = f"No system named '{name}' here; choose {', '.join(known)}."
            raise InvalidInputError(message)
    return [known[name]() for name in dict.fromkeys(names or makers)]
