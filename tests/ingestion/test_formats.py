from __future__ import annotations

from datetime import date

import pytest

from ingestion.formats import open_source
from models.errors import InvalidInputError


def test_an_unknown_format_is_an_error_that_names_those_there_are(folder) -> None:
    expected = "No format named 'csv'; choose one of: threads, stackexchange, people, missions, documents, records"
    with pytest.raises(InvalidInputError, match=expected):
        open_source("csv", folder)


@pytest.mark.parametrize("name", ["threads", "stackexchange", "people", "missions", "documents", "records"])
def test_a_path_where_nothing_is_is_an_error_in_every_format(folder, name) -> None:
    with pytest.raises(InvalidInputError, match=r"No file or folder '.*missing'; check the path"):
        open_source(name, folder / "missing", today=date(2026, 3, 14))


def test_missions_without_the_day_of_the_import_are_an_error(folder) -> None:
    with pytest.raises(InvalidInputError, match="needs the day of the import; give today"):
        open_source("missions", folder)
