from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ingestion.formats import open_source
from ingestion.report import ImportReport
from models.errors import InvalidInputError
from models.records import DeclaredBy, Role
from models.store import Store
from models.tables import AssociationRow, CommunityRow, DepartureRow, MembershipRow, PersonRow, UnitRow

TODAY = date(2026, 3, 14)
UNITS = [
    {"_id": "incubator:eau", "title": "Fabrique de l'eau", "text": "Les services de l'eau."},
    {"_id": "incubator:rues", "title": "Fabrique des rues", "text": ""},
    {"_id": "team:eau-animation", "title": "Animation", "text": "", "incubator": "eau"},
    {"_id": "product:fuites", "title": "Fuites", "text": "Signaler une **fuite**.", "incubator": "eau"},
    {"_id": "product:nids", "title": "Nids-de-poule", "text": "Signaler un trou.", "incubator": "rues"},
]

Missions = Callable[..., ImportReport]


def mission(person: str, unit: str | None, start: str | None, end: str | None, **fields: Any) -> dict[str, Any]:
    return {"person_id": person, "unit": unit, "start": start, "end": end, **fields}


@pytest.fixture
def missions(folder: Path, imported: Callable[..., ImportReport]) -> Missions:
    """Import missions of p1 and p2 on the units above."""

    def run(
        *memberships: dict[str, Any] | str,
        people: list[dict[str, Any]] | None = None,
        units: list[dict[str, Any]] | None = None,
        today: date = TODAY,
    ) -> ImportReport:
        files = {
            "documents": UNITS if units is None else units,
            "people": [{"person_id": "p1"}, {"person_id": "p2"}] if people is None else people,
            "memberships": list(memberships),
        }
        for name, lines in files.items():
            written = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
            (folder / f"{name}.jsonl").write_text(written, encoding="utf-8")
        return imported("missions", today=today)

    return run


@pytest.fixture
def departures(sqlite_store: Store) -> Callable[[], dict[str, date]]:
    """Return the last day of everyone who has a standing departure."""

    def find() -> dict[str, date]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(DepartureRow).where(DepartureRow.revoked_at.is_(None))).all()
            assert all(row.declared_by is DeclaredBy.HR and not row.announced for row in rows)
            return {row.person_id.removeprefix("s:"): row.latest for row in rows}

    return find


@pytest.fixture
def places(sqlite_store: Store) -> Callable[[], dict[tuple[str, str], tuple[date | None, date | None]]]:
    """Return the first and last day of each membership, by person and community."""

    def find() -> dict[tuple[str, str], tuple[date | None, date | None]]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(MembershipRow)).all()
            return {
                (row.person_id.removeprefix("s:"), row.community_id.removeprefix("s:")): (row.since, row.until)
                for row in rows
            }

    return find


@pytest.fixture
def evidence(sqlite_store: Store) -> Callable[[], dict[tuple[str, str], tuple[float, datetime | None]]]:
    """Return weight and latest day of what links each person to what they worked on."""

    def find() -> dict[tuple[str, str], tuple[float, datetime | None]]:
        with sqlite_store.read() as session:
            rows = session.scalars(select(AssociationRow).where(AssociationRow.document_id.like("s:product:%"))).all()
            return {
                (row.person_id.removeprefix("s:"), row.document_id.removeprefix("s:")): (row.weight, row.created_at)
                for row in sorted(rows, key=lambda row: str(row.created_at))
            }

    return find


def home(store: Store, person: str) -> str | None:
    with store.read() as session:
        unit = session.get_one(PersonRow, f"s:{person}").unit_id
    return unit.removeprefix("s:") if unit else None


def test_what_people_work_on_becomes_pages_communities_and_units(missions, documents, sqlite_store) -> None:
    assert missions().skipped == 0
    assert documents()["product:fuites"].kind == "page"
    assert documents()["product:fuites"].text == "Signaler une fuite."
    with sqlite_store.read() as session:
        communities = {row.name for row in session.scalars(select(CommunityRow)) if not row.protected}
        units = {(row.name, row.parent_id) for row in session.scalars(select(UnitRow))}
    team = "Animation (Fabrique de l'eau)"
    assert communities == {"Fabrique de l'eau", "Fabrique des rues", team, "Fuites", "Nids-de-poule"}
    assert units == {("Fabrique de l'eau", None), ("Fabrique des rues", None), (team, "s:incubator:eau")}


