"""Reasons and notes in words: one sentence for each kind of fact the Recommender gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.wording import Wording
from recommender.reasons import LATELY_DAYS, Note, NoteKind, Reason, ReasonKind


def say_reason(say: Wording, reason: Reason) -> str:
    """Return why someone is suggested, in one sentence."""
    return SENTENCES[reason.kind](say, reason)


def say_note(say: Wording, note: Note) -> str:
    """Return what to know of an answer itself."""
    if note.kind is NoteKind.STEPPED_BACK:
        told = say.ngettext(
            "One person has reached their weekly limit and comes after the others.",
            "%(count)s people have reached their weekly limit and come after the others.",
            note.count,
        )
    elif note.kind is NoteKind.SET_ASIDE:
        told = say.ngettext(
            "One person comes after the others: you said they were not the right one for a similar question.",
            "%(count)s people come after the others: you said they were not the right ones for a similar question.",
            note.count,
        )
    else:
        told = say.ngettext(
            "One person comes after the others: colleagues say they have left, which is to be confirmed.",
            "%(count)s people come after the others: colleagues say they have left, which is to be confirmed.",
            note.count,
        )
    return told % {"count": say.number(note.count)}


def answered(say: Wording, reason: Reason) -> str:
    """Return that someone answered similar questions, how well and when."""
    parts = [say.ngettext("Answered a similar question", "Answered %(count)s similar questions", reason.count)]
    if reason.accepted and reason.count == 1:
        parts.append(say.gettext("accepted"))
    elif reason.accepted:
        parts.append(say.ngettext("%(accepted)s of them accepted", "%(accepted)s of them accepted", reason.accepted))
    if reason.latest:
        parts.append(say.gettext("last on %(day)s"))
    day = say.day(reason.latest) if reason.latest else ""
    return ", ".join(parts) % {
        "count": say.number(reason.count),
        "accepted": say.number(reason.accepted),
        "day": day,
    }


def asked(say: Wording, reason: Reason) -> str:
    """Return that someone asked similar questions."""
    told = say.ngettext("Asked a similar question", "Asked %(count)s similar questions", reason.count)
    return told % {"count": say.number(reason.count)}


def wrote(say: Wording, reason: Reason) -> str:
    """Return what someone wrote, spoke in or reviewed, and how much more of it there is."""
    more = reason.count - 1
    if reason.kind is ReasonKind.WROTE:
        one = say.gettext("Wrote “%(title)s”")
        several = say.ngettext(
            "Wrote “%(title)s” and %(more)s more on this", "Wrote “%(title)s” and %(more)s more on this", more
        )
    elif reason.kind is ReasonKind.SPOKE:
        one = say.gettext("Spoke about it in “%(title)s”")
        several = say.ngettext(
            "Spoke about it in “%(title)s” and %(more)s more on this",
            "Spoke about it in “%(title)s” and %(more)s more on this",
            more,
        )
    else:
        one = say.gettext("Reviewed or endorsed “%(title)s”")
        several = say.ngettext(
            "Reviewed or endorsed “%(title)s” and %(more)s more on this",
            "Reviewed or endorsed “%(title)s” and %(more)s more on this",
            more,
        )
    return (several if more > 0 else one) % {"title": reason.title, "more": say.number(more)}


def in_profile(say: Wording, _reason: Reason) -> str:
    """Return that someone's profile speaks of it."""
    return say.gettext("Mentions it in their profile")


def active(say: Wording, reason: Reason) -> str:
    """Return how much someone gave lately."""
    told = say.ngettext(
        "Answered or contributed once in the last %(days)s days",
        "Answered or contributed %(count)s times in the last %(days)s days",
        reason.count,
    )
    return told % {"count": say.number(reason.count), "days": say.number(LATELY_DAYS)}


def knows_asker(say: Wording, _reason: Reason) -> str:
    """Return that someone answered the asker before."""
    return say.gettext("Answered you before")


def named(say: Wording, _reason: Reason) -> str:
    """Return that the question names someone."""
    return say.gettext("Your question names this person")


def main_source(say: Wording, reason: Reason) -> str:
    """Return that few others know."""
    told = say.gettext("Main source on this subject: %(share)s of what was found")
    return told % {"share": say.percent(reason.share)}


def leaving(say: Wording, reason: Reason) -> str:
    """Return that someone leaves, and what that asks for."""
    if reason.days is None:
        return ""
    told = say.leaves(reason.days)
    return say.gettext("%(departure)s: ask while they are here") % {"departure": told} if reason.urgent else told


def busy(say: Wording, reason: Reason) -> str:
    """Return that someone has done their part this week."""
    told = say.ngettext(
        "Already received or answered %(count)s question this week: others come first",
        "Already received or answered %(count)s questions this week: others come first",
        reason.count,
    )
    return told % {"count": say.number(reason.count)}


def judged(say: Wording, reason: Reason) -> str:
    """Return what people said of someone that bears on this answer; never who, nor how many."""
    if reason.kind is ReasonKind.FOUND_USEFUL:
        return say.gettext("Colleagues found them helpful for similar questions")
    if reason.kind is ReasonKind.FOUND_WRONG:
        return say.gettext("Colleagues with similar questions were better helped by others")
    if reason.kind is ReasonKind.SET_ASIDE:
        return say.gettext("You said they were not the right person for a similar question")
    return say.gettext("Colleagues say they have left: to be confirmed")


SENTENCES: Mapping[ReasonKind, Callable[[Wording, Reason], str]] = {
    ReasonKind.ANSWERED: answered,
    ReasonKind.ASKED: asked,
    ReasonKind.WROTE: wrote,
    ReasonKind.SPOKE: wrote,
    ReasonKind.REVIEWED: wrote,
    ReasonKind.PROFILE: in_profile,
    ReasonKind.ACTIVITY: active,
    ReasonKind.ASKER: knows_asker,
    ReasonKind.NAMED: named,
    ReasonKind.MAIN_SOURCE: main_source,
    ReasonKind.LEAVES: leaving,
    ReasonKind.BUSY: busy,
    ReasonKind.FOUND_USEFUL: judged,
    ReasonKind.FOUND_WRONG: judged,
    ReasonKind.SET_ASIDE: judged,
    ReasonKind.REPORTED_LEFT: judged,
}
