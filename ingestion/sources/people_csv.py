"""People: a CSV file as an HR office exports it, in French or English.

Only the columns of `ingestion.people_columns` are read. Birth dates, sex, salary, home address and whatever else the
file holds are never looked at; the report lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingestion.building import build
from ingestion.csv_rows import Row, Table
from ingestion.day_order import DayOrder, decide_order, read_period
from ingestion.file_source import FileSource
from ingestion.files import require
from ingestion.people_columns import ACCEPTED, PeopleColumns, find_columns, recognised
from ingestion.seen import FirstSeen, repeated
from ingestion.source import Item, PersonalFields, Skipped
from models.errors import InvalidInputError
from models.names import fold
from models.records import AnyRecord, DeclaredBy, DepartureRecord, PersonRecord

DATE_FIELDS = ("joined_on", "departure")
YES = frozenset({"oui", "o", "yes", "y", "true", "vrai", "1", "x"})
NO = frozenset({"", "non", "n", "no", "false", "faux", "0"})
# Languages an office writes in full, by their folded names.
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "francais": ("fr",), "french": ("fr",), "anglais": ("en",), "english": ("en",), "bilingue": ("fr", "en"),
    "bilingual": ("fr", "en"), "espagnol": ("es",), "spanish": ("es",), "allemand": ("de",), "german": ("de",),
    "italien": ("it",), "italian": ("it",), "portugais": ("pt",), "portuguese": ("pt",), "arabe": ("ar",),
    "arabic": ("ar",), "chinois": ("zh",), "mandarin": ("zh",), "chinese": ("zh",), "creole": ("ht",),
    "creole haitien": ("ht",), "haitian creole": ("ht",), "inuktitut": ("iu",), "cri": ("cr",), "cree": ("cr",),
    "russe": ("ru",), "russian": ("ru",), "vietnamien": ("vi",), "vietnamese": ("vi",), "neerlandais": ("nl",),
    "dutch": ("nl",), "lsq": ("fcs",), "asl": ("ase",),
}  # fmt: skip


class PeopleSource(FileSource):
    """A CSV file of people."""

    format = "people"
    personal_fields = PersonalFields(
        taken=tuple(ACCEPTED),
        dropped=("every other column: birth date, sex, salary, home address, telephone and the like",),
    )

    def __init__(self, path: Path, dates: str | None = None) -> None:
        if require(path).is_dir():
            message = f"'{path}' is a folder; give the CSV file"
            raise InvalidInputError(message)
        if dates is not None and dates not in list(DayOrder):
            message = f"No order of dates named '{dates}'; choose one of: {', '.join(DayOrder)}"
            raise InvalidInputError(message)
        super().__init__(path, [path])
        self.stated_order = DayOrder(dates) if dates else None

    def default_name(self) -> str:
        """Return the name shared by all exports of the organisation's directory."""
        return "people"

    def fingerprint(self) -> str:
        """Return what names this exact input."""
        return self.files.fingerprint(self.format, self.stated_order or "")

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per row; rows before `start` only give their ids.

        Raises:
            InvalidInputError: columns are missing, the order of dates is open, or the file breaks off.
        """
        table = Table(self.files, self.path, recognised)
        columns = find_columns(table.name, table.header)
        self.notes = (f"columns not taken: {', '.join(columns.not_taken)}",) if columns.not_taken else ()
        order = self.stated_order or decide_order(table.name, date_cells(table, columns))
        self.files.rewind()
        reader = RowReader(table.name, columns, order)
        for number, row in enumerate(table.rows()):
            item = reader.item(row)
            if number >= start:
                yield item


def date_cells(table: Table, columns: PeopleColumns) -> Iterator[tuple[int, str]]:
    """Yield line and content of every cell of the date columns, as far as the file can be read."""
    fields = [field for field in DATE_FIELDS if field in columns]
    if not fields:
        return
    try:
        for row in table.rows():
            for field in fields:
                if row.cells and (cell := columns.cell(row.cells, field)):
                    yield row.line, cell
    except InvalidInputError:
        return  # the reading that follows meets the same break and says so


class RowReader:
    """Makes a person, and their departure, of each row."""

    def __init__(self, name: str, columns: PeopleColumns, order: DayOrder) -> None:
        self.name = name
        self.columns = columns
        self.order = order
        self.ids = FirstSeen()
        self.emails = FirstSeen()

    def item(self, row: Row) -> Item:
        """Return the item of one row."""
        if row.fault:
            return self.refused(row, row.fault)
        if not any(cell.strip() for cell in row.cells):
            return Item(self.name, row.line)
        email = self.columns.cell(row.cells, "email").lower()
        person_id = self.columns.cell(row.cells, "id") or email
        if not person_id:
            return self.refused(row, "the row has neither an id nor an e-mail address")
        first = self.ids.check(person_id, row.line)
        if first is not None:
            return self.refused(row, repeated(person_id, first), ids=())
        faults: list[str] = []
        records = self.records(row, person_id, self.own_email(email, row.line, faults), faults)
        ids = (person_id, f"profile/{person_id}")
        skipped = tuple(Skipped(self.name, row.line, f"'{person_id}': {fault}", ids) for fault in faults)
        return Item(self.name, row.line, records, skipped)

    def refused(self, row: Row, reason: str, ids: tuple[str, ...] | None = None) -> Item:
        """Return the item of a row that gives nothing."""
        return Item(self.name, row.line, skipped=(Skipped(self.name, row.line, reason, ids),))

    def own_email(self, email: str, line: int, faults: list[str]) -> str | None:
        """Return the address unless it is none, or someone else's above."""
        if not email:
            return None
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", email):
            faults.append(f"'{email}' is not an e-mail address; left out")
            return None
        first = self.emails.check(email, line)
        if first is not None:
            faults.append(f"{repeated(email, first, 'e-mail address')}; left out")
            return None
        return email

    def records(self, row: Row, person_id: str, email: str | None, faults: list[str]) -> tuple[AnyRecord, ...]:
        """Return the person of a row and what it says of their departure."""
        cell = {field: self.columns.cell(row.cells, field) for field in ACCEPTED}
        fields: dict[str, Any] = {
            "id": person_id,
            "name": full_name(cell),
            "email": email,
            "languages": read_languages(cell["languages"], faults),
            "skills": [skill[:300] for skill in split_list(cell["skills"])],
        }
        for field in ("unit", "site", "job_title", "bio", "url"):
            fields[field] = cell[field] or None
        if joined := self.period("joined_on", cell["joined_on"], faults):
            fields["joined_on"] = joined[0]
        built = build(PersonRecord, fields)
        faults.extend(built.faults)
        if built.record is None:
            return ()
        departure = self.departure(person_id, cell, faults)
        return (built.record, departure) if departure else (built.record,)

    def period(self, field: str, cell: str, faults: list[str]) -> tuple[Any, Any] | None:
        """Return the days a date cell stands for; None when it is empty or wrong."""
        if not cell:
            return None
        try:
            return read_period(cell, self.order)
        except ValueError as error:
            faults.append(f"{field} '{cell[:40]}' is not a date of this file's order: {error}; left out")
            return None

    def departure(self, person_id: str, cell: Mapping[str, str], faults: list[str]) -> DepartureRecord | None:
        """Return the declared departure, or its withdrawal where the column is there and the cell is empty."""
        if "departure" not in self.columns:
            return None
        if not cell["departure"]:
            return DepartureRecord(person=person_id, declared_by=DeclaredBy.HR, revoked=True)
        period = self.period("departure", cell["departure"], faults)
        if period is None:
            return None
        fields = {"person": person_id, "declared_by": DeclaredBy.HR, "earliest": period[0]}
        if period[1] != period[0]:
            fields["latest"] = period[1]
        built = build(DepartureRecord, {**fields, "announced": read_yes(cell["announced"], faults)})
        faults.extend(built.faults)
        return built.record


