"""Following: a thread of each worker that does what is missing, again and again, and outlives every error."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import Final

import structlog

from models.errors import UserError

POLL_S: Final = 1.0
# After work that took a second, so many seconds of rest: a long import is followed without competing with it.
REST_SHARE: Final = 4.0
LONGEST_REST_S: Final = 60.0
STOP_TIMEOUT_S: Final = 10.0


class StoppedError(UserError):
    """The server stops; the next one goes on from what is published."""


class Follower(ABC):
    """A thread that takes one step after another until it is stopped."""

    def __init__(self, name: str, problem: str, poll_s: float = POLL_S) -> None:
        self.poll_s = poll_s
        self._problem = problem
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)
        self._last_problem = ""

    @abstractmethod
    def step(self) -> None:
        """Do what is missing; call `check_stopping` between parts of it."""

    def start(self) -> None:
        """Start following."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Stop, and wait for what is being written; past the timeout it is dropped and made again later."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def run(self) -> None:
        """Follow until stopped."""
        rest_s = 0.0
        while not self._stopping.wait(rest_s):
            started = time.monotonic()
            failed = self.try_step()
            took_s = time.monotonic() - started
            rest_s = max(self.poll_s, REST_SHARE * took_s, 2 * rest_s if failed else 0.0)
            rest_s = min(rest_s, LONGEST_REST_S)

    def try_step(self) -> bool:
        """Follow once, and return whether that failed; the thread outlives every error."""
        try:
            self.step()
        except StoppedError:
            return False
        except Exception as error:  # a thread that died would leave what it follows behind for good
            self.say(error)
            return True
        self._last_problem = ""
        return False

    def check_stopping(self) -> None:
        """Give up between two parts of a step when the server stops."""
        if self._stopping.is_set():
            message = "The server stops; the next one goes on"
            raise StoppedError(message)

    def say(self, error: Exception) -> None:
        """Log an error once, however often it comes back."""
        problem = f"{type(error).__name__}: {error}"
        if problem != self._last_problem:
            structlog.get_logger("releve").warning(self._problem, exc_info=error)
            self._last_problem = problem
