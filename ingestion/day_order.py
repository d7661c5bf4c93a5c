"""Dates as offices write them; day first or month first is decided once for a file, or asked for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from models.errors import InvalidInputError

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?")
YEAR = re.compile(r"\d{4}")
PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
MONTHS = 12


class DayOrder(StrEnum):
    """How the file writes its dates; a date that begins with the year is read in any case."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


def decide_order(name: str, cells: Iterable[tuple[int, str]]) -> DayOrder:
    """Return the order that the file's own dates prove.

    Args:
        cells: (line, date as written) of every date cell of the file.

    Raises:
        InvalidInputError: the dates prove nothing, or prove both.
    """
    open_date: tuple[int, str] | None = None
    proofs: dict[DayOrder, tuple[int, str]] = {}
    for line, cell in cells:
        orders = possible_orders(cell)
        if len(orders) == 1:
            proofs.setdefault(orders[0], (line, cell))
        elif orders:
            open_date = open_date or (line, cell)
    remedy = "; say which with --dates dmy (day first) or --dates mdy (month first)"
    if len(proofs) > 1:
        (line, cell), (other_line, other) = proofs.values()
        message = (
            f"'{name}' holds dates in both orders: '{cell}' in line {line}, '{other}' in line {other_line}{remedy}"
        )
        raise InvalidInputError(message)
    if proofs:
        return next(iter(proofs))
    if open_date is not None:
        message = f"'{name}' does not show whether '{open_date[1]}' (line {open_date[0]}) starts with the day{remedy}"
        raise InvalidInputError(message)
    return DayOrder.YEAR_FIRST


def possible_orders(cell: str) -> tuple[DayOrder, ...]:
    """Return the orders in which a cell is a date; none if it is one in no order or the same one in both."""
    match = PARTS.fullmatch(cell.strip())
    if match is None or match[1] == match[2]:
        return ()
    orders = ((DayOrder.DAY_FIRST, int(match[2])), (DayOrder.MONTH_FIRST, int(match[1])))
    return tuple(order for order, month in orders if month <= MONTHS)


def read_period(cell: str, order: DayOrder) -> tuple[date, date]:
    """Return the first and the last day of a date: the same day, or the bounds of a month or a year given alone.

    Raises:
        ValueError: it is no date in this order.
    """
    text = cell.strip()
    if YEAR.fullmatch(text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    if match := ISO.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        if match[3]:
            day = date(year, month, int(match[3]))
            return day, day
        first = date(year, month, 1)
        return first, first.replace(day=monthrange(year, month)[1])
    match = PARTS.fullmatch(text)
    if match is None or order is DayOrder.YEAR_FIRST:
        message = "write it as YYYY-MM-DD"
        raise ValueError(message)
    first_part, second_part, year = int(match[1]), int(match[2]), int(match[3])
    month_first = order is DayOrder.MONTH_FIRST
    day = date(year, first_part if month_first else second_part, second_part if month_first else first_part)
    return day, day
