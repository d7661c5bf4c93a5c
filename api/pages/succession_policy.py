"""Succession policy: administrators switch succession on, with the notice people are given, and say who knows what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller
from api.dependencies import Administrator, ServiceDep
from api.languages import Language
from api.page_words import Done
from api.pages.announcing import back_to
from api.pages.rendering import render, wording_of
from api.planners import PlanningEvent
from api.wording import Wording, wording_in
from models.planning import NOTICE_LENGTH, SMALLEST_GROUPS, SuccessionPolicy, read_policy, set_policy
from models.tables import DepartureVisibility

HERE = "/succession/policy"
# From what tells least of people to what tells most.
VISIBILITIES = (
    DepartureVisibility.ANNOUNCED,
    DepartureVisibility.BANDS,
    DepartureVisibility.HR_ANNOUNCED,
    DepartureVisibility.DECLARED,
)
router = APIRouter()
Text = Annotated[str, Form()]


def propose_notice(say: Wording) -> str:
    """Return a notice to begin from."""
    return say.gettext(
        "To pass knowledge on before people leave, managers see which fields of expertise their units hold, what would "
        "leave with whom, and who could take it over. It rests on what people wrote at work and each manager may read "
        "anyway, and on departures that were declared; never on age. It serves to pass knowledge on, and nothing else: "
        "neither to appraise people nor to decide about their career. On your own page you see what is shown about you "
        "and who looked; there you hide an area or a document, or opt out.\n\nQuestions: (whom to write to)"
    )


@router.get(HERE)
def show(request: Request, caller: Administrator, service: ServiceDep) -> HTMLResponse:
    """Return what the organisation decided, with the form that changes it."""
    with service.store.read() as session:
        policy = read_policy(session)
    return show_policy(request, policy)


def show_policy(
    request: Request,
    policy: SuccessionPolicy,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """Return the page; with errors, each at its field, and what was written there."""
    values: dict[str, Any] = {
        "enabled": policy.enabled,
        "departures": policy.departures.value,
        "smallest_group": policy.smallest_group,
        "notice_fr": policy.notice_fr or propose_notice(wording_in(Language.FRENCH)),
        "notice_en": policy.notice_en or propose_notice(wording_in(Language.ENGLISH)),
        **(given or {}),
    }
    return render(
        request,
        "succession/policy.html",
        422 if errors else 200,
        policy=policy,
        visibilities=VISIBILITIES,
        errors=errors or {},
        values=values,
    )


@router.post(HERE)
def decide(
    request: Request,
    caller: Administrator,
    service: ServiceDep,
    enabled: Annotated[bool, Form()] = False,
    departures: Annotated[DepartureVisibility, Form()] = DepartureVisibility.ANNOUNCED,
    smallest_group: Text = "",
    notice_fr: Text = "",
    notice_en: Text = "",
) -> Response:
    """Write down what the organisation decided; succession is not switched on without a notice in both languages."""
    notices = {"notice_fr": notice_fr.replace("\r\n", "\n"), "notice_en": notice_en.replace("\r\n", "\n")}
    written = smallest_group.strip()
    group = int(written) if written.isascii() and written.isdecimal() and len(written) <= 4 else 0
    errors = find_errors(wording_of(request), group, notices, enabled=enabled)
    given = {"enabled": enabled, "departures": departures.value, "smallest_group": smallest_group, **notices}
    with service.store.write() as session:
        if errors:
            return show_policy(request, read_policy(session), errors, given)
        texts = (notices["notice_fr"], notices["notice_en"])
        write_policy(session, caller, request, SuccessionPolicy(enabled, departures, group, *texts))
    return back_to(request, HERE, Done.POLICY_DECIDED)


def find_errors(say: Wording, group: int, notices: Mapping[str, str], *, enabled: bool) -> dict[str, str]:
    """Return what has to be corrected, by field."""
    errors = {}
    least, most = SMALLEST_GROUPS
    if not least <= group <= most:
        words = say.gettext("Write a whole number from %(least)s to %(most)s.")
        errors["smallest_group"] = words % {"least": say.number(least), "most": say.number(most)}
    for field, notice in notices.items():
        if enabled and not notice.strip():
            errors[field] = say.gettext("Write what people are told: without it, succession is not switched on.")
        elif len(notice.strip()) > NOTICE_LENGTH:
            words = say.gettext("This is too long; write at most %(most)s characters.")
            errors[field] = words % {"most": say.number(NOTICE_LENGTH)}
    return errors


def write_policy(session: Session, caller: Caller, request: Request, policy: SuccessionPolicy) -> None:
    """Write down what the organisation decided, and who did."""
    set_policy(session, datetime.now(UTC), policy)
    audit(
        session,
        caller,
        request,
        PlanningEvent.POLICY_DECIDED,
        None,
        enabled=policy.enabled,
        departures=policy.departures.value,
        smallest_group=policy.smallest_group,
    )
