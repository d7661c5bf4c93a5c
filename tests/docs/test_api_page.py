"""What docs/how-to/api.md shows works as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.callers import Scope
from api.settings import AuthMode, Settings
from api.wiring import create_service
from models.api_keys import NewKey, create_key
from models.planning import SuccessionPolicy, set_policy
from models.records import Contribution, DocumentKind, DocumentRecord, PersonRecord, Role, UnitRecord
from models.roles import grant_role
from models.store import SQLITE_NAME
from models.tables import OrganisationRole
from models.writing import Writer

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (curl .*)$", PAGE, re.MULTILINE)


@pytest.fixture
def client(tmp_path: Path, sqlite_template: Path) -> Iterator[TestClient]:
    (tmp_path / SQLITE_NAME).write_bytes(sqlite_template.read_bytes())
    settings = Settings(home=tmp_path, encoder="words", auth=AuthMode.KEYS)
    by_lucie = (Contribution(person="people:1001", role=Role.WROTE),)
    with create_service(settings) as service:
        with service.store.write() as session:
            names = {"1001": "Lucie Bernard", "1002": "Gaétan Roy"}
            people = [PersonRecord(id=id_, name=name, unit="Nuit") for id_, name in names.items()]
            Writer(session, "people").write([UnitRecord(id="nuit", name="Nuit"), *people])
            guide = {"kind": DocumentKind.PRACTICE, "title": "Relancer le lot de nuit", "language": "fr"}
            Writer(session, "guides").write([DocumentRecord(id="lot-de-nuit", people=by_lucie, **guide)])
        with service.store.write() as session:
            scopes = frozenset(str(scope) for scope in Scope)
            set_policy(session, datetime.now(UTC), SuccessionPolicy(True, notice_fr="Avis", notice_en="Notice"))
            grant_role(session, datetime.now(UTC), "people:1001", OrganisationRole.MANAGER, "people:nuit")
            key = create_key(session, datetime.now(UTC), NewKey("page", scopes))
        service.update_index()
        with TestClient(create_app(lambda: service, settings)) as client:
            client.headers["X-Key"] = key.text
            yield client


def test_every_example_is_answered(client: TestClient) -> None:
    answers = [run(client, command) for command in COMMANDS]
    assert len(answers) == 13
    assert answers[0]["experts"][0]["person"]["name"] == "Lucie Bernard"
    assert answers[1]["practices"][0]["document_id"] == "guides:lot-de-nuit"
    assert answers[2]["person_id"] == "people:1001"
    assert [person["id"] for person in answers[3]["items"]] == ["people:1001"]
    assert answers[6] == {"id": "wiki:pompes/amorcage", "status": "created", "searchable": "soon"}
    assert [result["status"] for result in answers[7]["results"]] == ["created", "not_found"]
    assert answers[9]["horizon_years"] == 5
    assert answers[10]["people"] == ["people:1002"]
    assert answers[11]["person"]["name"] == answers[12]["person"]["name"] == "Gaétan Roy"


def run(client: TestClient, command: str) -> dict[str, object]:
    words = iter(shlex.split(command.replace("$KEY", client.headers["X-Key"]))[1:])
    method, body, headers, url = None, None, {}, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-d":
            body = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        else:
            url = word.removeprefix("http://localhost:8000")
    content = body.encode() if body else None
    response = client.request(method or ("POST" if body else "GET"), url, content=content, headers=headers)
    assert response.status_code < 300, response.text
    return response.json() if response.content else {}


def test_the_page_names_the_statuses_that_the_api_gives(client: TestClient) -> None:
    rows = re.findall(r"^\| (\d{3}(?:, \d{3})*) \|", PAGE, re.MULTILINE)
    named = {int(number) for row in rows for number in row.split(", ")}
    document = client.get("/openapi.json").json()
    given = {int(status) for path in document["paths"].values() for o in path.values() for status in o["responses"]}
    assert named == {status for status in given if 400 <= status != 500}
