"""The single-user mode: for this machine alone, whatever a page of another site makes a browser send."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.cli.serving import serve
from api.wiring import Service
from models.errors import InvalidInputError
from models.roles import grant_role
from models.tables import OrganisationRole
from tests.api.auth.conftest import OpenClient

ALL_SCOPES = ["admin", "on-behalf-of", "read", "suggest", "write"]


def choose(client: TestClient, person: str, **fields: str) -> object:
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    return client.post("/sign-in", data={"person": person, "csrf": token[1], **fields})


def test_whoever_is_at_this_machine_may_do_everything_as_nobody(open_client: OpenClient) -> None:
    told = open_client().get("/v1/who").json()
    assert (told["kind"], told["person"], told["scopes"], told["roles"]) == ("local", None, ALL_SCOPES, [])


def test_the_person_that_is_set_is_who_asks_with_their_roles(open_client: OpenClient, service: Service) -> None:
    with service.store.write() as session:
        grant_role(session, datetime.now(UTC), "t:ana", OrganisationRole.EVALUATOR)
    told = open_client(user="Ana Roy").get("/v1/who").json()
    assert (told["person"], told["roles"], told["actor"]) == ("t:ana", ["evaluator"], "person:t:ana")


def test_a_person_chosen_on_the_page_is_who_asks_until_they_sign_out(open_client: OpenClient) -> None:
    client = open_client(user="t:ana")
    answer = choose(client, "Bo Zé", next="/v1/who")
    assert (answer.status_code, answer.headers["location"]) == (303, "/v1/who")
    assert client.get("/v1/who").json()["person"] == "t:bo"
    page = client.get("/sign-in").text
    assert "Bo Zé" in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    assert client.post("/sign-out").status_code == 403
    assert client.post("/sign-out", data={"csrf": token}).headers["location"] == "/sign-in"
    assert client.get("/v1/who").json()["person"] == "t:ana"


def test_the_page_names_nobody_and_says_what_is_unknown(open_client: OpenClient) -> None:
    client = open_client()
    assert "Ana" not in client.get("/sign-in").text
    answer = choose(client, "<b>Ana</b>")
    assert answer.status_code == 422
    assert "Nobody is called &#39;&lt;b&gt;Ana&lt;/b&gt;&#39;" in answer.text


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "", "localhost:x", "a@localhost", "0.0.0.0"]
)
def test_a_name_made_to_point_here_is_refused(open_client: OpenClient, host: str) -> None:
    client = open_client()
    for path in ("/v1/who", "/sign-in", "/healthz"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 403
        assert "localhost and 127.0.0.1 only" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_the_names_of_this_machine_are_answered(open_client: OpenClient, host: str) -> None:
    assert open_client().get("/v1/who", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_reads_and_writes_nothing(open_client: OpenClient, headers: dict[str, str]) -> None:
    client = open_client()
    for method, path in (("GET", "/v1/who"), ("POST", "/v1/write"), ("POST", "/write"), ("POST", "/sign-in")):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert "Another site" in answer.json()["detail"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_scripts_of_this_machine_need_no_session(open_client: OpenClient, headers: dict[str, str]) -> None:
    assert open_client().post("/v1/write", headers=headers).status_code == 200


def test_a_link_from_another_site_opens_a_page(open_client: OpenClient) -> None:
    assert open_client().get("/who", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_the_server_listens_elsewhere_only_where_someone_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEVE_AUTH", "single-user")
    for host in ("0.0.0.0", "192.168.1.4", "releve.test", "::"):
        with pytest.raises(InvalidInputError, match="set RELEVE_AUTH to oidc, proxy or keys"):
            serve(host, 8000)


def test_a_session_ends_after_its_hours(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = open_client(session_hours=1)
    choose(client, "Bo Zé")
    began = time.time()
    for minutes, person in ((59, "t:bo"), (61, None)):
        monkeypatch.setattr("api.auth.sessions.time.time", lambda minutes=minutes: began + 60 * minutes)
        assert client.get("/v1/who").json()["person"] == person


def test_a_person_chosen_in_one_mode_is_not_signed_in_in_another(open_client: OpenClient) -> None:
    client = open_client()
    choose(client, "Bo Zé")
    cookie = {"Cookie": f"releve={client.cookies['releve']}"}
    assert client.get("/v1/who", headers=cookie).json()["person"] == "t:bo"
    oidc = {"auth": "oidc", "oidc_issuer": "https://id.test", "oidc_client_id": "r"}
    other = open_client(public_url="http://localhost", **oidc)
    assert other.get("/v1/who", headers=cookie).status_code == 401
