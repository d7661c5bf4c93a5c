"""How an error ends a command: one line, and whose mistake it was."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError

from models.errors import ReleveError, UserError

USER_MISTAKE, OUR_MISTAKE = 2, 1


def explain(error: Exception) -> tuple[int, str]:
    """Return the exit code and the line to show."""
    if isinstance(error, OperationalError):
        return OUR_MISTAKE, f"Error: the database does not answer: {error.orig}"
    if isinstance(error, OSError):
        return USER_MISTAKE, f"Error: {error.strerror or error}: {error.filename}"
    text = " ".join(str(error).split())
    if isinstance(error, UserError):
        return USER_MISTAKE, f"Error: {text}"
    if isinstance(error, ReleveError):
        return OUR_MISTAKE, f"Error: {text}"
    return OUR_MISTAKE, f"Unexpected error ({type(error).__name__}): {text}; run again with: releve --debug …"
