"""Transfer plans as files: calendars read back by icalendar, workbooks by openpyxl."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from api.languages import Language
from api.plan_files import as_cell_text, file_name, plan_calendar, plan_workbook
from api.wording import wording_in
from models.queries.people import Person
from models.queries.places import NamedArea
from models.queries.plan_shapes import Plan, PlanPart, Step, StepDocument
from models.records import DocumentKind
from models.tables import PlanStatus, StepKind, StepStatus
from recommender.succession.transfer import EvidenceRef, Transfer, TransferItem, TransferItemKind
from tests.conftest import NOW

FRENCH, ENGLISH = wording_in(Language.FRENCH), wording_in(Language.ENGLISH)
LATER = NOW + timedelta(days=2)
DAY = timedelta(days=1)
START = date(2026, 7, 1)


def person(name: str) -> Person:
    return Person(name, f"{name.title()} Léger", None, None, None, (), None, None, None)


MENTORING = Step(
    id=7,
    plan_id=3,
    kind=StepKind.MENTORING,
    title="",
    area=NamedArea("area:1", "Gel des vannes", "Frozen valves"),
    successor=person("ben"),
    document=None,
    starts_on=START,
    due_on=START + 13 * DAY,
    status=StepStatus.PLANNED,
    note="Le mardi ; près du quai, « rive gauche »\nAvec les bottes",
    completed_on=None,
    created_at=NOW,
    updated_at=NOW,
)
TALK = replace(
    MENTORING,
    id=8,
    kind=StepKind.RECORDED_TALK,
    title="=1+1",
    area=None,
    successor=None,
    document=StepDocument("t:talk", "@Récit"),
    status=StepStatus.DONE,
    note="",
    completed_on=START + DAY,
    updated_at=LATER,
)
PLAN = Plan(
    3, person("ana"), PlanPart.PLANNER, PlanStatus.ACTIVE, date(2026, 9, 30), "", (MENTORING, TALK), (), NOW, NOW
)
EVIDENCE = EvidenceRef("t:q", "+33 : qui appeler ?", DocumentKind.ANSWER, NOW)
TRANSFER = Transfer(
    PLAN.person,
    None,
    [
        TransferItem(
            TransferItemKind.ONLY_HOLDER_AREA, "area:1", "Gel", "Frost", None, "", 4, 0.5, 1.0, 2, 0.0, (EVIDENCE,) * 2
        )
    ],
)


def events(plan: Plan, say: Any = FRENCH, now: datetime = NOW) -> list[Any]:
    return list(Calendar.from_ical(plan_calendar(say, plan, now)).walk("VEVENT"))


def sheets(plan: Plan, transfer: Transfer | None = TRANSFER, say: Any = FRENCH) -> list[Any]:
    return list(load_workbook(BytesIO(plan_workbook(say, plan, transfer, NOW))).worksheets)


def rows(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


# Calendars.


def test_each_step_is_an_event_of_whole_days_that_takes_no_time_up() -> None:
    mentoring, talk = events(PLAN, now=LATER)
    assert mentoring["summary"] == "Mentorat\u00a0: Gel des vannes"
    assert mentoring["dtstart"].dt == START
    assert mentoring["dtend"].dt == START + 14 * DAY
    assert mentoring["dtstamp"].dt == LATER
    assert (mentoring["transp"], mentoring["class"], mentoring["status"]) == ("TRANSPARENT", "PRIVATE", "CONFIRMED")
    assert mentoring["categories"].cats == ["Mentorat"]
    assert mentoring["description"] == f"De Ana Léger à Ben Léger\nPrévue\n{MENTORING.note}"
    assert (talk["summary"], talk["description"]) == ("=1+1", "De la part de Ana Léger\nFaite")


def test_a_step_keeps_its_uid_and_says_when_it_changed() -> None:
    before, other = events(PLAN)
    changed = replace(MENTORING, title="Purger", updated_at=LATER)
    after, _ = events(replace(PLAN, steps=(changed, TALK)), say=ENGLISH, now=LATER)
    assert before["uid"] == after["uid"] != other["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 172_800)
    assert after["last-modified"].dt == LATER
    recreated, _ = events(replace(PLAN, steps=(replace(MENTORING, created_at=LATER), TALK)))
    assert recreated["uid"] != before["uid"], "a new step that took the number of a deleted one is another"


@pytest.mark.parametrize(
    ("status", "told"),
    [(StepStatus.PROPOSED, "TENTATIVE"), (StepStatus.UNDER_WAY, "CONFIRMED"), (StepStatus.DROPPED, "CANCELLED")],
)
def test_a_dropped_step_is_cancelled_and_a_proposed_one_tentative(status: StepStatus, told: str) -> None:
    [event] = events(replace(PLAN, steps=(replace(MENTORING, status=status),)))
    assert event["status"] == told


def test_a_calendar_says_what_it_is_even_without_steps() -> None:
    calendar = Calendar.from_ical(plan_calendar(ENGLISH, replace(PLAN, steps=()), NOW))
    assert calendar["x-wr-calname"] == "Transfer plan: Ana Léger"
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert events(replace(PLAN, steps=())) == []


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert plan_calendar(FRENCH, PLAN, NOW) == plan_calendar(FRENCH, PLAN, NOW)
    assert plan_workbook(FRENCH, PLAN, TRANSFER, NOW) == plan_workbook(FRENCH, PLAN, TRANSFER, NOW)


@settings(max_examples=100, deadline=None)
@given(title=st.text(max_size=200), note=st.text(max_size=300))
def test_whatever_people_write_stays_in_the_text_of_its_event(title: str, note: str) -> None:
    written = plan_calendar(FRENCH, replace(PLAN, steps=(replace(MENTORING, title=title, note=note),)), NOW)
    assert all(len(line) <= 75 for line in written.split(b"\r\n")), "RFC 5545 folds at 75 octets"
    [event] = Calendar.from_ical(written).walk("VEVENT")
    assert event["class"] == "PRIVATE"
    assert set(event) == set(events(PLAN)[0])


def test_a_note_that_imitates_a_calendar_adds_no_event() -> None:
    note = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y"
    [event] = events(replace(PLAN, steps=(replace(MENTORING, note=note),)))
    assert "END:VEVENT\nBEGIN:VEVENT" in event["description"]


# Workbooks.


def test_a_workbook_has_a_sheet_of_steps_and_one_of_what_to_pass_on() -> None:
    steps, items = sheets(PLAN)
    assert (steps.title, items.title) == ("Étapes", "À transmettre")
    head, mentoring, talk = rows(steps)
    assert head[:4] == ["Étape", "Nature", "Domaine", "Prend la suite"]
    first, last = datetime(2026, 7, 1), datetime(2026, 7, 14)
    assert mentoring == [
        "Mentorat\u00a0: Gel des vannes", "Mentorat", "Gel des vannes", "Ben Léger", first, last, "Prévue", None, None,
        MENTORING.note,
    ]  # fmt: skip
    assert talk[0] == "'=1+1"
    assert talk[6:9] == ["Faite", first + DAY, "'@Récit"]
    assert rows(items)[1] == [
        "Gel",
        "Personne d’autre ne maîtrise ce domaine",
        4,
        "'+33 : qui appeler ?\n+33 : qui appeler ?",
    ]


def test_a_workbook_in_english_has_english_heads_words_and_days() -> None:
    steps, items = sheets(PLAN, say=ENGLISH)
    assert (steps.title, items.title) == ("Steps", "To pass on")
    assert steps["A2"].value == "Mentoring: Frozen valves"
    assert (steps["E2"].number_format, sheets(PLAN)[0]["E2"].number_format) == ("yyyy-mm-dd", "dd/mm/yyyy")


def test_the_head_stays_in_sight_and_columns_are_as_wide_as_what_they_hold() -> None:
    for sheet in sheets(PLAN):
        assert sheet.freeze_panes == "B2"
        assert sheet["A1"].font.bold
        assert min(column.width for column in sheet.column_dimensions.values()) >= 10
    assert sheets(PLAN)[0].auto_filter.ref == "A1:J3"


def test_who_sees_only_their_steps_gets_one_sheet_even_without_a_step() -> None:
    [steps] = sheets(replace(PLAN, steps=()), None)
    assert len(rows(steps)) == 1


ATTACKS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\x00=1+1",
    "\x1f=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "﹢1",
    "\ttab",
    '=HYPERLINK("https://evil.example","x")',
)


def saved_as_csv(sheet: Any) -> str:
    """Return a sheet as a spreadsheet program would save it."""
    written = StringIO()
    csv.writer(written).writerows(rows(sheet))
    return written.getvalue()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_a_formula_in_a_workbook_nor_once_it_was_saved_as_csv(attack: str) -> None:
    step = replace(
        MENTORING,
        title=attack,
        note=attack,
        area=NamedArea("area:1", attack, attack),
        successor=replace(person("ben"), name=attack),
        document=StepDocument(attack, ""),
    )
    item = replace(TRANSFER.items[0], label_fr=attack, evidence=(replace(EVIDENCE, title=attack),))
    for sheet in sheets(replace(PLAN, steps=(step,)), replace(TRANSFER, items=[item])):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert all(cell.hyperlink is None for cell in cells)
        for row in csv.reader(StringIO(saved_as_csv(sheet))):
            for cell in row:
                assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠﹢\t")), cell


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@＝＋－＠\t\r\n '\u200b\u00ad\x00\x0b"), st.characters())))
def test_no_cell_begins_as_a_formula_and_no_word_is_lost(text: str) -> None:
    cell = as_cell_text(text)
    assert not cell.lstrip().lstrip("\u200b\u00ad\ufeff").startswith(tuple("=+-@＝＋－＠"))
    assert [sign for sign in text if sign.isalnum()] == [sign for sign in cell if sign.isalnum()]


def test_ordinary_texts_are_written_as_they_are() -> None:
    for text in ("", "Vannes", "Le gel - en hiver", "a=b", "'déjà", "8 %", "« Oui »"):
        assert as_cell_text(text) == text


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    [steps] = sheets(replace(PLAN, steps=(replace(MENTORING, note="=" * 40_000),)), None)
    note = steps["J2"].value
    assert (len(note), note[0], note[-1]) == (32_767, "'", "…")


def test_the_name_of_a_file_names_nobody() -> None:
    assert file_name(FRENCH, PLAN, "ics") == "plan-de-transmission-3.ics"
    assert file_name(ENGLISH, PLAN, "xlsx") == "transfer-plan-3.xlsx"
