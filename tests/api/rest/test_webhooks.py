"""Webhooks over REST and on the command line: administrators make them, see their secret once, and try them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.callers import Caller, CallerKind, Scope
from api.cli.main import app as command
from api.dependencies import get_caller
from api.settings import Settings
from api.wiring import create_service
from models.access import Viewer
from tests.api.calling import client_of

NEW = {"url": "https://receiver.example/hook", "events": ["solicitation.created"]}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(create_service(Settings(home=tmp_path, encoder="words"))) as made:
        app: Any = made.app
        app.dependency_overrides[get_caller] = lambda: Caller(CallerKind.KEY, Viewer(), frozenset(Scope), key_id="k")
        yield made


def make(client: TestClient) -> dict[str, Any]:
    response = client.post("/v1/webhooks", json=NEW)
    assert response.status_code == 201
    made: dict[str, Any] = response.json()
    return made


def test_the_secret_is_shown_when_a_webhook_is_made_and_never_again(client: TestClient) -> None:
    made = make(client)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    listed = client.get("/v1/webhooks")
    assert listed.json() == {"items": [made]}
    assert secret not in listed.text


def test_a_ping_is_seen_in_the_deliveries(client: TestClient) -> None:
    made = make(client)
    ids = [client.post(f"/v1/webhooks/{made['id']}/ping").json()["delivery_id"] for _ in range(3)]
    first = client.get(f"/v1/webhooks/{made['id']}/deliveries", params={"limit": 2}).json()
    rest = client.get(f"/v1/webhooks/{made['id']}/deliveries", params={"cursor": first["next_cursor"]}).json()
    shown = [*first["items"], *rest["items"]]
    assert [item["id"] for item in shown] == ids[::-1]
    assert {(item["event"], item["state"], item["attempts"]) for item in shown} == {("ping", "pending", 0)}
    assert rest["next_cursor"] is None


def test_a_deleted_webhook_is_gone(client: TestClient) -> None:
    address = f"/v1/webhooks/{make(client)['id']}"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert client.get(f"{address}/deliveries").status_code == 404


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "http://receiver.example/", "https://localhost/", "x"])
def test_an_address_that_may_not_be_reached_is_refused(client: TestClient, url: str) -> None:
    response = client.post("/v1/webhooks", json={**NEW, "url": url})
    assert response.status_code == 422
    assert "Webhooks may not go to" in response.json()["detail"]


def test_an_unknown_event_is_refused(client: TestClient) -> None:
    assert client.post("/v1/webhooks", json={**NEW, "events": ["person.erased"]}).status_code == 422
    assert client.post("/v1/webhooks", json={**NEW, "events": ["ping"]}).status_code == 422


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ADMIN])
def test_only_administrators_reach_webhooks(client: TestClient, scope: Scope) -> None:
    made = make(client)
    app: Any = client.app
    app.dependency_overrides[get_caller] = lambda: Caller(CallerKind.KEY, Viewer(), frozenset({scope}), key_id="k")
    address = f"/v1/webhooks/{made['id']}"
    answers = [
        client.post("/v1/webhooks", json=NEW),
        client.get("/v1/webhooks"),
        client.delete(address),
        client.post(f"{address}/ping"),
        client.get(f"{address}/deliveries"),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_the_commands_add_list_and_remove(tmp_path: Path) -> None:
    create_service(Settings(home=tmp_path)).close()

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, ["webhooks", *arguments], env={"RELEVE_HOME": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.stdout

    made = json.loads(run("add", NEW["url"], "--event", "solicitation.created", "--json"))
    assert made["secret"].startswith("whsec_")
    assert [item["id"] for item in json.loads(run("list", "--json"))["items"]] == [made["id"]]
    run("remove", made["id"])
    assert json.loads(run("list", "--json")) == {"items": []}
