"""OpenID Connect against a real provider on this machine: who it vouches for, and what it does not."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import werkzeug.serving
from fastapi.testclient import TestClient

from api.wiring import Service
from models.accounts import link_account
from models.audit import list_events
from models.paging import PageRequest
from models.tables import PersonRow
from tests.api.auth.conftest import OpenClient

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    # the provider of these tests, not ours, uses what its own library is about to drop
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:oidc_provider_mock"),
]
PAGE = {"Accept": "text/html"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A provider that listens on 127.0.0.1, and its issuer."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it speaks HTTP, to this machine alone
    from oidc_provider_mock import app

    server = werkzeug.serving.make_server("127.0.0.1", 0, app(require_nonce=True), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(open_client: OpenClient, provider: str) -> TestClient:
    return open_client(
        auth="oidc",
        oidc_issuer=provider,
        oidc_client_id="releve",
        oidc_client_secret="shared with the provider",
        public_url="http://localhost:8000",
        base_url="http://localhost:8000",
    )


def describe(provider: str, subject: str, **claims: object) -> None:
    httpx.put(f"{provider}/users/{subject}", json=claims).raise_for_status()


def go_to_provider(client: TestClient, target: str = "/") -> str:
    """Return the address to which the sign-in sends the browser."""
    answer = client.get("/sign-in/start", params={"next": target})
    assert answer.status_code == 302
    return answer.headers["location"]


def come_back(address: str, subject: str) -> str:
    """Sign in with the provider, and return the path to which it sends the browser back."""
    answer = httpx.post(address, data={"sub": subject})
    assert answer.status_code == 302
    back = urlsplit(answer.headers["location"])
    assert back.netloc == "localhost:8000"
    return f"{back.path}?{back.query}"


def sign_in(client: TestClient, subject: str, target: str = "/") -> httpx.Response:
    return client.get(come_back(go_to_provider(client, target), subject))


def test_a_verified_address_signs_its_person_in_and_back_to_where_they_were(
    client: TestClient, provider: str, service: Service
) -> None:
    assert client.get("/who?x=1", headers=PAGE).headers["location"] == "/sign-in?next=%2Fwho%3Fx%3D1"
    assert "/sign-in/start?next=/who" in client.get("/sign-in?next=/who").text
    describe(provider, "s1", email="Ana@Ville.test", email_verified=True)
    answer = sign_in(client, "s1", "/who?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/who?x=1")
    told = client.get("/v1/who").json()
    assert (told["kind"], told["person"], told["scopes"]) == ("person", "t:ana", ["read", "suggest", "write"])
    with service.store.read() as session:
        [event] = list_events(session, PageRequest()).items
    assert (event.actor, event.action, event.target) == ("person:t:ana", "session.began", "person:t:ana")


def test_the_request_carries_pkce_a_nonce_and_a_state(client: TestClient) -> None:
    asked = parse_qs(urlsplit(go_to_provider(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == ["http://localhost:8000/sign-in/callback"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize("claims", [{"email": "ana@ville.test"}, {"email": "ana@ville.test", "email_verified": False}])
def test_an_address_that_is_not_verified_signs_nobody_in(
    client: TestClient, provider: str, claims: dict[str, object]
) -> None:
    describe(provider, "s1", **claims)
    answer = sign_in(client, "s1")
    assert answer.status_code == 403
    assert "&#39;s1&#39;" in answer.text
    assert "releve accounts link" in answer.text
    assert client.get("/v1/who").status_code == 401


def test_a_linked_account_signs_in_without_an_address(client: TestClient, provider: str, service: Service) -> None:
    with service.store.write() as session:
        link_account(session, "t:bo", provider, "s2")
    describe(provider, "s2")
    assert sign_in(client, "s2").status_code == 303
    assert client.get("/v1/who").json()["person"] == "t:bo"


def test_a_callback_that_this_browser_did_not_begin_is_refused(
    client: TestClient, open_client: OpenClient, provider: str
) -> None:
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    back = come_back(go_to_provider(client), "s1")
    client.cookies.clear()
    for address in (back, "/sign-in/callback", "/sign-in/callback?code=x&state=y", "/sign-in/callback?error=<script>"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert "<script>" not in answer.text
    assert client.get("/v1/who").status_code == 401


def test_a_code_serves_once(client: TestClient, provider: str) -> None:
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    back = come_back(go_to_provider(client), "s1")
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401


def test_a_token_with_another_nonce_is_refused(client: TestClient, provider: str) -> None:
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    address = go_to_provider(client)
    forged = re.sub(r"nonce=[^&]+", "nonce=another", address)
    assert client.get(come_back(forged, "s1")).status_code == 401


def test_nothing_of_the_session_before_stays_after_a_sign_in(client: TestClient, provider: str) -> None:
    before = client.get("/token").json()
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    sign_in(client, "s1")
    assert client.get("/token").json() != before
    assert client.post("/v1/write", headers={"X-CSRF-Token": before}).status_code == 403
    assert client.post("/v1/write").status_code == 403
    assert client.post("/v1/write", headers={"X-CSRF-Token": client.get("/token").json()}).status_code == 200


def test_a_sign_out_ends_the_session(client: TestClient, provider: str) -> None:
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    sign_in(client, "s1")
    assert "Ana Roy" in client.get("/sign-in").text
    assert client.post("/sign-out", data={"csrf": client.get("/token").json()}).status_code == 303
    assert client.get("/v1/who").status_code == 401


def test_someone_erased_is_signed_out(client: TestClient, provider: str, service: Service) -> None:
    describe(provider, "s1", email="ana@ville.test", email_verified=True)
    sign_in(client, "s1")
    with service.store.write() as session:
        session.delete(session.get(PersonRow, "t:ana"))
    assert client.get("/v1/who").status_code == 401


def test_a_header_of_a_proxy_means_nothing_here(client: TestClient) -> None:
    assert client.get("/v1/who", headers={"X-Forwarded-User": "ana@ville.test"}).status_code == 401


def test_a_provider_that_is_away_is_said_so(open_client: OpenClient) -> None:
    client = open_client(
        auth="oidc", oidc_issuer="http://127.0.0.1:1", oidc_client_id="r", public_url="http://localhost:8000"
    )
    answer = client.get("/sign-in/start")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_nobody_chooses_who_they_are_where_people_sign_in(client: TestClient) -> None:
    token = client.get("/token").json()
    assert client.post("/sign-in", data={"csrf": token, "person": "Ana Roy"}).status_code == 404
