"""The planned town behind its API, asked by a key that acts for its people."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from api.callers import Scope
from api.settings import AuthMode, Settings
from api.wiring import Service, create_service
from models.api_keys import NewKey, create_key
from models.store import SQLITE_NAME
from tests.api.calling import client_of
from tests.api.planned_town import populate

Ask = Callable[..., Response]


@pytest.fixture(scope="session")
def planned_home(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The town, written once, to be copied."""
    home = tmp_path_factory.mktemp("planned")
    shutil.copy(sqlite_template, home / SQLITE_NAME)
    with create_service(Settings(home=home)) as service:
        populate(service.store)
    return home


@pytest.fixture
def town(planned_home: Path, tmp_path: Path) -> Iterator[Service]:
    home = tmp_path / "home"
    shutil.copytree(planned_home, home)
    with create_service(Settings(home=home, auth=AuthMode.KEYS)) as made:
        yield made


@pytest.fixture
def ask(town: Service) -> Iterator[Ask]:
    """Ask the API as someone, the manager of water by default."""
    with town.store.write() as session:
        scopes = frozenset(map(str, (Scope.READ, Scope.WRITE, Scope.ON_BEHALF_OF)))
        key = create_key(session, datetime.now(UTC), NewKey("intranet", scopes))
    with client_of(town) as client:

        def asked(
            method: str, path: str, by: str = "mia", headers: dict[str, str] | None = None, **sent: Any
        ) -> Response:
            told = {"Authorization": f"Bearer {key.text}", "On-Behalf-Of": f"test:{by}", **(headers or {})}
            return client.request(method, f"/v1{path}", headers=told, **sent)

        yield asked


def seen_by(ask: Ask, person: str) -> Counter[str]:
    """Return how often someone sees that each thing was done about them."""
    return Counter(event["action"] for event in ask("GET", "/me/audit", by=person).json()["items"])
