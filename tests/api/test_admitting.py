"""The commands that let in: keys are shown once, roles are listed, accounts are linked, and each is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.callers import Scope
from api.cli.admitting_commands import RoleName, ScopeName
from api.cli.failing import explain
from api.cli.main import app
from models.accounts import PROXY, find_by_account
from models.audit import list_events
from models.paging import PageRequest
from models.records import PersonRecord
from models.store import Store
from models.tables import OrganisationRole
from tests.conftest import write


@pytest.fixture
def home(tmp_path: Path, sqlite_store: Store) -> Path:
    write(sqlite_store, [PersonRecord(id="ana", name="Ana Roy", unit="Eau")])
    return tmp_path


def releve(home: Path, *arguments: str, **settings: str) -> str:
    environment = {
        "RELEVE_HOME": str(home),
        "COLUMNS": "200",
        **{f"RELEVE_{k.upper()}": v for k, v in settings.items()},
    }
    result = CliRunner().invoke(app, arguments, env=environment)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.stdout


def refusal(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, env={"RELEVE_HOME": str(home)})
    assert result.exception is not None
    return explain(result.exception)[1] if isinstance(result.exception, Exception) else result.output


def told(store: Store) -> list[tuple[str, str, str | None]]:
    with store.read() as session:
        return [(event.actor, event.action, event.target) for event in list_events(session, PageRequest()).items]


def test_a_key_is_shown_once_then_rotated_and_revoked(home: Path, sqlite_store: Store) -> None:
    made = json.loads(releve(home, "keys", "create", "forum", "--scope", "read", "--scope", "write", "--json"))
    assert made["key"].startswith(f"releve_{made['id']}_")
    assert made["scopes"] == ["read", "write"]
    new = json.loads(releve(home, "keys", "rotate", made["id"], "--overlap-hours", "24", "--json"))
    assert new["id"] != made["id"]
    releve(home, "keys", "revoke", new["id"])
    shown = releve(home, "keys", "list")
    listed = json.loads(releve(home, "keys", "list", "--json"))
    assert {key["id"] for key in listed} == {made["id"], new["id"]}
    for secret in (made["key"].split("_", 2)[2], new["key"].split("_", 2)[2]):
        assert secret not in shown + json.dumps(listed)
    assert "works until" in shown
    assert "revoked" in shown
    assert told(sqlite_store) == [
        ("command", "keys.revoked", f"key:{new['id']}"),
        ("command", "keys.rotated", f"key:{made['id']}"),
        ("command", "keys.created", f"key:{made['id']}"),
    ]


def test_the_key_stands_alone_on_its_line(home: Path) -> None:
    first, second = releve(
        home, "keys", "create", "wiki", "--scope", "suggest", "--origin", "https://w.test"
    ).splitlines()
    assert first.startswith("releve_")
    assert " " not in first
    assert "not shown again" in second


@pytest.mark.parametrize("scopes", [["read"], ["suggest", "read"]])
def test_a_public_token_may_only_suggest(home: Path, scopes: list[str]) -> None:
    options = [option for scope in scopes for option in ("--scope", scope)]
    said = refusal(home, "keys", "create", "wiki", "--origin", "https://wiki.test", *options)
    assert "its only scope is suggest" in said


def test_roles_are_given_listed_and_taken(home: Path, sqlite_store: Store) -> None:
    releve(home, "roles", "grant", "Ana Roy", "manager", "--unit", "Eau")
    [grant] = json.loads(releve(home, "roles", "grant", "test:ana", "manager", "--unit", "Eau", "--json"))
    assert (grant["person"], grant["role"], grant["unit_name"]) == ("test:ana", "manager", "Eau")
    assert "Ana Roy" in releve(home, "roles", "list")
    assert "Nobody has a role" in releve(home, "roles", "revoke", "test:ana", "manager", "--unit", "Eau")
    assert told(sqlite_store) == [
        ("command", "roles.revoked", "person:test:ana"),
        ("command", "roles.granted", "person:test:ana"),
    ]


def test_an_account_is_linked_as_the_server_signs_people_in(home: Path, sqlite_store: Store) -> None:
    assert "signs in as test:ana" in releve(home, "accounts", "link", "Ana Roy", "a42", auth="proxy")
    releve(home, "accounts", "link", "Ana Roy", "0-9", auth="oidc", oidc_issuer="https://id.test")
    with sqlite_store.read() as session:
        assert find_by_account(session, PROXY, "a42") == "test:ana"
        assert find_by_account(session, "https://id.test", "0-9") == "test:ana"
    assert "no longer" in releve(home, "accounts", "unlink", "a42", auth="proxy")
    assert "while RELEVE_AUTH is single-user" in refusal(home, "accounts", "link", "Ana Roy", "a42")


def test_the_options_name_every_scope_and_every_role() -> None:
    assert [name.value for name in ScopeName] == [scope.value for scope in Scope]
    assert [name.value for name in RoleName] == [role.value for role in OrganisationRole]
