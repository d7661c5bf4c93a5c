"""Cases: somebody leaves, and it is known who took over; what a ranking is given, and what it is judged by.

`read_cases(path, encoder)` in `evaluation.succession.reading` returns the cases of a community or of a history of
leadership. Each has the `ground` and the `handover` that `rank_successors` takes, the `grades` of who took over, and
the `candidates`: all by the number that the ground gives to people. To learn from them:

    with read_cases(path, encoder) as found:
        for case in found.cases:
            case.ground, case.handover, case.candidates, case.grades
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from evaluation.experiment import Data
from recommender.indexes.columns import UNDATED
from recommender.indexes.index import Embeddings
from recommender.succession.ground import Ground
from recommender.succession.successors import Handover
from recommender.traces import TraceView

Numbers = npt.NDArray[np.int64]


class Kind(StrEnum):
    """What there is to take over."""

    COMMUNITY = "community"
    """The areas of someone who stopped answering."""
    LEADERSHIP = "leadership"
    """The lead of a group."""


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody leaves: what was known then, and who took over."""

    id: str
    group: str
    """What is not independent of others of the same group: tests and intervals draw groups, not cases."""
    ground: Ground
    """What happened strictly before the handover and nothing else; the same object for all cases of one moment."""
    handover: Handover
    candidates: Numbers
    """Everyone who comes into question, ascending."""
    grades: Mapping[int, int]
    """Of the candidates who took over: how much, from 1 on."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """Slice name -> value."""


@dataclass
class Cases:
    """The cases of one community or history, with what must be closed afterwards."""

    data: Data
    cases: Sequence[Case]
    embeddings: Embeddings
    """Of each document as the views number them, float32, rows of unit length or zeros; those of later ones too."""
    kind: Kind = Kind.COMMUNITY
    on_close: Callable[[], None] | None = None
    retell: Callable[[Case], Cases] | None = None
    """Makes one case again where the future was never written, without who took over."""

    def close(self) -> None:
        """Let go of stores, indexes and folders."""
        if self.on_close:
            self.on_close()
            self.on_close = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def view_before(view: TraceView, moment: int) -> TraceView:
    """Return the dated traces strictly before a moment, with the same numbers."""
    columns = view.columns
    first = int(np.searchsorted(columns.times, UNDATED, side="right"))
    last = int(np.searchsorted(columns.times, moment, side="left"))
    return TraceView(columns.take(np.arange(first, last)), view.names, view.person_ids, view.people_of_name)


def set_name(path: Path) -> str:
    """Return what a set is called: its file or folder, or the folder of a file called threads, as many are."""
    return path.parent.name if path.name.startswith("threads.") and path.parent.name else path.name
