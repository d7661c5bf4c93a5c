"""Cases of leadership: groups that somebody new came to lead, ranked from what was known before.

The layout: `events.jsonl`, who joined and left which group when, and `evidence/`, a collection without queries whose
documents name their group in the second part of their id. Each file may be packed with gzip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import numpy as np

from evaluation.collection_files import ROLES as EVIDENCE_ROLES
from evaluation.collection_files import Part, parse_objects, parse_people, read_content
from evaluation.experiment import Data
from evaluation.succession.cases import Case, Cases, Kind, view_before
from models.errors import InvalidInputError
from models.records import DocumentKind
from recommender.encoders.choose import load_bundled
from recommender.encoders.encoder import Encoder
from recommender.indexes.columns import to_microseconds
from recommender.indexes.index import Embeddings
from recommender.succession.ground import AreaPlaces, Ground, Memberships
from recommender.succession.successors import Handover
from recommender.traces import KINDS, ROLES, Columns, Names, TraceView

EVENTS: Final = "events.jsonl"
_LAYOUT: Final = "a history of leadership has events.jsonl, evidence/corpus.jsonl and evidence/associations.tsv"
_FIELDS: Final = ("community", "person_id", "role", "date", "event")
_NO_SUCCESSION: Final = ("initial", "founding", "change_of_role")
_FOREVER: Final = int(np.iinfo(np.int64).max)
_QUARTER_DAYS: Final = 92
_READ_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody came to lead a group, or no longer does."""

    group: str
    person: str
    role: str
    day: date
    joins: bool
    succession: bool
    """False where nobody was followed: the first state known, a new group, or another role in the same group."""


@dataclass(frozen=True, slots=True)
class History:
    """What the files hold, in their order."""

    events: Sequence[Event]
    documents: Sequence[Mapping[str, Any]]
    people: Mapping[str, Sequence[Part]]
    version: str
    """Hash of the content of the files, unpacked."""


def holds_leadership(path: Path) -> bool:
    """Return whether a folder is in this layout."""
    return any((path / name).is_file() for name in (EVENTS, f"{EVENTS}.gz"))


def read_leadership(path: Path, encoder: Encoder | None = None) -> Cases:
    """Return the cases of a history of leadership.

    A case is a group and the first day T of a quarter. Right are those known before T who come to lead the group
    within the year after T, where it is a succession, and did not lead it at T. Known are the evidence and the
    memberships dated before T. Who leads the group at T is what it has to replace: no candidate.

    Raises:
        InvalidInputError: a file is missing or cannot be read, or nobody follows anyone.
    """
    history = read_history(path)
    maker = _Leadership(history)
    cases = [case for day in quarters(history.events) for case in maker.cases_at(day)]
    if not cases:
        message = (
            f"Nobody follows anyone in {path.name}: no group gets somebody known before to lead it within a year of a "
            "quarter's first day; give a history of more than a year, with evidence from before."
        )
        raise InvalidInputError(message)
    groups, days = ({case.id.split("/", 1)[place] for case in cases} for place in (1, 0))
    description = (
        f"{len(cases):,} times that someone known before came to lead one of {len(groups)} groups within a year, from "
        f"the first day of {len(days)} quarters, {min(days)} to {max(days)}."
    )
    data = Data(path.name, history.version, description)
    known = encoder or load_bundled()

    def retell(case: Case) -> Cases:
        return _Leadership(_until(history, case.handover.at.date())).retold(case, known)

    return Cases(data, cases, maker.embeddings(known), Kind.LEADERSHIP, retell=retell)


def read_history(folder: Path) -> History:
    """Read the files of the layout.

    Raises:
        InvalidInputError: one is missing, or a line cannot be read.
    """
    digest = hashlib.sha256()
    contents = []
    for place, name in (
        (folder, EVENTS),
        (folder / "evidence", "corpus.jsonl"),
        (folder / "evidence", "associations.tsv"),
    ):
        content = read_content(place, name, needed=True, layout=_LAYOUT) or b""
        digest.update(name.encode() + b"\0" + content + b"\0")
        contents.append(content)
    events, corpus, associations = contents
    return History(
        [_event(found, number) for number, found in enumerate(parse_objects(events, EVENTS, _FIELDS, None), start=1)],
        list(parse_objects(corpus, "corpus.jsonl", ("_id", "text"))),
        parse_people(associations),
        digest.hexdigest()[:16],
    )


