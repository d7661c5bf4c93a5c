"""Clients of the pages, as browsers are: they accept HTML, and send the token of their forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import Service, create_service
from tests.api.calling import client_of
from tests.api.pages.organisation import RECORDS
from tests.conftest import write

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with create_service(Settings(home=tmp_path)) as service:
        write(service.store, RECORDS, "t")
        service.update_index()
    return tmp_path


@pytest.fixture
def browser(home: Path) -> Iterator[Callable[..., TestClient]]:
    """Return a function that opens a browser, as a person or as nobody yet."""
    opened: list[tuple[Service, TestClient]] = []

    def open_browser(person: str | None = None, language: str = "fr", service: Service | None = None) -> TestClient:
        made = service or create_service(Settings(home=home, user=person))
        client = client_of(made)
        client.headers.update({**HTML, "Accept-Language": language})
        client.__enter__()
        opened.append((made, client))
        return client

    yield open_browser
    for _, client in opened:
        client.__exit__(None, None, None)


def token_in(page: str) -> str:
    """Return the token of the forms on a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "no form with a token"
    return found[1]
