"""Idempotency keys and rates: a write sent again is done once, whatever is killed between; nobody asks without end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.app import create_app
from api.callers import Caller, CallerKind, Scope
from api.dependencies import get_caller
from api.rate_limits import RateLimits
from api.refusals import BeingAnsweredError, ReusedKeyError
from api.rest.writing_once import REPLAYED, Once
from api.settings import Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.errors import InvalidInputError
from models.idempotency import KeyedRequest, claim_key
from models.records import PersonRecord
from models.store import SQLITE_NAME, Store
from models.tables import IdempotencyRow, SolicitationRow, UnitRow
from models.writing import Writer

REQUEST = KeyedRequest("key:1", "a-key", "hash")


class Made(BaseModel):
    id: str


def make_unit(session: Session) -> Made:
    session.add(UnitRow(id=f"u{session.query(UnitRow).count()}", name="Unit"))
    session.flush()
    return Made(id="u")


def units(store: Store) -> int:
    with store.read() as session:
        return session.query(UnitRow).count()


def test_the_same_write_sent_again_is_answered_as_before(store: Store) -> None:
    first = Once(store, REQUEST).write(make_unit, HTTPStatus.CREATED)
    again = Once(store, REQUEST).write(make_unit, HTTPStatus.CREATED)
    assert (first.status_code, again.status_code, again.body) == (201, 201, first.body)
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert units(store) == 1


def test_another_request_with_the_key_is_refused(store: Store) -> None:
    Once(store, REQUEST).write(make_unit)
    with pytest.raises(ReusedKeyError, match="another request"):
        Once(store, KeyedRequest("key:1", "a-key", "other")).write(make_unit)
    Once(store, KeyedRequest("key:2", "a-key", "other")).write(make_unit)  # another caller's key is another key
    assert units(store) == 2


def test_a_write_without_a_key_is_done_each_time(store: Store) -> None:
    Once(store, None).write(make_unit)
    Once(store, None).write(make_unit)
    assert units(store) == 2


def test_what_is_killed_midway_leaves_neither_effect_nor_key(store: Store) -> None:
    def killed(session: Session) -> Made:
        make_unit(session)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Once(store, REQUEST).write(killed)
    assert units(store) == 0
    assert REPLAYED not in Once(store, REQUEST).write(make_unit).headers
    assert units(store) == 1


def test_a_refused_write_may_be_put_right_under_its_key(store: Store) -> None:
    def refused(_session: Session) -> Made:
        raise InvalidInputError("no")

    with pytest.raises(InvalidInputError):
        Once(store, REQUEST).write(refused)
    Once(store, KeyedRequest("key:1", "a-key", "put right")).write(make_unit)
    assert units(store) == 1


def test_a_write_that_is_being_answered_is_not_begun_again(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> Made:
        begun.set()
        assert go_on.wait(30)
        return make_unit(session)

    thread = threading.Thread(target=lambda: Once(store, REQUEST).write(slow))
    thread.start()
    assert begun.wait(30)
    with pytest.raises(BeingAnsweredError, match="is being answered"):
        Once(store, REQUEST).write(make_unit)
    go_on.set()
    thread.join()
    assert Once(store, REQUEST).write(make_unit).headers[REPLAYED] == "true"
    assert units(store) == 1


def test_a_key_is_forgotten_after_a_day(store: Store) -> None:
    Once(store, REQUEST).write(make_unit)
    now = datetime.now(UTC)
    with store.write() as session:
        session.execute(update(IdempotencyRow).values(created_at=now - timedelta(hours=23)))
        assert claim_key(session, now, REQUEST) is not None
        session.execute(update(IdempotencyRow).values(created_at=now - timedelta(hours=25)))
        assert claim_key(session, now, REQUEST) is None


@pytest.fixture
def service(tmp_path, sqlite_template) -> Iterator[Service]:
    (tmp_path / SQLITE_NAME).write_bytes(sqlite_template.read_bytes())
    settings = Settings(home=tmp_path, encoder="words", rate_limit="3/minute", rate_limit_suggest="1/minute")
    with create_service(settings) as made:
        with made.store.write() as session:
            Writer(session, "t").write([PersonRecord(id="a", name="A Test"), PersonRecord(id="b", name="B Test")])
        made.update_index()
        yield made


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    app = create_app(lambda: service, service.settings)
    scopes = frozenset(Scope)
    app.dependency_overrides[get_caller] = lambda: Caller(CallerKind.KEY, Viewer("t:a"), scopes, key_id="k")
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)) as client:
        yield client


def test_a_solicitation_sent_again_is_one_solicitation(client: TestClient, service: Service) -> None:
    body = {"expert_id": "t:b", "question": "pompe ?"}
    key = {"Idempotency-Key": "k-1"}
    first = client.post("/v1/solicitations", json=body, headers=key)
    again = client.post("/v1/solicitations", json=body, headers=key)
    other = client.post("/v1/solicitations", json={**body, "message": "x"}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert (again.json(), again.headers[REPLAYED]) == (first.json(), "true")
    assert other.json()["error"] == "ReusedKeyError"
    with service.store.read() as session:
        assert session.query(SolicitationRow).count() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    body = {"expert_id": "t:b", "question": "pompe ?"}
    response = client.post("/v1/solicitations", json=body, headers={"Idempotency-Key": key.encode()})
    assert response.status_code == 422


def test_who_asks_too_often_is_told_when_to_come_back(client: TestClient) -> None:
    left = [client.get("/v1/people").headers["ratelimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=2", "r=1", "r=0"]
    refused = client.get("/v1/people")
    assert (refused.status_code, refused.json()["error"]) == (429, "TooManyRequestsError")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-policy"] == '"default";q=3;w=60'
    suggested = client.post("/v1/suggest", json={"draft": "pompe"})  # counted for itself
    assert (suggested.status_code, suggested.headers["ratelimit"].split(";")[0]) == (200, '"suggest"')
    assert client.post("/v1/suggest", json={"draft": "pompe"}).status_code == 429


def test_a_rate_that_is_none_is_said_at_once() -> None:
    with pytest.raises(InvalidInputError, match="RELEVE_RATE_LIMIT is 'often'; write how many in how long"):
        RateLimits(Settings(rate_limit="often"))
