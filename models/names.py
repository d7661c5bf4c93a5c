"""Names and ids: folding for comparison, and ids that a repeated import makes again."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from models.tables import ID_LENGTH


def fold(text: str) -> str:
    """Return the text without case, accents or repeated spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def slug(text: str) -> str:
    """Return a short lower-case name made of letters, digits, '-', '_' and '.'."""
    return re.sub(r"[^a-z0-9._-]+", "-", fold(text)).strip("-.")[:100] or "source"


def make_id(source: str, external_id: str) -> str:
    """Return the id of a source's item: readable, and the same at every import."""
    made = f"{source}:{external_id}"
    if len(made) <= ID_LENGTH:
        return made
    digest = hashlib.blake2b(made.encode(), digest_size=10).hexdigest()
    return f"{made[: ID_LENGTH - 21]}~{digest}"
