"""Words of the pages of succession: what is at risk in a sentence, how areas stand, what speaks for successors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from api.charts import SHAPES, Tone
from api.plan_words import plan_statuses, say_reminder, say_step, say_warning, step_kinds, step_statuses
from api.succession_words import answers, dimensions, levels, say_item, say_prefilled
from api.wording import Wording
from recommender.succession.coverage import CoverageLevel
from recommender.succession.risk import Dimension, Level, Prefilled
from recommender.succession.successors import Factor
from recommender.succession.taking_over import Successor

# A part of the score below which a factor is no reason that helps anyone decide.
LEAST_TOLD: Final = 0.05
TONES: Mapping[Level | CoverageLevel, Tone] = {
    Level.HIGH: Tone.HIGH,
    Level.MEDIUM: Tone.MEDIUM,
    Level.LOW: Tone.LOW,
    CoverageLevel.LOST: Tone.LOST,
    CoverageLevel.FRAGILE: Tone.HIGH,
    CoverageLevel.REDUCED: Tone.MEDIUM,
    CoverageLevel.COVERED: Tone.LOW,
}


def say_holding(say: Wording, holders: int, left: int, end: date) -> str:
    """Return who knows an area and who will still be there on a day, in a sentence without a name."""
    if not holders:
        return say.gettext("Nobody here holds it any more, by what you may read.")
    gone = holders - left
    if not gone:
        told = say.ngettext(
            "One person knows; no departure is known before %(day)s.",
            "%(holders)s people know; no departure is known before %(day)s.",
            holders,
        )
    elif not left:
        told = say.ngettext(
            "One person knows, and leaves before %(day)s.",
            "%(holders)s people know, and all leave before %(day)s.",
            holders,
        )
    else:
        told = say.ngettext(
            "%(holders)s people know; one of them leaves before %(day)s.",
            "%(holders)s people know; %(gone)s of them leave before %(day)s.",
            gone,
        )
    return told % {"holders": count_of(say, holders), "gone": say.number(gone), "day": say.day(end)}


def count_of(say: Wording, count: int) -> str:
    """Return a small count as a word to begin a sentence with, and a larger one in digits."""
    words = {
        2: say.pgettext("count", "Two"),
        3: say.pgettext("count", "Three"),
        4: say.pgettext("count", "Four"),
    }
    return words.get(count, say.number(count))


def say_level(say: Wording, level: Level | CoverageLevel) -> str:
    """Return how grave a risk is, or how an area stands after departures."""
    if isinstance(level, Level):
        return levels(say)[level]
    return {
        CoverageLevel.LOST: say.pgettext("coverage", "nobody left"),
        CoverageLevel.FRAGILE: say.pgettext("coverage", "rests on one person"),
        CoverageLevel.REDUCED: say.pgettext("coverage", "less than half left"),
        CoverageLevel.COVERED: say.pgettext("coverage", "covered"),
    }[level]


def reasons_for(say: Wording) -> Mapping[Factor, str]:
    """Return what speaks for someone as a successor."""
    return {
        Factor.SAME_AREAS: say.gettext("Has written or answered in this area"),
        Factor.NEAR_AREAS: say.gettext("Knows areas near to it"),
        Factor.ACTIVITY: say.gettext("Helps and asks in other areas"),
        Factor.WITH_LEAVER: say.gettext("Has answered or written beside this person"),
        Factor.COMMUNITIES: say.gettext("Is in the same communities"),
        Factor.GOAL: say.gettext("Wants to learn it"),
        Factor.SITE: say.gettext("Works at the same site"),
    }


def reasons_against(say: Wording) -> Mapping[Factor, str]:
    """Return what speaks against someone as a successor."""
    return {
        Factor.LANGUAGE: say.gettext("Has given no language in common with this person"),
        Factor.LOAD: say.gettext("Is asked much already"),
        Factor.LEAVING: say.gettext("Leaves too"),
    }


def say_factor(say: Wording, kind: Factor) -> str:
    """Return what a factor of a successor's score stands for."""
    others = {
        Factor.ANYONE: say.gettext("What everyone has"),
        Factor.AWAY: say.gettext("Is not here at present"),
    }
    return {**reasons_for(say), **reasons_against(say), **others}[kind]


def say_reasons(say: Wording, candidate: Successor) -> list[str]:
    """Return what moved a successor's score enough to be said, what moved it most first.

    What everyone has is no reason, and that someone paused is told to nobody.
    """
    least = LEAST_TOLD * candidate.score
    told = []
    for factor in candidate.factors:
        words = reasons_for(say) if factor.weight > 0 else reasons_against(say)
        if abs(factor.weight) >= least and factor.kind in words:
            told.append(words[factor.kind])
    return told


def planning_filters(say: Wording) -> dict[str, Any]:
    """Return the filters of the templates of succession in a language."""

    def prefilled(told: tuple[Dimension, Prefilled]) -> list[str]:
        return say_prefilled(say, *told)

    return {
        "tone": lambda level: TONES[level].value,
        "tone_shape": lambda level: SHAPES[TONES[level]],
        "level": lambda level: say_level(say, level),
        "dimension": lambda dimension: dimensions(say)[dimension],
        "rubric_answer": lambda answered: answers(say)[answered],
        "prefilled": prefilled,
        "transfer_item": lambda item: say_item(say, item),
        "plan_status": lambda status: plan_statuses(say)[status],
        "plan_warning": lambda warning: say_warning(say, warning),
        "step_status": lambda status: step_statuses(say)[status],
        "step_kind": lambda kind: step_kinds(say)[kind],
        "step_title": lambda step: say_step(say, step),
        "step_reminder": lambda step: say_reminder(say, step),
        "successor_reasons": lambda candidate: say_reasons(say, candidate),
    }
