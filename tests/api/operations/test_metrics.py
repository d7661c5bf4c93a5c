"""Metrics count by route and intent, name nobody, and are read from this machine or with a key of an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.callers import Caller, CallerKind, Scope
from api.operations import metrics_page
from api.settings import AuthMode, MetricsAccess, Settings
from api.wiring import create_service
from models.access import Viewer
from tests.api.operations.serving import write_practice

HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)
LOCAL = "http://127.0.0.1:8000"


@pytest.fixture
def app(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """An application that recognises keys, unless a test asks for another mode."""
    write_practice(tmp_path, "p1", "Guide de la pompe")
    service = create_service(Settings(home=tmp_path, encoder="words", auth=getattr(request, "param", AuthMode.KEYS)))
    service.update_index()
    return create_app(lambda: service, service.settings)


def with_scope(monkeypatch: pytest.MonkeyPatch, scope: Scope) -> None:
    """Make everyone a key of this scope, for the page of metrics."""
    caller = Caller(CallerKind.KEY, Viewer(), frozenset({scope}), key_id="k")
    monkeypatch.setattr(metrics_page, "get_caller", lambda *_: caller)


@pytest.fixture
def client(app: Any) -> Iterator[TestClient]:
    with TestClient(app, LOCAL, client=HERE) as made:
        yield made


@pytest.mark.parametrize("app", [AuthMode.SINGLE_USER], indirect=True)
def test_requests_and_questions_are_counted_without_names(client: TestClient) -> None:
    client.post("/v1/experts/search", json={"query": "pompe marqueur"})
    client.get("/v1/nowhere/marqueur")
    assert client.post("/v1/suggest", json={"draft": "pompe marqueur"}).status_code == 200
    said = client.get("/metrics").text
    assert 'releve_requests_total{method="POST",route="/v1/experts/search",status="200"} 1.0' in said
    assert 'releve_requests_total{method="GET",route="unmatched",status="404"} 1.0' in said
    assert 'releve_question_seconds_count{intent="expertise"} 1.0' in said
    assert 'releve_question_seconds_count{intent="draft"} 1.0' in said
    assert 'releve_suggestions_shown_total{intent="expertise"} 1.0' in said
    assert "releve_index_lag 0.0" in said
    assert "releve_passages 1.0" in said
    assert "releve_deliveries_pending 0.0" in said
    assert "marqueur" not in said
    assert "lucien" not in said.lower()


@pytest.mark.parametrize(
    ("address", "client", "headers"),
    [
        (LOCAL, ELSEWHERE, {}),
        ("http://releve.example.org", HERE, {}),
        (LOCAL, HERE, {"X-Forwarded-For": "192.0.2.7"}),
        (LOCAL, HERE, {"Forwarded": "for=192.0.2.7"}),
    ],
)
def test_who_is_not_a_program_of_this_machine_needs_a_key_of_an_administrator(
    app: Any, address: str, client: tuple[str, int], headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_scope(monkeypatch, Scope.READ)
    with TestClient(app, address, client=client, headers=headers) as asking:
        assert asking.get("/metrics").status_code == 403


def test_a_setting_asks_programs_of_this_machine_for_a_key_too(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_scope(monkeypatch, Scope.READ)
    with TestClient(app, LOCAL, client=HERE) as asking:
        app.state.service.settings.metrics = MetricsAccess.KEY
        assert asking.get("/metrics").status_code == 403


def test_a_key_of_an_administrator_reads_metrics_from_anywhere(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_scope(monkeypatch, Scope.ADMIN)
    with TestClient(app, "http://releve.example.org", client=ELSEWHERE) as asking:
        assert asking.get("/metrics").status_code == 200
