"""The truck factor: how few people have to leave before most of an area has nobody who made it.

What Avelino et al. count of files and commits is counted here of works: a thread with its answers, or a document that
stands alone. The first to write, say or answer in a work creates it (first authorship); each further answer, edit or
review is a delivery of whoever made it, and an acceptance for everyone else. Asking, endorsing and what its person
hides count for nothing.

Source:
    G. Avelino, L. Passos, A. Hora, M. T. Valente, "A Novel Approach for Estimating Truck Factors", ICPC 2016, section
    III, with the weights of T. Fritz et al., "Degree-of-Knowledge", TOSEM 2014; thresholds and strictness of their tool
    (github.com/aserg-ufmg/Truck-Factor): normalised degree > 0.75, degree >= 3.293, stop at coverage < 0.5.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from math import log
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from recommender.groups import Numbers

Document = TypeVar("Document", bound=Hashable)
Author = TypeVar("Author", bound=str | int)

BASE: Final = 3.293
FIRST_AUTHORSHIP: Final = 1.098
DELIVERIES: Final = 0.164
ACCEPTANCES: Final = 0.321
# An author has more than this share of the highest degree of the document, and at least this degree.
LEAST_SHARE: Final = 0.75
LEAST_DEGREE: Final = BASE
# The area is lost when less than this share of its works has an author.
LEAST_COVERAGE: Final = 0.5


def degree_of_authorship(first_author: bool, deliveries: int, acceptances: int) -> float:
    """Return how much someone is an author of a document.

    Args:
        first_author: they created it.
        deliveries: changes they made since.
        acceptances: changes that others made.
    """
    return BASE + FIRST_AUTHORSHIP * first_author + DELIVERIES * deliveries - ACCEPTANCES * log(1 + acceptances)


def authors_of(degrees: Mapping[Author, float]) -> set[Author]:
    """Return who counts as an author of a document, of those with a degree of authorship."""
    best = max(degrees.values(), default=0.0)
    return {name for name, degree in degrees.items() if degree > LEAST_SHARE * best and degree >= LEAST_DEGREE}


def truck_factor(authors_of_documents: Mapping[Document, Collection[Author]]) -> list[Author]:
    """Return who has to leave before fewer than half of the documents have an author, in that order.

    Whoever is an author of most documents, of all of them and not only of those left, goes next; of equals, the first
    in order. The truck factor is how many they are: none where fewer than half have an author to begin with.
    """
    written: dict[Author, int] = {}
    for authors in authors_of_documents.values():
        for author in set(authors):
            written[author] = written.get(author, 0) + 1
    left, removed = set(written), []
    for author in sorted(written, key=lambda name: (-written[name], name)):
        covered = sum(not left.isdisjoint(authors) for authors in authors_of_documents.values())
        if covered < LEAST_COVERAGE * len(authors_of_documents):
            break
        left.remove(author)
        removed.append(author)
    return removed


def degrees_of_authorship(
    created: npt.NDArray[np.bool_], deliveries: npt.NDArray[np.integer], acceptances: npt.NDArray[np.integer]
) -> Numbers:
    """Return degree_of_authorship of every row."""
    degrees: Numbers = BASE + FIRST_AUTHORSHIP * created + DELIVERIES * deliveries - ACCEPTANCES * np.log1p(acceptances)
    return degrees