@pytest.mark.parametrize(
    ("phases", "status"),
    [
        ([{"name": "acceleration"}, {"name": "abandon"}], "dissolved"),
        ([{"name": "transfere"}], "active"),
        (7, "active"),
    ],
)
def test_a_product_given_up_is_a_dissolved_community(missions, sqlite_store, phases, status) -> None:
    missions(units=[{"_id": "product:a", "title": "A", "phases": phases}])
    with sqlite_store.read() as session:
        assert session.get_one(CommunityRow, "s:product:a").status == status


def test_a_person_has_the_job_title_skills_and_presentation_of_the_file_and_nothing_of_their_contract(
    missions, documents, people
) -> None:
    person = {"person_id": "p1", "role": "Développeuse", "domain": "Dév", "skills": ["SQL"], "bio": "Les vannes."}
    missions(
        mission("p1", None, "2020-01-02", None, status="independent"),
        people=[
            person | {"lang": "fr", "employer": "ACME"},
            {"person_id": "p2", "name": "Luc Roy", "domain": "Design"},
        ],
    )
    assert (people()["p1"].name, people()["p1"].job_title) == ("p1", "Développeuse")
    assert people()["p1"].joined_on == date(2020, 1, 2)
    assert (people()["p2"].name, people()["p2"].job_title) == ("Luc Roy", "Design")
    assert documents()["profile/p1"].text == "SQL\nLes vannes."
    stored = " ".join(f"{row.title} {row.text} {row.tags}" for row in documents().values())
    assert "ACME" not in stored
    assert "independent" not in stored


def test_missions_on_one_unit_are_one_place_and_weigh_their_length(missions, places, evidence) -> None:
    missions(
        mission("p1", "product:fuites", "2020-01-01", "2020-12-31"),
        mission("p1", "product:fuites", "2022-01-01", "2022-07-02"),
        mission("p2", "product:fuites", "2015-01-01", "2025-12-31"),
    )
    assert places()["p1", "product:fuites"] == (date(2020, 1, 1), date(2022, 7, 2))
    assert evidence()["p1", "product:fuites"] == (1.5, datetime(2022, 7, 2, tzinfo=UTC))
    assert evidence()["p2", "product:fuites"] == (3.0, datetime(2025, 12, 31, tzinfo=UTC))


def test_a_person_is_a_maker_from_the_first_day_and_changes_things_until_the_last(missions, sqlite_store) -> None:
    missions(mission("p1", "product:fuites", "2020-01-01", "2022-06-30"))
    with sqlite_store.read() as session:
        rows = session.scalars(select(AssociationRow).where(AssociationRow.document_id == "s:product:fuites")).all()
        found = {row.role: row.created_at for row in rows}
    assert found == {
        Role.WROTE: datetime(2020, 1, 1, tzinfo=UTC),
        Role.EDITED: datetime(2022, 6, 30, tzinfo=UTC),
    }


def test_missions_that_overlap_count_their_days_once(missions, evidence) -> None:
    missions(*[mission("p1", "product:fuites", "2020-01-01", "2020-12-31")] * 4)
    assert evidence()["p1", "product:fuites"][0] == 1.0


def test_missions_at_the_same_time_share_the_days_and_those_after_one_another_do_not(missions, evidence) -> None:
    missions(
        mission("p1", "product:fuites", "2020-01-01", "2022-01-01"),
        mission("p1", "product:nids", "2020-01-01", "2022-01-01"),
        mission("p2", "product:fuites", "2020-01-01", "2021-01-01"),
        mission("p2", "product:nids", "2021-01-01", "2022-01-01"),
    )
    assert {place: weight for place, (weight, _) in evidence().items()} == {
        ("p1", "product:fuites"): 1.0,
        ("p1", "product:nids"): 1.0,
        ("p2", "product:fuites"): 1.0,
        ("p2", "product:nids"): 1.0,
    }


