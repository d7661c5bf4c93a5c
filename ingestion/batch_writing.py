"""Batches into the store: together where all goes well, one by one where a record breaks the batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.records import AnyRecord
from models.writing import ORDER, Writer, WriteResult

# What a record that the database cannot hold raises; `blames_record` tells it from a database that does not answer.
RECORD_FAULTS = (StatementError, ValueError, TypeError, OverflowError)


def write_records(session: Session, source: str, space: str, records: Sequence[AnyRecord]) -> WriteResult:
    """Write the records together; if one breaks the batch, one by one without it."""
    try:
        with session.begin_nested():
            return Writer(session, source, space).write(records)
    except RECORD_FAULTS as error:
        if not blames_record(error):
            raise
        session.expunge_all()
        return write_singly(session, source, space, records)


def write_singly(session: Session, source: str, space: str, records: Sequence[AnyRecord]) -> WriteResult:
    """Write the records each in its own savepoint, in the order a batch has."""
    total = WriteResult()
    for position in sorted(range(len(records)), key=lambda n: ORDER.index(type(records[n]))):
        try:
            with session.begin_nested():
                one = Writer(session, source, space).write([records[position]])
        except RECORD_FAULTS as error:
            if not blames_record(error):
                raise
            session.expunge_all()
            total.refused.append((position, f"the store refuses it: {first_line(error)}"))
            continue
        total.new += one.new
        total.changed += one.changed
        total.unchanged += one.unchanged
        total.seen |= one.seen
        total.refused.extend((position, reason) for _, reason in one.refused)
        total.outcomes.update((position, outcome) for outcome in one.outcomes.values())
    return total


def blames_record(error: Exception) -> bool:
    """Return whether an error is a record's fault, and not the database's or the connection's."""
    return isinstance(error, (DataError, IntegrityError)) or not isinstance(error, DBAPIError)


def first_line(error: BaseException) -> str:
    """Return the beginning of an error's text, without the statement and its values."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0][:200] if str(cause).strip() else type(cause).__name__
