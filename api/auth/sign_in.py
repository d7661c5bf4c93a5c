"""The pages by which people sign in and out."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.auth.auditing import audit
from api.auth.oidc import CALLBACK, Provider, SignedIn, person_of
from api.auth.recognition import caller_for, person_shown
from api.auth.sessions import end_session, person_in_session, session_of, start_session
from api.pages.rendering import render
from api.settings import AuthMode
from api.wiring import Service
from models.accounts import find_by_id
from models.audit import about_person
from models.errors import AmbiguousError, NotFoundError, NotLinkedError, NotSignedInError, UserError
from models.queries.people import find_viewer

SIGN_IN = "/sign-in"
NEXT = "next"
router = APIRouter(include_in_schema=False)


class Problem(StrEnum):
    """What went wrong with a sign-in, in the words of the page."""

    NOBODY = "nobody"
    SEVERAL = "several"
    FAILED = "failed"
    NOT_LINKED = "not_linked"
    UNREACHABLE = "unreachable"


def local_path(target: str | None) -> str:
    """Return where to go after a sign-in: a path of this site, whatever the address asked for."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if any(character <= " " or character == "\\" or character == "\x7f" for character in target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target


@router.get(SIGN_IN)
def show_sign_in(request: Request, next: str = "/") -> Response:
    """Return the page by which this installation signs people in."""
    return show(request, local_path(next))


@router.post(SIGN_IN)
def choose_person(
    request: Request,
    person: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Use Relève as someone, in the single-user mode."""
    service = _service_of(request, AuthMode.SINGLE_USER)
    try:
        with service.store.read() as session:
            person_id = find_viewer(session, person.strip()).person_id or ""
    except AmbiguousError as error:
        return show(request, local_path(next), Problem.SEVERAL, error, 422)
    except UserError as error:
        return show(request, local_path(next), Problem.NOBODY, error, 422)
    _begin(request, service, person_id)
    return RedirectResponse(local_path(next), 303)


@router.get("/sign-in/start")
async def start(request: Request, next: str = "/") -> Response:
    """Send the browser to the organisation's provider."""
    _service_of(request, AuthMode.OIDC)
    provider: Provider = request.app.state.provider
    session_of(request)[NEXT] = local_path(next)
    try:
        return await provider.send_to(request)
    except NotSignedInError as error:
        return show(request, local_path(next), Problem.UNREACHABLE, error, 503)


@router.get(CALLBACK)
async def finish(request: Request) -> Response:
    """Sign in whom the provider sends back."""
    service = _service_of(request, AuthMode.OIDC)
    provider: Provider = request.app.state.provider
    target = local_path(session_of(request).get(NEXT))
    try:
        signed_in = await provider.read_answer(request)
        await run_in_threadpool(_sign_in, request, service, signed_in)
    except NotSignedInError as error:
        return show(request, target, Problem.FAILED, error, 401)
    except NotLinkedError as error:
        end_session(request)
        return show(request, target, Problem.NOT_LINKED, error, 403)
    return RedirectResponse(target, 303)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session of this browser; that with the provider is its own."""
    service: Service = request.app.state.service
    person_id = person_in_session(request, service.settings)
    end_session(request)
    if person_id is not None:
        with service.store.write() as session:
            if find_by_id(session, person_id) is not None:
                audit(session, caller_for(session, person_id), request, "session.ended", about_person(person_id))
    return RedirectResponse(SIGN_IN, 303)


def show(
    request: Request, target: str, problem: Problem | None = None, error: Exception | None = None, status: int = 200
) -> Response:
    """Return the page by which this installation signs people in, with what went wrong."""
    service: Service = request.app.state.service
    return render(
        request,
        "sign_in.html",
        status,
        mode=service.settings.auth.value,
        next=target,
        problem=problem,
        detail=str(error) if error else None,
        typed="",
        person=person_shown(request, service),
    )


def send_to_sign_in(request: Request) -> Response:
    """Return the redirection to the sign-in, and back from there."""
    path = request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    target = local_path(quote(path, safe="/:@") + (f"?{query}" if query else ""))
    return RedirectResponse(f"{SIGN_IN}?{NEXT}={quote(target, safe='')}", 303)


def _service_of(request: Request, mode: AuthMode) -> Service:
    """Return the service, if people sign in this way here."""
    service: Service = request.app.state.service
    if service.settings.auth is not mode:
        message = f"There is no '{request.scope['path']}' here: people are recognised by '{service.settings.auth}'"
        raise NotFoundError(message)
    return service


def _sign_in(request: Request, service: Service, signed_in: SignedIn) -> None:
    with service.store.read() as session:
        person_id = person_of(session, signed_in)
    _begin(request, service, person_id)


def _begin(request: Request, service: Service, person_id: str) -> None:
    """Begin a session, and write it down."""
    start_session(request, person_id)
    with service.store.write() as session:
        audit(session, caller_for(session, person_id), request, "session.began", about_person(person_id))
