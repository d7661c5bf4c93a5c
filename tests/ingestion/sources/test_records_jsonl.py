from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from ingestion.formats import open_source
from models.errors import InvalidInputError
from models.tables import CommunityRow, DepartureRow, MembershipRow, UnitRow


def lines(*records: dict[str, object]) -> str:
    return "\n".join(json.dumps(record) for record in records)


def document(**fields: object) -> dict[str, object]:
    return {"type": "document", "id": "d1", "kind": "page", "title": "T", "text": "x", **fields}


def test_every_type_of_record_is_imported(imported, documents, people, roles, sqlite_store) -> None:
    report = imported(
        "records",
        lines(
            {"type": "unit", "id": "u", "name": "Water"},
            {"type": "person", "id": "p", "name": "Ann Roy", "unit": "u"},
            {"type": "community", "id": "c", "name": "Pumps", "protected": True},
            {"type": "membership", "community": "c", "person": "p", "role": "coach"},
            document(space="c", people=[{"person": "p", "role": "wrote"}]),
            {"type": "association", "document": "d1", "person": "Luc Roy", "role": "reviewed"},
            {"type": "departure", "person": "p", "earliest": "2030-01-01", "declared_by": "self"},
        ),
        "r.jsonl",
    )
    assert (report.read, report.new, report.skipped) == (7, 7, 0)
    assert documents()["d1"].space_id == "s:c"
    assert roles() >= {("d1", "p", "wrote"), ("d1", "Luc Roy", "reviewed")}
    with sqlite_store.read() as session:
        for row in (UnitRow, CommunityRow, MembershipRow, DepartureRow):
            assert len(session.scalars(select(row)).all()) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "Invalid JSON"),
        ("[" * 5000, "Invalid JSON"),
        ('{"type": "planet"}', "planet"),
        (lines(document(kind="poem")), "document.kind: Input should be"),
        (lines(document(autor="x")), "document.autor: unknown field; remove it or correct its name"),
        (lines({"type": "document", "kind": "page"}), "document.id: Field required"),
        (lines(document(created_at="0012-01-01")), "the year 12 is outside 1900-2200"),
        (lines({"type": "departure", "person": "p", "declared_by": "hr"}), "a departure needs `earliest`"),
    ],
)
def test_a_refused_line_is_explained_in_one_readable_line(imported, documents, content, reason) -> None:
    report = imported("records", "\n".join([lines(document(id="a")), content, lines(document(id="b"))]), "r.jsonl")
    assert set(documents()) == {"a", "b"}
    [skip] = report.skips
    assert str(skip).startswith("r.jsonl, line 2: ")
    assert reason in skip.reason
    assert "\n" not in skip.reason
    assert "pydantic" not in skip.reason


def test_what_the_store_refuses_is_reported_with_its_line(imported) -> None:
    report = imported(
        "records",
        lines(
            {"type": "association", "document": "none", "person": "p", "role": "wrote"},
            document(space="nowhere"),
            {"type": "membership", "community": "none", "person": "p"},
        ),
        "r.jsonl",
    )
    assert [skip.line for skip in report.skips] == [1, 2, 3]
    assert "No space 'nowhere'" in report.skips[1].reason


def test_a_cycle_of_units_is_refused_and_the_rest_kept(imported, sqlite_store) -> None:
    report = imported(
        "records",
        lines(
            {"type": "unit", "id": "a", "name": "A"},
            {"type": "unit", "id": "b", "name": "B", "parent": "a"},
            {"type": "unit", "id": "c", "name": "C", "parent": "b"},
        ),
        "1.jsonl",
    )
    assert report.skipped == 0
    report = imported("records", lines({"type": "unit", "id": "a", "name": "A", "parent": "c"}), "2.jsonl")
    assert "would be its own ancestor" in report.skips[0].reason
    with sqlite_store.read() as session:
        assert session.get_one(UnitRow, "s:a").parent_id is None


def test_the_same_id_of_another_type_is_no_repetition(imported) -> None:
    content = lines(
        {"type": "unit", "id": "x", "name": "U"}, {"type": "person", "id": "x", "name": "P"}, document(id="x")
    )
    assert imported("records", content, "r.jsonl").skipped == 0


def test_two_people_with_one_address_stay_two_people(imported, people) -> None:
    content = lines(
        {"type": "person", "id": "1", "name": "A", "email": "x@y.example"},
        {"type": "person", "id": "2", "name": "B", "email": "X@y.example"},
    )
    report = imported("records", content, "r.jsonl")
    assert set(people()) == {"1", "2"}
    assert "first seen at line 1; left out" in report.skips[0].reason
    assert imported("records", content, "r.jsonl").unchanged == 2


def test_the_language_is_detected_when_absent(imported, documents) -> None:
    imported(
        "records", lines(document(text="La vanne est restée ouverte et nous avons dû purger la conduite.")), "r.jsonl"
    )
    assert documents()["d1"].language == "fr"


def test_a_folder_without_records_is_an_error(folder) -> None:
    with pytest.raises(InvalidInputError, match=r"\.jsonl"):
        open_source("records", folder)
