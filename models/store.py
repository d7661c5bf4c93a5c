"""The store: opens the database, brings its schema up to date and hands out transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from models.errors import InvalidInputError, MissingPackageError, NotFoundError, UserError

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_NAME = "releve.sqlite3"
# How long a writer waits for another before giving up.
BUSY_TIMEOUT_S = 60


class Store:
    """One organisation's database. Cheap to make: connects when first used."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)

    @classmethod
    def open(cls, home: Path, database_url: str | None = None) -> Store:
        """Return the store of `home` (SQLite), or of a database address; the schema must be there.

        Raises:
            NotFoundError: nothing was imported yet.
        """
        if database_url is None and not (home / SQLITE_NAME).exists():
            message = (
                f"No organisation in '{home}' yet; import one with: releve ingest FORMAT PATH (or try: releve demo)"
            )
            raise NotFoundError(message)
        store = cls(database_url or sqlite_url(home))
        if store.needs_migration():
            store.migrate()
        return store

    @classmethod
    def create(cls, home: Path, database_url: str | None = None) -> Store:
        """Return the store, made or brought up to date where needed."""
        home.mkdir(parents=True, exist_ok=True)
        store = cls(database_url or sqlite_url(home))
        if store.needs_migration():
            store.migrate()
        return store

    def needs_migration(self) -> bool:
        """Return whether the schema is missing or older than this version's newest migration.

        Raises:
            UserError: a newer version of Relève made it.
        """
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return True
            current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        newest = newest_migration()
        if current is not None and current > newest:
            message = (
                f"This store was made by a newer Relève (schema {current}, this one knows {newest}); upgrade Relève"
            )
            raise UserError(message)
        return current != newest

    def migrate(self) -> None:
        """Bring the schema to the newest migration, in one transaction."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.engine.execution_options(releve_write=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that is rolled back at the end."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session committed at the end, or rolled back whole if anything fails.

        On SQLite it takes the write lock at once, so that two writers queue instead of failing midway.
        """
        engine = self.engine.execution_options(releve_write=True)
        with Session(engine, autoflush=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def newest_migration() -> str:
    """Return the name of the newest migration: its files sort by name."""
    return max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def sqlite_url(home: Path) -> str:
    """Return the address of the SQLite store in a folder."""
    return f"sqlite+pysqlite:///{home / SQLITE_NAME}"


def make_engine(url: str) -> Engine:
    """Return an engine with the settings the store relies on.

    Raises:
        InvalidInputError: the address is not one SQLAlchemy reads, or names another kind of database.
        MissingPackageError: the driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        message = f"RELEVE_DATABASE_URL '{url}' is not a database address; use postgresql://user:password@host/name"
        raise InvalidInputError(message) from error
    if parsed.get_backend_name() == "postgresql":
        try:
            return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        except ModuleNotFoundError as error:
            message = 'PostgreSQL needs its driver; install it with: pip install "releve[postgresql]"'
            raise MissingPackageError(message) from error
    if parsed.get_backend_name() != "sqlite":
        message = (
            f"Relève stores in sqlite or postgresql, not in '{parsed.get_backend_name()}'; change RELEVE_DATABASE_URL"
        )
        raise InvalidInputError(message)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", set_sqlite_pragmas)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def set_sqlite_pragmas(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own type
    """Set WAL (readers never wait for the writer) and foreign keys; hand transactions to SQLAlchemy."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """Open the transaction; a writer takes its lock at once."""
    writes = connection.get_execution_options().get("releve_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
