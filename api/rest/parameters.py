"""Parameters that many addresses share: ids in paths, pages of lists, headers."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Header, Path, Query
from pydantic import StringConstraints

from models.records import Cleaned
from models.tables import ID_LENGTH

# What the narrowest integer column holds.
LARGEST_NUMBER: Final = 2**31 - 1
_ID = (StringConstraints(min_length=1, max_length=ID_LENGTH), Cleaned)

PersonId = Annotated[str, *_ID, Path(description="Id of a person.", examples=["people:1001"])]
DocumentId = Annotated[str, *_ID, Path(description="Id of a document.", examples=["guides:lot-de-nuit"])]
CommunityId = Annotated[str, *_ID, Path(description="Id of a community.", examples=["communities:eau"])]
AreaId = Annotated[str, *_ID, Path(description="Id of an area.")]
Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="Number of the item.", examples=[1])]
SourceName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Cleaned,
    Path(description="Name of the source: letters a-z, digits, '-', '_' and '.'.", examples=["wiki"]),
]
ExternalId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    Cleaned,
    Path(description="Id of the document in its source; may hold '/'.", examples=["pompes/amorcage"]),
]
Words = Annotated[str | None, StringConstraints(max_length=200), Cleaned]
IfMatch = Annotated[
    str | None,
    Header(description="The ETag of what you read; 412 if it changed since.", max_length=200),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=4_000, description="Where the page begins: `next_cursor` of the page before. Opaque."),
]
