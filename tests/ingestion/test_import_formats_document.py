"""The examples of docs/reference/import-formats.md are imported as they stand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from ingestion.day_order import DayOrder
from ingestion.formats import FORMATS
from ingestion.people_columns import ACCEPTED, find_columns

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reference" / "import-formats.md").read_text(encoding="utf-8")


def example(label: str) -> str:
    """Return the content of the block that carries this label."""
    [found] = re.findall(rf"^```\w+ {re.escape(label)}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    return str(found)


def test_every_format_has_its_section() -> None:
    assert re.findall(r"^## (\w+)$", DOCUMENT, re.MULTILINE) == list(FORMATS)


def test_the_threads_example_is_imported(imported, documents, roles) -> None:
    assert imported("threads", example("threads"), "threads.jsonl").skipped == 0
    assert set(documents()) == {"41", "41/1", "42"}
    assert documents()["42"].language == "en"
    assert roles() == {("41", "chloe@ville.example", "asked"), ("41/1", "bertrand@ville.example", "accepted")}


def test_the_stackexchange_example_is_imported(folder, imported, documents, people) -> None:
    for name in ("Posts.xml", "Users.xml"):
        (folder / name).write_text(example(name), encoding="utf-8")
    assert imported("stackexchange").skipped == 0
    assert set(documents()) == {"1", "2", "profile/7"}
    assert {person.name for person in people().values()} == {"Ann Roy", "Luc Côté"}


def test_the_people_example_is_imported(imported, people) -> None:
    report = imported("people", example("people"), "rh.csv")
    assert report.skipped == 0
    assert report.notes == ["columns not taken: Sexe"]
    assert {person.name for person in people().values()} == {"Ginette Arsenault-Roy", "Réjean Thivierge"}


def test_the_missions_example_is_imported(folder, imported, documents, people, roles) -> None:
    for name in ("documents.jsonl", "people.jsonl", "memberships.jsonl"):
        (folder / name).write_text(example(name), encoding="utf-8")
    assert imported("missions", today=date(2026, 3, 14)).skipped == 0
    assert set(documents()) == {"incubator:eau", "team:eau-animation", "product:fuites", "profile/p1", "profile/p2"}
    assert {(person.name, person.unit_id) for person in people().values()} == {
        ("Chloé Saint-Amour", "s:incubator:eau"),
        ("p2", None),
    }
    assert roles() >= {("product:fuites", "p1", "wrote"), ("product:fuites", "p2", "wrote")}


def test_the_documents_example_is_imported(folder, imported, documents) -> None:
    (folder / "guide.md").write_text(example("guide.md"), encoding="utf-8")
    (folder / "guide.txt").write_text("Texte.", encoding="utf-8")
    (folder / "guide.txt.yaml").write_text(example("guide.pdf.yaml"), encoding="utf-8")
    assert imported("documents").skipped == 0
    assert documents()["guide.md"].kind == "practice"
    assert documents()["guide.txt"].title == "Schéma du poste 7"


def test_the_records_example_is_imported(imported, documents) -> None:
    assert imported("records", example("records"), "records.jsonl").skipped == 0
    assert documents()["pp7"].space_id == "s:pompes"


def test_every_column_name_the_document_gives_is_accepted() -> None:
    table = DOCUMENT.split("| Field | Accepted column names")[1].split("\n\n")[0]
    for row in table.splitlines()[2:]:
        for name in re.findall(r"[A-ZÀ-Ü][\w'’ -]+", row.split("|")[2]):
            assert find_columns("x", ["Courriel", "Nom complet", name]).positions, name


@pytest.mark.parametrize("order", [DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST])
def test_the_document_names_the_orders_of_dates(order: DayOrder) -> None:
    assert f"--dates {order}" in DOCUMENT


def test_every_field_of_people_is_in_the_document() -> None:
    rows = DOCUMENT.split("| Field | Accepted column names")[1].split("\n\n")[0].splitlines()[2:]
    assert len(rows) == len(ACCEPTED) - len({"first_name", "last_name"})
