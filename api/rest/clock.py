"""The clock of the REST interface: each request reads it once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def read_clock() -> datetime:
    """Return the moment of the request."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(read_clock)]
