"""What is ready to be asked: questions, judgements and systems, with what must be closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from evaluation.experiment import Data, Qrels, Query, System
from evaluation.testbed import Testbed


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What backtests and test collections can be told."""

    start: datetime | float | None = None
    """Backtest: the first question asked, by date or as the share of questions before it; None for the default."""
    intent: str = "expertise"
    """What is asked for: expertise (who knows) or routing (who will answer)."""
    systems: tuple[str, ...] = ()
    """Names of the systems to ask; all when there are none."""
    seed: int = 1
    encoder: str = "bundled"
    """As `recommender.encoders.choose.load_encoder` takes it."""
    home: Path | None = None
    """Folder of the store, for a backtest on it."""
    database_url: str | None = None
    """Database of the store, in place of the one in `home`."""
    questions: int | None = None
    """Questions beyond these are left out, by chance; None for all."""
    rankers: Path | None = None
    """Folder of the rankers of `releve`; None for those that come with the program."""
    keep: Path | None = None
    """Folder that keeps the store and the index made of the data, for the next time."""


@dataclass
class Prepared:
    """An experiment before it is run."""

    data: Data
    queries: Sequence[Query]
    qrels: Qrels
    systems: Sequence[System]
    candidates: int | None = None
    """How many people could be recommended, where that is known."""
    on_close: Callable[[], None] | None = None
    testbed: Testbed | None = None
    """What the systems search."""

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
