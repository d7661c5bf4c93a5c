"""An organisation whose server is asked who is asking, by endpoints made for these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.auditing import audit
from api.auth.csrf import csrf_token
from api.dependencies import Administrator, Reader, ServiceDep, Suggester, Writer
from api.settings import Settings
from api.wiring import Service, create_service
from models.api_keys import NewKey, create_key
from models.records import PersonRecord
from models.writing import Writer as StoreWriter

PEOPLE = [
    PersonRecord(id="ana", name="Ana Roy", email="ana@ville.test"),
    PersonRecord(id="bo", name="Bo Zé", email="bo@ville.test"),
]
OpenClient = Callable[..., TestClient]


def told(caller: Reader) -> dict[str, Any]:
    return {
        "kind": caller.kind.value,
        "person": caller.viewer.person_id,
        "scopes": sorted(caller.scopes),
        "roles": sorted(caller.roles),
        "units": sorted(caller.managed_units),
        "actor": caller.actor,
    }


def add_probes(client: TestClient) -> None:
    """Add endpoints that say who calls them, in the API and as pages."""
    app: Any = client.app

    def write(caller: Writer, request: Request, service: ServiceDep) -> dict[str, Any]:
        with service.store.write() as session:
            audit(session, caller, request, "probe.written", "document:d", size=1)
        return told(caller)

    async def read_body(request: Request, caller: Writer) -> int:
        return len(await request.body())

    app.get("/v1/who")(told)
    app.get("/who")(told)
    app.post("/v1/write")(write)
    app.post("/write")(write)
    app.post("/v1/body")(read_body)
    app.add_api_route("/v1/suggest-probe", suggest, methods=["POST"])
    app.add_api_route("/v1/admin-probe", administer, methods=["GET"])
    app.add_api_route("/token", token, methods=["GET"])


def suggest(caller: Suggester) -> str:
    return caller.actor


def administer(caller: Administrator) -> str:
    return caller.actor


def token(request: Request) -> str:
    return csrf_token(request)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with create_service(Settings(home=tmp_path)) as made:
        with made.store.write() as session:
            StoreWriter(session, "t").write(list(PEOPLE))
        yield made


@pytest.fixture
def open_client(service: Service) -> Iterator[OpenClient]:
    """Open a client of the application with other settings, under a name and from an address."""
    with ExitStack() as stack:

        def opened(*, base_url: str = "http://localhost", peer: str = "127.0.0.1", **settings: Any) -> TestClient:
            service.settings = Settings(home=service.settings.home, **settings)
            app = create_app(lambda: service, service.settings)
            client = TestClient(app, base_url=base_url, client=(peer, 50_000), follow_redirects=False)
            add_probes(client)
            return stack.enter_context(client)

        yield opened


@pytest.fixture
def make_key(service: Service) -> Callable[..., dict[str, str]]:
    """Make a key and return the headers that show it."""

    def made(*scopes: str, **options: Any) -> dict[str, str]:
        with service.store.write() as session:
            issued = create_key(session, datetime.now(UTC), NewKey("probe", scopes, **options))
        return {"Authorization": f"Bearer {issued.text}"}

    return made