def _until(history: History, day: date) -> History:
    """Return what was written and happened up to a day; of the evidence, strictly before."""
    moment = _moment(day)
    return History(
        [event for event in history.events if event.day <= day],
        [found for found in history.documents if found.get("created") and _time_of(found) < moment],
        history.people,
        history.version,
    )


def leading(events: Sequence[Event], day: date) -> dict[str, frozenset[str]]:
    """Return who leads each group on a day: every join without a later leave of that role, events in their order."""
    roles: dict[tuple[str, str, str], bool] = {}
    for event in events:
        if event.day <= day:
            roles[event.group, event.person, event.role] = event.joins
    groups: dict[str, set[str]] = {}
    for (group, person, _), leads in roles.items():
        if leads:
            groups.setdefault(group, set()).add(person)
    return {group: frozenset(people) for group, people in groups.items()}


def followers(events: Sequence[Event], day: date) -> dict[str, frozenset[str]]:
    """Return who follows in each group within a year of a day: comes to lead it, and did not lead it on that day."""
    now = leading(events, day)
    end = day.replace(year=day.year + 1)
    groups: dict[str, set[str]] = {}
    for event in events:
        comes = event.joins and event.succession and day < event.day <= end
        if comes and event.person not in now.get(event.group, ()):
            groups.setdefault(event.group, set()).add(event.person)
    return {group: frozenset(people) for group, people in groups.items()}


def quarters(events: Sequence[Event]) -> list[date]:
    """Return the first days of the quarters whose year after is known, up to a quarter; the first event is before."""
    if not events:
        return []
    first, last = min(event.day for event in events), max(event.day for event in events)
    days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)]
    return [day for day in days if first < day and (day.replace(year=day.year + 1) - last).days <= _QUARTER_DAYS]


class _Leadership:
    """Makes the cases of one history."""

    def __init__(self, history: History) -> None:
        self._events = history.events
        self._documents = [document for document in history.documents if document.get("created")]
        self._area_of = [_group_of(document["_id"]) for document in self._documents]
        self._view = _view(self._documents, history.people)
        known = set(self._view.person_ids)
        self._others = sorted({event.person for event in self._events} - known)
        self._people = {name: code for code, name in enumerate([*self._view.person_ids, *self._others])}
        self._groups = sorted({event.group for event in self._events})

    def embeddings(self, encoder: Encoder) -> Embeddings:
        """Return the embedding of each document, in their order."""
        return encoder.encode([f"{found.get('title', '')}\n{found['text'][:_READ_CHARS]}" for found in self._documents])

    def cases_at(self, day: date) -> Iterator[Case]:
        """Yield the cases of a day, by group."""
        after = followers(self._events, day)
        ground = self._ground(day)
        known = {*ground.view.columns.persons.tolist(), *self._members_before(day)}
        for group in sorted(after):
            grades = {self._people[person]: 1 for person in sorted(after[group]) if self._people[person] in known}
            if grades:
                yield replace(self._handover(day, group, ground), grades=grades)

    def retold(self, case: Case, encoder: Encoder) -> Cases:
        """Return a case of another history as this one has it, without who took over."""
        day = case.handover.at.date()
        again = self._handover(day, case.group, self._ground(day))
        return Cases(Data("", "", ""), [again], self.embeddings(encoder), Kind.LEADERSHIP)

    def _handover(self, day: date, group: str, ground: Ground) -> Case:
        """Return the handover of a group's lead, without who took over."""
        leaders = frozenset(self._people[person] for person in leading(self._events, day).get(group, ()))
        known = {*ground.view.columns.persons.tolist(), *self._members_before(day)}
        handover = Handover(
            areas={ground.places.area_ids.index(group): 1.0} if group in ground.places.area_ids else {},
            leavers=leaders,
            at=datetime.combine(day, time(), UTC),
            communities=frozenset({self._groups.index(group)}) if group in self._groups else frozenset(),
        )
        return Case(
            f"{day.isoformat()}/{group}", group, ground, handover, np.array(sorted(known - leaders), np.int64), {}
        )

    def _members_before(self, day: date) -> set[int]:
        return {self._people[event.person] for event in self._events if event.day < day}

    def _ground(self, day: date) -> Ground:
        """Return what was known strictly before a day."""
        moment = _moment(day)
        view = view_before(self._view, moment)
        written = np.unique(view.columns.documents)
        area_ids = sorted({self._area_of[code] for code in written.tolist()})
        places = AreaPlaces(
            area_ids,
            written.astype(np.int32),
            np.array([area_ids.index(self._area_of[code]) for code in written.tolist()], np.int32),
            np.ones(len(written), np.float32),
        )
        return Ground(view, places, self._others, self._memberships(day))

    def _memberships(self, day: date) -> Memberships:
        """Return the memberships that began strictly before a day, without what happened to them from then on."""
        open_since: dict[tuple[str, str, str], int] = {}
        rows: list[tuple[int, int, int, int]] = []
        for event in self._events:
            if event.day >= day:
                continue
            key = (event.group, event.person, event.role)
            if event.joins:
                open_since.setdefault(key, _moment(event.day))
            elif key in open_since:
                rows.append(self._row(key, open_since.pop(key), _moment(event.day)))
        rows += [self._row(key, since, _FOREVER) for key, since in open_since.items()]
        columns = np.array(sorted(rows), np.int64).reshape(-1, 4).T
        persons, groups = columns[0].astype(np.int32), columns[1].astype(np.int32)
        return Memberships(self._groups, persons, groups, columns[2], columns[3], np.ones(len(persons), np.bool_))

    def _row(self, key: tuple[str, str, str], since: int, until: int) -> tuple[int, int, int, int]:
        group, person, _ = key
        return self._people[person], self._groups.index(group), since, until


