"""Test collections: the layout of BEIR, with associations of documents to people."""

from __future__ import annotations

from pathlib import Path

from evaluation.prepared import Prepared, PrepareOptions


def prepare_collection(folder: Path, options: PrepareOptions) -> Prepared:
    """Return the questions of a test collection with the systems to ask."""
    raise NotImplementedError
