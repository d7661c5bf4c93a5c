"""Missions: who worked on which unit from when to when, one line of JSON each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import orjson

from ingestion.files import Line, too_long
from models.errors import InvalidInputError
from models.records import check_year


class UnitKind(StrEnum):
    """What people have missions on; the part of a unit's id before the colon."""

    PRODUCT = "product"
    TEAM = "team"
    INCUBATOR = "incubator"


@dataclass(frozen=True, slots=True)
class Mission:
    """One line of memberships."""

    person: str
    unit: str | None
    start: date | None
    end: date | None
    current: bool | None
    """What an undated line says of today; None when the dates say it."""
    faults: tuple[str, ...] = ()
    """What was wrong in the line and left out."""


def read_mission(line: Line) -> Mission | None:
    """Return the mission of a line, without what is wrong and can be left out; None for an empty line.

    Raises:
        InvalidInputError: the line cannot be used.
    """
    fields = loaded(line)
    if fields is None:
        return None
    person, unit, current = fields.get("person_id"), fields.get("unit"), fields.get("current")
    if not isinstance(person, str) or not person.strip():
        message = "the mission has no person_id"
        raise InvalidInputError(message)
    faults: list[str] = []
    if unit is not None and (not isinstance(unit, str) or not unit.strip()):
        faults.append("unit is not text; left out")
        unit = None
    if not isinstance(current, bool | None):
        faults.append("current is neither true nor false; left out")
        current = None
    start, end = (read_day(name, fields.get(name), faults) for name in ("start", "end"))
    if start and end and end < start:
        faults.append(f"it ends ({end}) before it starts ({start}); the end is left out")
        end = None
    if end is None and current is False:
        end = start  # over, on a day nobody wrote down
    return Mission(person.strip(), unit.strip() if unit else None, start, end, current, tuple(faults))


def loaded(line: Line) -> dict[str, Any] | None:
    """Return the JSON object of a line; None when it is empty.

    Raises:
        InvalidInputError: it holds none.
    """
    if line.content is None:
        raise InvalidInputError(too_long(line))
    if not line.content.strip():
        return None
    try:
        fields = orjson.loads(line.content)
    except orjson.JSONDecodeError as error:
        message = f"not a line of JSON in UTF-8: {error}"
        raise InvalidInputError(message) from error
    if not isinstance(fields, dict):
        message = "not a JSON object"
        raise InvalidInputError(message)
    return fields


def read_day(name: str, value: object, faults: list[str]) -> date | None:
    """Return a day written year first; None when there is none, or with a fault when it is no day."""
    if value in (None, ""):
        return None
    try:
        return parsed_day(value.strip().partition("T")[0] if isinstance(value, str) else "")
    except ValueError:
        shown = value if isinstance(value, str) else type(value).__name__
        faults.append(f"{name} '{shown[:40]}' is not a date such as 2026-03-31; left out")
        return None


@cache
def parsed_day(text: str) -> date:
    """Return a day of the calendar; one object for each, because a file names the same days again and again."""
    return check_year(date.fromisoformat(text))
