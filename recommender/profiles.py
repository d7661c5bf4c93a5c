"""Profiles: what the system infers about a person from what they wrote, and from what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from sqlalchemy.orm import Session

from models.access import Viewer
from models.preferences import Preferences, read_preferences
from models.queries.documents import Document, Evidence, list_space_ids, read_documents, read_evidence_of
from models.queries.people import CommunityPlace, Person, find_person, read_communities_of
from models.records import Role
from recommender.analysis import surface_terms
from recommender.indexes.index import Index

# The newest documents say what a person knows now, and bound the work for someone with thousands.
DOCUMENTS_READ = 300
KEY_TERMS = 15
# A word must come back in several documents to say something of the person.
LEAST_DOCUMENTS = 2
# Roles that show knowing; asking shows interest only.
KNOWING_ROLES = frozenset(Role) - {Role.ASKED}


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A word that marks what a person writes about."""

    word: str
    """As the person writes it most often."""
    documents: int
    """In how many of the documents read."""
    score: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the system sees them, for one viewer."""

    person: Person
    communities: Sequence[CommunityPlace]
    roles: dict[Role, int]
    """How many documents in each role, among those the viewer may read."""
    latest: datetime | None
    key_terms: Sequence[KeyTerm]
    evidence: Sequence[Evidence]
    """Newest first."""
    preferences: Preferences | None
    """Only for the person themself."""


def read_profile(session: Session, index: Index, viewer: Viewer, reference: str, now: datetime) -> Profile:
    """Return the profile of the person with this id, e-mail address or name.

    Raises:
        NotFoundError: nobody the viewer may see.
        AmbiguousError: several people.
    """
    today = now.date()
    person = find_person(session, viewer, today, reference)
    evidence = read_evidence_of(session, viewer, today, person.id)
    telling = [item.document_id for item in evidence if item.role in KNOWING_ROLES][:DOCUMENTS_READ]
    documents = read_documents(session, viewer, today, telling)
    spaces = list_space_ids(session, viewer, today)
    own = viewer.person_id == person.id
    return Profile(
        person,
        read_communities_of(session, viewer, today, person.id),
        dict(Counter(item.role for item in evidence)),
        max((item.at for item in evidence if item.at), default=None),
        key_terms(index, list(documents.values()), spaces),
        evidence,
        read_preferences(session, viewer, person.id) if own else None,
    )


def key_terms(index: Index, documents: Sequence[Document], spaces: Collection[str]) -> list[KeyTerm]:
    """Return the words more frequent in these documents than in all that the viewer may read, best first.

    Each scores how many of the documents hold it, times the logarithm of how much oftener than elsewhere that is.
    """
    holding: Counter[str] = Counter()
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        pairs = list(surface_terms(f"{document.title}\n{document.text}", document.language))
        holding.update({term for term, _ in pairs})
        for term, spelling in pairs:
            spellings[term][spelling.rstrip("'’")] += 1
    least = min(LEAST_DOCUMENTS, len(documents))
    frequent = [term for term, count in holding.items() if count >= least and len(term) > 2 and not term.isdigit()]
    total, frequencies = index.count_passages(frequent, spaces)
    scored = [
        (holding[term] * log(holding[term] / len(documents) * total / frequency), term)
        for term, frequency in zip(frequent, frequencies, strict=True)
        if frequency
    ]
    best = sorted(scored, key=lambda item: (-item[0], item[1]))[:KEY_TERMS]
    return [
        KeyTerm(max(spellings[term].items(), key=lambda item: (item[1], item[0]))[0].lower(), holding[term], score)
        for score, term in best
        if score > 0
    ]
