"""Clients of the application as this machine's own browser and scripts are: by the name localhost."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service

LOCAL_URL = "http://localhost"


def client_of(service: Service, base_url: str = LOCAL_URL, peer: str = "127.0.0.1") -> TestClient:
    """Return a client of the application over a service, with its settings; use it in a `with`."""
    app = create_app(lambda: service, service.settings)
    return TestClient(app, base_url=base_url, client=(peer, 50_000), follow_redirects=False)
