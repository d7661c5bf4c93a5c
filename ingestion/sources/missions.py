"""Missions: a directory of people, of the products, teams and incubators they work on, and of their missions there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ingestion.building import build
from ingestion.careers import Careers
from ingestion.file_source import FileSource
from ingestion.files import InputFiles, Line, read_lines, require
from ingestion.language import detect_language
from ingestion.missions import UnitKind, loaded, read_mission
from ingestion.seen import FirstSeen, repeated
from ingestion.source import Item, PersonalFields, Skipped
from ingestion.text import markdown_to_text
from models.errors import InvalidInputError
from models.records import (
    AnyRecord,
    AssociationRecord,
    Circle,
    CommunityRecord,
    CommunityStatus,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)

DOCUMENTS, PEOPLE, MEMBERSHIPS = "documents", "people", "memberships"
# What others refer to comes first.
FILES = (DOCUMENTS, PEOPLE, MEMBERSHIPS)
# A product whose last phase is named like this is over.
ENDED_PHASE = "abandon"
THEME_CHARACTERS = 300


class MissionsSource(FileSource):
    """A folder with documents.jsonl, people.jsonl and memberships.jsonl."""

    format = "missions"
    personal_fields = PersonalFields(
        taken=("person_id", "name", "role or domain", "skills", "bio", "lang", "unit, start, end, current of missions"),
        dropped=("the kind of contract (status), the employer, and every other field",),
    )

    def __init__(self, path: Path, today: date) -> None:
        paths = mission_files(require(path))
        super().__init__(path, paths)
        self.memberships = paths[FILES.index(MEMBERSHIPS)]
        self.today = today

    def fingerprint(self) -> str:
        """Return what names this exact input; what missions say changes with the day."""
        return self.files.fingerprint(self.format, self.today.isoformat())

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per line of the three files; lines before `start` only give their ids.

        Raises:
            InvalidInputError: a file breaks off; of the memberships, before anything is read, because the missing
                lines may be what keeps people from being taken for gone.
        """
        careers = Careers(self.today)
        careers.add_all(read_lines(InputFiles(self.path, [self.memberships])))
        self.notes = summary(careers)
        reader = LineReader(careers)
        for number, line in enumerate(read_lines(self.files)):
            item = reader.item(line, wanted=number >= start)
            if number >= start:
                yield item


def mission_files(path: Path) -> list[Path]:
    """Return the three files of a folder, in the order in which they are read.

    Raises:
        InvalidInputError: one is not there.
    """
    found = []
    for name in FILES:
        plain, packed = path / f"{name}.jsonl", path / f"{name}.jsonl.gz"
        if not (plain.is_file() or packed.is_file()):
            message = f"'{path}' holds no {name}.jsonl or {name}.jsonl.gz; the format needs {', '.join(FILES)}"
            raise InvalidInputError(message)
        found.append(plain if plain.is_file() else packed)
    return found


def summary(careers: Careers) -> tuple[str, ...]:
    """Return what the report says of the missions as a whole."""
    days = [careers.leaves(person) for person in careers.people]
    gone = sum(day is not None and day < careers.today for day in days)
    ahead = sum(day is not None for day in days) - gone
    return (
        f"{careers.total} missions: {careers.undated} without dates, {careers.without_unit} without a unit "
        "(they only date arrivals and departures)",
        f"of {len(days)} people with missions, {gone} left before {careers.today}, {ahead} have a last day ahead, "
        f"{len(days) - gone - ahead} have none",
    )


