"""The widget's file, and the leave of other sites' pages to ask for suggestions: with their token, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.settings import AuthMode, Settings
from api.wiring import Service, create_service
from models.api_keys import NewKey, create_key, revoke_key
from models.records import (
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.writing import Writer
from tests.api.calling import client_of

FORUM, OTHER = "https://forum.test", "https://elsewhere.test"
SECRET = "Procédure réservée pour amorcer la pompe noyée du poste"
DRAFT = "amorcer la pompe noyée du poste"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """An installation whose best text on pumps is in a protected community."""
    settings = Settings(
        home=tmp_path, auth=AuthMode.KEYS, public_url="https://releve.test/", rate_limit_suggest="3/hour"
    )
    with create_service(settings) as made:
        fill(made)
        made.update_index()
        yield made


def fill(service: Service) -> None:
    """Write what there is to suggest, and what must never be."""
    by = {name: (Contribution(person=name, role=Role.WROTE),) for name in ("lucien", "simon", "secret")}
    practice: dict[str, Any] = {"kind": DocumentKind.PRACTICE, "language": "fr"}
    with service.store.write() as session:
        result = Writer(session, "t").write(
            [
                PersonRecord(id="lucien", name="Lucien Bois", unit="Eau", job_title="Mécanicien", email="l@t.test"),
                PersonRecord(id="simon", name="Simon Kouyaté"),
                DepartureRecord(
                    person="lucien", earliest=date(2026, 12, 1), latest=date(2026, 12, 31), declared_by=DeclaredBy.SELF
                ),
                CommunityRecord(id="cercle", name="Cercle des noyés", protected=True),
                MembershipRecord(community="cercle", person="simon"),
                DocumentRecord(
                    id="p/1", title="Guide de la pompe", text="Ouvrir la vanne.", people=by["lucien"], **practice
                ),
                DocumentRecord(
                    id="p2", title=SECRET, text=f"{SECRET}. " * 3, space="cercle", people=by["simon"], **practice
                ),
                DocumentRecord(id="p3", title=SECRET, text=SECRET, space="cercle", people=by["secret"], **practice),
            ]
        )
    assert result.refused == []


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with client_of(service) as client:
        yield client


def make_token(service: Service, scopes: tuple[str, ...] = ("suggest",), origins: tuple[str, ...] = (FORUM,)) -> str:
    with service.store.write() as session:
        return create_key(session, datetime.now(UTC), NewKey("forum", scopes, origins)).text


def ask(client: TestClient, token: str | None, origin: str | None = FORUM, **headers: str) -> Response:
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    sent |= {"Origin": origin} if origin else {}
    return client.post("/v1/suggest", json={"draft": DRAFT, "lang": "fr"}, headers=sent | headers)


def ask_first(client: TestClient, origin: str) -> Response:
    """Send what a browser sends before the request itself; it carries no token."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return client.options("/v1/suggest", headers=headers)


