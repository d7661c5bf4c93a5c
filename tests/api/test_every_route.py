"""Every route of the API as each kind of caller: anonymous, other, owner, animateur, manager, administrator."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from api.app import create_app
from api.auth.installing import signing_key
from api.auth.sessions import CSRF, cookie_name
from api.callers import Scope
from api.settings import AuthMode, Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.api_keys import NewKey, create_key, rotate_key
from models.endorsements import request_endorsement
from models.participation import join_community
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
    Role,
)
from models.roles import grant_role
from models.solicitations import NewSolicitation, record_solicitation
from models.store import SQLITE_NAME
from models.tables import AreaRow, AreaStatus, OrganisationRole
from models.writing import Writer
from tests.api.succession_routes import SUCCESSION, UNIT, switch_on, unit_records

NOW = datetime.now(UTC)
CALLERS = ("anonymous", "other", "owner", "animateur", "manager", "administrator")
IN_UNIT = ("owner", "heir")
QUERY = {"query": "pompe"}
GUIDE = {"kind": "practice", "title": "Guide"}
OK, MADE, DONE, NO, GONE, WRONG = 200, 201, 204, 403, 404, 422
PEOPLE_ONLY = (401, OK, OK, OK, OK, OK)
ADMINISTRATORS = (401, NO, NO, NO, NO, OK)
# Method, route, path, body: what anonymous, other, owner, animateur, manager, administrator are answered.
TABLE: list[tuple[str, str, str, Any, tuple[int, ...]]] = [
    ("POST", "/v1/experts/search", "/v1/experts/search", QUERY, PEOPLE_ONLY),
    ("POST", "/v1/practices/search", "/v1/practices/search", QUERY, PEOPLE_ONLY),
    ("POST", "/v1/questions/search", "/v1/questions/search", QUERY, PEOPLE_ONLY),
    ("POST", "/v1/suggest", "/v1/suggest", {"draft": "pompe"}, PEOPLE_ONLY),
    ("GET", "/v1/people", "/v1/people", None, PEOPLE_ONLY),
    ("GET", "/v1/people/filters", "/v1/people/filters", None, PEOPLE_ONLY),
    ("GET", "/v1/people/{id:path}", "/v1/people/t:owner", None, PEOPLE_ONLY),
    ("GET", "/v1/people/{id:path}/evidence", "/v1/people/t:owner/evidence", None, PEOPLE_ONLY),
    ("GET", "/v1/people/{id:path}/areas", "/v1/people/t:owner/areas", None, PEOPLE_ONLY),
    ("GET", "/v1/documents", "/v1/documents", None, PEOPLE_ONLY),
    # A protected community's document: for its members, which an administrator is not.
    ("GET", "/v1/documents/{id:path}", "/v1/documents/t:secret", None, (401, GONE, OK, OK, GONE, GONE)),
    ("GET", "/v1/documents/{id:path}/people", "/v1/documents/t:secret/people", None, (401, GONE, OK, OK, GONE, GONE)),
    ("GET", "/v1/documents/{id:path}/answers", "/v1/documents/t:secret/answers", None, (401, GONE, OK, OK, GONE, GONE)),
    # What people push would say that others know something.
    ("PUT", "/v1/documents/{source}/{id:path}", "/v1/documents/wiki/g/1", GUIDE, (401, NO, NO, NO, NO, MADE)),
    ("DELETE", "/v1/documents/{source}/{id:path}", "/v1/documents/t/guide", None, (401, NO, NO, NO, NO, DONE)),
    (
        "POST",
        "/v1/documents/batch",
        "/v1/documents/batch",
        {"source": "wiki", "records": [{"type": "document", "id": "1", **GUIDE}]},
        ADMINISTRATORS,
    ),
    ("GET", "/v1/communities", "/v1/communities", None, PEOPLE_ONLY),
    ("GET", "/v1/communities/{id:path}", "/v1/communities/t:closed", None, PEOPLE_ONLY),
    ("GET", "/v1/communities/{id:path}/members", "/v1/communities/t:closed/members", None, (401, NO, OK, OK, NO, NO)),
    ("PUT", "/v1/communities/{id:path}/membership", "/v1/communities/t:open/membership", None, PEOPLE_ONLY),
    ("DELETE", "/v1/communities/{id:path}/membership", "/v1/communities/t:open/membership", None, (401, *[DONE] * 5)),
    ("PUT", "/v1/communities/{id:path}/interest", "/v1/communities/t:soon/interest", None, (401, *[DONE] * 5)),
    ("DELETE", "/v1/communities/{id:path}/interest", "/v1/communities/t:soon/interest", None, (401, *[DONE] * 5)),
    ("GET", "/v1/communities/{id:path}/requests", "/v1/communities/t:closed/requests", None, (401, NO, NO, OK, NO, OK)),
    (
        "POST",
        "/v1/communities/{id:path}/requests/{person:path}/accept",
        "/v1/communities/t:closed/requests/t:asking/accept",
        None,
        (401, NO, NO, OK, NO, OK),
    ),
    (
        "POST",
        "/v1/communities/{id:path}/requests/{person:path}/decline",
        "/v1/communities/t:closed/requests/t:asking/decline",
        None,
        (401, NO, NO, OK, NO, OK),
    ),
    ("GET", "/v1/areas", "/v1/areas", None, PEOPLE_ONLY),
    ("GET", "/v1/areas/{id:path}", "/v1/areas/a1", None, PEOPLE_ONLY),
    ("GET", "/v1/areas/{id:path}/documents", "/v1/areas/a1/documents", None, PEOPLE_ONLY),
    ("PATCH", "/v1/areas/{id:path}", "/v1/areas/a1", {"hidden": False}, (401, NO, NO, NO, NO, DONE)),
    ("POST", "/v1/areas/{id:path}/merge", "/v1/areas/a1/merge", {"areas": ["a2"]}, (401, NO, NO, NO, NO, DONE)),
    ("GET", "/v1/me", "/v1/me", None, PEOPLE_ONLY),
    ("DELETE", "/v1/me", "/v1/me?confirm=t:owner", None, (401, WRONG, DONE, WRONG, WRONG, WRONG)),
    ("GET", "/v1/me/preferences", "/v1/me/preferences", None, PEOPLE_ONLY),
    ("PATCH", "/v1/me/preferences", "/v1/me/preferences", {"capacity_per_week": 2}, PEOPLE_ONLY),
    ("PUT", "/v1/me/hidden-documents/{id:path}", "/v1/me/hidden-documents/t:guide", None, (401, *[DONE] * 5)),
    ("DELETE", "/v1/me/hidden-documents/{id:path}", "/v1/me/hidden-documents/t:guide", None, (401, *[DONE] * 5)),
    ("GET", "/v1/me/audit", "/v1/me/audit", None, PEOPLE_ONLY),
    ("GET", "/v1/me/export", "/v1/me/export", None, PEOPLE_ONLY),
    ("GET", "/v1/me/departure", "/v1/me/departure", None, PEOPLE_ONLY),
    ("PUT", "/v1/me/departure", "/v1/me/departure", {"earliest": "2030-01-01"}, (401, *[DONE] * 5)),
    ("DELETE", "/v1/me/departure", "/v1/me/departure", None, (401, *[DONE] * 5)),
    ("PUT", "/v1/me/areas/{id:path}", "/v1/me/areas/a1", {"stance": "knows"}, (401, *[DONE] * 5)),
    ("DELETE", "/v1/me/areas/{id:path}", "/v1/me/areas/a1", None, (401, *[DONE] * 5)),
    ("GET", "/v1/endorsements", "/v1/endorsements", None, PEOPLE_ONLY),
    (
        "POST",
        "/v1/endorsements",
        "/v1/endorsements",
        {"document_id": "t:guide", "asked_id": "t:colleague"},
        (401, GONE, MADE, GONE, GONE, GONE),
    ),
    (
        "POST",
        "/v1/endorsements/{number}/answer",
        "/v1/endorsements/1/answer",
        {"endorsed": True},
        (401, GONE, OK, GONE, GONE, GONE),
    ),
    (
        "POST",
        "/v1/feedback",
        "/v1/feedback",
        {"person_id": "t:colleague", "question": "pompe ?", "verdict": "useful"},
        (401, *[MADE] * 5),
    ),
    (
        "POST",
        "/v1/solicitations",
        "/v1/solicitations",
        {"expert_id": "t:colleague", "question": "pompe ?"},
        (401, *[MADE] * 5),
    ),
    ("GET", "/v1/solicitations", "/v1/solicitations", None, PEOPLE_ONLY),
    (
        "POST",
        "/v1/solicitations/{number}/outcome",
        "/v1/solicitations/1/outcome",
        {"outcome": "answered"},
        (401, GONE, OK, GONE, GONE, GONE),
    ),
    ("GET", "/v1/audit", "/v1/audit", None, ADMINISTRATORS),
    ("GET", "/v1/left-reports", "/v1/left-reports", None, ADMINISTRATORS),
    ("DELETE", "/v1/left-reports/{id:path}", "/v1/left-reports/t:owner", None, (401, NO, DONE, NO, NO, DONE)),
    ("GET", "/v1/webhooks", "/v1/webhooks", None, ADMINISTRATORS),
    ("POST", "/v1/webhooks", "/v1/webhooks", {"url": "http://x", "events": []}, (401, NO, NO, NO, NO, WRONG)),
    ("DELETE", "/v1/webhooks/{webhook_id}", "/v1/webhooks/none", None, (401, NO, NO, NO, NO, GONE)),
    ("POST", "/v1/webhooks/{webhook_id}/ping", "/v1/webhooks/none/ping", None, (401, NO, NO, NO, NO, GONE)),
    ("GET", "/v1/webhooks/{webhook_id}/deliveries", "/v1/webhooks/none/deliveries", None, (401, NO, NO, NO, NO, GONE)),
    *SUCCESSION,
]


def records() -> list[AnyRecord]:
    by_owner = (Contribution(person="owner", role=Role.WROTE),)
    names = dict.fromkeys((*CALLERS[1:], "colleague", "asking")) | dict.fromkeys(IN_UNIT, UNIT)
    return [
        *unit_records(),
        *(
            PersonRecord(
                id=name,
                name=f"{name.title()} Test",
                email=f"{name}@example.org",
                unit=UNIT if name in IN_UNIT else None,
            )
            for name in names
        ),
        CommunityRecord(id="closed", name="Closed", protected=True),
        CommunityRecord(id="open", name="Open"),
        CommunityRecord(id="soon", name="Soon", status="in_preparation"),
        MembershipRecord(community="closed", person="owner"),
        MembershipRecord(community="closed", person="animateur", role=MembershipRole.ANIMATEUR),
        DocumentRecord(id="guide", kind=DocumentKind.PRACTICE, title="Guide de la pompe", people=by_owner),
        DocumentRecord(id="secret", kind=DocumentKind.PRACTICE, title="Secret", space="closed", people=by_owner),
    ]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A store where something waits for everyone."""
    home = tmp_path_factory.mktemp("routes")
    (home / SQLITE_NAME).write_bytes(sqlite_template.read_bytes())
    with create_service(Settings(home=home, encoder="words")) as service:
        with service.store.write() as session:
            assert Writer(session, "t").write(records()).refused == []
        with service.store.write() as session:
            join_community(session, Viewer("t:asking"), NOW, "t:closed")
            record_solicitation(session, Viewer("t:colleague"), NOW, NewSolicitation("t:owner", "pompe ?"))
            session.flush()
            grant_role(session, NOW, "t:administrator", OrganisationRole.ADMINISTRATOR)
            session.add_all([area("a1"), area("a2")])
            session.flush()
            switch_on(session, NOW)
        with service.store.write() as session:
            Writer(session, "t").write(
                [
                    DocumentRecord(
                        id="other",
                        kind=DocumentKind.PRACTICE,
                        title="Other",
                        people=(Contribution(person="colleague", role=Role.WROTE),),
                    )
                ]
            )
            request_endorsement(session, Viewer("t:colleague"), NOW, "t:other", "t:owner")
        service.update_index()
    return home


