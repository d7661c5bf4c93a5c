"""Schemas of lists: every list is a page of the same form."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class PageOut(BaseModel, Generic[T]):
    """Some of a list, in its order."""

    items: list[T]
    next_cursor: str | None = Field(description="Give it as `cursor` for what follows; null at the end.")
