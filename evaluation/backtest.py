"""Backtests: each question asked with only what existed before it."""

from __future__ import annotations

from pathlib import Path

from evaluation.prepared import Prepared, PrepareOptions


def prepare_backtest(path: Path | None, options: PrepareOptions) -> Prepared:
    """Return the questions of a file of threads, or of the store, with the systems to ask."""
    raise NotImplementedError
