"""Lists and single things over REST: pages that nothing shifts, entity tags, ids with ':' and '/', hostile input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import Service, create_service
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import SQLITE_NAME
from models.writing import Writer
from tests.api.calling import client_of

PEOPLE = ("ada", "bo", "cy", "di", "ed")


def records() -> list[AnyRecord]:
    asked = (Contribution(person="ada", role=Role.ASKED),)
    answered = (Contribution(person="bo", role=Role.ANSWERED),)
    return [
        *(PersonRecord(id=name, name=f"{name.title()} Test", site="Lyon", languages=("fr",)) for name in PEOPLE),
        CommunityRecord(id="cercle", name="Cercle", protected=True),
        CommunityRecord(id="ouvert", name="Ouvert"),
        MembershipRecord(community="cercle", person="ada"),
        MembershipRecord(community="ouvert", person="bo"),
        DocumentRecord(id="q/1", kind=DocumentKind.QUESTION, title="Quelle pompe ?", language="fr", people=asked),
        DocumentRecord(id="a1", kind=DocumentKind.ANSWER, text="La verte.", thread="q/1", people=answered),
        DocumentRecord(id="q2", kind=DocumentKind.QUESTION, title="Quelle vanne ?", language="fr", people=asked),
        DocumentRecord(id="s1", kind=DocumentKind.PRACTICE, title="Secret", space="cercle", people=asked),
    ]


@pytest.fixture
def service(tmp_path: Path, sqlite_template: Path) -> Iterator[Service]:
    (tmp_path / SQLITE_NAME).write_bytes(sqlite_template.read_bytes())
    with create_service(Settings(home=tmp_path, encoder="words")) as made:
        with made.store.write() as session:
            assert Writer(session, "t").write(records()).refused == []
        made.update_index()
        yield made


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with client_of(service) as client:
        yield client


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer["items"]]


def test_pages_follow_each_other_though_people_come_meanwhile(client: TestClient, service: Service) -> None:
    first = client.get("/v1/people", params={"limit": 2}).json()
    assert ids(first) == ["t:ada", "t:bo"]
    with service.store.write() as session:
        Writer(session, "t").write([PersonRecord(id="aa", name="Aa Test"), PersonRecord(id="bz", name="Bz Test")])
    second = client.get("/v1/people", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert ids(second) == ["t:bz", "t:cy"]
    third = client.get("/v1/people", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    assert (ids(third), third["next_cursor"]) == (["t:di", "t:ed"], None)


def test_the_link_header_leads_to_the_next_page_with_the_same_filters(client: TestClient) -> None:
    response = client.get("/v1/people", params={"limit": 2, "site": "Lyon"})
    link = response.headers["link"]
    assert link.endswith('; rel="next"')
    following = client.get(link[1 : link.index(">")])
    assert ids(following.json()) == ["t:cy", "t:di"]
    assert "link" not in client.get("/v1/people").headers


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/people?text=ada", ["t:ada"]),
        ("/v1/people?site=Paris", []),
        ("/v1/people?language=fr&limit=1", ["t:ada"]),
        ("/v1/people?community=t:ouvert", ["t:bo"]),
        ("/v1/documents?kind=question&open=true", ["t:q2"]),
        ("/v1/documents?person=t:bo&kind=answer&kind=practice", ["t:a1"]),
        ("/v1/documents/t:q/1/answers", ["t:a1"]),
        ("/v1/communities", ["t:cercle", "t:ouvert"]),
        ("/v1/communities?status=dormant", []),
    ],
)
def test_filters_narrow_lists(client: TestClient, path: str, found: list[str]) -> None:
    assert ids(client.get(path).json()) == found


def test_ids_with_colons_and_slashes_are_addresses(client: TestClient) -> None:
    question = client.get("/v1/documents/t:q/1").json()
    assert (question["id"], question["answers"]) == ("t:q/1", 1)
    assert [(p["person"]["id"], p["role"]) for p in question["people"]] == [("t:ada", "asked")]
    assert client.get("/v1/documents/t%3Aq%2F1").json() == question
    behind = client.get("/v1/documents/t:q/1/people").json()
    assert [p["person"]["id"] for p in behind["items"]] == ["t:ada"]
    assert client.get("/v1/people/t:bo").json()["person"]["name"] == "Bo Test"
    evidence = client.get("/v1/people/t:bo/evidence").json()
    assert [e["document_id"] for e in evidence["items"]] == ["t:a1"]
    assert client.get("/v1/communities/t:ouvert").json()["mine"]["member"] is False
    members = client.get("/v1/communities/t:ouvert/members").json()
    assert [m["person"]["id"] for m in members["items"]] == ["t:bo"]


def test_evidence_comes_in_pages_too(client: TestClient) -> None:
    seen, cursor = [], None
    for _ in range(3):
        page = client.get("/v1/people/t:ada/evidence", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        seen += [e["document_id"] for e in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == ["t:q/1", "t:q2"]


@pytest.mark.parametrize("path", ["/v1/documents/t:s1", "/v1/documents/t:none", "/v1/people/t:none", "/v1/people/ada"])
def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["error"]) == (404, "NotFoundError")


def test_members_of_a_protected_community_are_for_members(client: TestClient) -> None:
    assert client.get("/v1/communities/t:cercle/members").status_code == 403
    assert client.get("/v1/communities/t:cercle").json()["members"] is None


@pytest.mark.parametrize("path", ["/v1/people", "/v1/people/t:bo", "/v1/documents/t:q/1", "/v1/communities"])
def test_an_answer_held_already_is_not_sent_again(client: TestClient, service: Service, path: str) -> None:
    response = client.get(path)
    tag = response.headers["etag"]
    assert response.headers["cache-control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with service.store.write() as session:
        renamed = [PersonRecord(id=name, name="New Name", languages=("fr",)) for name in ("ada", "bo")]
        Writer(session, "t").write([*renamed, CommunityRecord(id="ouvert", name="Nouveau")])
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/people/../../etc/passwd",
        "/v1/people/..%2F..%2Fetc%2Fpasswd",
        "/v1/documents/%00",
        "/v1/documents/t:q%00",
        "/v1/documents/%ED%A0%80",
        "/v1/documents/%ff%fe",
        "/v1/documents/" + "x" * 5_000,
        "/v1/people/%0d%0aSet-Cookie:%20a=b",
        "/v1/communities/%F0%9F%92%A7",
    ],
)
def test_a_hostile_id_finds_nothing(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in {404, 422}
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=99999999999999999999999",
        "limit=x",
        "cursor=%00",
        "cursor=bm9uc2Vuc2U",
        "cursor=W251bGwsbnVsbF0",
        "cursor=" + "A" * 3_000,
        "text=" + "x" * 201,
    ],
)
def test_a_hostile_query_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/people?{query}").status_code == 422


@pytest.mark.parametrize("query", ["text=%00", "text=%25%5F", "unit='--", "site=%ED%A0%80", "language=%22", "x=1"])
def test_a_strange_query_is_harmless(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/people?{query}").status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"query": "pompe"}', "text/plain", 415),
        (b'{"query": "pompe"}', None, 415),
        (b"query=pompe", "application/x-www-form-urlencoded", 415),
        (b'{"query": "pompe"}', "application/merge-patch+json", 200),
        (b'{"query": "pompe"}', "application/json; charset=utf-8", 200),
        (b'{"query": "pom\\u0000pe"}', "application/json", 200),
        (b'{"query": "\\ud800"}', "application/json", 422),
        (b'{"query": "pompe", "top": 1e400}', "application/json", 422),
        (b'{"query": "pompe", "top": NaN}', "application/json", 422),
        (b"[" * 50_000, "application/json", 400),
        (b"", "application/json", 422),
        (b"null", "application/json", 422),
    ],
)
def test_hostile_bodies_are_refused(client: TestClient, content: bytes, kind: str | None, status: int) -> None:
    headers = {"content-type": kind} if kind else {}
    for path in ("/v1/experts/search", "/v1/practices/search", "/v1/questions/search"):
        assert client.post(path, content=content, headers=headers).status_code == status, path


def test_practices_questions_and_suggestions_are_found(client: TestClient) -> None:
    found = client.post("/v1/questions/search", json={"query": "quelle pompe"}).json()
    assert [item["document_id"] for item in found["items"]] == ["t:q/1"]
    assert client.post("/v1/practices/search", json={"query": "secret"}).json()["items"] == []
    suggested = client.post("/v1/suggest", json={"draft": "quelle pompe", "lang": "en"}).json()
    assert suggested["experts"][0]["person"]["id"] == "t:bo"
    assert [q["document_id"] for q in suggested["similar_questions"]] == ["t:q/1"]
