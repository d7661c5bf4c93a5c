"""The guard against look-ahead: past questions asked again where the future was never written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose
from pathlib import Path

from evaluation.experiment import Query, System
from evaluation.prepared import Prepared
from evaluation.testbed import Testbed
from models.errors import InvalidInputError
from models.truncation import copy_before
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index

# What the order of a sum in 32 bits may change in a score.
_TOLERANCE = 1e-4


@dataclass
class Backtest(Prepared):
    """A backtest before it is run, with what it takes to ask its questions of another testbed."""

    make_systems: Callable[[Testbed], Sequence[System]] | None = None


@dataclass(frozen=True, slots=True)
class LookAhead:
    """A system that ranked otherwise because it saw what came after the question."""

    query_id: str
    system: str
    candidates: Sequence[str]
    """Whose score or presence the future changed, by id."""


def find_look_ahead(backtest: Backtest, sample: int = 3) -> list[LookAhead]:
    """Return where the future changed a ranking; nothing when every system is honest.

    A few questions, evenly spread over time, are asked again of a copy of the store that holds only what came strictly
    before them, with an index, traces and word statistics made from that alone. Every candidate must keep their score.
    What a store does not date is not checked: that an answer was accepted, its score, later changes of a text.

    Args:
        backtest: on a store in SQLite.
        sample: how many questions.
    """
    testbed, make_systems = backtest.testbed, backtest.make_systems
    if testbed is None or make_systems is None:
        message = "This backtest does not say how its systems are made; prepare it with prepare_backtest."
        raise InvalidInputError(message)
    dated = [query for query in backtest.queries if query.at is not None]
    step = max(1, len(dated) // max(sample, 1))
    found: list[LookAhead] = []
    for query in dated[step - 1 :: step][:sample]:
        with truncate(testbed, query) as before:
            for system, honest in zip(backtest.systems, make_systems(before), strict=True):
                changed = _differences(dict(system.rank(query, None)), dict(honest.rank(query, None)))
                if changed:
                    found.append(LookAhead(query.id, system.name, changed))
    return found


def truncate(testbed: Testbed, query: Query) -> Testbed:
    """Return a testbed of its own with only what came strictly before a dated question."""
    if query.at is None:
        message = f"Question '{query.id}' has no date; nothing is before or after it."
        raise InvalidInputError(message)
    folder = tempfile.TemporaryDirectory(prefix="releve-before-", ignore_cleanup_errors=True)
    store = copy_before(testbed.store, query.at, Path(folder.name))
    encoder = testbed.encoder
    index = EmbeddedIndex.create(
        Path(folder.name) / "index", encoder.id if encoder else None, encoder.dim if encoder else 0
    )
    with index.writing():
        update_index(store, index, encoder)
    return Testbed.of_store(store, index, encoder, folder)


def _differences(seen: dict[str, float], honest: dict[str, float]) -> list[str]:
    return sorted(
        candidate
        for candidate in seen.keys() | honest.keys()
        if candidate not in seen
        or candidate not in honest
        or not isclose(seen[candidate], honest[candidate], rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    )
