"""Which documents are in which areas, as succession counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.traces import Codes, Values


@dataclass(frozen=True, slots=True)
class AreaPlaces:
    """Which documents are in which areas, in columns ordered by document; a document may be in several."""

    area_ids: Sequence[str]
    documents: Codes
    """As the view numbers them, ascending."""
    areas: Codes
    """Places in area_ids."""
    strengths: Values
    """How squarely the document is in the area, in (0, 1]."""

    def of_documents(self, documents: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the rows of these documents one after the other, and for each the place of its document."""
        begins = np.searchsorted(self.documents, documents, side="left")
        lengths = np.searchsorted(self.documents, documents, side="right") - begins
        places = np.repeat(np.arange(len(documents)), lengths)
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.repeat(begins, lengths) + offsets, places


@dataclass(frozen=True, slots=True)
class Writings:
    """What there is to read in each area, whoever made it."""

    documents: npt.NDArray[np.int64]
    """How many documents the viewer may read in each area."""
    documented_ratios: npt.NDArray[np.float64]
    """The share of works that hold a practice, a page or a recording, in [0, 1]."""
