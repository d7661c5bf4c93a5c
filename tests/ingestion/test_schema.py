from __future__ import annotations

import json
from pathlib import Path

from ingestion.schema import records_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "records.schema.json"


def test_the_published_schema_is_current() -> None:
    remedy = "run: python -m ingestion.schema docs/reference/records.schema.json"
    assert PUBLISHED.read_text(encoding="utf-8") == records_schema(), remedy


def test_the_schema_names_every_type_of_record() -> None:
    mapping = json.loads(records_schema())["discriminator"]["mapping"]
    assert set(mapping) == {"unit", "person", "document", "association", "community", "membership", "departure"}
