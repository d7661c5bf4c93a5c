"""Addresses of the pages, made from ids that hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def page_path(kind: str, id_: str) -> str:
    """Return the address of the page of a person, document, area or community."""
    return f"/{kind}/{quote(id_, safe=':')}"


def with_query(path: str, asked: Mapping[str, str]) -> str:
    """Return an address with what is asked of it, ready for one more parameter: it ends in ? or &."""
    kept = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{kept}&" if kept else f"{path}?"
