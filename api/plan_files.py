"""Transfer plans as files: a calendar of the steps, and a workbook of the steps and of what there is to pass on."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from api.languages import Language
from api.plan_words import say_step, step_kinds, step_statuses
from api.succession_words import say_item
from api.wording import Wording
from models.queries.plan_shapes import Plan, Step
from models.records import clean_text
from models.tables import StepStatus
from recommender.succession.transfer import Transfer

CALENDAR_TYPE: Final = "text/calendar; charset=utf-8"
WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRODUCT: Final = "-//Relève//Relève//EN"
# What a spreadsheet takes for the beginning of a formula, in any width.
_FORMULA_SIGNS: Final = frozenset("=+-@")
# Excel refuses longer texts.
_LONGEST_CELL: Final = 32_767
_STATUSES: Final = {StepStatus.PROPOSED: "TENTATIVE", StepStatus.DROPPED: "CANCELLED"}
_DAY_FORMATS: Final = {Language.FRENCH: "dd/mm/yyyy", Language.ENGLISH: "yyyy-mm-dd"}

Cell = str | int | date | None


def plan_calendar(say: Wording, plan: Plan, now: datetime) -> bytes:
    """Return the steps shown of a plan as an iCalendar file: one event of whole days each, that takes no time up.

    A step keeps its UID in every file, so that a calendar that read an earlier one changes its event.

    Source: RFC 5545.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(_title(say, plan)))
    for step in plan.steps:
        calendar.add_component(_event(say, plan, step, now))
    written: bytes = calendar.to_ical()
    return written


def plan_workbook(say: Wording, plan: Plan, transfer: Transfer | None, now: datetime) -> bytes:
    """Return a plan as a workbook (XLSX): a sheet of the steps shown, and one of what there is to pass on.

    Args:
        say: the words of a language.
        plan: as its reader sees it.
        transfer: as the same reader sees it; without, there is no second sheet.
        now: when the file is made.
    """
    from xlsxwriter import Workbook

    written = BytesIO()
    workbook = Workbook(written, {"in_memory": True})
    workbook.set_properties({"title": as_cell_text(_title(say, plan)), "created": now.replace(tzinfo=None)})
    _write_sheet(say, workbook, say.gettext("Steps"), _step_columns(say), [_step_row(say, step) for step in plan.steps])
    if transfer is not None:
        _write_sheet(say, workbook, say.gettext("To pass on"), _item_columns(say), _item_rows(say, transfer))
    workbook.close()
    return written.getvalue()


def file_name(say: Wording, plan: Plan, ending: str) -> str:
    """Return the name of a plan's file: without the name of a person, who may not be known to leave."""
    named = say.pgettext("file name", "transfer-plan-%(number)s")
    return f"{named % {'number': plan.id}}.{ending}"


def as_cell_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, even once the sheet has been saved as CSV and read again.

    One that begins so gets an apostrophe before it; signs of other widths, and spaces or controls before, count too.

    Source: OWASP, CSV Injection.
    """
    kept = _plain(text)
    if len(kept) >= _LONGEST_CELL:
        kept = f"{kept[: _LONGEST_CELL - 2]}…"
    seen = next((sign for sign in kept if not _is_invisible(sign)), "")
    begins = unicodedata.normalize("NFKC", seen)[:1] in _FORMULA_SIGNS or kept[:1] in ("\t", "\r", "\n")
    return f"'{kept}" if kept and begins else kept


def _plain(text: str) -> str:
    """Return a text without what neither format holds: control characters beside tabs and ends of lines."""
    cleaned: str = clean_text(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in cleaned if sign in "\t\n" or unicodedata.category(sign) != "Cc")


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _title(say: Wording, plan: Plan) -> str:
    return say.gettext("Transfer plan: %(name)s") % {"name": plan.person.name}


def _event(say: Wording, plan: Plan, step: Step, now: datetime) -> Any:  # noqa: ANN401 - icalendar loads when used
    from icalendar import Event

    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"releve:{plan.id}/{step.id}/{step.created_at.isoformat()}")))
    event.add("dtstamp", now)
    event.add("created", step.created_at)
    event.add("last-modified", step.updated_at)
    event.add("sequence", int((step.updated_at - step.created_at).total_seconds()))
    event.add("dtstart", step.starts_on)
    event.add("dtend", step.due_on + timedelta(days=1))  # the first day after
    event.add("summary", _plain(say_step(say, step)))
    event.add("description", _plain(_describe(say, plan, step)))
    event.add("categories", [_plain(step_kinds(say)[step.kind])])
    event.add("status", _STATUSES.get(step.status, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    # Calendars are shared, and whose knowledge passes on may not be known to everyone.
    event.add("class", "PRIVATE")
    return event


def _describe(say: Wording, plan: Plan, step: Step) -> str:
    """Return who takes part in a step, where it is, and its note."""
    if step.successor is None:
        people = say.gettext("From %(person)s") % {"person": plan.person.name}
    else:
        named = {"person": plan.person.name, "successor": step.successor.name}
        people = say.gettext("From %(person)s to %(successor)s") % named
    return "\n".join(part for part in (people, step_statuses(say)[step.status], step.note) if part)


def _step_columns(say: Wording) -> list[tuple[str, int]]:
    """Return the heads of the sheet of steps, with the widths of the columns in characters."""
    return [
        (say.pgettext("column", "Step"), 44),
        (say.pgettext("column", "Kind"), 24),
        (say.pgettext("column", "Area"), 28),
        (say.pgettext("column", "Successor"), 24),
        (say.pgettext("column", "First day"), 12),
        (say.pgettext("column", "Last day"), 12),
        (say.pgettext("column", "Status"), 12),
        (say.pgettext("column", "Done on"), 12),
        (say.pgettext("column", "Document"), 36),
        (say.pgettext("column", "Note"), 60),
    ]


def _step_row(say: Wording, step: Step) -> list[Cell]:
    return [
        say_step(say, step),
        step_kinds(say)[step.kind],
        step.area.label(say.language.value) if step.area else None,
        step.successor.name if step.successor else None,
        step.starts_on,
        step.due_on,
        step_statuses(say)[step.status],
        step.completed_on,
        step.document.title or step.document.id if step.document else None,
        step.note,
    ]


def _item_columns(say: Wording) -> list[tuple[str, int]]:
    """Return the heads of the sheet of what there is to pass on, with the widths of the columns in characters."""
    return [
        (say.pgettext("column", "Area"), 28),
        (say.pgettext("column", "Why"), 60),
        (say.pgettext("column", "Count"), 10),
        (say.pgettext("column", "Evidence"), 80),
    ]


def _item_rows(say: Wording, transfer: Transfer) -> list[list[Cell]]:
    """Return what there is to pass on, what would be lost most first."""
    return [
        [
            item.label(say.language.value),
            say_item(say, item),
            item.count,
            "\n".join(evidence.title or evidence.document_id for evidence in item.evidence),
        ]
        for item in transfer.items
    ]


def _write_sheet(
    say: Wording,
    workbook: Any,  # noqa: ANN401 - xlsxwriter ships no types
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Write a table under a head that stays in sight; every text is a text, whatever it begins with."""
    head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    day = workbook.add_format({"num_format": _DAY_FORMATS[say.language], "align": "left", "valign": "top"})
    sheet = workbook.add_worksheet(name)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, as_cell_text(title), head)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value, text)
            elif value:
                sheet.write_string(number, column, as_cell_text(value), text)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