class LineReader:
    """Makes records of each line, knowing all missions and which ids came before."""

    def __init__(self, careers: Careers) -> None:
        self.careers = careers
        self.units = FirstSeen()
        self.people = FirstSeen()
        homes = (careers.home(person) for person in careers.people)
        self.homes = {unit for unit in homes if unit is not None}
        self.parents: dict[str, str] = {}
        """Incubator of each product where someone is now."""
        self.incubators: dict[str, str] = {}
        """Title of each incubator seen so far."""

    def item(self, line: Line, *, wanted: bool) -> Item:
        """Return the item of one line.

        Args:
            wanted: whether its records are; otherwise only its ids are noted.
        """
        kind = line.file.removesuffix(".gz").removesuffix(".jsonl")
        try:
            if kind == MEMBERSHIPS:
                return self.membership(line) if wanted else Item(line.file, line.number)
            fields = loaded(line)
            if fields is None:
                return Item(line.file, line.number)
            return self.unit(line, fields, wanted) if kind == DOCUMENTS else self.person(line, fields, wanted)
        except InvalidInputError as error:
            # A mission is no document, so that nothing stored can be taken for gone because of it.
            return refused(line, str(error), () if kind == MEMBERSHIPS else None)

    def unit(self, line: Line, fields: dict[str, Any], wanted: bool) -> Item:
        """Return what a product, team or incubator is: a page, a community, and a unit where it is one."""
        unit_id, title = text_of(fields, "_id"), text_of(fields, "title")
        kind = unit_id.partition(":")[0]
        if kind not in list(UnitKind):
            message = f"_id '{unit_id[:60]}' begins with none of: {', '.join(f'{kind}:' for kind in UnitKind)}"
            raise InvalidInputError(message)
        first = self.units.check(unit_id, line.number)
        if first is not None:
            return refused(line, repeated(unit_id, first), ())
        parent = f"{UnitKind.INCUBATOR}:{incubator}" if (incubator := text_of(fields, "incubator")) else None
        if parent and unit_id in self.homes and kind == UnitKind.PRODUCT:
            self.parents[unit_id] = parent
        if kind == UnitKind.INCUBATOR:
            self.incubators[unit_id] = title
        if not wanted:
            return Item(line.file, line.number)
        if not title:
            return refused(line, f"'{unit_id}' has no title", (unit_id,))
        if kind == UnitKind.TEAM and parent in self.incubators:
            # Every incubator has its team called Animation; alone, such a title names none of them.
            title = f"{title} ({self.incubators[parent]})"
        text = markdown_to_text(text_of(fields, "text"))
        page = {
            "id": unit_id,
            "kind": DocumentKind.PAGE,
            "title": title[:1000],
            "text": text,
            "language": text_of(fields, "lang") or detect_language(f"{title}\n{text}"),
            "created_at": fields.get("created"),
            "tags": [*listed(fields, "themes"), *listed(fields, "techno")],
        }
        community = {
            "id": unit_id,
            "name": title[:300],
            "theme": text.strip().partition("\n")[0][:THEME_CHARACTERS],
            "status": status_of(fields.get("phases")),
        }
        records: list[tuple[type[Any], dict[str, Any]]] = [(DocumentRecord, page), (CommunityRecord, community)]
        if kind != UnitKind.PRODUCT:
            records.insert(0, (UnitRecord, {"id": unit_id, "name": title[:300], "parent": parent}))
        return made(line, unit_id, records, (unit_id,))

    def person(self, line: Line, fields: dict[str, Any], wanted: bool) -> Item:
        """Return a person, with what their missions say of their unit, their arrival and their departure."""
        person_id = text_of(fields, "person_id")
        if not person_id:
            message = "the person has no person_id"
            raise InvalidInputError(message)
        first = self.people.check(person_id, line.number)
        if first is not None:
            return refused(line, repeated(person_id, first), ())
        if not wanted:
            return Item(line.file, line.number)
        home = self.careers.home(person_id)
        career = self.careers.people.get(person_id)
        person = {
            "id": person_id,
            "name": text_of(fields, "name") or person_id,
            "unit": self.parents.get(home) if home and home.startswith(f"{UnitKind.PRODUCT}:") else home,
            "job_title": (text_of(fields, "role") or text_of(fields, "domain"))[:300] or None,
            "languages": [language] if (language := text_of(fields, "lang")) else [],
            "skills": [skill[:300] for skill in listed(fields, "skills")],
            "bio": text_of(fields, "bio") or None,
            "joined_on": career.first if career else None,
        }
        records: list[tuple[type[Any], dict[str, Any]]] = [(PersonRecord, person)]
        if not self.careers.is_doubtful(person_id):
            last = self.careers.leaves(person_id)
            departure = {"person": person_id, "declared_by": DeclaredBy.HR}
            records.append((DepartureRecord, departure | ({"earliest": last} if last else {"revoked": True})))
        return made(line, person_id, records, (person_id, f"profile/{person_id}"))

    def membership(self, line: Line) -> Item:
        """Return a person's place on a unit, all their missions there together, at the first of them."""
        mission = read_mission(line)
        if mission is None:
            return Item(line.file, line.number)
        person, unit = mission.person, mission.unit
        skipped = tuple(
            Skipped(line.file, line.number, f"'{person}' on '{unit}': {fault}", ()) for fault in mission.faults
        )
        if self.people.line_of(person) is None:
            return refused(line, f"no person '{person}' in {PEOPLE}.jsonl", ())
        if unit is None:
            return Item(line.file, line.number, skipped=skipped)
        if self.units.line_of(unit) is None:
            return refused(line, f"no unit '{unit}' in {DOCUMENTS}.jsonl", ())
        place = self.careers.people[person].places[unit]
        if place.line != line.number:
            return Item(line.file, line.number, skipped=skipped)
        until = self.careers.until(person, unit)
        membership = {"community": unit, "person": person, "circle": Circle.CORE, "since": place.since, "until": until}
        records: list[tuple[type[Any], dict[str, Any]]] = [(MembershipRecord, membership)]
        seen = self.careers.seen(person, unit)
        if seen is not None:
            # Whoever works on a product makes it, from the first day on, and its page stands for it. As one who only
            # edited, nobody would be an author of a product of several people, and its truck factor would be none.
            begun = min(place.since or seen, seen)
            part = {"document": unit, "person": person, "weight": self.careers.weight(person, unit)}
            records.append((AssociationRecord, part | {"role": Role.WROTE, "at": datetime.combine(begun, time())}))
            if begun < seen:
                records.append((AssociationRecord, part | {"role": Role.EDITED, "at": datetime.combine(seen, time())}))
        item = made(line, person, records, ())
        return Item(item.file, item.line, item.records, (*skipped, *item.skipped))


