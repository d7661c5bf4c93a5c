"""Pushing: a wrong record costs only itself, a source has one owner, and sending again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ingestion.importing import run_import
from ingestion.pushing import Pusher, push_items
from ingestion.sources.records_jsonl import RecordsSource
from models.errors import InvalidInputError, NotAllowedError
from models.store import Store
from models.tables import AssociationRow, DocumentRow
from tests.conftest import write

NOW = datetime(2026, 6, 15, tzinfo=UTC)
GUIDE = {"type": "document", "id": "a/1", "kind": "practice", "title": "Guide de la pompe"}


def push(store: Store, *items: Any, source: str = "wiki", owner: str = "key:one", administrator: bool = False) -> Any:
    with store.write() as session:
        pushed = push_items(session, NOW, Pusher(source, owner, administrator), items)
        return [(p.position, p.id, p.status.value) for p in pushed]


def test_each_item_says_what_became_of_it(store: Store) -> None:
    link = {"type": "association", "document": "a/1", "person": "Lucie Bernard", "role": "endorsed"}
    wrong = {"type": "document", "id": "b", "kind": "poem"}
    assert push(store, GUIDE, wrong, link, {"type": "deletion", "id": "c"}, 7) == [
        (0, "wiki:a/1", "created"),
        (1, None, "refused"),
        (2, "wiki:a/1", "created"),
        (3, "wiki:c", "not_found"),
        (4, None, "refused"),
    ]
    changed = {**GUIDE, "title": "Autre"}
    assert push(store, GUIDE, link) == [(0, "wiki:a/1", "unchanged"), (1, "wiki:a/1", "unchanged")]
    assert push(store, changed) == [(0, "wiki:a/1", "updated")]
    assert push(store, {"type": "deletion", "id": "a/1"}) == [(0, "wiki:a/1", "deleted")]
    with store.read() as session:
        assert session.query(AssociationRow).count() == 0


def test_a_refused_item_names_its_reason(store: Store) -> None:
    with store.write() as session:
        [unknown, twice, again] = push_items(
            session,
            NOW,
            Pusher("wiki", "key:one"),
            [{**GUIDE, "space": "nowhere"}, {**GUIDE, "id": "z"}, {**GUIDE, "id": "z"}],
        )
    assert (unknown.status, unknown.reason.startswith("No space 'nowhere'")) == ("refused", True)
    assert twice.status == "created"
    assert again.reason == "'z' is named twice in this batch; send it again in another"


def test_what_the_database_cannot_hold_costs_only_itself(store: Store) -> None:
    items = [GUIDE, {**GUIDE, "id": "far", "score": 1e400}, {**GUIDE, "id": "nul", "title": "a\x00b"}]
    assert [status for _, _, status in push(store, *items)] == ["created", "refused", "created"]


def test_the_language_is_found_out(store: Store) -> None:
    push(store, {**GUIDE, "text": "Il faut que vous ouvriez la vanne avec les deux mains dans ce cas."})
    with store.read() as session:
        assert session.get_one(DocumentRow, "wiki:a/1").language == "fr"


def test_a_source_belongs_to_who_wrote_first(store: Store) -> None:
    push(store, GUIDE)
    with pytest.raises(NotAllowedError, match="'wiki' belongs to another key"):
        push(store, GUIDE, owner="key:two")
    assert push(store, GUIDE, owner="key:two", administrator=True) == [(0, "wiki:a/1", "unchanged")]
    push(store, GUIDE)  # the administrator did not take it


def test_the_source_of_an_import_is_not_pushed_to_and_the_other_way_round(store: Store, tmp_path: Any) -> None:
    (tmp_path / "r.jsonl").write_text('{"type": "document", "id": "1", "kind": "page", "title": "x"}\n')
    source = RecordsSource(tmp_path / "r.jsonl")
    run_import(store, source, name="files")
    with pytest.raises(NotAllowedError, match="kept by an import of format 'records'"):
        push(store, GUIDE, source="files")
    assert push(store, GUIDE, source="files", administrator=True)[0][2] == "created"
    push(store, GUIDE)
    with pytest.raises(InvalidInputError, match="holds data of format 'push'"):
        run_import(store, source, name="wiki")


def test_another_source_is_never_deleted_from(store: Store) -> None:
    write(store, [], source="wiki")
    push(store, GUIDE)
    assert push(store, {"type": "deletion", "id": "a/1"}, source="other") == [(0, "other:a/1", "not_found")]
    with pytest.raises(InvalidInputError, match="cannot name a source"):
        push(store, GUIDE, source="email")
