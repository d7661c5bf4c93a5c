"""Words of the pages: how strong and how recent someone's knowledge is, circles, states, and what the log tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from api.wording import Wording
from models.access import KnownTo
from models.names import fold
from models.queries.area_evidence import AreaEvidence, Trend
from models.records import Circle, CommunityStatus, DeclaredBy

# Three documents squarely in an area give a strength of a half; one alone, a quarter, is a first trace.
STRONG, ESTABLISHED = 0.5, 0.3
# A change of a quarter between two years says something; less is chance.
NOTABLE_CHANGE = 1.25


class Done(StrEnum):
    """What someone has just done; said once, on the page they come back to."""

    DOCUMENT_HIDDEN = "document_hidden"
    DOCUMENT_SHOWN = "document_shown"
    AREA_HIDDEN = "area_hidden"
    AREA_KNOWN = "area_known"
    AREA_WANTED = "area_wanted"
    AREA_TAKEN_BACK = "area_taken_back"
    CAPACITY_SET = "capacity_set"
    PAUSED = "paused"
    PAUSE_ENDED = "pause_ended"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    DEPARTURE_DECLARED = "departure_declared"
    DEPARTURE_REVOKED = "departure_revoked"
    ENDORSEMENT_ASKED = "endorsement_asked"
    ENDORSED = "endorsed"
    ENDORSEMENT_DECLINED = "endorsement_declined"
    JOINED = "joined"
    JOIN_ASKED = "join_asked"
    LEFT = "left"
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    LET_IN = "let_in"
    TURNED_DOWN = "turned_down"
    AREA_RENAMED = "area_renamed"
    AREAS_MERGED = "areas_merged"
    AREA_WITHDRAWN = "area_withdrawn"
    AREA_PINNED = "area_pinned"
    AREA_UNPINNED = "area_unpinned"
    POLICY_DECIDED = "policy_decided"
    RISK_SCORED = "risk_scored"
    PLAN_MADE = "plan_made"
    PLAN_CHANGED = "plan_changed"
    PLAN_DELETED = "plan_deleted"
    STEP_ADDED = "step_added"
    STEP_CHANGED = "step_changed"
    STEP_DROPPED = "step_dropped"
    PAIR_PINNED = "pair_pinned"
    PAIR_FORBIDDEN = "pair_forbidden"
    PAIR_FREED = "pair_freed"


def say_done(say: Wording, done: Done) -> str:
    """Return what someone has just done, in a sentence or two."""
    return {
        Done.DOCUMENT_HIDDEN: say.gettext("Hidden: this document says nothing about you any more."),
        Done.DOCUMENT_SHOWN: say.gettext("Shown again: this document speaks for you."),
        Done.AREA_HIDDEN: say.gettext("Hidden: nobody else sees you in this area."),
        Done.AREA_KNOWN: say.gettext("Noted: you know this area."),
        Done.AREA_WANTED: say.gettext("Noted: you want to learn about this area."),
        Done.AREA_TAKEN_BACK: say.gettext("Taken back: only your documents speak in this area."),
        Done.CAPACITY_SET: say.gettext("Saved. Beyond your limit, others come first."),
        Done.PAUSED: say.gettext("You are on a pause. Nobody is told; you are simply not suggested."),
        Done.PAUSE_ENDED: say.gettext("Your pause is over: you are suggested again."),
        Done.OPTED_OUT: say.gettext("You are not suggested to anyone any more."),
        Done.OPTED_IN: say.gettext("You may be suggested again."),
        Done.DEPARTURE_DECLARED: say.gettext("Your departure is declared. You can take it back at any time."),
        Done.DEPARTURE_REVOKED: say.gettext("Taken back: you have declared no departure."),
        Done.ENDORSEMENT_ASKED: say.gettext("Asked: your colleague sees your request on their page."),
        Done.ENDORSED: say.gettext("You stand by this document."),
        Done.ENDORSEMENT_DECLINED: say.gettext("Declined. Your colleague sees only that nothing was added."),
        Done.JOINED: say.gettext("You are a member of this community."),
        Done.JOIN_ASKED: say.gettext("Asked: its facilitators see your request."),
        Done.LEFT: say.gettext("You have left this community, or taken your request back."),
        Done.INTERESTED: say.gettext("You are on the list of those interested."),
        Done.NOT_INTERESTED: say.gettext("You are no longer on the list of those interested."),
        Done.LET_IN: say.gettext("Accepted: this person is a member now."),
        Done.TURNED_DOWN: say.gettext("Declined. This person may ask again."),
        Done.AREA_RENAMED: say.gettext("Renamed. No later finding changes these names."),
        Done.AREAS_MERGED: say.gettext("Merged: this area now holds both."),
        Done.AREA_WITHDRAWN: say.gettext("The area is shown to nobody. Whoever runs Relève can bring it back."),
        Done.AREA_PINNED: say.gettext("Kept: this area stays whatever is written from now on."),
        Done.AREA_UNPINNED: say.gettext("Left to the next finding again."),
        Done.POLICY_DECIDED: say.gettext("Saved: this holds from now on."),
        Done.RISK_SCORED: say.gettext("Kept. The answers given before stay in the history."),
        Done.PLAN_MADE: say.gettext("The draft is made. Look through it together with the person it is about."),
        Done.PLAN_CHANGED: say.gettext("The plan is changed."),
        Done.PLAN_DELETED: say.gettext("The plan is deleted."),
        Done.STEP_ADDED: say.gettext("The step is added."),
        Done.STEP_CHANGED: say.gettext("The step is changed."),
        Done.STEP_DROPPED: say.gettext("The step is taken from the plan."),
        Done.PAIR_PINNED: say.gettext("Kept: this pair stands whatever is proposed."),
        Done.PAIR_FORBIDDEN: say.gettext("Noted: this pair is not proposed any more."),
        Done.PAIR_FREED: say.gettext("Left to the suggestions again."),
    }[done]


def say_strength(say: Wording, evidence: AreaEvidence) -> str:
    """Return how much speaks for someone in an area, in a word."""
    if evidence.strength >= STRONG:
        return say.pgettext("strength", "strong")
    if evidence.strength >= ESTABLISHED:
        return say.pgettext("strength", "established")
    return say.pgettext("strength", "first traces") if evidence.documents else say.pgettext("strength", "by own word")


def say_trend(say: Wording, trend: Trend) -> str:
    """Return how the last year compares with the one before, in a few words."""
    if not trend.recent and not trend.earlier:
        return say.gettext("nothing in two years")
    if trend.recent > trend.earlier * NOTABLE_CHANGE:
        return say.gettext("rising")
    return say.gettext("falling") if trend.recent * NOTABLE_CHANGE < trend.earlier else say.gettext("steady")


def trend_sign(trend: Trend) -> str:
    """Return the sign of a trend, for those who see it; its words stand beside it. Nothing in two years has none."""
    if not trend.recent and not trend.earlier:
        return ""
    if trend.recent > trend.earlier * NOTABLE_CHANGE:
        return "↗"
    return "↘" if trend.recent * NOTABLE_CHANGE < trend.earlier else "→"


def say_circle(say: Wording, circle: Circle) -> str:
    """Return what a circle of a community is called."""
    return {
        Circle.CORE: say.gettext("Core"),
        Circle.INNER: say.gettext("Inner circle"),
        Circle.OUTER: say.gettext("Outer circle"),
    }[circle]


def say_status(say: Wording, status: CommunityStatus) -> str:
    """Return where a community is in its life."""
    return {
        CommunityStatus.ACTIVE: say.pgettext("communities", "Active"),
        CommunityStatus.IN_PREPARATION: say.pgettext("communities", "In preparation"),
        CommunityStatus.DORMANT: say.pgettext("communities", "Dormant"),
        CommunityStatus.DISSOLVED: say.pgettext("communities", "Dissolved"),
    }[status]


def say_declarer(say: Wording, by: DeclaredBy) -> str:
    """Return who declared a departure."""
    return {
        DeclaredBy.SELF: say.gettext("declared by you"),
        DeclaredBy.HR: say.gettext("declared by human resources"),
        DeclaredBy.MANAGER: say.gettext("declared by your manager"),
    }[by]


def say_known_to(say: Wording, known_to: KnownTo) -> str:
    """Return who knows of a departure, for the person it is about."""
    return {
        KnownTo.EVERYONE: say.gettext("announced to all"),
        KnownTo.MANAGERS: say.gettext("known to those who manage your unit"),
        KnownTo.COUNTED: say.gettext("known to you alone here; counted in numbers of large groups"),
        KnownTo.NOBODY: say.gettext("known to you alone here"),
    }[known_to]


def say_action(say: Wording, action: str) -> str:
    """Return what the audit log calls an action, in words; its own name where there are none."""
    return actions(say).get(action, action)


def actions(say: Wording) -> Mapping[str, str]:
    """Return the words for what the audit log tells about a person."""
    return {
        "person.read": say.gettext("read your page"),
        "person.exported": say.gettext("took out everything stored about you"),
        "preferences.changed": say.gettext("changed your choices"),
        "document.hidden": say.gettext("hid a document"),
        "document.shown": say.gettext("showed a document again"),
        "area.stated": say.gettext("said something of you and an area"),
        "area.unstated": say.gettext("took back what was said of you and an area"),
        "departure.declared": say.gettext("declared your departure"),
        "departure.revoked": say.gettext("took your departure back"),
        "community.request_accepted": say.gettext("let you into a community"),
        "community.request_declined": say.gettext("declined your request to join a community"),
        "endorsement.requested": say.gettext("asked you to stand by a document"),
        "feedback.given": say.gettext("said what a suggestion of you was worth"),
        "left_reports.dismissed": say.gettext("set aside a report that you left"),
        "session.began": say.gettext("signed in as you"),
        "session.ended": say.gettext("signed out"),
        "succession.person_viewed": say.gettext("looked at what you would leave, and who could take it over"),
        "succession.simulated": say.gettext("worked out what would be missing if you left, among others"),
        "pair.decided": say.gettext("decided who takes over from whom, you being one of them"),
        "plan.created": say.gettext("made a plan to pass on what you know"),
        "plan.changed": say.gettext("changed the plan to pass on what you know"),
        "plan.deleted": say.gettext("deleted the plan to pass on what you know"),
        "plan.step_added": say.gettext("added a step to the plan to pass on what you know"),
        "plan.step_changed": say.gettext("changed a step of the plan to pass on what you know"),
        "plan.step_dropped": say.gettext("took a step out of the plan to pass on what you know"),
        "solicitation.recorded": say.gettext("put a question to you"),
        "solicitation.settled": say.gettext("said what came of a question"),
    }


def language_name(say: Wording, code: str) -> str:
    """Return what a language is called, from its code; the code itself for one nobody has named."""
    from babel import Locale

    name: str | None = Locale(say.language.value).languages.get(code)
    return name or code


def say_languages(say: Wording, choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the languages to choose from, by their names and in their order."""
    return sorted(((code, language_name(say, code)) for code, _ in choices), key=lambda pair: fold(pair[1]))
