"""The secret that signs sessions: set, or drawn once and shared by every worker through a file."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from api.settings import Settings
from models.errors import InvalidInputError

SECRET_NAME = "secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
# Shorter ones can be guessed from a cookie, offline.
SHORTEST = 32


def session_secret(settings: Settings) -> str:
    """Return the secret that signs sessions.

    Raises:
        InvalidInputError: the one that is set, or the file, is too short to protect anything.
    """
    if settings.secret is not None:
        return _long_enough(settings.secret.get_secret_value(), "RELEVE_SECRET")
    path = settings.home / SECRET_NAME
    try:
        return _long_enough(path.read_text(encoding="ascii").strip(), f"The file '{path}'")
    except FileNotFoundError:
        return _share_new(path)


def _share_new(path: Path) -> str:
    """Write a new secret, unless another worker was first: then return theirs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mkstemp gives mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never over another's.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
    return path.read_text(encoding="ascii").strip()


def _long_enough(secret: str, name: str) -> str:
    if len(secret) < SHORTEST:
        message = f"{name} has {len(secret)} characters; give at least {SHORTEST} random ones, or let Relève draw them"
        raise InvalidInputError(message)
    return secret
