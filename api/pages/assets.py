"""Assets: style, script and icon, each at an address with the hash of its content, which browsers may keep for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from models.errors import NotFoundError

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_GOOD = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file."""

    content: bytes
    digest: str
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Return every static file by name; read once, so that no request can name another."""
    found = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            found[path.name] = Asset(content, hashlib.sha256(content).hexdigest()[:16], MEDIA_TYPES[path.suffix])
    return found


def asset_path(name: str) -> str:
    """Return the address of a static file."""
    return f"/static/{assets()[name].digest}/{name}"


@router.get("/static/{digest}/{name}")
def get_asset(digest: str, name: str) -> Response:
    """Return a static file; one of an earlier release is gone rather than wrong."""
    asset = assets().get(name)
    if asset is None or asset.digest != digest:
        message = f"No static file '{digest}/{name}'; load the page again"
        raise NotFoundError(message)
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": FOR_GOOD})