def area(id_: str) -> AreaRow:
    labels = {"label_fr": "Pompes", "label_en": "Pumps", "label_key": "pompes pumps"}
    return AreaRow(id=id_, status=AreaStatus.FOUND, created_at=NOW, updated_at=NOW, **labels)


@pytest.fixture
def service(prepared: Path, tmp_path: Path) -> Iterator[Service]:
    import shutil

    shutil.copytree(prepared, tmp_path / "home")
    settings = Settings(
        home=tmp_path / "home", encoder="words", auth=AuthMode.PROXY, proxy_header="X-User", rate_limit="100000/minute"
    )
    with create_service(settings) as made:
        yield made


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    app = create_app(lambda: service, service.settings)
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as client:
        # As a browser on one of our pages: with a session and its token.
        session = b64encode(json.dumps({CSRF: "token"}).encode())
        signed = TimestampSigner(signing_key(service.settings)).sign(session).decode()
        client.headers["Cookie"] = f"{cookie_name(service.settings)}={signed}"
        client.headers["X-CSRF-Token"] = "token"
        yield client


def headers_of(caller: str) -> dict[str, str]:
    return {} if caller == "anonymous" else {"X-User": f"{caller}@example.org"}


def test_the_table_holds_every_route_of_the_api(client: TestClient) -> None:
    documented = client.get("/openapi.json").json()["paths"]
    found = {
        (method.upper(), path)
        for path, operations in documented.items()
        for method in operations
        if path.startswith("/v1")
    }
    table = {(method, route.replace(":path", "")) for method, route, *_ in TABLE}
    assert found == table


