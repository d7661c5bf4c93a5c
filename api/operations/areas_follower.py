"""The areas follower: a thread of each worker that places what the index has published, and finds areas anew."""

from __future__ import annotations

from typing import Final

import structlog

from api.operations.following import POLL_S, Follower
from api.wiring import Service
from models.errors import IndexMissingError, LockedError

_NEVER: Final = -1


class AreasFollower(Follower):
    """Follows the published index; one process at a time writes areas, and neither the index nor anyone waits.

    Killed at any moment it loses nothing: areas are written in one transaction.
    """

    def __init__(self, service: Service, poll_s: float = POLL_S) -> None:
        super().__init__("areas-follower", "areas not followed", poll_s)
        self.service = service
        self._followed = _NEVER

    def step(self) -> None:
        """Bring areas up to date with the index, unless another process is at it."""
        try:
            revision = self.service.index().revision
        except IndexMissingError:
            return
        if revision == self._followed:
            return
        try:
            report = self.service.update_areas(check=self.check_stopping)
        except LockedError:
            return
        self._followed = revision
        if report.found or report.documents:
            structlog.get_logger("releve").info(
                "areas found" if report.found else "areas updated",
                areas=report.areas,
                placements=report.documents,
                seconds=round(report.seconds, 2),
                revision=revision,
            )
