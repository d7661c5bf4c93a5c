"""The index follower: a thread of each worker that keeps index and traces up with the store."""

from __future__ import annotations

import gc
from collections.abc import Callable

import structlog
from sqlalchemy.exc import OperationalError

from api.operations.following import POLL_S, Follower
from api.wiring import Service
from models.errors import IndexMissingError, LockedError, UserError
from models.queries.changes import current_revision


class IndexFollower(Follower):
    """Follows the store in the background; one process at a time writes the index, all open what was written.

    Killed at any moment it loses nothing: a generation is published whole or not at all.
    """

    def __init__(
        self, service: Service, after_update: Callable[[], object] | None = None, poll_s: float = POLL_S
    ) -> None:
        super().__init__("index-follower", "index not followed", poll_s)
        self.service = service
        self.after_update = after_update

    def start(self) -> None:
        """Start following."""
        self.service.follow_in_background()
        super().start()

    def run(self) -> None:
        """Follow until stopped."""
        self.warm_up()
        super().run()

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        try:
            self.service.recommender()
            # What is loaded now stays; walking through it again and again would stop a question for as long.
            gc.collect()
            gc.freeze()
        except (UserError, OperationalError) as error:
            self.say(error)

    def step(self) -> None:
        """Open what others published, then publish what is missing, unless another process is at it."""
        try:
            self.service.follow()
        except IndexMissingError:
            self.update()
        else:
            with self.service.store.read() as session:
                behind = self.service.index().revision != current_revision(session)
            if behind:
                self.update()
        if self.after_update is not None:
            self.after_update()

    def update(self) -> None:
        """Bring the index up to date, unless another process is writing it."""
        try:
            report = self.service.update_index(on_progress=lambda _done, _total: self.check_stopping())
        except LockedError:
            return
        self.service.index()
        structlog.get_logger("releve").info(
            "index updated",
            documents=report.documents,
            passages=report.passages,
            seconds=round(report.seconds, 2),
            revision=self.service.index().revision,
        )