@pytest.mark.parametrize(("method", "route", "path", "body", "statuses"), TABLE, ids=[f"{t[0]} {t[1]}" for t in TABLE])
def test_each_caller_is_answered_as_they_may(
    client: TestClient, method: str, route: str, path: str, body: Any, statuses: tuple[int, ...]
) -> None:
    # The administrator first: what they may do must not depend on what others did before.
    answered = {}
    for caller in CALLERS:
        response = client.request(method, path, json=body, headers=headers_of(caller))
        answered[caller] = response.status_code
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["status"] == response.status_code
        if "accept" in path or "decline" in path:
            ask_again(client)
    assert answered == dict(zip(CALLERS, statuses, strict=True))
    assert client.get("/v1/me", headers=headers_of("anonymous")).headers["www-authenticate"] == "Bearer"


def ask_again(client: TestClient) -> None:
    """Have the one who asks to be let in leave and ask again."""
    client.delete("/v1/communities/t:closed/membership", headers=headers_of("asking"))
    assert client.put("/v1/communities/t:closed/membership", headers=headers_of("asking")).json() == {
        "status": "requested"
    }


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        ({Scope.READ}, "GET", "/v1/people", OK),
        ({Scope.READ}, "POST", "/v1/documents/batch", NO),
        ({Scope.WRITE}, "GET", "/v1/people", NO),
        ({Scope.SUGGEST}, "GET", "/v1/people", NO),
        ({Scope.SUGGEST}, "POST", "/v1/suggest", OK),
        ({Scope.READ}, "POST", "/v1/suggest", OK),
        ({Scope.WRITE}, "POST", "/v1/suggest", NO),
        ({Scope.READ, Scope.WRITE}, "POST", "/v1/feedback", NO),
        ({Scope.READ}, "GET", "/v1/me/preferences", NO),
        ({Scope.READ}, "GET", "/v1/audit", NO),
        ({Scope.READ}, "GET", "/v1/me", OK),
        ({Scope.ADMIN}, "GET", "/v1/audit", OK),
    ],
)
def test_a_key_does_what_its_scopes_say(
    client: TestClient, service: Service, scopes: set[Scope], method: str, path: str, status: int
) -> None:
    body = next((line[3] for line in TABLE if line[2] == path and line[0] == method), None)
    response = client.request(method, path, json=body, headers=bearer(service, scopes))
    assert response.status_code == status, response.text


