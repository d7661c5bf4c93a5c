"""Access: who reads, and the where-clauses that every read of documents and people must carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, ParamSpec, TypeVar, cast

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models.errors import NotAllowedError
from models.records import DeclaredBy, Role
from models.tables import (
    AreaDocumentRow,
    AreaRow,
    AreaStatementRow,
    AreaStatus,
    AssociationRow,
    CommunityRow,
    DepartureRow,
    DepartureVisibility,
    DocumentRow,
    HiddenDocumentRow,
    MembershipRow,
    PersonRow,
    PlanStatus,
    PreferenceRow,
    SpaceKind,
    SpaceRow,
    Stance,
    TransferPlanRow,
    TransferStepRow,
)

P = ParamSpec("P")
T = TypeVar("T")
# Viewers and days whose clauses and statements are kept; each takes a few kilobytes.
_KEPT: Final = 1_024


_forgetting: Final[list[Callable[[], None]]] = []


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Make a clause or statement once for each viewer and day: that takes longer than running it; it holds no data."""
    kept = lru_cache(maxsize=_KEPT)(make)
    _forgetting.append(kept.cache_clear)
    return cast("Callable[P, T]", kept)


def forget_remembered() -> None:
    """Make every clause and statement anew from now on, as where a test changes a rule."""
    for forget in _forgetting:
        forget()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is reading; without a person, someone of the organisation who belongs to no community."""

    person_id: str | None = None


def require_person(viewer: Viewer) -> str:
    """Return the id of the person who reads or acts.

    Raises:
        NotAllowedError: nobody in particular does.
    """
    if viewer.person_id is None:
        message = "This is each person's own; sign in, or name the person you act for (--as on the command line)"
        raise NotAllowedError(message)
    return viewer.person_id


@remembered
def stands(today: date) -> ColumnElement[bool]:
    """Filter memberships to those that hold today."""
    return and_(
        or_(MembershipRow.since.is_(None), MembershipRow.since <= today),
        or_(MembershipRow.until.is_(None), MembershipRow.until >= today),
    )


@remembered
def readable_spaces(viewer: Viewer, today: date) -> Select[str]:
    """Select the ids of the spaces the viewer may read."""
    allowed: ColumnElement[bool] = SpaceRow.kind == SpaceKind.ORGANISATION
    if viewer.person_id is not None:
        communities = select(MembershipRow.community_id).where(
            MembershipRow.person_id == viewer.person_id, stands(today)
        )
        allowed = or_(
            allowed,
            and_(SpaceRow.kind == SpaceKind.COMMUNITY, SpaceRow.community_id.in_(communities)),
            and_(SpaceRow.kind == SpaceKind.PRIVATE, SpaceRow.owner_id == viewer.person_id),
        )
    return select(SpaceRow.id).where(allowed)


@remembered
def may_read_document(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter documents to those the viewer may read and that still exist."""
    return and_(DocumentRow.deleted_at.is_(None), DocumentRow.space_id.in_(readable_spaces(viewer, today)))


@remembered
def is_shown(viewer: Viewer) -> ColumnElement[bool]:
    """Filter associations to those that the person they concern does not hide from the viewer."""
    hidden = exists().where(
        HiddenDocumentRow.person_id == AssociationRow.person_id,
        HiddenDocumentRow.document_id == AssociationRow.document_id,
    )
    return ~hidden if viewer.person_id is None else or_(AssociationRow.person_id == viewer.person_id, ~hidden)


