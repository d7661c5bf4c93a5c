"""Behind a reverse proxy: only a trusted peer says who asks, and only one name at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.wiring import Service
from models.accounts import PROXY, link_account
from models.roles import grant_role
from models.tables import OrganisationRole, PersonRow, UnitRow
from tests.api.auth.conftest import OpenClient

ANA = {"X-Forwarded-User": "ana@ville.test"}
HTTPS = "https://releve.test"


def test_the_proxy_says_who_asks(open_client: OpenClient, service: Service) -> None:
    with service.store.write() as session:
        session.add(UnitRow(id="eau", name="Eau"))
        link_account(session, "t:bo", PROXY, "b42")
        session.flush()
        grant_role(session, datetime.now(UTC), "t:bo", OrganisationRole.MANAGER, "eau")
    client = open_client(auth="proxy", base_url=HTTPS)
    told = client.get("/v1/who", headers=ANA).json()
    assert (told["kind"], told["person"], told["scopes"]) == ("person", "t:ana", ["read", "suggest", "write"])
    told = client.get("/v1/who", headers={"X-Forwarded-User": "b42"}).json()
    assert (told["person"], told["roles"], told["units"]) == ("t:bo", ["manager"], ["eau"])
    assert client.get("/v1/who", headers={"X-Forwarded-User": "t:ana"}).json()["person"] == "t:ana"


def test_an_administrator_may_administer(open_client: OpenClient, service: Service) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    assert client.get("/v1/admin-probe", headers=ANA).status_code == 403
    with service.store.write() as session:
        grant_role(session, datetime.now(UTC), "t:ana", OrganisationRole.ADMINISTRATOR)
    assert client.get("/v1/admin-probe", headers=ANA).text == '"person:t:ana"'


@pytest.mark.parametrize("peer", ["10.0.0.9", "192.168.0.1", "testclient", "::2"])
def test_a_header_from_anyone_else_is_ignored(open_client: OpenClient, peer: str) -> None:
    client = open_client(auth="proxy", base_url=HTTPS, peer=peer)
    for headers in (ANA, ANA | {"X-Forwarded-For": "127.0.0.1"}, ANA | {"Forwarded": "for=127.0.0.1"}):
        assert client.get("/v1/who", headers=headers).status_code == 401


def test_networks_of_proxies_and_another_header_can_be_set(open_client: OpenClient) -> None:
    settings = {"auth": "proxy", "trusted_proxies": "10.1.0.0/16, ::1", "proxy_header": "Remote-User"}
    client = open_client(peer="10.1.2.3", base_url=HTTPS, **settings)
    assert client.get("/v1/who", headers={"Remote-User": "ana@ville.test"}).status_code == 200
    assert client.get("/v1/who", headers=ANA).status_code == 401


@pytest.mark.parametrize("name", ["Ana Roy", "ana", "zoe@ville.test", "'; DROP TABLE people; --", "%", "\xff"])
def test_someone_unknown_is_told_how_to_be_linked(open_client: OpenClient, name: str) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    headers = {"X-Forwarded-User": name.encode("latin-1")}
    assert client.get("/v1/who", headers=headers).status_code == 403
    page = client.get("/who", headers={**headers, "Accept": "text/html"})
    assert page.status_code == 403
    assert "releve accounts link" in page.text


@pytest.mark.parametrize("names", [["ana@ville.test", "bo@ville.test"], ["", "ana@ville.test"], ["", ""], [" "]])
def test_a_header_that_is_doubled_or_empty_signs_nobody_in(open_client: OpenClient, names: list[str]) -> None:
    headers = [("X-Forwarded-User", name) for name in names]
    assert open_client(auth="proxy", base_url=HTTPS).get("/v1/who", headers=headers).status_code == 401


def test_a_person_acts_for_nobody_else(open_client: OpenClient) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    for reference, status in (("t:ana", 200), ("t:bo", 403), ("nobody", 403)):
        assert client.get("/v1/who", headers=ANA | {"On-Behalf-Of": reference}).status_code == status


def test_someone_erased_is_nobody(open_client: OpenClient, service: Service) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    with service.store.write() as session:
        session.delete(session.get(PersonRow, "t:ana"))
    assert client.get("/v1/who", headers=ANA).status_code == 403


@pytest.mark.parametrize("scheme", ["Basic YTpi", "Negotiate x", ""])
def test_what_signed_a_browser_in_with_the_proxy_is_no_key(open_client: OpenClient, scheme: str) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    headers = ANA | {"Authorization": scheme}
    assert client.get("/v1/who", headers=headers).json()["person"] == "t:ana"
    assert client.post("/v1/write", headers=headers).status_code == 403  # browsers send it by themselves