def bearer(service: Service, scopes: set[Scope]) -> dict[str, str]:
    with service.store.write() as session:
        issued = create_key(session, NOW, NewKey("test", frozenset(str(scope) for scope in scopes)))
    return {"Authorization": f"Bearer {issued.text}"}


def test_only_keys_that_act_for_others_name_a_viewer(client: TestClient, service: Service) -> None:
    body = {"query": "secret", "viewer": "t:owner"}
    reader = bearer(service, {Scope.READ})
    assert client.post("/v1/experts/search", json=body, headers=reader).status_code == NO
    acting = bearer(service, {Scope.READ, Scope.ON_BEHALF_OF})
    assert client.post("/v1/experts/search", json=body, headers=acting).status_code == OK
    assert client.get("/v1/me", headers={**acting, "On-Behalf-Of": "t:owner"}).json()["person_id"] == "t:owner"


def test_what_was_read_and_written_is_audited(client: TestClient) -> None:
    other, owner = headers_of("other"), headers_of("owner")
    client.get("/v1/people/t:owner", headers={**other, "X-Request-Id": "r-1"})
    client.patch("/v1/me/preferences", json={"capacity_per_week": 1}, headers=owner)
    about_me = client.get("/v1/me/audit", headers=owner).json()["items"]
    assert [(e["actor"], e["action"]) for e in about_me] == [
        ("person:t:owner", "preferences.changed"),
        ("person:t:other", "person.read"),
    ]
    everything = client.get("/v1/audit?limit=1", headers=headers_of("administrator"))
    assert everything.json()["items"][0]["details"] == {"fields": "capacity_per_week"}
    assert 'rel="next"' in everything.headers["link"]


