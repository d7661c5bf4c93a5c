"""Recognition: from a request to its caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

from fastapi import Request
from sqlalchemy.orm import Session

from api.auth.credentials import shows_key
from api.auth.sessions import person_in_session
from api.callers import Caller, CallerKind, Scope
from api.settings import AuthMode, Settings
from api.wiring import Service
from models.access import Viewer
from models.accounts import PROXY, find_by_account, find_by_email, find_by_id, read_own_name
from models.api_keys import ApiKey, clean_origin, find_key, note_use
from models.errors import InvalidInputError, NotAllowedError, NotLinkedError, NotSignedInError, UserError
from models.queries.people import find_viewer
from models.roles import roles_of
from models.tables import OrganisationRole

PERSON_SCOPES = frozenset({Scope.READ, Scope.WRITE, Scope.SUGGEST})
ON_BEHALF_OF = "On-Behalf-Of"


def recognise(request: Request, service: Service) -> Caller:
    """Return who stands behind a request: an API key, or else whoever the mode of the installation recognises.

    Raises:
        NotSignedInError: nobody, or credentials that do not hold.
        NotLinkedError: someone whom no person of the store is.
        NotAllowedError: a key used where, or for whom, it may not be.
    """
    if shows_key(request, service.settings):
        caller = _recognise_key(request, service)
    elif service.settings.auth is AuthMode.SINGLE_USER:
        caller = _recognise_local(request, service)
    else:
        caller = _recognise_person(request, service)
    reference = request.headers.get(ON_BEHALF_OF)
    if reference is None:
        return caller
    with service.store.read() as session:
        return acting_for(caller, session, _read_header(reference))


def person_shown(request: Request, service: Service) -> str | None:
    """Return the name of who is recognised, for the page by which they sign in; None for nobody."""
    try:
        caller = recognise(request, service)
    except UserError:
        return None
    with service.store.read() as session:
        return read_own_name(session, caller.viewer)


def caller_for(session: Session, person_id: str) -> Caller:
    """Return the caller that a person who signed in is."""
    roles = roles_of(session, person_id)
    scopes = PERSON_SCOPES | ({Scope.ADMIN} if OrganisationRole.ADMINISTRATOR in roles.roles else set())
    return Caller(CallerKind.PERSON, Viewer(person_id), scopes, roles.roles, roles.managed_units)


def acting_for(caller: Caller, session: Session, reference: str) -> Caller:
    """Return the caller as they act for someone, named by id, e-mail address or full name.

    Raises:
        NotAllowedError: they may act for nobody else.
        NotFoundError: there is no such person.
        AmbiguousError: several people.
    """
    if Scope.ON_BEHALF_OF in caller.scopes:
        viewer = find_viewer(session, reference)
        roles = roles_of(session, viewer.person_id or "")
        # A key without the scope does not administer by acting for an administrator.
        kept = roles.roles if Scope.ADMIN in caller.scopes else roles.roles - {OrganisationRole.ADMINISTRATOR}
        return replace(caller, viewer=viewer, roles=kept, managed_units=roles.managed_units)
    message = f"Acting for '{reference}' needs the scope '{Scope.ON_BEHALF_OF}'; read as yourself, or use such a key"
    if caller.viewer.person_id is None:
        raise NotAllowedError(message)
    try:
        viewer = find_viewer(session, reference)
    except UserError as error:
        # Whether such a person exists is not for those who may not act for them.
        raise NotAllowedError(message) from error
    if viewer != caller.viewer:
        raise NotAllowedError(message)
    return caller


def _recognise_key(request: Request, service: Service) -> Caller:
    scheme, _, text = request.headers["authorization"].partition(" ")
    if scheme.lower() != "bearer":
        message = "The Authorization header holds no API key; send one as: Authorization: Bearer KEY"
        raise NotSignedInError(message)
    now = datetime.now(UTC)
    with service.store.read() as session:
        key = find_key(session, now, text.strip())
        if key is None:
            message = "This API key lets nobody in: unknown, revoked or expired; make one with: releve keys create"
            raise NotSignedInError(message)
        _check_origin(request, key)
    if key.use_is_due(now):
        with service.store.write() as session:
            note_use(session, now, key.id)
    return Caller(CallerKind.KEY, Viewer(), frozenset(Scope(scope) for scope in key.scopes), key_id=key.id)


def _check_origin(request: Request, key: ApiKey) -> None:
    """Raise NotAllowedError if a public token comes from another page than those it is for."""
    if not key.origins:
        return
    origin = request.headers.get("origin", "")
    try:
        known = clean_origin(origin) in key.origins
    except InvalidInputError:
        known = False
    if not known:
        message = f"This token is for the pages of {', '.join(key.origins)}, not for '{origin[:100]}'; make another"
        raise NotAllowedError(message)


def _recognise_local(request: Request, service: Service) -> Caller:
    """Return whoever is at this machine: the person they chose on the page, the one that is set, or nobody yet."""
    settings = service.settings
    everything = Caller(CallerKind.LOCAL, Viewer(), frozenset(Scope))
    with service.store.read() as session:
        chosen = person_in_session(request, settings)
        if chosen is not None and find_by_id(session, chosen) is not None:
            return acting_for(everything, session, chosen)
        return everything if settings.user is None else acting_for(everything, session, settings.user)


def _recognise_person(request: Request, service: Service) -> Caller:
    """Return the person who signed in, with this server or with the proxy in front."""
    settings = service.settings
    if settings.auth is AuthMode.KEYS:
        message = "This installation answers programs with an API key only; send it as: Authorization: Bearer KEY"
        raise NotSignedInError(message)
    with service.store.read() as session:
        if settings.auth is AuthMode.PROXY:
            person_id = _person_of_proxy(request, session, settings)
        else:
            person_id = person_in_session(request, settings)
        # The cookie outlives an erasure: whoever is gone from the store is signed out.
        if person_id is None or find_by_id(session, person_id) is None:
            message = "Nobody is signed in; sign in at /sign-in, or send an API key as: Authorization: Bearer KEY"
            raise NotSignedInError(message)
        return caller_for(session, person_id)


def _person_of_proxy(request: Request, session: Session, settings: Settings) -> str | None:
    """Return the id of the person whom the reverse proxy names; None where it names nobody."""
    names = request.headers.getlist(settings.proxy_header)
    if not names or not _is_trusted(request, settings):
        return None
    if len(names) > 1:
        message = f"The proxy sent {settings.proxy_header} more than once; it must replace what the browser sends"
        raise NotSignedInError(message)
    name = _read_header(names[0])
    if not name:
        return None
    found = find_by_email(session, name) if "@" in name else None
    found = found or find_by_account(session, PROXY, name) or find_by_id(session, name)
    if found is None:
        message = (
            f"'{name[:100]}' is signed in, but is nobody known here; an administrator links the account"
            " with: releve accounts link PERSON ACCOUNT"
        )
        raise NotLinkedError(message)
    return found


def _is_trusted(request: Request, settings: Settings) -> bool:
    """Return whether the request comes straight from a proxy that is trusted."""
    try:
        peer = ip_address(request.client.host) if request.client else None
    except ValueError:
        return False
    return peer is not None and any(peer in network for network in settings.trusted_proxies)


def _read_header(value: str) -> str:
    """Return a header as it was meant: servers read bytes as Latin-1, and names are sent in UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return value.strip()