def _event(found: Mapping[str, Any], number: int) -> Event:
    try:
        day = date.fromisoformat(found["date"][:10])
    except ValueError as error:
        message = f"{EVENTS}, line {number}: '{found['date']}' is no day; write 2020-06-30."
        raise InvalidInputError(message) from error
    if found["event"] not in ("join", "leave"):
        message = f"{EVENTS}, line {number}: '{found['event']}' is no event; write join or leave."
        raise InvalidInputError(message)
    succession = not any(found.get(flag) for flag in _NO_SUCCESSION)
    return Event(found["community"], found["person_id"], found["role"], day, found["event"] == "join", succession)


def _group_of(document_id: str) -> str:
    """Return the group of a document: the second part of its id."""
    parts = document_id.split("/")
    return parts[1] if len(parts) > 1 else document_id


def _view(documents: Sequence[Mapping[str, Any]], people: Mapping[str, Sequence[Part]]) -> TraceView:
    """Return who did what in the documents, numbered in their order."""
    document_codes = {document["_id"]: code for code, document in enumerate(documents)}
    names = sorted({part.person for document in documents for part in people.get(document["_id"], ())})
    person_codes = {name: code for code, name in enumerate(names)}
    times = [_time_of(document) for document in documents]
    rows = sorted(
        (times[code], code, person_codes[part.person], ROLES.index(EVIDENCE_ROLES[part.role]), part.weight)
        for name, code in document_codes.items()
        for part in people.get(name, ())
    )
    columns = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4).T
    codes = columns[1].astype(np.int32)
    zeros = np.zeros(len(rows), np.int32)
    return TraceView(
        Columns(
            persons=columns[2].astype(np.int32),
            documents=codes,
            threads=codes,
            spaces=zeros,
            roles=columns[3].astype(np.int32),
            kinds=np.full(len(rows), KINDS.index(DocumentKind.PAGE), np.int32),
            weights=np.array([row[4] for row in rows], np.float32),
            scores=np.zeros(len(rows), np.float32),
            times=columns[0],
        ),
        Names(person_codes, document_codes, {"organisation": 0}),
        names,
        {},
    )


def _time_of(document: Mapping[str, Any]) -> int:
    try:
        return to_microseconds(datetime.fromisoformat(document["created"]))
    except (TypeError, ValueError) as error:
        message = f"corpus.jsonl: '{document['created']}' of {document['_id']} is no date; write 2020-06-30."
        raise InvalidInputError(message) from error


def _moment(day: date) -> int:
    return to_microseconds(datetime.combine(day, time(), UTC))
