"""The index follower: a thread of each worker that keeps index and traces up with the store."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import OperationalError

from api.wiring import Service
from models.errors import IndexMissingError, LockedError, UserError
from models.queries.changes import current_revision

POLL_S: Final = 1.0
# After work that took a second, so many seconds of rest: a long import is followed without competing with it.
REST_SHARE: Final = 4.0
LONGEST_REST_S: Final = 60.0
STOP_TIMEOUT_S: Final = 10.0


class StoppedError(UserError):
    """The server stops; the next one goes on from what is published."""


class IndexFollower:
    """Follows the store in the background; one process at a time writes the index, all open what was written.

    Killed at any moment it loses nothing: a generation is published whole or not at all.
    """

    def __init__(
        self, service: Service, after_update: Callable[[], object] | None = None, poll_s: float = POLL_S
    ) -> None:
        self.service = service
        self.after_update = after_update
        self.poll_s = poll_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="index-follower", daemon=True)
        self._last_problem = ""

    def start(self) -> None:
        """Start following."""
        self.service.follow_in_background()
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Stop, and wait for what is being written; past the timeout it is dropped and made again later."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def run(self) -> None:
        """Follow until stopped."""
        self.warm_up()
        rest_s = 0.0
        while not self._stopping.wait(rest_s):
            started = time.monotonic()
            failed = self.try_step()
            took_s = time.monotonic() - started
            rest_s = max(self.poll_s, REST_SHARE * took_s, 2 * rest_s if failed else 0.0)
            rest_s = min(rest_s, LONGEST_REST_S)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        try:
            self.service.recommender()
            # What is loaded now stays; walking through it again and again would stop a question for as long.
            gc.collect()
            gc.freeze()
        except (UserError, OperationalError) as error:
            self.say(error)

    def try_step(self) -> bool:
        """Follow once, and return whether that failed; the thread outlives every error."""
        try:
            self.step()
        except StoppedError:
            return False
        except Exception as error:  # a thread that died would leave the index behind for good
            self.say(error)
            return True
        self._last_problem = ""
        return False

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
            report = self.service.update_index(on_progress=self.check_stopping)
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

    def check_stopping(self, _done: int, _total: int) -> None:
        """Give up between two batches when the server stops."""
        if self._stopping.is_set():
            message = "The server stops; the next one goes on indexing"
            raise StoppedError(message)

    def say(self, error: Exception) -> None:
        """Log an error once, however often it comes back."""
        problem = f"{type(error).__name__}: {error}"
        if problem != self._last_problem:
            structlog.get_logger("releve").warning("index not followed", exc_info=error)
            self._last_problem = problem