@remembered
def may_be_evidence(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter associations joined to documents: readable, and not hidden by the person they concern.

    Nobody but the person sees what they have hidden.
    """
    return and_(may_read_document(viewer, today), is_shown(viewer))


@remembered
def may_be_suggested(today: date) -> ColumnElement[bool]:
    """Filter people to those who accept to be suggested today: not opted out, not paused, not gone."""
    choice = aliased(PreferenceRow)
    withdrawn = exists().where(
        choice.person_id == PersonRow.id, or_(choice.visible_as_expert.is_(False), choice.paused_until >= today)
    )
    gone = exists().where(
        DepartureRow.person_id == PersonRow.id, DepartureRow.revoked_at.is_(None), DepartureRow.latest < today
    )
    return and_(~withdrawn, ~gone)


def has_opted_out(
    person_id: ColumnElement[str] | InstrumentedAttribute[str] = PersonRow.id,
) -> ColumnElement[bool]:
    """Filter rows to people of whom nothing may be said: they do not want to be known as someone who knows."""
    choice = aliased(PreferenceRow)
    return exists().where(choice.person_id == person_id, choice.visible_as_expert.is_(False))


def has_left(today: date) -> ColumnElement[bool]:
    """Filter people to those whose departure has passed, whoever declared it."""
    departure = aliased(DepartureRow)
    return exists().where(departure.person_id == PersonRow.id, departure.revoked_at.is_(None), departure.latest < today)


@remembered
def may_see_person(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter people to those in the directory, the viewer, and the authors of something the viewer may read.

    Someone known only from a protected space does not exist outside it; someone opted out exists for themself.
    """
    wrote = (
        select(AssociationRow.document_id)
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(AssociationRow.person_id == PersonRow.id, may_be_evidence(viewer, today))
        .exists()
    )
    visible = and_(~has_opted_out(), or_(PersonRow.in_directory, wrote))
    return visible if viewer.person_id is None else or_(PersonRow.id == viewer.person_id, visible)


@remembered
def may_read_community(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter communities to those whose members, documents and counts the viewer may know: open ones, and their own.

    That a community exists, its theme and whom to ask are in the directory for everyone.
    """
    spaces = select(SpaceRow.community_id).where(
        SpaceRow.community_id.is_not(None), SpaceRow.id.in_(readable_spaces(viewer, today))
    )
    return CommunityRow.id.in_(spaces)


@remembered
def may_know_membership(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter memberships to those that hold today, in communities whose members the viewer may know."""
    return and_(
        stands(today),
        MembershipRow.community_id.in_(select(CommunityRow.id).where(may_read_community(viewer, today))),
    )


@remembered
def may_know_departure(viewer: Viewer) -> ColumnElement[bool]:
    """Filter departures to standing ones that are announced to all, or the viewer's own."""
    known: ColumnElement[bool] = DepartureRow.announced.is_(True)
    if viewer.person_id is not None:
        known = or_(known, DepartureRow.person_id == viewer.person_id)
    return and_(DepartureRow.revoked_at.is_(None), known)


def may_be_learned_from() -> ColumnElement[bool]:
    """Filter documents to those that everyone linked to accepts as traces: none opted out, none hid it.

    What is learned outlives the reading of it, so paused people and those who left change nothing here.
    """
    choice = aliased(PreferenceRow)
    link = aliased(AssociationRow)
    opted_out = exists().where(
        link.document_id == DocumentRow.id, choice.person_id == link.person_id, choice.visible_as_expert.is_(False)
    )
    hidden = exists().where(HiddenDocumentRow.document_id == DocumentRow.id)
    return and_(~opted_out, ~hidden)


def may_show_area() -> ColumnElement[bool]:
    """Filter areas to those that are shown: neither hidden, nor merged into another, nor gone."""
    return AreaRow.status.in_((AreaStatus.FOUND, AreaStatus.PINNED))


def may_credit_area(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter associations joined to documents and areas to what speaks for a person there.

    Asking is no sign of knowing, and an area that someone hid is theirs alone to see beside their name.
    """
    hidden = exists().where(
        AreaStatementRow.person_id == AssociationRow.person_id,
        AreaStatementRow.area_id == AreaDocumentRow.area_id,
        AreaStatementRow.stance == Stance.HIDDEN,
    )
    shown = ~hidden if viewer.person_id is None else or_(AssociationRow.person_id == viewer.person_id, ~hidden)
    return and_(AssociationRow.role != Role.ASKED, may_be_evidence(viewer, today), shown)


def may_plan_for(units: frozenset[str] | None) -> ColumnElement[bool]:
    """Filter people to those of the units someone plans for; None stands for the whole organisation."""
    return true() if units is None else PersonRow.unit_id.in_(sorted(units))


def may_plan_with_departure(viewer: Viewer, visibility: DepartureVisibility) -> ColumnElement[bool]:
    """Filter departures to standing ones that someone who plans may know by name; people are filtered beside it."""
    known = may_know_departure(viewer)
    if visibility is DepartureVisibility.DECLARED:
        return DepartureRow.revoked_at.is_(None)
    if visibility is DepartureVisibility.HR_ANNOUNCED:
        declared_by_hr = and_(DepartureRow.revoked_at.is_(None), DepartureRow.declared_by == DeclaredBy.HR)
        return or_(known, declared_by_hr)
    return known


class KnownTo(StrEnum):
    """Who knows of a standing departure, beside the person it is about."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    """Those who manage the person's unit or one above it, by name."""
    COUNTED = "counted"
    """Nobody by name; it is part of numbers of large groups."""
    NOBODY = "nobody"


def who_knows(visibility: DepartureVisibility | None, declared_by: DeclaredBy, *, announced: bool) -> KnownTo:
    """Return who knows of a departure: in words for people what may_plan_with_departure is in the query.

    Args:
        visibility: None where succession is switched off.
    """
    if announced:
        return KnownTo.EVERYONE
    by_name = visibility is DepartureVisibility.DECLARED or (
        visibility is DepartureVisibility.HR_ANNOUNCED and declared_by is DeclaredBy.HR
    )
    if by_name:
        return KnownTo.MANAGERS
    return KnownTo.COUNTED if visibility is DepartureVisibility.BANDS else KnownTo.NOBODY


def may_be_counted() -> ColumnElement[bool]:
    """Filter people to those of whom departures are counted, whoever reads: of the directory, and not opted out.

    Where this differed between readers, the difference of their counts would tell of someone.
    """
    return and_(PersonRow.in_directory, ~has_opted_out())


def may_count_departure() -> ColumnElement[bool]:
    """Filter departures to standing ones, which are counted among others' and told of nobody."""
    return DepartureRow.revoked_at.is_(None)


@remembered
def may_read_plan(viewer: Viewer, units: frozenset[str] | None, today: date) -> ColumnElement[bool]:
    """Filter transfer plans to those of people whom the viewer sees and plans for, in these units."""
    # Asked for each plan: there are few of them beside the people someone sees.
    return exists().where(PersonRow.id == TransferPlanRow.person_id, may_plan_for(units), may_see_person(viewer, today))


@remembered
def may_read_own_plan(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter transfer plans to those about the viewer, and those that give them a step.

    Successors see no draft, nor one that was abandoned: it may tell of a departure that is not announced.
    """
    if viewer.person_id is None:  # it would match the steps that nobody takes over
        return false()
    step = aliased(TransferStepRow)
    given = exists().where(step.plan_id == TransferPlanRow.id, step.successor_id == viewer.person_id)
    seen = exists().where(PersonRow.id == TransferPlanRow.person_id, may_see_person(viewer, today))
    followed = TransferPlanRow.status.in_((PlanStatus.ACTIVE, PlanStatus.COMPLETED))
    shown = and_(followed, given, seen)
    return or_(TransferPlanRow.person_id == viewer.person_id, shown)


@remembered
def may_read_own_step(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter steps joined to their plans to those of the plan about the viewer, and the viewer's own."""
    own = or_(TransferPlanRow.person_id == viewer.person_id, TransferStepRow.successor_id == viewer.person_id)
    return and_(may_read_own_plan(viewer, today), own)
