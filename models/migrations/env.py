"""How Alembic reaches the store: through the connection it is given, or RELEVE_DATABASE_URL from the command line."""

from __future__ import annotations

import os

from alembic import context

from models.store import make_engine
from models.tables import Row


def run() -> None:
    """Run the migrations in one transaction."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        engine = make_engine(os.environ.get("RELEVE_DATABASE_URL", "sqlite+pysqlite:///:memory:"))
        with engine.begin() as own:
            context.configure(connection=own, target_metadata=Row.metadata, render_as_batch=True)
            context.run_migrations()
        return
    context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


run()
