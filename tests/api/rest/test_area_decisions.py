"""What administrators decide of areas over the API, and the filter on who knows one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.wiring import create_service
from models.records import Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.tables import AreaDocumentRow, AreaRow, AreaStatus
from models.writing import Writer

NOW = datetime.now(UTC)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Two guides of two people, each in an area of its own."""
    settings = Settings(home=tmp_path, encoder="words", rate_limit="100000/minute")
    with create_service(settings) as service:
        with service.store.write() as session:
            Writer(session, "t").write(
                [
                    *(PersonRecord(id=name, name=f"{name.title()} Test") for name in ("ana", "luc")),
                    *(
                        DocumentRecord(
                            id=f"guide-{name}",
                            kind=DocumentKind.PRACTICE,
                            title="Guide de la pompe",
                            people=(Contribution(person=name, role=Role.WROTE),),
                        )
                        for name in ("ana", "luc")
                    ),
                ]
            )
            labels = {"label_fr": "Pompes", "label_en": "Pumps", "label_key": "pompes pumps"}
            for number, name in ((1, "ana"), (2, "luc")):
                session.add(
                    AreaRow(id=f"area:{number}", status=AreaStatus.FOUND, created_at=NOW, updated_at=NOW, **labels)
                )
                session.flush()
                session.add(AreaDocumentRow(area_id=f"area:{number}", document_id=f"t:guide-{name}", strength=1.0))
        service.update_index()
        with TestClient(
            create_app(lambda: service, settings), base_url="http://localhost", client=("127.0.0.1", 50_000)
        ) as made:
            yield made


def experts(client: TestClient, area: str) -> set[str]:
    body = {"query": "pompe", "filters": {"area": area}}
    return {one["person"]["id"] for one in client.post("/v1/experts/search", json=body).json()["experts"]}


def test_an_area_is_renamed_hidden_and_shown_again(client: TestClient) -> None:
    names = {"label_fr": "Pompage", "label_en": "Pumping"}
    assert client.patch("/v1/areas/area:1", json=names).status_code == 204
    assert client.get("/v1/areas/area:1").json()["label_fr"] == "Pompage"
    client.patch("/v1/areas/area:1", json={"hidden": True})
    assert client.get("/v1/areas/area:1").status_code == 404
    client.patch("/v1/areas/area:1", json={"hidden": False})
    assert client.get("/v1/areas/area:1").status_code == 200


def test_showing_an_area_that_is_pinned_leaves_it_pinned(client: TestClient) -> None:
    client.patch("/v1/areas/area:1", json={"pinned": True})
    client.patch("/v1/areas/area:1", json={"hidden": False})
    client.patch("/v1/areas/area:2", json={"hidden": True})
    client.patch("/v1/areas/area:2", json={"pinned": False})
    assert client.get("/v1/areas/area:2").status_code == 404


@pytest.mark.parametrize("body", [{"label_fr": "Seul"}, {"hidden": True, "pinned": True}, {"size": 3}])
def test_what_contradicts_itself_is_refused(client: TestClient, body: dict[str, object]) -> None:
    assert client.patch("/v1/areas/area:1", json=body).status_code == 422


def test_a_merged_area_leads_to_the_other_with_its_documents_and_its_people(client: TestClient) -> None:
    assert experts(client, "area:1") == {"t:ana"}
    assert client.post("/v1/areas/area:1/merge", json={"areas": ["area:2"]}).status_code == 204
    listed = client.get("/v1/areas/area:2/documents").json()["items"]
    assert {item["id"] for item in listed} == {"t:guide-ana", "t:guide-luc"}
    assert experts(client, "area:2") == {"t:ana", "t:luc"}
    assert client.post("/v1/areas/area:1/merge", json={"areas": ["area:1"]}).status_code == 422


def test_people_are_listed_by_the_area_they_know(client: TestClient) -> None:
    found = client.get("/v1/people", params={"area": "area:2"}).json()["items"]
    assert [person["id"] for person in found] == ["t:luc"]
    assert experts(client, "area:9") == set()