def made(line: Line, name: str, wanted: Sequence[tuple[type[Any], dict[str, Any]]], ids: tuple[str, ...]) -> Item:
    """Return the records of a line; if the first cannot be made, none is."""
    records: list[AnyRecord] = []
    skipped: list[Skipped] = []
    for kind, fields in wanted:
        built = build(kind, fields)
        skipped.extend(Skipped(line.file, line.number, f"'{name}': {fault}", ids) for fault in built.faults)
        if built.record is not None:
            records.append(built.record)
        elif not records:
            break
    return Item(line.file, line.number, tuple(records), tuple(skipped))


def refused(line: Line, reason: str, ids: tuple[str, ...] | None) -> Item:
    """Return the item of a line that gives nothing."""
    return Item(line.file, line.number, skipped=(Skipped(line.file, line.number, reason, ids),))


def text_of(fields: dict[str, Any], name: str) -> str:
    """Return a text of a line without spaces around it; empty when it is absent or no text."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def listed(fields: dict[str, Any], name: str) -> list[str]:
    """Return the texts of a list."""
    values = fields.get(name)
    return (
        [value.strip() for value in values if isinstance(value, str) and value.strip()]
        if isinstance(values, list)
        else []
    )


def status_of(phases: object) -> CommunityStatus:
    """Return whether a product goes on, by the name of its last phase."""
    last = phases[-1] if isinstance(phases, list) and phases else None
    name = last.get("name") if isinstance(last, dict) else None
    over = isinstance(name, str) and name.startswith(ENDED_PHASE)
    return CommunityStatus.DISSOLVED if over else CommunityStatus.ACTIVE
