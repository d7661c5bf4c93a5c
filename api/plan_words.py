"""Transfer plans in words: kinds of steps, where plans and steps are, why a step is proposed, and reminders."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from api.wording import Wording
from models.queries.plan_shapes import PlanWarning, Step, WarningKind
from models.tables import PlanStatus, StepKind, StepStatus
from recommender.succession.planning_steps import Why


@cache
def plan_statuses(say: Wording) -> Mapping[PlanStatus, str]:
    """Return what each status of a plan is called."""
    return {
        PlanStatus.DRAFT: say.pgettext("plan", "Draft"),
        PlanStatus.ACTIVE: say.pgettext("plan", "Active"),
        PlanStatus.COMPLETED: say.pgettext("plan", "Completed"),
        PlanStatus.ABANDONED: say.pgettext("plan", "Abandoned"),
    }


@cache
def step_statuses(say: Wording) -> Mapping[StepStatus, str]:
    """Return what each status of a step is called."""
    return {
        StepStatus.PROPOSED: say.pgettext("step", "Proposed"),
        StepStatus.PLANNED: say.pgettext("step", "Planned"),
        StepStatus.UNDER_WAY: say.pgettext("step", "Under way"),
        StepStatus.DONE: say.pgettext("step", "Done"),
        StepStatus.DROPPED: say.pgettext("step", "Dropped"),
    }


@cache
def step_kinds(say: Wording) -> Mapping[StepKind, str]:
    """Return what is done in each kind of step."""
    return {
        StepKind.OBSERVATION: say.gettext("Observation"),
        StepKind.MENTORING: say.gettext("Mentoring"),
        StepKind.RECORDED_TALK: say.gettext("Recorded account of experience"),
        StepKind.WRITTEN_PRACTICE: say.gettext("Written practice"),
        StepKind.COMMUNITY_SESSION: say.gettext("Community session"),
        StepKind.CO_ANSWERING: say.gettext("Answering together"),
        StepKind.TRANSFER_PROJECT: say.gettext("Transfer project"),
    }


def say_step(say: Wording, step: Step) -> str:
    """Return what a step is called: in the words of who wrote it, or its kind with its document or area."""
    if step.title:
        return step.title
    kind = step_kinds(say)[step.kind]
    subject = step.document.title if step.document else ""
    if not subject and step.area:
        subject = step.area.label(say.language.value)
    return say.gettext("%(kind)s: %(subject)s") % {"kind": kind, "subject": subject} if subject else kind


def say_reminder(say: Wording, step: Step) -> str:
    """Return the reminder of a step: what it is and its last day, whether that is to come or past; no more."""
    return say.gettext("Planned until %(day)s: %(step)s") % {"day": say.day(step.due_on), "step": say_step(say, step)}


def say_warning(say: Wording, warning: PlanWarning) -> str:
    """Return what is worth knowing of a plan's dates, in a sentence or two."""
    told = {
        WarningKind.DUE_AFTER_DEPARTURE: say.gettext(
            "The plan goes beyond the declared departure, which may be on %(day)s."
        ),
        WarningKind.NOT_ANNOUNCED: say.gettext(
            "The departure, which may be on %(day)s, is not announced. Once the plan is active, "
            "its successors learn that knowledge passes on to them."
        ),
    }[warning.kind]
    return told % {"day": say.day(warning.leaves_on)}


@cache
def reasons_why(say: Wording) -> Mapping[Why, str]:
    """Return why a kind of step is proposed, in a sentence; what it passes on is said beside."""
    return {
        Why.NOBODY_READY: say.gettext("Nobody is ready to take this over yet"),
        Why.SUCCESSOR_READY: say.gettext("Someone is ready to take this over"),
        Why.NOBODY_NEAR: say.gettext("Nobody was found who could take this over"),
        Why.LITTLE_TIME: say.gettext("Little time is left: what only this person can say comes first"),
    }
