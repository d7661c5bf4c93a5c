"""Status: what a viewer may read of the store, and whether the index follows it."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from api.settings import Settings
from api.wiring import Service
from models.access import Viewer
from models.errors import UserError
from models.imports import last_finished_import
from models.queries.changes import current_revision
from models.queries.documents import count_documents
from models.queries.people import count_people


class Status(BaseModel):
    """The state of an installation, as one viewer sees it."""

    home: str
    database: str
    people: int
    documents: dict[str, int]
    """Documents of each kind that the viewer may read."""
    last_import: datetime | None
    index: str
    """'up to date', 'behind', or what is wrong with it."""
    encoder: str


def read_status(service: Service, settings: Settings, viewer: Viewer) -> Status:
    """Return the state of the installation."""
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        people = count_people(session, viewer, today)
        documents = count_documents(session, viewer, today)
        last_import = last_finished_import(session)
        revision = current_revision(session)
    try:
        index = "up to date" if service.index().revision == revision else "behind: run releve index"
    except UserError as error:
        index = str(error)
    return Status(
        home=str(settings.home),
        database=service.store.engine.url.render_as_string(hide_password=True),
        people=people,
        documents=documents,
        last_import=last_import,
        index=index,
        encoder=service.encoder_id() or "words only",
    )
