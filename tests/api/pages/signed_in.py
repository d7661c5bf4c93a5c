"""Browsers of people whom a proxy signs in, so that roles count: at this machine everyone administers."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

from fastapi.testclient import TestClient
from httpx import Response

from api.settings import AuthMode, Settings
from api.wiring import create_service
from models.records import (
    AnyRecord,
    CommunityRecord,
    CommunityStatus,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
)
from models.roles import grant_role
from models.store import Store
from models.tables import AreaDocumentRow, AreaRow, OrganisationRole
from tests.api.pages.conftest import token_in
from tests.api.pages.organisation import document
from tests.conftest import NOW, write

Browser = Callable[..., TestClient]
HEADER = "X-Forwarded-User"
AREA_NAME = "Pompes <b>&</b> vannes"
HOSTILE_THEME = "Les pompes <script>alert('theme')</script>\n\n- une\n- deux"

# Beside those of tests.api.pages.organisation: a facilitator, a manager, an administrator, more communities.
MORE: list[AnyRecord] = [
    PersonRecord(id="ana", name="Ana Roy", unit="Eau"),
    PersonRecord(id="max", name="Max Manager", unit="Eau"),
    PersonRecord(id="ada", name="Ada Admin"),
    CommunityRecord(id="atelier", name="Atelier ouvert", theme=HOSTILE_THEME, url="javascript:alert(2)"),
    MembershipRecord(community="atelier", person="ana", role=MembershipRole.ANIMATEUR),
    MembershipRecord(community="cercle", person="ana", role=MembershipRole.ANIMATEUR),
    CommunityRecord(id="futur", name="Futur", status=CommunityStatus.IN_PREPARATION),
    document("m1", DocumentKind.PAGE, "Page de l’atelier", "ana", space="atelier"),
    DocumentRecord(
        id="q2", kind=DocumentKind.QUESTION, title="Question ouverte", language="fr", created_at=NOW, space="atelier"
    ),
]  # fmt: skip
PEOPLE = {
    "other person": "t:eva",
    "owner": "t:lucien",
    "animateur": "t:ana",
    "manager": "t:max",
    "administrator": "t:ada",
}


def fill(home: Path) -> None:
    """Add the facilitator and the others, an area with the documents about pumps, and the roles."""
    with create_service(Settings(home=home)) as service:
        write(service.store, MORE, "t")
        add_area(service.store)
        service.update_index()


def add_area(store: Store) -> None:
    """Put some documents in two areas by hand: what is found depends on much more text."""
    with store.write() as session:
        for id_, label in (("area:1", AREA_NAME), ("area:2", "Autre domaine")):
            session.add(
                AreaRow(
                    id=id_, label_fr=label, label_en=f"{label} (en)", label_key="pompes vannes", terms_fr=["purger"],
                    terms_en=["bleed"], size=3, created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
        session.flush()
        for document_id in ("t:a1", "t:p1", "t:p2", "t:s1", "t:q1"):
            session.add(AreaDocumentRow(area_id="area:1", document_id=document_id, strength=1.0))
        grant_role(session, NOW, "t:ada", OrganisationRole.ADMINISTRATOR)


def by_proxy(browser: Browser, home: Path, person: str, language: str = "fr") -> TestClient:
    """Return a browser of someone whom the proxy names."""
    networks = (ip_network("127.0.0.1/32"),)
    settings = Settings(home=home, auth=AuthMode.PROXY, trusted_proxies=networks)
    client = browser(language=language, service=create_service(settings))
    client.headers[HEADER] = person
    return client


def send(client: TestClient, page: str, address: str, **fields: str) -> Response:
    """Send a form with the token of a page, and return the answer."""
    return client.post(address, data={"csrf": token_in(client.get(page).text), **fields})


def follow(client: TestClient, sent: Response) -> str:
    """Return the page that follows a form."""
    assert sent.status_code == 303, sent.text
    return client.get(sent.headers["location"]).text