def test_whom_feedback_is_about_does_not_learn_who_gave_it(client: TestClient) -> None:
    said = {"person_id": "t:owner", "question": "pompe", "verdict": "wrong_person"}
    assert client.post("/v1/feedback", json=said, headers=headers_of("other")).status_code == 201
    assert client.get("/v1/me/audit", headers=headers_of("owner")).json()["items"] == []
    exported = client.get("/v1/me/export", headers=headers_of("owner")).json()
    assert [(f["verdict"], "giver_id" in f) for f in exported["feedback_received"]] == [("wrong_person", False)]
    assert exported["audit_events"] == []
    logged = client.get("/v1/audit", headers=headers_of("administrator")).json()["items"]
    assert [(e["actor"], e["action"]) for e in logged] == [
        ("person:t:owner", "person.exported"),
        ("person:t:other", "feedback.given"),
    ]


def test_an_erasure_leaves_no_name_behind(client: TestClient) -> None:
    assert client.get("/v1/people/t:owner", headers=headers_of("other")).status_code == OK
    client.delete("/v1/me?confirm=t:owner", headers=headers_of("owner"))
    log = client.get("/v1/audit", headers=headers_of("administrator"))
    assert "t:owner" not in log.text
    assert log.json()["items"][0]["action"] == "person.erased"
    assert client.get("/v1/people/t:owner", headers=headers_of("other")).status_code == GONE


def test_a_change_over_something_newer_is_refused(client: TestClient) -> None:
    owner = headers_of("owner")
    tag = client.get("/v1/me/preferences", headers=owner).headers["etag"]
    changed = client.patch("/v1/me/preferences", json={"capacity_per_week": 2}, headers={**owner, "If-Match": tag})
    assert changed.json()["capacity_per_week"] == 2
    again = client.patch("/v1/me/preferences", json={"paused_until": "2030-01-01"}, headers={**owner, "If-Match": tag})
    assert (again.status_code, again.json()["error"]) == (412, "PreconditionError")
    newest = {**owner, "If-Match": changed.headers["etag"]}
    kept = client.patch("/v1/me/preferences", json={"paused_until": "2030-01-01"}, headers=newest).json()
    assert (kept["capacity_per_week"], kept["paused_until"]) == (2, date(2030, 1, 1).isoformat())


def test_a_rotated_key_goes_on_pushing_and_another_does_not(client: TestClient, service: Service) -> None:
    path = "/v1/documents/wiki/1"
    with service.store.write() as session:
        first = create_key(session, NOW, NewKey("wiki", [str(Scope.WRITE)]))
    assert client.put(path, json=GUIDE, headers={"Authorization": f"Bearer {first.text}"}).status_code == MADE
    with service.store.write() as session:
        rotated = rotate_key(session, datetime.now(UTC), first.key.id)
    answer = client.put(path, json=GUIDE, headers={"Authorization": f"Bearer {rotated.text}"})
    assert (answer.status_code, answer.json()["status"]) == (OK, "unchanged")
    assert client.put(path, json=GUIDE, headers=bearer(service, {Scope.WRITE})).status_code == NO
