import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from models.errors import InvalidInputError, NotFoundError, UserError
from models.store import Store
from models.tables import Row


def test_migrations_make_the_schema_that_the_tables_describe(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail_midway() -> None:
        with store.write() as session:
            session.execute(text("UPDATE store_state SET value = 41 WHERE key = 'revision'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_midway()
    with store.read() as session:
        assert session.execute(text("SELECT value FROM store_state WHERE key = 'revision'")).scalar_one() == 0


def test_opening_a_store_that_does_not_exist_says_how_to_make_one(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="releve ingest FORMAT PATH"):
        Store.open(tmp_path)


def test_opening_an_older_store_brings_it_up_to_date(tmp_path) -> None:
    (tmp_path / "releve.sqlite3").touch()
    store = Store.open(tmp_path)
    assert not store.needs_migration()
    store.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x"])
def test_an_unusable_database_address_is_an_error_that_names_the_setting(url: str) -> None:
    with pytest.raises(InvalidInputError, match="RELEVE_DATABASE_URL"):
        Store(url)


def test_readers_do_not_wait_for_a_writer(sqlite_store: Store) -> None:
    with sqlite_store.write() as session:
        session.execute(text("UPDATE store_state SET value = 7 WHERE key = 'revision'"))
        with sqlite_store.read() as reader:
            assert reader.execute(text("SELECT value FROM store_state WHERE key = 'revision'")).scalar_one() == 0


def test_a_store_of_a_newer_version_is_left_alone(sqlite_store: Store) -> None:
    with sqlite_store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="upgrade Relève"):
        sqlite_store.needs_migration()
