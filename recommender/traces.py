"""Traces: who did what, when and where, in columns, to count and to vote without a query for each person."""

from __future__ import annotations

import os
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy.orm import Session

from models.queries.changes import TracedDocument, current_revision, read_names, stream_traces
from models.records import DocumentKind, Role
from recommender.expert_finding import ROLE_WEIGHTS, WEIGHTS, Intent, quality
from recommender.indexes.columns import UNDATED, to_microseconds

Codes = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float32]
# Spaces, and (person, document) pairs that are hidden.
_ViewKey = tuple[frozenset[str], frozenset[tuple[str, str]]]

ROLES: Final = tuple(Role)
KINDS: Final = tuple(DocumentKind)
_ROLE_CODES: Final = {role: code for code, role in enumerate(ROLES)}
_KIND_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
# What someone does for others: what counts as activity.
GIVING_ROLES: Final = frozenset(Role) - {Role.ASKED, Role.ENDORSED}
# An accepted answer counts somewhat more than another, as in the votes that are shown.
_ROLE_WEIGHTS: Final = np.array([ROLE_WEIGHTS.get(role, WEIGHTS[Intent.EXPERTISE].accepted) for role in ROLES])
_DOCUMENTS_PER_BATCH: Final = 20_000
# Sets of spaces whose view is kept; each takes about 60 bytes a trace.
_MAX_VIEWS: Final = 16
# Of these, how many a follower makes again before anyone asks; each takes as long as a question.
_RENEWED_VIEWS: Final = 4
_FILE_VERSION: Final = 1
# A score beyond is infinite as float32, and so would be what is summed with it.
_MOST_VOTES: Final = 1e30
_NAMED: Final = ("persons", "documents", "spaces")


