"""API keys: one text lets in, while it lasts; the store never holds it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.api_keys import (
    IssuedKey,
    NewKey,
    clean_origin,
    create_key,
    find_key,
    list_keys,
    note_use,
    revoke_key,
    rotate_key,
)
from models.errors import InvalidInputError, NotFoundError
from models.store import Store
from models.tables import ApiKeyRow
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def make(store: Store, **options: object) -> IssuedKey:
    with store.write() as session:
        return create_key(session, NOW, NewKey(**{"name": "forum", "scopes": ["read"], **options}))


def test_a_key_is_found_by_its_text_alone(store: Store) -> None:
    issued = make(store, scopes=["write", "read"])
    assert issued.text.startswith(f"releve_{issued.key.id}_")
    with store.read() as session:
        found = find_key(session, NOW, issued.text)
        assert found is not None
        assert (found.id, found.name, found.scopes) == (issued.key.id, "forum", ("read", "write"))
        row = session.scalars(select(ApiKeyRow)).one()
        assert issued.text.split("_", 2)[2] not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize("change", [lambda t: t + "x", lambda t: t[:-1], lambda t: t.replace("releve", "r"), str.upper])
def test_another_text_finds_nothing(store: Store, change: object) -> None:
    issued = make(store)
    with store.read() as session:
        assert find_key(session, NOW, change(issued.text)) is None


@pytest.mark.parametrize("text", ["", "_", "releve", "releve__", "releve_0123456789abcdef_x", "releve_é_x", "x" * 9000])
def test_what_is_no_key_finds_nothing(store: Store, text: str) -> None:
    with store.read() as session:
        assert find_key(session, NOW, text) is None


def test_the_secret_of_one_key_does_not_open_another(store: Store) -> None:
    one, other = make(store), make(store)
    with store.read() as session:
        assert find_key(session, NOW, f"releve_{one.key.id}_{other.text.split('_', 2)[2]}") is None


def test_an_expired_key_lets_in_no_more(store: Store) -> None:
    issued = make(store, expires_at=NOW + HOUR)
    with store.read() as session:
        assert find_key(session, NOW + HOUR - timedelta(seconds=1), issued.text) is not None
        assert find_key(session, NOW + HOUR, issued.text) is None


def test_a_revoked_key_lets_in_no_more(store: Store) -> None:
    issued = make(store)
    with store.write() as session:
        assert revoke_key(session, NOW + HOUR, issued.key.id).revoked_at == NOW + HOUR
        assert revoke_key(session, NOW + 2 * HOUR, issued.key.id).revoked_at == NOW + HOUR
    with store.read() as session:
        assert find_key(session, NOW + HOUR, issued.text) is None


@pytest.mark.parametrize(("overlap", "after_half"), [(timedelta(0), False), (HOUR, True)])
def test_a_rotated_key_lets_in_for_the_overlap_alone(store: Store, overlap: timedelta, after_half: bool) -> None:
    old = make(store, origins=["https://forum.test"], scopes=["suggest"])
    with store.write() as session:
        new = rotate_key(session, NOW, old.key.id, overlap)
    assert (new.key.name, new.key.scopes, new.key.origins) == ("forum", ("suggest",), ("https://forum.test",))
    with store.read() as session:
        assert (find_key(session, NOW + HOUR / 2, old.text) is not None) is after_half
        assert find_key(session, NOW + HOUR, old.text) is None
        assert find_key(session, NOW + 1000 * HOUR, new.text) is not None


def test_a_key_that_no_longer_lets_in_is_not_rotated(store: Store) -> None:
    issued = make(store)
    with store.write() as session:
        revoke_key(session, NOW, issued.key.id)
        with pytest.raises(InvalidInputError, match="revoked or has expired"):
            rotate_key(session, NOW, issued.key.id)
        with pytest.raises(NotFoundError, match="No key has the id 'x'"):
            rotate_key(session, NOW, "x")


def test_the_last_use_is_recorded_once_a_minute(store: Store) -> None:
    issued = make(store)
    for seconds, recorded in ((0, 0), (59, 0), (60, 60), (90, 60)):
        with store.write() as session:
            note_use(session, NOW + timedelta(seconds=seconds), issued.key.id)
        with store.read() as session:
            [key] = list_keys(session)
            assert key.last_used_at == NOW + timedelta(seconds=recorded)
    assert not key.use_is_due(NOW + timedelta(seconds=119))
    assert key.use_is_due(NOW + timedelta(seconds=120))


@pytest.mark.parametrize(
    "options",
    [{"name": " "}, {"scopes": []}, {"expires_at": NOW}, {"origins": ["*"]}, {"name": "x" * 201}],
)
def test_a_key_that_makes_no_sense_is_refused(store: Store, options: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        make(store, **options)


@pytest.mark.parametrize(
    ("origin", "clean"),
    [
        ("https://Forum.Test", "https://forum.test"),
        ("https://forum.test:443/", "https://forum.test"),
        ("http://forum.test:8080", "http://forum.test:8080"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_origins_are_written_as_browsers_write_them(origin: str, clean: str) -> None:
    assert clean_origin(origin) == clean


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "forum.test",
        "https://",
        "https://a.test/page",
        "https://*.test",
        "ftp://a.test",
        "https://u@a.test",
        "https://a.test:99999",
        "https://a.test:",
        "https://a.test\r\nX: y",
        "https://[a",
    ],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(InvalidInputError, match="is not an origin"):
        clean_origin(origin)
