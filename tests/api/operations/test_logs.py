"""Logs: JSON or readable, of our own events and of the libraries', and never what an exception quotes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import Request
from fastapi.testclient import TestClient

from api.app import create_app
from api.operations.logs import configure_logging
from api.settings import Settings
from api.wiring import create_service
from tests.api.calling import LOCAL_URL, client_of


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where logs go, and back to what they were afterwards."""
    root, made = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "alembic", "asyncio")}
    configure_logging(made, readable=False)
    yield made
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_events_and_those_of_libraries_take_the_same_form(stream: io.StringIO) -> None:
    structlog.get_logger("releve").info("index updated", passages=3)
    logging.getLogger("uvicorn.error").warning("Invalid %s received", "request")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["passages"], ours["level"], ours["logger"]) == ("index updated", 3, "info", "releve")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "Invalid request received",
        "warning",
        "uvicorn.error",
    )


def test_an_exception_is_told_by_class_and_place_not_by_what_it_quotes(stream: io.StringIO) -> None:
    def fail() -> None:
        try:
            raise KeyError("marqueur")
        except KeyError as error:
            raise ValueError("marqueur") from error

    try:
        fail()
    except ValueError:
        logging.getLogger("library").exception("failed")
    [line] = lines(stream)
    assert line["error"] == "ValueError"
    assert line["traceback"][-3].endswith(" fail")
    assert line["traceback"][-2] == "after KeyError"
    assert "marqueur" not in stream.getvalue()


def test_readable_lines_are_not_json(stream: io.StringIO) -> None:
    configure_logging(stream, readable=True)
    structlog.get_logger("releve").info("index updated")
    assert "index updated" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_an_uncaught_error_is_a_problem_to_the_caller_and_one_line_in_the_log(
    stream: io.StringIO, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, encoder="words")
    app = create_app(lambda: create_service(settings), settings)

    @app.get("/broken/{name}")
    def broken(request: Request, name: str) -> None:
        raise RuntimeError(name)

    with TestClient(app, LOCAL_URL, client=("127.0.0.1", 50_000)) as client:
        response = client.get("/broken/marqueur", headers={"X-Request-Id": "asked-1"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"] == "asked-1"
    assert "marqueur" not in response.json()["detail"]
    error, request = ours = [line for line in lines(stream) if line["logger"] == "releve"]
    assert (error["event"], error["error"], error["route"]) == ("uncaught error", "RuntimeError", "/broken/{name}")
    assert error["traceback"][-1].endswith(" broken")
    assert (request["event"], request["status"], request["request_id"]) == ("request", 500, "asked-1")
    assert "marqueur" not in json.dumps(ours)


def test_neither_a_question_nor_a_refused_one_is_logged_at_any_level(stream: io.StringIO, tmp_path: Path) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    service = create_service(Settings(home=tmp_path, encoder="words"))
    service.update_index()
    with client_of(service) as client:
        assert client.post("/v1/experts/search", json={"query": "marqueur"}).status_code == 200
        assert client.post("/v1/experts/search", json={"query": "marqueur" * 3_000}).status_code == 422
        assert client.post("/v1/experts/search", content=b'{"marqueur').status_code in {400, 415, 422}
        assert client.get("/", params={"q": "marqueur"}).status_code == 200
    # The test's own client logs the addresses it asks for.
    ours = [line for line in lines(stream) if not line["logger"].startswith("httpx")]
    assert len([line for line in ours if line["event"] == "request"]) == 4
    assert "marqueur" not in json.dumps(ours)
