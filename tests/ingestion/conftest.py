"""Short ways to import a text and to look at what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ingestion.formats import open_source
from ingestion.importing import run_import
from ingestion.report import ImportReport
from models.store import Store
from models.tables import AssociationRow, DocumentRow, PersonRow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for the input, beside the store."""
    made = tmp_path / "input"
    made.mkdir()
    return made


@pytest.fixture
def imported(folder: Path, sqlite_store: Store) -> Callable[..., ImportReport]:
    """Import a file of this content, or the whole folder when no file is named."""

    def run(format_name: str, content: str | bytes = b"", name: str | None = None, **options: Any) -> ImportReport:
        path = folder
        if name is not None:
            path = folder / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = open_source(format_name, path, dates=options.pop("dates", None), today=options.pop("today", None))
        return run_import(sqlite_store, source, name="s", **options)

    return run


@pytest.fixture
def documents(sqlite_store: Store) -> Callable[[], dict[str, DocumentRow]]:
    """Return the standing documents by their id in the source."""

    def find() -> dict[str, DocumentRow]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(DocumentRow).where(DocumentRow.deleted_at.is_(None))).all()
            session.expunge_all()
        return {row.id.removeprefix("s:"): row for row in rows}

    return find


@pytest.fixture
def people(sqlite_store: Store) -> Callable[[], dict[str, PersonRow]]:
    """Return the people by their id in the source."""

    def find() -> dict[str, PersonRow]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(PersonRow)).all()
            session.expunge_all()
        return {row.id.removeprefix("s:"): row for row in rows}

    return find


@pytest.fixture
def roles(sqlite_store: Store) -> Callable[[], set[tuple[str, str, str]]]:
    """Return (document, person, role) of every association."""

    def find() -> set[tuple[str, str, str]]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(AssociationRow)).all()
            return {(r.document_id.removeprefix("s:"), r.person_id.removeprefix("s:"), r.role.value) for r in rows}

    return find