def test_a_mission_in_course_is_evidence_of_this_month_and_weighs_what_is_behind_it(missions, places, evidence) -> None:
    missions(mission("p1", "product:fuites", "2024-03-01", "2028-12-31"))
    assert places()["p1", "product:fuites"] == (date(2024, 3, 1), date(2028, 12, 31))
    assert evidence()["p1", "product:fuites"] == (2.0, datetime(2026, 3, 1, tzinfo=UTC))


def test_a_mission_that_has_not_begun_is_no_evidence(missions, places, evidence) -> None:
    missions(mission("p1", "product:fuites", "2026-04-01", "2026-12-31"))
    assert places()["p1", "product:fuites"] == (date(2026, 4, 1), date(2026, 12, 31))
    assert evidence() == {}


def test_importing_again_later_in_the_month_changes_nothing(missions) -> None:
    lines = (mission("p1", "product:fuites", "2024-03-01", "2028-12-31"), mission("p2", None, None, None, current=True))
    missions(*lines)
    again = missions(*lines, today=date(2026, 3, 30))
    assert (again.new, again.changed) == (0, 0)
    assert missions(*lines, today=date(2026, 4, 1)).changed > 0


def test_the_latest_end_is_the_departure_past_or_to_come(missions, departures) -> None:
    report = missions(
        mission("p1", "product:fuites", "2024-03-01", "2028-12-31"),
        mission("p1", "product:nids", "2024-03-01", "2024-12-31"),
        mission("p2", None, "2020-01-01", "2021-06-30"),
    )
    assert departures() == {"p1": date(2028, 12, 31), "p2": date(2021, 6, 30)}
    assert "of 2 people with missions, 1 left before 2026-03-14, 1 have a last day ahead, 0 have none" in report.notes


def test_a_mission_without_an_end_withdraws_the_departure(missions, departures) -> None:
    missions(mission("p1", "product:fuites", "2024-03-01", "2028-12-31"))
    missions(mission("p1", "product:fuites", "2024-03-01", None))
    assert departures() == {}


def test_who_has_only_undated_missions_of_the_past_left_before_this_month(missions, departures, evidence) -> None:
    missions(
        mission("p1", "product:fuites", None, None, current=False),
        mission("p2", "product:fuites", None, None, current=True),
    )
    assert departures() == {"p1": date(2026, 2, 28)}
    assert evidence()["p1", "product:fuites"] == (0.5, datetime(2026, 2, 28, tzinfo=UTC))


def test_an_undated_place_of_the_past_has_the_days_of_the_missions_without_a_unit(missions, places, evidence) -> None:
    missions(
        mission("p1", "product:fuites", None, None, current=False),
        mission("p1", None, "2018-01-01", "2019-12-31"),
        mission("p1", "product:nids", "2021-01-01", "2027-12-31"),
    )
    assert places()["p1", "product:fuites"] == (None, date(2019, 12, 31))
    assert evidence()["p1", "product:fuites"] == (0.5, datetime(2019, 12, 31, tzinfo=UTC))


def test_the_dates_of_missions_count_more_than_an_undated_line_that_says_current(missions, places, departures) -> None:
    missions(
        mission("p1", "team:eau-animation", None, None, current=True),
        mission("p1", None, "2018-01-01", "2019-12-31"),
        mission("p2", "team:eau-animation", None, None, current=True),
        mission("p2", None, "2018-01-01", "2027-12-31"),
    )
    assert places()["p1", "team:eau-animation"] == (None, date(2019, 12, 31))
    assert places()["p2", "team:eau-animation"] == (None, None)
    assert departures() == {"p1": date(2019, 12, 31), "p2": date(2027, 12, 31)}


