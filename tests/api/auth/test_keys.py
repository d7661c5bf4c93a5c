"""API keys at the door: what each scope opens, and what no key opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from api.wiring import Service
from models.api_keys import list_keys, revoke_key, rotate_key
from models.audit import list_events
from models.paging import PageRequest
from models.roles import grant_role
from models.tables import ApiKeyRow, OrganisationRole
from tests.api.auth.conftest import OpenClient

MakeKey = Callable[..., dict[str, str]]
MODES = [{"auth": "keys"}, {"auth": "proxy"}, {}]


@pytest.mark.parametrize("settings", MODES)
def test_a_key_lets_in_with_its_scopes_in_every_mode(
    open_client: OpenClient, make_key: MakeKey, settings: dict[str, str]
) -> None:
    told = open_client(**settings).get("/v1/who", headers=make_key("read")).json()
    assert (told["kind"], told["person"], told["scopes"], told["roles"]) == ("key", None, ["read"], [])
    assert told["actor"].startswith("key:")


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "GET", "/v1/who", 200),
        ("read", "POST", "/v1/write", 403),
        ("read", "GET", "/v1/admin-probe", 403),
        ("read", "POST", "/v1/suggest-probe", 200),
        ("write", "POST", "/v1/write", 200),
        ("write", "GET", "/v1/who", 403),
        ("suggest", "POST", "/v1/suggest-probe", 200),
        ("suggest", "GET", "/v1/who", 403),
        ("suggest", "POST", "/v1/write", 403),
        ("admin", "GET", "/v1/admin-probe", 200),
        ("admin", "GET", "/v1/who", 403),
    ],
)
def test_each_scope_opens_its_own_doors(
    open_client: OpenClient, make_key: MakeKey, scope: str, method: str, path: str, status: int
) -> None:
    assert open_client(auth="keys").request(method, path, headers=make_key(scope)).status_code == status


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer releve_0123456789abcdef_x", "Bearer \xe9", "Digest a"],
)
@pytest.mark.parametrize("settings", MODES)
def test_what_is_no_key_is_answered_with_401(
    open_client: OpenClient, authorization: str, settings: dict[str, str]
) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}
    answer = open_client(**settings).get("/v1/who", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_wrong_secret_opens_nothing(open_client: OpenClient, make_key: MakeKey) -> None:
    headers = {"Authorization": make_key("read")["Authorization"][:-1] + "!"}
    assert open_client(auth="keys").get("/v1/who", headers=headers).status_code == 401


def test_keys_stop_letting_in_when_revoked_rotated_or_over(
    open_client: OpenClient, make_key: MakeKey, service: Service
) -> None:
    client = open_client(auth="keys")
    revoked, rotated, kept = make_key("read"), make_key("read"), make_key("read")
    over = make_key("read", expires_at=datetime.now(UTC) + timedelta(days=1))
    ids = [headers["Authorization"].split("_")[1] for headers in (revoked, rotated, kept)]
    with service.store.write() as session:
        now = datetime.now(UTC)
        revoke_key(session, now, ids[0])
        new = rotate_key(session, now, ids[1])
        overlapping = rotate_key(session, now, ids[2], timedelta(hours=1))
    statuses = [client.get("/v1/who", headers=headers).status_code for headers in (revoked, rotated, kept)]
    assert statuses == [401, 401, 200]
    for issued in (new, overlapping):
        assert client.get("/v1/who", headers={"Authorization": f"Bearer {issued.text}"}).status_code == 200
    with service.store.write() as session:
        row = session.get_one(ApiKeyRow, over["Authorization"].split("_")[1])
        row.expires_at = datetime.now(UTC)
    assert client.get("/v1/who", headers=over).status_code == 401


def test_the_use_of_a_key_is_recorded(open_client: OpenClient, make_key: MakeKey, service: Service) -> None:
    open_client(auth="keys").get("/v1/who", headers=make_key("read"))
    with service.store.read() as session:
        [key] = list_keys(session)
    assert key.last_used_at is not None


def test_a_key_acts_for_a_person_only_with_that_scope(
    open_client: OpenClient, make_key: MakeKey, service: Service
) -> None:
    client = open_client(auth="keys")
    for_ana = {"On-Behalf-Of": "ana@ville.test"}
    assert client.get("/v1/who", headers=make_key("read", "admin") | for_ana).status_code == 403
    allowed = make_key("read", "write", "on-behalf-of")
    told = client.get("/v1/who", headers=allowed | for_ana).json()
    assert (told["person"], told["kind"]) == ("t:ana", "key")
    assert client.get("/v1/who", headers=allowed | {"On-Behalf-Of": "nobody"}).status_code == 404
    accented = {"On-Behalf-Of": "Bo Zé".encode()}
    assert client.get("/v1/who", headers={**allowed, **accented}).json()["person"] == "t:bo"
    client.post("/v1/write", headers=allowed | for_ana)
    with service.store.read() as session:
        [event] = list_events(session, PageRequest()).items
    assert (event.actor, event.on_behalf_of, event.details) == (told["actor"], "t:ana", {"size": 1})


def test_a_search_as_someone_needs_that_scope(open_client: OpenClient, make_key: MakeKey, service: Service) -> None:
    service.update_index()
    client, search = open_client(auth="keys"), {"query": "pompe", "viewer": "t:ana"}
    for scopes, status in ((("read",), 403), (("read", "admin"), 403), (("read", "on-behalf-of"), 200)):
        assert client.post("/v1/experts/search", json=search, headers=make_key(*scopes)).status_code == status


def test_acting_for_an_administrator_does_not_make_a_key_one(
    open_client: OpenClient, make_key: MakeKey, service: Service
) -> None:
    with service.store.write() as session:
        for role in (OrganisationRole.ADMINISTRATOR, OrganisationRole.EVALUATOR):
            grant_role(session, datetime.now(UTC), "t:ana", role)
    client, for_ana = open_client(auth="keys"), {"On-Behalf-Of": "t:ana"}
    headers = make_key("read", "on-behalf-of") | for_ana
    assert client.get("/v1/who", headers=headers).json()["roles"] == ["evaluator"]
    assert client.get("/v1/admin-probe", headers=headers).status_code == 403


def test_a_public_token_answers_to_its_own_pages_alone(open_client: OpenClient, make_key: MakeKey) -> None:
    client = open_client(auth="keys")
    token = make_key("suggest", origins=["https://forum.test"])
    for origin, status in (
        ("https://forum.test", 200),
        ("https://FORUM.test", 200),
        ("https://forum.test:8443", 403),
        ("http://forum.test", 403),
        ("https://forum.test.evil.test", 403),
        ("null", 403),
        (None, 403),
    ):
        headers = token if origin is None else token | {"Origin": origin}
        assert client.post("/v1/suggest-probe", headers=headers).status_code == status, origin


def test_the_keys_mode_lets_nobody_else_in(open_client: OpenClient) -> None:
    client = open_client(auth="keys", base_url="https://releve.test")
    assert client.get("/v1/who").status_code == 401
    assert client.get("/who", headers={"Accept": "text/html"}).headers["location"] == "/sign-in?next=%2Fwho"
    assert "pas installée" in client.get("/sign-in").text
