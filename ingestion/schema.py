"""The JSON Schema of the `records` format, generated from the record types.

`python -m ingestion.schema docs/reference/records.schema.json` writes it anew after a change of `models.records`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from models.records import RECORD_ADAPTER


def records_schema() -> str:
    """Return the schema of one line, as JSON text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Relève records",
        "description": "One line of the import format `records`: one JSON object per line, told apart by `type`.",
        **RECORD_ADAPTER.json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(records_schema(), encoding="utf-8")
