"""The REST interface: the same answers as the Recommender, and every error as a problem that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import Service, create_service
from models.records import (
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.writing import Writer
from tests.api.calling import client_of


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with create_service(Settings(home=tmp_path)) as made:
        yield made


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    by_lucien = (Contribution(person="lucien", role=Role.WROTE),)
    practice = {"kind": DocumentKind.PRACTICE, "language": "fr", "people": by_lucien}
    with service.store.write() as session:
        result = Writer(session, "t").write(
            [
                PersonRecord(id="lucien", name="Lucien Bois", unit="Eau"),
                PersonRecord(id="simon", name="Simon Kouyaté"),
                CommunityRecord(id="cercle", name="Cercle", protected=True),
                MembershipRecord(community="cercle", person="simon"),
                DocumentRecord(id="p1", title="Guide de la pompe", text="Ouvrir la vanne.", **practice),
                DocumentRecord(id="p2", title="Secret des pompes", text="La vanne.", space="cercle", **practice),
            ]
        )
    assert result.refused == []
    service.update_index()
    with client_of(service) as client:
        yield client


def test_experts_are_found_with_evidence_and_reasons(client: TestClient) -> None:
    answer = client.post("/v1/experts/search", json={"query": "pompes"}).json()
    assert list(answer) == ["version", "query", "took_ms", "experts", "practices", "similar_questions", "notes"]
    [expert] = answer["experts"]
    assert expert["person"]["name"] == "Lucien Bois"
    assert expert["reasons"][0] == "A écrit «\u00a0Guide de la pompe\u00a0»"
    assert expert["factors"][0]["kind"] == "wrote"
    assert len(expert["factors"]) == len(expert["reasons"])
    assert [e["document_id"] for e in expert["evidence"]] == ["t:p1"]
    assert [p["document_id"] for p in answer["practices"]] == ["t:p1"]


def test_reasons_come_in_the_language_asked_for(client: TestClient) -> None:
    answer = client.post("/v1/experts/search", json={"query": "pompes", "lang": "en"}).json()
    assert answer["experts"][0]["reasons"][0] == "Wrote “Guide de la pompe”"


@pytest.mark.parametrize(("viewer", "seen"), [(None, ["t:p1"]), ("t:lucien", []), ("t:simon", ["t:p1", "t:p2"])])
def test_each_viewer_sees_what_their_communities_share(client: TestClient, viewer: str | None, seen: list[str]) -> None:
    answer = client.post("/v1/experts/search", json={"query": "vanne", "viewer": viewer}).json()
    shown = [e["document_id"] for expert in answer["experts"] for e in expert["evidence"]]
    assert sorted(shown) == seen  # the author is never suggested to themself


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"query": ""}, 422, "query"),
        ({"query": "   "}, 422, "The question is empty"),
        ({"query": "x" * 20_001}, 422, "20000 characters"),
        ({"query": "pompe", "top": 0}, 422, "greater than or equal to 1"),
        ({"query": "pompe", "intent": "guess"}, 422, "'expertise' or 'routing'"),
        ({"query": "pompe", "viewer": "t:nobody"}, 404, "Nobody is called 't:nobody'"),
        ({}, 422, "#/query"),
    ],
)
def test_a_bad_request_says_what_is_wrong(client: TestClient, body: dict[str, object], status: int, said: str) -> None:
    response = client.post("/v1/experts/search", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert said in response.json()["detail"]


def test_a_body_that_is_not_json_is_refused(client: TestClient) -> None:
    response = client.post("/v1/experts/search", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["type"] == "urn:problem-type:releve:malformed-request"


def test_health_and_readiness_are_told_apart(service: Service) -> None:
    with client_of(service) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        not_ready = client.get("/readyz")
        assert not_ready.status_code == 503
        assert "releve index" in not_ready.json()["detail"]
        service.update_index()
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["detail"], ready["behind"]) == ("ok", "", False)


def test_a_question_before_the_first_index_is_answered_with_503(service: Service) -> None:
    with client_of(service) as client:
        assert client.post("/v1/experts/search", json={"query": "pompe"}).status_code == 503


def test_a_running_server_picks_up_what_is_imported_meanwhile(client: TestClient, service: Service) -> None:
    by_simon = (Contribution(person="simon", role=Role.WROTE),)
    with service.store.write() as session:
        record = DocumentRecord(id="p3", kind=DocumentKind.PRACTICE, title="Xylophone", people=by_simon)
        Writer(session, "t").write([record])
    with create_service(service.settings) as other_process:
        other_process.update_index()
    answer = client.post("/v1/experts/search", json={"query": "xylophone"}).json()
    assert [expert["person"]["id"] for expert in answer["experts"]] == ["t:simon"]
