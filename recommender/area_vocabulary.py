"""Labels from a vocabulary: the entry that says what an area is about, where one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.queries.areas import Area
from recommender.analysis import analyse
from recommender.encoders.encoder import Encoder

# The least cosine of an entry with the terms of an area. Every word of the entry must be among these terms too:
# by meaning alone, "Door, panel" of a machine room became "repair door panels".
LEAST_SIMILARITY: Final = 0.5
_CANDIDATES: Final = 20
_TERMS_READ: Final = 4


@dataclass(frozen=True, slots=True)
class TakenLabel:
    """A label that an area takes from a vocabulary."""

    area_id: str
    external_id: str
    label_fr: str
    label_en: str
    similarity: float


def nearest_entries(
    areas: Sequence[Area], external_ids: Sequence[str], labels: Sequence[tuple[str, str]], encoder: Encoder
) -> list[TakenLabel]:
    """Return, for each area that nobody named, the nearest entry if it is near enough; each entry for one area only.

    Args:
        labels: of each entry, in French and in English.
    """
    open_areas = [area for area in areas if not area.named_by_people]
    if not open_areas or not labels:
        return []
    texts = [", ".join([*area.terms_fr[:_TERMS_READ], *area.terms_en[:_TERMS_READ]]) for area in open_areas]
    told = encoder.encode(texts)
    cosines = np.maximum(
        told @ encoder.encode([french for french, _ in labels]).T,
        told @ encoder.encode([english for _, english in labels]).T,
    )
    taken: list[TakenLabel] = []
    used: set[int] = set()
    for row in np.argsort(-cosines.max(axis=1), kind="stable").tolist():
        order = np.argsort(-cosines[row], kind="stable")[:_CANDIDATES].tolist()
        near = (entry for entry in order if entry not in used and cosines[row, entry] >= LEAST_SIMILARITY)
        best = next((entry for entry in near if _says(labels[entry], open_areas[row])), None)
        if best is None:
            continue
        used.add(best)
        similarity = round(float(cosines[row, best]), 3)
        taken.append(TakenLabel(open_areas[row].id, external_ids[best], labels[best][0], labels[best][1], similarity))
    return taken


def _says(labels: tuple[str, str], area: Area) -> bool:
    """Return whether all words of a label, in one language, are among the terms of an area."""
    for label, terms, language in zip(labels, (area.terms_fr, area.terms_en), ("fr", "en"), strict=True):
        words = set(analyse(label, language))
        if words and words <= set(analyse(" ".join(terms), language)):
            return True
    return False
