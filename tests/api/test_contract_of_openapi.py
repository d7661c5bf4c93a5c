"""The OpenAPI document keeps its word: thousands of generated requests, no fault of ours, no undocumented answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.callers import Caller, CallerKind, Scope
from api.dependencies import get_caller
from api.rest.openapi import METHODS
from api.settings import AuthMode, Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.records import CommunityRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.store import SQLITE_NAME
from models.tables import OrganisationRole
from models.writing import Writer

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
)
# For each operation and kind of caller: about 50 operations, twice, so thousands in all.
CASES = 25
CALLERS = {
    "administrator": Caller(
        CallerKind.LOCAL, Viewer("t:a"), frozenset(Scope), frozenset({OrganisationRole.ADMINISTRATOR})
    ),
    "reader": Caller(CallerKind.LOCAL, Viewer(), frozenset({Scope.READ, Scope.SUGGEST})),
}
# In documents and answers beside: an id that exists makes more than 404 of a case.
IDS = {"t:a", "t:b", "t:guide", "t:open", "a1"}


@pytest.fixture
def service(tmp_path: Path, sqlite_template: Path) -> Iterator[Service]:
    shutil.copy(sqlite_template, tmp_path / SQLITE_NAME)
    by_a = (Contribution(person="a", role=Role.WROTE),)
    with create_service(Settings(home=tmp_path, encoder="words", auth=AuthMode.KEYS)) as made:
        with made.store.write() as session:
            result = Writer(session, "t").write(
                [
                    PersonRecord(id="a", name="A Test"),
                    PersonRecord(id="b", name="B Test"),
                    CommunityRecord(id="open", name="Open"),
                    DocumentRecord(id="guide", kind=DocumentKind.PRACTICE, title="Guide", people=by_a),
                ]
            )
            assert result.refused == []
        made.update_index()
        yield made


@pytest.mark.thorough
@pytest.mark.parametrize("caller", CALLERS)
def test_no_request_is_answered_otherwise_than_documented(service: Service, caller: str) -> None:
    app = create_app(lambda: service, service.settings)
    app.dependency_overrides[get_caller] = lambda: CALLERS[caller]
    with TestClient(app):
        schema = schemathesis.openapi.from_asgi("/openapi.json", app)
        operations = [found.ok() for found in schema.get_all_operations()]
        cases = sum(try_operation(operation) for operation in operations if operation.path.startswith("/v1"))
    assert cases >= 1_000


def try_operation(operation: Any) -> int:
    """Send requests made from one operation's schema, right and wrong ones; returns how many."""
    sent = 0

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        nonlocal sent
        modes = schemathesis.GenerationMode
        mode = data.draw(st.sampled_from([modes.POSITIVE, modes.NEGATIVE]))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        for name in ("id", "person"):
            if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(sorted(IDS)))
        case.call_and_validate(checks=CHECKS)
        sent += 1

    send()
    return sent


def test_every_operation_is_described(service: Service) -> None:
    document = create_app(lambda: service, service.settings).openapi()
    operations = [
        (f"{method} {path}", operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and path.startswith("/v1")
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in operations:
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        assert {"401", "403", "429"} <= set(operation["responses"]), name
        assert operation["security"] == [{"key": []}, {"session": []}], name
        if "requestBody" in operation:
            assert has_example(document, operation["requestBody"]), name
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), name


def has_example(document: Any, body: Any) -> bool:
    schema = body["content"]["application/json"]["schema"]
    shape = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return "examples" in shape or any("examples" in field for field in shape["properties"].values())