def full_name(cell: Mapping[str, str]) -> str:
    """Return the name as people say it: given name first."""
    if cell["name"]:
        last, comma, first = cell["name"].partition(",")
        return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else cell["name"]
    return f"{cell['first_name']} {cell['last_name']}".strip()


def split_list(cell: str) -> list[str]:
    """Return the entries of a list in one cell: by line, ';', '|' or '•' where there are any, else by comma."""
    parts = re.split(r"[\n;|•]", cell)
    parts = parts if len(parts) > 1 else cell.split(",")
    return [part.strip() for part in parts if part.strip()]


def read_languages(cell: str, faults: list[str]) -> list[str]:
    """Return language codes; names written in full are translated."""
    found: list[str] = []
    for entry in re.split(r"[,;|/\n]|\bet\b|\band\b|&", cell):
        name = re.sub(r"\(.*?\)", "", fold(entry)).strip()
        if not name:
            continue
        codes = (name,) if re.fullmatch(r"[a-z]{2,3}", name) and name not in LANGUAGES else LANGUAGES.get(name)
        if codes is None:
            faults.append(f"language '{entry.strip()[:40]}' is not known, write its two-letter code; left out")
        else:
            found.extend(code for code in codes if code not in found)
    return found


def read_yes(cell: str, faults: list[str]) -> bool:
    """Return whether a cell says yes."""
    answer = fold(cell)
    if answer not in YES and answer not in NO:
        faults.append(f"announced '{cell[:40]}' is neither yes nor no; taken as no")
    return answer in YES
