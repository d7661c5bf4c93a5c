"""The import formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from ingestion.source import Source
from ingestion.sources.documents import DocumentsSource
from ingestion.sources.missions import MissionsSource
from ingestion.sources.people_csv import PeopleSource
from ingestion.sources.records_jsonl import RecordsSource
from ingestion.sources.stackexchange import StackExchangeSource
from ingestion.sources.threads import ThreadsSource
from models.errors import InvalidInputError

FORMATS: Mapping[str, Callable[..., Source]] = {
    ThreadsSource.format: ThreadsSource,
    StackExchangeSource.format: StackExchangeSource,
    PeopleSource.format: PeopleSource,
    MissionsSource.format: MissionsSource,
    DocumentsSource.format: DocumentsSource,
    RecordsSource.format: RecordsSource,
}


def open_source(format_name: str, path: Path, *, dates: str | None = None, today: date | None = None) -> Source:
    """Return the source of this format at a path.

    Args:
        dates: how a people table writes its dates (dmy, mdy, ymd); None to find out from the table itself.
        today: the day of the import; only missions need it, to tell those in course from those that ended.

    Raises:
        InvalidInputError: no such format, or nothing of that format is there.
    """
    if format_name not in FORMATS:
        message = f"No format named '{format_name}'; choose one of: {', '.join(FORMATS)}"
        raise InvalidInputError(message)
    if dates is not None and format_name != PeopleSource.format:
        message = f"Only the format 'people' takes an order of dates; leave --dates out for '{format_name}'"
        raise InvalidInputError(message)
    if format_name == PeopleSource.format:
        return PeopleSource(path, dates)
    if format_name == MissionsSource.format:
        if today is None:
            message = f"The format '{format_name}' needs the day of the import; give today"
            raise InvalidInputError(message)
        return MissionsSource(path, today)
    return FORMATS[format_name](path)
