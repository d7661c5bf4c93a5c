"""Pages of long lists: each says where the next begins, so that rows that come or go meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy import Row, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import ColumnElement

from models.errors import InvalidInputError
from models.records import clean_text

T = TypeVar("T")
U = TypeVar("U")
MAX_LIMIT: Final = 200
# What the narrowest integer column holds.
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted: the one after a cursor that an earlier page gave, or the first."""

    cursor: str | None = None
    limit: int = 50

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            message = f"The limit {self.limit} is not between 1 and {MAX_LIMIT}; ask for fewer and follow the cursor"
            raise InvalidInputError(message)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, in its order."""

    items: Sequence[T]
    next_cursor: str | None
    """Asks for what follows; None at the end."""

    def map(self, function: Callable[[T], U]) -> Page[U]:
        """Return the same page of something else."""
        return Page([function(item) for item in self.items], self.next_cursor)


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: columns of which no two rows have all alike, and none is empty."""

    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]
    descending: bool = False


def read_page(session: Session, statement: Select[*tuple[Any, ...]], order: Order, page: PageRequest) -> Page[Row[Any]]:
    """Return one page of a statement's rows; the columns of the order follow the statement's own in each row.

    Raises:
        InvalidInputError: the cursor is not one that this list gave.
    """
    keys = order.columns
    if page.cursor is not None:
        start = read_cursor(page.cursor, [column.type.python_type for column in keys])
        here = tuple_(*keys)
        after = tuple_(*(literal(value, column.type) for value, column in zip(start, keys, strict=True)))
        statement = statement.where(here < after if order.descending else here > after)
    statement = statement.add_columns(*keys)
    statement = statement.order_by(*(column.desc() if order.descending else column for column in keys))
    rows = session.execute(statement.limit(page.limit + 1)).all()
    if len(rows) <= page.limit:
        return Page(rows, None)
    return Page(rows[:-1], make_cursor(rows[-2][-len(keys) :]))


def make_cursor(values: Sequence[Any]) -> str:
    """Return the opaque text for where a page ends."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).rstrip(b"=").decode()


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """Return where the earlier page ended.

    Raises:
        InvalidInputError: no such list gave this cursor.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list):
            raise TypeError
        return [_read_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        message = f"'{cursor[:60]}' is not a cursor of this list; ask without one for the first page"
        raise InvalidInputError(message) from error


def _read_value(value: Any, kind: type) -> Any:  # noqa: ANN401 - any type a column has
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind or clean_text(value) != value or (isinstance(value, int) and abs(value) > _LARGEST):
        raise TypeError
    return value
