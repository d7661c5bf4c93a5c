"""Transfer plans in words: neutral, in both languages, for every value there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.plan_words import plan_statuses, reasons_why, say_reminder, say_step, say_warning, step_kinds, step_statuses
from models.queries.plan_shapes import PlanWarning, StepDocument, WarningKind
from models.tables import PlanStatus, StepKind, StepStatus
from recommender.succession.planning_steps import Why
from tests.api.test_plan_files import ENGLISH, FRENCH, MENTORING


def test_every_value_has_its_words() -> None:
    for say in (FRENCH, ENGLISH):
        assert set(plan_statuses(say)) == set(PlanStatus)
        assert set(step_statuses(say)) == set(StepStatus)
        assert set(step_kinds(say)) == set(StepKind)
        assert set(reasons_why(say)) == set(Why)


def test_a_step_is_called_as_people_wrote_or_by_its_kind_and_what_it_is_about() -> None:
    assert say_step(ENGLISH, replace(MENTORING, title="Purge with Ana")) == "Purge with Ana"
    assert say_step(ENGLISH, MENTORING) == "Mentoring: Frozen valves"
    assert say_step(FRENCH, MENTORING) == "Mentorat\u00a0: Gel des vannes"
    assert say_step(FRENCH, replace(MENTORING, document=StepDocument("d", "Guide"))) == "Mentorat\u00a0: Guide"
    assert say_step(FRENCH, replace(MENTORING, area=None)) == "Mentorat"


def test_a_reminder_says_what_and_when_and_nothing_of_being_late() -> None:
    assert say_reminder(ENGLISH, MENTORING) == "Planned until July 14, 2026: Mentoring: Frozen valves"
    assert say_reminder(FRENCH, MENTORING) == ("Prévu jusqu’au 14 juillet 2026\u00a0: Mentorat\u00a0: Gel des vannes")


def test_warnings_name_the_day_and_what_follows_from_it() -> None:
    for kind in WarningKind:
        assert "1er octobre 2026" in say_warning(FRENCH, PlanWarning(kind, date(2026, 10, 1)))
        assert "October 1, 2026" in say_warning(ENGLISH, PlanWarning(kind, date(2026, 10, 1)))
