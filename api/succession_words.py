"""Succession in words: what is to be passed on and why, and what the rubric of risk asks and says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from api.wording import Wording
from recommender.succession.risk import Dimension, Level, Prefilled
from recommender.succession.transfer import TransferItem, TransferItemKind


@cache
def item_kinds(say: Wording) -> Mapping[TransferItemKind, str]:
    """Return what each kind of thing to pass on is called."""
    return {
        TransferItemKind.ONLY_HOLDER_AREA: say.pgettext("transfer", "areas that rest on one person"),
        TransferItemKind.TACIT_AREA: say.pgettext("transfer", "areas of which hardly anything is written down"),
        TransferItemKind.ONLY_ANSWERED_QUESTION: say.pgettext("transfer", "questions that nobody else answered"),
        TransferItemKind.ONLY_MAINTAINED_PRACTICE: say.pgettext("transfer", "practices that nobody else maintains"),
        TransferItemKind.STILL_ASKED: say.pgettext("transfer", "questions that are still asked"),
    }


def say_item(say: Wording, item: TransferItem) -> str:
    """Return why something is to be passed on, in one sentence; the name of its area stands beside it."""
    if item.kind is TransferItemKind.ONLY_HOLDER_AREA:
        if item.share >= 1:
            return say.gettext("Nobody else holds this area")
        told = say.gettext("Nobody holds more of this area: %(share)s of what those who hold it have")
        return told % {"share": say.percent(item.share)}
    if item.kind is TransferItemKind.ONLY_MAINTAINED_PRACTICE:
        return say.gettext("Nobody else maintains “%(title)s”") % {"title": item.title}
    if item.kind is TransferItemKind.ONLY_ANSWERED_QUESTION and item.count == 1 and item.title:
        return say.gettext("Nobody else answered “%(title)s”") % {"title": item.title}
    told = {
        TransferItemKind.TACIT_AREA: say.ngettext(
            "Answered %(count)s question in this area, and next to nothing of it is written down to be used again",
            "Answered %(count)s questions in this area, and next to nothing of it is written down to be used again",
            item.count,
        ),
        TransferItemKind.ONLY_ANSWERED_QUESTION: say.ngettext(
            "Nobody else answered %(count)s question", "Nobody else answered %(count)s questions", item.count
        ),
        TransferItemKind.STILL_ASKED: say.ngettext(
            "%(count)s question of the last year in this area is open, or answered by this person",
            "%(count)s questions of the last year in this area are open, or answered by this person",
            item.count,
        ),
    }[item.kind]
    return told % {"count": say.number(item.count)}


@cache
def dimensions(say: Wording) -> Mapping[Dimension, str]:
    """Return what each dimension of the rubric is called."""
    return {
        Dimension.ROLE_CRITICALITY: say.pgettext("risk", "Role criticality"),
        Dimension.KNOWLEDGE_CONCENTRATION: say.pgettext("risk", "Knowledge concentration"),
        Dimension.TACIT_DEPTH: say.pgettext("risk", "Tacit depth"),
        Dimension.SYSTEM_RISK: say.pgettext("risk", "System risk"),
        Dimension.REPLACEMENT_DIFFICULTY: say.pgettext("risk", "Replacement difficulty"),
    }


@cache
def answers(say: Wording) -> Mapping[tuple[Dimension, int], str]:
    """Return what 1, 3 and 5 stand for in each dimension of the rubric, in its order."""
    return {
        (Dimension.ROLE_CRITICALITY, 1): say.gettext("Work goes on without it, or it can wait"),
        (Dimension.ROLE_CRITICALITY, 3): say.gettext("A service slows down or suffers without it"),
        (Dimension.ROLE_CRITICALITY, 5): say.gettext("An essential or mandatory service stops without it"),
        (Dimension.KNOWLEDGE_CONCENTRATION, 1): say.gettext("Several people know it, none much more than the others"),
        (Dimension.KNOWLEDGE_CONCENTRATION, 3): say.gettext("Two or three people know it, or one is the main source"),
        (Dimension.KNOWLEDGE_CONCENTRATION, 5): say.gettext("One person knows it, or nearly all of it"),
        (Dimension.TACIT_DEPTH, 1): say.gettext("Written down so that whoever comes next finds their way"),
        (Dimension.TACIT_DEPTH, 3): say.gettext("Written down in part"),
        (Dimension.TACIT_DEPTH, 5): say.gettext("In people’s heads alone, or nearly"),
        (Dimension.SYSTEM_RISK, 1): say.gettext("An error stays within the area"),
        (Dimension.SYSTEM_RISK, 3): say.gettext("An error disturbs other services"),
        (Dimension.SYSTEM_RISK, 5): say.gettext("An error endangers people, continuity or legal obligations"),
        (Dimension.REPLACEMENT_DIFFICULTY, 1): say.gettext("Can be learned or recruited within weeks"),
        (Dimension.REPLACEMENT_DIFFICULTY, 3): say.gettext("Takes months to learn or recruit"),
        (Dimension.REPLACEMENT_DIFFICULTY, 5): say.gettext("Takes a year or more, or nobody is to be found"),
    }


@cache
def levels(say: Wording) -> Mapping[Level, str]:
    """Return what each level of risk is called."""
    return {
        Level.HIGH: say.pgettext("risk", "high"),
        Level.MEDIUM: say.pgettext("risk", "medium"),
        Level.LOW: say.pgettext("risk", "low"),
    }


def say_level(say: Wording, level: Level, *, complete: bool) -> str:
    """Return a level, and that it is provisional as long as its manager has not answered."""
    return levels(say)[level] if complete else say.gettext("%(level)s (provisional)") % {"level": levels(say)[level]}


def say_prefilled(say: Wording, dimension: Dimension, prefilled: Prefilled) -> list[str]:
    """Return why an answer was filled in, in one sentence or several."""
    reason = prefilled.reason
    if dimension is Dimension.TACIT_DEPTH:
        if not reason.documented_ratio:
            return [say.gettext("Nothing of it is written down to be used again")]
        told = say.gettext("%(share)s of what was written in it can be used again: practices, pages, recordings")
        return [told % {"share": say.percent(reason.documented_ratio)}]
    told = say.ngettext("%(count)s person of the unit holds it", "%(count)s people of the unit hold it", reason.holders)
    sentences = [told % {"count": say.number(reason.holders)}]
    if not reason.holders:
        sentences = [say.gettext("Nobody of the unit holds it any more")]
    if reason.elsewhere:
        told = say.ngettext(
            "Elsewhere, %(count)s other person holds it",
            "Elsewhere, %(count)s other people hold it",
            reason.elsewhere,
        )
        sentences.append(told % {"count": say.number(reason.elsewhere)})
    if reason.holders > 1:
        told = say.gettext("Whoever has most has %(share)s of what they have of it")
        sentences.append(told % {"share": say.percent(reason.first_share)})
    if reason.truck_factor:
        told = say.ngettext(
            "If %(count)s person left, most of what they wrote in it would have no author here",
            "If %(count)s people left, most of what they wrote in it would have no author here",
            reason.truck_factor,
        )
        sentences.append(told % {"count": say.number(reason.truck_factor)})
    return sentences