@dataclass(frozen=True, slots=True)
class Columns:
    """One row per trace: an association of a person with a document; ordered by time, undated ones first."""

    persons: Codes
    documents: Codes
    threads: Codes
    """The document that opens the thread, or the document itself."""
    spaces: Codes
    roles: Codes
    """Places in ROLES."""
    kinds: Codes
    """Places in KINDS."""
    weights: Values
    scores: Values
    """Votes of readers for the document; 0 where unknown."""
    times: Times
    """Microseconds since 1970 in UTC, or UNDATED."""

    def take(self, rows: npt.NDArray[np.int64] | Mask) -> Columns:
        """Return some of the rows."""
        return Columns(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Names:
    """Numbers for ids, which only grow while a process runs."""

    persons: dict[str, int]
    documents: dict[str, int]
    spaces: dict[str, int]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The space and kind of each document by its number, whoever may read it; -1 where it has no trace."""

    document_ids: Sequence[str]
    space_ids: Sequence[str]
    spaces: Codes
    kinds: Codes


class TraceView:
    """The traces a viewer may count, at any time of asking."""

    def __init__(
        self, columns: Columns, names: Names, person_ids: Sequence[str], people_of_name: Mapping[str, Sequence[str]]
    ) -> None:
        self.columns = columns
        self.people_of_name = people_of_name
        self.names = names
        self.person_ids = person_ids
        self._documents = len(names.documents)
        self._undated = int(np.searchsorted(columns.times, UNDATED, side="right"))

    @cached_property
    def document_ids(self) -> Sequence[str]:
        """The id of each document, by its number."""
        return list(self.names.documents)

    @cached_property
    def person_ranks(self) -> npt.NDArray[np.int64]:
        """The place of each person by id."""
        return _ranks(self.person_ids)

    @cached_property
    def giving(self) -> Mask:
        """Where someone answered, wrote, reviewed or the like."""
        codes = [_ROLE_CODES[role] for role in GIVING_ROLES]
        return np.isin(self.columns.roles, codes)

    @cached_property
    def standing(self) -> npt.NDArray[np.float64]:
        """What each row counts beside another, whatever the question: its role, weight and readers' votes."""
        scores, place = np.unique(self.columns.scores, return_inverse=True)
        liked = np.array([quality(score) for score in scores.tolist()])
        standing: npt.NDArray[np.float64] = _ROLE_WEIGHTS[self.columns.roles] * self.columns.weights * liked[place]
        return standing

    @cached_property
    def first_in_thread(self) -> Mask:
        """Where a person gives to a thread for the first time: what is counted as one help."""
        columns = self.columns
        first = np.zeros(len(columns.persons), np.bool_)
        rows = np.flatnonzero(self.giving)
        keys = columns.threads[rows].astype(np.int64) << 32 | columns.persons[rows]
        # The rows are in order of time, and unique keeps the first of each.
        first[rows[np.unique(keys, return_index=True)[1]]] = True
        return first

    @cached_property
    def help_rows(self) -> npt.NDArray[np.int64]:
        """The rows of first_in_thread."""
        return np.flatnonzero(self.first_in_thread)

    @cached_property
    def by_document(self) -> Grouped:
        """The rows of each document."""
        return Grouped.of(self.columns.documents, self._documents)

    @cached_property
    def by_thread(self) -> Grouped:
        """The rows of each thread."""
        return Grouped.of(self.columns.threads, self._documents)

    @cached_property
    def by_person(self) -> Grouped:
        """The rows of each person."""
        return Grouped.of(self.columns.persons, len(self.person_ids))

    def prepare(self) -> None:
        """Compute now what the first question would."""
        _ = self.document_ids, self.person_ranks, self.help_rows, self.by_document, self.by_thread, self.by_person

    def person_code(self, person_id: str) -> int | None:
        """Return the number of a person who had a trace when this view was made."""
        code = self.names.persons.get(person_id)
        return None if code is None or code >= len(self.person_ids) else code

    def named(self, folded: str) -> list[int]:
        """Return the numbers of the people of a name, case and accents folded, who have a trace in this view."""
        codes = [self.person_code(person_id) for person_id in self.people_of_name.get(folded, ())]
        return [
            code for code in codes if code is not None and self.by_person.starts[code + 1] > self.by_person.starts[code]
        ]

    def document_code(self, document_id: str) -> int | None:
        """Return the number of a document that had a trace when this view was made."""
        return self.document_codes([document_id])[0]

    def document_codes(self, document_ids: Sequence[str]) -> list[int | None]:
        """Return the number of each document; None for one that had no trace when this view was made."""
        codes, known = map(self.names.documents.get, document_ids), self._documents
        return [None if code is None or code >= known else code for code in codes]

    def span(self, before: datetime | None, now: datetime) -> tuple[int, int]:
        """Return which rows exist: all up to now, or those dated strictly before a moment."""
        if before is None:
            return 0, int(np.searchsorted(self.columns.times, to_microseconds(now), side="right"))
        return self._undated, int(np.searchsorted(self.columns.times, to_microseconds(before), side="left"))

    def since(self, moment: int) -> int:
        """Return the first row at or after a moment, in microseconds."""
        return int(np.searchsorted(self.columns.times, moment, side="left"))


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows by the code they hold, each group in order."""

    starts: Times
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, codes: Codes, size: int) -> Grouped:
        """Group the places of codes below `size`."""
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(size + 1))
        return cls(starts.astype(np.int64), order)

    def of_codes(self, codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the rows of these groups one after the other, and for each the place of its code."""
        begins, ends = self.starts[codes], self.starts[codes + 1]
        lengths = ends - begins
        places = np.repeat(np.arange(len(codes)), lengths)
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.rows[np.repeat(begins, lengths) + offsets], places


class Traces:
    """All traces of a store, whoever may read them, brought up to date document by document.

    Holds every space and filters when asked for a view, like the index. A view and its columns never change, so
    threads may share them while another refreshes.
    """

    def __init__(self) -> None:
        self.followed = False
        """True when a thread of the server follows the store, so that no question reads changes itself."""
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._revision = 0
        self._names = Names({}, {}, {})
        self._person_ids: list[str] = []
        self._people_of_name: Mapping[str, Sequence[str]] = {}
        self._columns = _to_columns([], self._names)
        self._views: OrderedDict[_ViewKey, TraceView] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of traces."""
        return len(self._columns.persons)

    def refresh(self, session: Session) -> bool:
        """Read what changed in the store, unless a follower does, and return whether anything did."""
        return False if self.followed else self.follow(session)

    def follow(self, session: Session) -> bool:
        """Read what changed in the store, and return whether anything did; views are given out meanwhile."""
        with self._following:
            latest = current_revision(session)
            if latest == self._revision:
                return False
            # An older store may have been put back.
            revision, old = (self._revision, self._columns) if latest > self._revision else (0, None)
            self._read_changes(session, revision, old if old is not None else _to_columns([], self._names))
            return True

    def view(self, spaces: Collection[str], hidden: Collection[tuple[str, str]] = ()) -> TraceView:
        """Return the traces in these spaces, without those that their person hides.

        Args:
            spaces: ids of the spaces the viewer may read.
            hidden: (person id, document id) of what must not be counted.
        """
        key = (frozenset(spaces), frozenset(hidden))
        with self._lock:
            found = self._views.get(key)
            if found is None:
                columns = self._columns.take(self._shown(self._columns, *key))
                found = self._views[key] = TraceView(columns, self._names, self._person_ids, self._people_of_name)
                if len(self._views) > _MAX_VIEWS:
                    self._views.popitem(last=False)
            return found

    @property
    def revision(self) -> int:
        """The newest revision of the store that was read."""
        return self._revision

    @property
    def document_numbers(self) -> Mapping[str, int]:
        """The number of each document that has, or had, a trace."""
        return self._names.documents

    def whereabouts(self) -> Whereabouts:
        """Return where every document is; for what keeps columns of every space beside these, and filters as asked."""
        with self._lock:
            columns, ids = self._columns, list(self._names.documents)
            space_ids = list(self._names.spaces)
        spaces, kinds = np.full(len(ids), -1, np.int32), np.full(len(ids), -1, np.int32)
        spaces[columns.documents], kinds[columns.documents] = columns.spaces, columns.kinds
        return Whereabouts(ids, space_ids, spaces, kinds)

    def save(self, path: Path) -> None:
        """Keep everything in a file, so that the next process reads only what changed since; renamed when whole."""
        with self._lock:
            names = {
                "version": _FILE_VERSION,
                "revision": self._revision,
                "persons": self._person_ids,
                "documents": list(self._names.documents),
                "spaces": list(self._names.spaces),
                "people_of_name": self._people_of_name,
            }
            columns = {name: getattr(self._columns, name) for name in Columns.__slots__}
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
        with unfinished.open("wb") as file:
            np.savez(file, names=np.frombuffer(orjson.dumps(names), np.uint8), **columns)
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what was kept in a file; nothing yet where there is none, or one of another version."""
        traces = cls()
        try:
            # np.load leaves a damaged file open if it opens it itself.
            with path.open("rb") as file, np.load(file) as kept:
                names = orjson.loads(kept["names"].tobytes())
                columns = Columns(*(kept[name] for name in Columns.__slots__))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return traces
        if names.get("version") == _FILE_VERSION:
            traces._names = Names(*({n: code for code, n in enumerate(names[kind])} for kind in _NAMED))
            traces._person_ids, traces._people_of_name = names["persons"], names["people_of_name"]
            traces._columns, traces._revision = columns, names["revision"]
        return traces

    def _read_changes(self, session: Session, revision: int, old: Columns) -> None:
        changed: dict[str, TracedDocument] = {}
        for batch in stream_traces(session, revision, _DOCUMENTS_PER_BATCH):
            changed.update({document.id: document for document in batch})
            revision = batch[-1].revision
        replaced = [self._names.documents[name] for name in changed if name in self._names.documents]
        kept = old.take(~np.isin(old.documents, replaced)) if replaced else old
        new = _to_columns([document for document in changed.values() if not document.deleted], self._names)
        joined = Columns(*(np.concatenate([getattr(kept, n), getattr(new, n)]) for n in Columns.__slots__))
        person_ids = list(self._names.persons)
        documents, people = _ranks(list(self._names.documents)), _ranks(person_ids)
        order = np.lexsort((joined.roles, people[joined.persons], documents[joined.documents], joined.times))
        columns, people_of_name = joined.take(order), read_names(session)
        views = self._renew_views(columns, person_ids, people_of_name) if self.followed else OrderedDict()
        with self._lock:
            self._columns, self._revision = columns, revision
            self._person_ids, self._people_of_name, self._views = person_ids, people_of_name, views

    def _renew_views(
        self, columns: Columns, person_ids: list[str], people_of_name: Mapping[str, Sequence[str]]
    ) -> OrderedDict[_ViewKey, TraceView]:
        """Make the views asked for last again, so that no question does."""
        with self._lock:
            asked = list(self._views)[-_RENEWED_VIEWS:]
        views: OrderedDict[_ViewKey, TraceView] = OrderedDict()
        for key in asked:
            shown = columns.take(self._shown(columns, *key))
            views[key] = TraceView(shown, self._names, person_ids, people_of_name)
            views[key].prepare()
        return views

    def _shown(self, columns: Columns, spaces: Collection[str], hidden: Collection[tuple[str, str]]) -> Mask:
        codes = [self._names.spaces[space] for space in spaces if space in self._names.spaces]
        shown = np.isin(columns.spaces, codes)
        for person, document in hidden:
            places = self._names.persons.get(person), self._names.documents.get(document)
            if None not in places:
                shown &= (columns.persons != places[0]) | (columns.documents != places[1])
        return shown


def _to_columns(documents: Sequence[TracedDocument], names: Names) -> Columns:
    """Return the traces of documents in their order, giving numbers to names that have none."""
    rows = [(document, part) for document in documents for part in document.people]

    def codes(table: dict[str, int], keys: Sequence[str]) -> Codes:
        return np.fromiter((table.setdefault(key, len(table)) for key in keys), np.int32, len(keys))

    return Columns(
        persons=codes(names.persons, [part[0] for _, part in rows]),
        documents=codes(names.documents, [document.id for document, _ in rows]),
        threads=codes(names.documents, [document.thread_id or document.id for document, _ in rows]),
        spaces=codes(names.spaces, [document.space_id for document, _ in rows]),
        roles=np.array([_ROLE_CODES[part[1]] for _, part in rows], np.int32),
        kinds=np.array([_KIND_CODES[document.kind] for document, _ in rows], np.int32),
        weights=np.array([part[2] for _, part in rows], np.float32),
        scores=np.clip([document.score or 0.0 for document, _ in rows], -_MOST_VOTES, _MOST_VOTES).astype(np.float32),
        times=np.array([to_microseconds(part[3]) for _, part in rows], np.int64),
    )


def _ranks(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the place of each name in alphabetical order."""
    ranks = np.empty(len(names), np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks
