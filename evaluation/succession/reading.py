"""Reading cases, whatever the layout."""

from __future__ import annotations

from pathlib import Path

from evaluation.succession.cases import Cases
from evaluation.succession.communities import read_community
from evaluation.succession.leadership import holds_leadership, read_leadership
from recommender.encoders.encoder import Encoder


def read_cases(path: Path, encoder: Encoder | None, keep: Path | None = None) -> Cases:
    """Return the cases of a community (threads) or of a history of leadership (events and evidence).

    Args:
        keep: folder that keeps the store and the index made of a community, for the next time.

    Raises:
        InvalidInputError: it is neither, or holds no case.
    """
    if holds_leadership(path):
        return read_leadership(path, encoder)
    return read_community(path, encoder, keep)