def test_people_are_in_the_incubator_of_the_product_they_work_on_now(missions, sqlite_store) -> None:
    missions(
        mission("p1", "product:fuites", "2020-01-01", "2026-06-30"),
        mission("p1", "product:nids", "2020-01-01", "2027-06-30"),
        mission("p2", "product:fuites", "2020-01-01", "2025-06-30"),
    )
    assert home(sqlite_store, "p1") == "incubator:rues"
    assert home(sqlite_store, "p2") is None


def test_the_team_of_a_person_comes_before_the_products_they_accompany(missions, sqlite_store) -> None:
    missions(
        mission("p1", "team:eau-animation", None, None, current=True),
        mission("p1", "product:nids", "2020-01-01", "2027-06-30"),
    )
    assert home(sqlite_store, "p1") == "team:eau-animation"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"person_id": "p1"', "not a line of JSON"),
        ("[1]", "not a JSON object"),
        ({"unit": "product:fuites"}, "the mission has no person_id"),
        (mission("p9", "product:fuites", None, None), "no person 'p9' in people.jsonl"),
        (mission("p2", "product:x", None, None), "no unit 'product:x' in documents.jsonl"),
        (mission("p2", 7, None, None), "unit is not text; left out"),  # type: ignore[arg-type]
        (mission("p2", None, "20204-01-01", None), "start '20204-01-01' is not a date such as 2026-03-31; left out"),
        (mission("p2", None, "2024-01-01", "2023-01-01"), "it ends (2023-01-01) before it starts (2024-01-01)"),
        (mission("p2", None, None, None, current="oui"), "current is neither true nor false; left out"),
    ],
)
def test_a_bad_mission_is_reported_with_its_line_and_costs_no_good_one(missions, places, bad, reason) -> None:
    good = mission("p1", "product:fuites", "2024-03-01", "2024-12-31")
    report = missions(good, bad, mission("p1", "product:nids", "2024-03-01", "2024-12-31"))
    assert set(places()) == {("p1", "product:fuites"), ("p1", "product:nids")}
    [skip] = report.skips
    assert (skip.file, skip.line) == ("memberships.jsonl", 2)
    assert reason in skip.reason


def test_nothing_is_said_of_the_departure_of_someone_with_a_date_that_cannot_be_read(missions, departures) -> None:
    missions(mission("p1", None, "2020-01-01", "2027-06-30"))
    missions(mission("p1", None, "2020-01-01", "2021-06-30"), mission("p1", None, "2021-07-01", "demain"))
    assert departures() == {"p1": date(2027, 6, 30)}


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ({"_id": "planet:mars", "title": "Mars"}, "begins with none of: product:, team:, incubator:"),
        ({"_id": "product:a"}, "'product:a' has no title"),
        ({"_id": "product:a", "title": "A", "created": "20204-01-01"}, "created_at: "),
        ({"_id": "team:a", "title": "A", "incubator": "x"}, "unknown parent 'incubator:x'"),
    ],
)
def test_a_bad_unit_is_reported_with_its_line(missions, unit, reason) -> None:
    [skip] = missions(units=[*UNITS, unit]).skips
    assert (skip.file, skip.line) == ("documents.jsonl", 6)
    assert reason in skip.reason


def test_a_folder_without_one_of_the_files_is_an_error_that_names_it(folder) -> None:
    (folder / "documents.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"holds no people\.jsonl or people\.jsonl\.gz"):
        open_source("missions", folder, today=TODAY)


def test_memberships_that_break_off_stop_the_import_before_anyone_is_taken_for_gone(
    missions, folder, imported, people, sqlite_store
) -> None:
    missions()
    for name in ("documents", "people"):
        (folder / f"{name}.jsonl").write_text(f'{{"person_id": "p3", "_id": "product:{name}", "title": "T"}}')
    (folder / "memberships.jsonl").unlink()
    packed = gzip.compress(json.dumps(mission("p1", None, None, "2020-01-01")).encode() * 400)
    (folder / "memberships.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InvalidInputError, match="Nothing was imported"):
        imported("missions", today=TODAY)
    assert set(people()) == {"p1", "p2"}
