"""Errors: every refusal is a problem (RFC 9457) that says what to do, and none tells how the server works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from api import errors
from api.errors import Problem
from api.refusals import TooManyRequestsError
from api.request_ids import RequestIds, note_headers
from models.errors import DimensionError, IndexMissingError, NotFoundError


class Inner(BaseModel):
    numbers: list[int]


class Body(BaseModel):
    inner: Inner


def make_page(_request: Request, problem: Problem) -> Response:
    return HTMLResponse(f"<p>{problem.status}</p>", problem.status)


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    errors.register(app, make_page)
    app.add_middleware(RequestIds)

    @app.get("/v1/fault")
    def fault() -> None:
        raise ZeroDivisionError("secret")

    @app.get("/v1/release")
    def release() -> None:
        raise DimensionError("secret")

    @app.get("/v1/missing")
    def missing() -> None:
        raise NotFoundError("No such thing 'x'; look elsewhere")

    @app.get("/v1/wait")
    def wait(request: Request) -> None:
        note_headers(request, {"RateLimit": "r"})
        raise TooManyRequestsError("wait", 7)

    @app.get("/v1/index")
    def index() -> None:
        raise IndexMissingError("make one")

    @app.post("/v1/body")
    def body(given: Body) -> Body:
        return given

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_an_error_is_told_as_problem_details(client: TestClient) -> None:
    response = client.get("/v1/missing", headers={"X-Request-Id": "mine-1"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:problem-type:releve:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "No such thing 'x'; look elsewhere",
        "instance": "/v1/missing",
        "error": "NotFoundError",
        "request_id": "mine-1",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nowhere", 404), ("DELETE", "/v1/missing", 405), ("GET", "/v1/wait", 429), ("GET", "/v1/index", 503)],
)
def test_every_refusal_is_a_problem_and_carries_the_request_id(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_what_helps_to_ask_again_stands_in_headers(client: TestClient) -> None:
    assert client.delete("/v1/missing").headers["allow"] == "GET"
    assert client.get("/v1/wait").headers["retry-after"] == "7"
    assert client.get("/v1/wait").headers["ratelimit"] == "r"
    assert client.get("/v1/index").headers["retry-after"] == "5"


@pytest.mark.parametrize("path", ["/v1/fault", "/v1/release"])
def test_a_fault_of_ours_is_told_without_how_we_work(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"X-Request-Id": "find-me"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] == response.json()["request_id"] == "find-me"
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_each_wrong_field_is_pointed_to(client: TestClient) -> None:
    problem = client.post("/v1/body", json={"inner": {"numbers": [1, "x"]}}).json()
    assert [error["pointer"] for error in problem["errors"]] == ["#/inner/numbers/1"]


@pytest.mark.parametrize("body", [b"{", b'{"a": ' + b"[" * 100_000, b'{"n": ' + b"9" * 10_000 + b"}", b"\xff\xfe"])
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/body", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"] == "MalformedRequestError"


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/nowhere", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("/nowhere", "application/json", "application/problem+json"),
        ("/nowhere", "text/html;q=0.5,application/json;q=0.9", "application/problem+json"),
        ("/nowhere", "*/*", "application/problem+json"),
        ("/v1/nowhere", "text/html", "application/problem+json"),
    ],
)
def test_browsers_get_a_page_outside_the_api(client: TestClient, path: str, accept: str, kind: str) -> None:
    response = client.get(path, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (404, kind)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a\tb", "<script>"])
def test_a_request_id_that_could_forge_a_line_is_replaced(client: TestClient, given: str) -> None:
    answered = client.get("/v1/missing", headers={"X-Request-Id": given.encode()}).headers["x-request-id"]
    assert answered != given
    assert len(answered) == 32