def cors_headers(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-allow-")}


def test_the_file_is_javascript_that_every_site_may_include_and_keep_for_an_hour(client: TestClient) -> None:
    response = client.get("/widget.js", headers={"Origin": OTHER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert response.headers["access-control-allow-origin"] == "*"
    assert len(response.content) < 15_000
    assert '"use strict"' in response.text


def test_a_browser_that_has_the_file_is_not_sent_it_again(client: TestClient) -> None:
    tag = client.get("/widget.js").headers["etag"]
    response = client.get("/widget.js", headers={"If-None-Match": tag})
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert client.get("/widget.js", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.head("/widget.js").headers["etag"] == tag


def test_the_script_never_writes_markup_nor_evaluates_text(client: TestClient) -> None:
    script = client.get("/widget.js").text
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style."):
        assert sink not in script, sink


def test_a_page_of_the_tokens_origin_may_read_the_answer(client: TestClient, service: Service) -> None:
    response = ask(client, make_token(service))
    assert response.status_code == 200
    assert cors_headers(response) == {"access-control-allow-origin": FORUM}
    assert "Origin" in response.headers["vary"]
    assert response.headers["access-control-expose-headers"] == "Retry-After"


@pytest.mark.parametrize("origin", [OTHER, "null", "https://forum.test.elsewhere.test", "http://forum.test", None])
def test_a_token_used_from_another_origin_or_without_one_is_refused(
    client: TestClient, service: Service, origin: str | None
) -> None:
    response = ask(client, make_token(service), origin)
    assert response.status_code == 403
    assert cors_headers(response) == {}


@pytest.mark.parametrize("token", [None, "releve_0011223344556677_wrong", "nonsense"])
def test_a_page_elsewhere_without_a_token_that_works_is_refused(client: TestClient, token: str | None) -> None:
    response = ask(client, token)
    assert response.status_code == 401
    assert cors_headers(response) == {}


def test_a_revoked_token_is_refused_at_once(client: TestClient, service: Service) -> None:
    token = make_token(service)
    with service.store.write() as session:
        revoke_key(session, datetime.now(UTC), token.split("_")[1])
    assert ask(client, token).status_code == 401
    assert ask_first(client, FORUM).status_code == 403


def test_a_preflight_is_granted_to_the_origins_of_public_tokens_and_to_no_other(
    client: TestClient, service: Service
) -> None:
    make_token(service)
    make_token(service, ("read", "suggest"), (OTHER,))
    granted = ask_first(client, FORUM)
    assert granted.status_code == 204
    assert cors_headers(granted) == {
        "access-control-allow-origin": FORUM,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "Authorization, Content-Type",
    }
    for origin in (OTHER, "null", "https://nobody.test"):
        refused = ask_first(client, origin)
        assert (refused.status_code, cors_headers(refused)) == (403, {})


def test_other_addresses_are_closed_to_other_sites_and_to_the_token(client: TestClient, service: Service) -> None:
    token = make_token(service)
    headers = {"Origin": FORUM, "Authorization": f"Bearer {token}"}
    for answer in (
        client.post("/v1/experts/search", json={"query": DRAFT}, headers=headers),
        client.get("/v1/people", headers=headers),
        client.options("/v1/people", headers={"Origin": FORUM, "Access-Control-Request-Method": "GET"}),
    ):
        assert answer.status_code in (403, 405)
        assert cors_headers(answer) == {}


def test_the_public_answer_holds_what_a_page_shows_and_nothing_else(client: TestClient, service: Service) -> None:
    answer = ask(client, make_token(service)).json()
    assert answer == {
        "experts": [
            {
                "person": {"name": "Lucien Bois", "unit": "Eau", "link": "https://releve.test/people/t:lucien"},
                "reasons": answer["experts"][0]["reasons"],
            }
        ],
        "practices": [
            {
                "kind": "practice",
                "title": "Guide de la pompe",
                "snippet": "Ouvrir la vanne.",
                "answers": 0,
                "solved": False,
                "link": "https://releve.test/documents/t:p%2F1",
            }
        ],
        "similar_questions": [],
    }
    assert answer["experts"][0]["reasons"][0] == "A écrit «\u00a0Guide de la pompe\u00a0»"


def test_what_a_protected_community_wrote_is_never_in_a_public_answer(client: TestClient, service: Service) -> None:
    reader = make_token(service, ("read", "suggest", "on-behalf-of"), ())
    member = ask(client, reader, None, **{"On-Behalf-Of": "t:simon"})
    assert SECRET in member.text  # it is what matches best
    public = ask(client, make_token(service))
    for word in (SECRET, "Procédure", "réservée", "Simon", "secret", "noyés", "2026", "décembre"):
        assert word not in public.text, word


def test_a_public_token_acts_for_nobody(client: TestClient, service: Service) -> None:
    assert ask(client, make_token(service), **{"On-Behalf-Of": "t:simon"}).status_code == 403


def test_each_token_at_each_address_has_its_own_rate_and_the_page_may_read_when_to_come_back(service: Service) -> None:
    token, another = make_token(service), make_token(service)
    with client_of(service) as client:
        assert [ask(client, token).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = ask(client, token)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["access-control-allow-origin"] == FORUM
        assert ask(client, another).status_code == 200
        elsewhere = TestClient(client.app, base_url="http://localhost", client=("192.0.2.7", 50_000))
        assert ask(elsewhere, token).status_code == 200


def test_a_session_of_the_same_browser_does_not_count_across_sites(tmp_path: Path) -> None:
    with create_service(Settings(home=tmp_path)) as service:
        fill(service)
        service.update_index()
        with client_of(service) as client:
            client.cookies.set("releve", "anything")
            assert ask(client, None).status_code == 401  # even on this machine, where everyone else is let in
            assert ask(client, None, "http://localhost").status_code == 200
            token = make_token(service)
            assert ask_first(client, FORUM).status_code == 204
            assert "experts" in ask(client, token).json()
