"""Paging: lists are asked for and answered in pages, each with a link to the next (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request

from api.request_ids import note_headers
from api.rest.parameters import Cursor, Limit
from api.schemas_paging import PageOut
from models.paging import Page, PageRequest

T = TypeVar("T")
U = TypeVar("U")


def page_request(limit: Limit = 50, cursor: Cursor = None) -> PageRequest:
    """Return which page is asked for."""
    return PageRequest(cursor, limit)


PageDep = Annotated[PageRequest, Depends(page_request)]


def page_out(request: Request, page: Page[T], shape: Callable[[T], U]) -> PageOut[U]:
    """Return a page in its JSON shape, and have the answer link to the next one."""
    if page.next_cursor is not None:
        query = request.url.include_query_params(cursor=page.next_cursor).query
        note_headers(request, {"Link": f'<{quote(request.url.path, safe="/:@")}?{query}>; rel="next"'})
    return PageOut(items=[shape(item) for item in page.items], next_cursor=page.next_cursor)
