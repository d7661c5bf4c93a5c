from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from models.records import (
    RECORD_ADAPTER,
    AssociationRecord,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)


def document(**fields: Any) -> DocumentRecord:
    return DocumentRecord(**({"id": "d", "kind": DocumentKind.PAGE} | fields))


def problem(record: type, **fields: Any) -> tuple[str, str]:
    """Return the field refused and why."""
    with pytest.raises(ValidationError) as caught:
        record(**fields)
    (error,) = caught.value.errors()
    return ".".join(map(str, error["loc"])), error["msg"]


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('{"type":"unit","id":"u","name":"Voirie"}', UnitRecord(id="u", name="Voirie")),
        (
            '{"type":"person","id":"1","name":"Ana","email":" Ana@Ville.FR "}',
            PersonRecord(id="1", name="Ana", email="ana@ville.fr"),
        ),
        ('{"type":"document","id":"d","kind":"page"}', document()),
        (
            '{"type":"association","document":"d","person":"1","role":"endorsed"}',
            AssociationRecord(document="d", person="1", role=Role.ENDORSED),
        ),
        ('{"type":"community","id":"c","name":"Eau"}', CommunityRecord(id="c", name="Eau", protected=False)),
        ('{"type":"membership","community":"c","person":"1"}', MembershipRecord(community="c", person="1")),
        (
            '{"type":"departure","person":"1","declared_by":"hr","earliest":"2027-03-01"}',
            DepartureRecord(person="1", declared_by=DeclaredBy.HR, earliest=date(2027, 3, 1)),
        ),
    ],
)
def test_the_type_of_a_line_tells_which_record_it_is(line: str, record: Any) -> None:
    assert RECORD_ADAPTER.validate_json(line) == record


def test_a_line_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValidationError, match="'planet'"):
        RECORD_ADAPTER.validate_python({"type": "planet", "id": "1"})


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (UnitRecord, {"id": "u", "name": "U"}),
        (PersonRecord, {"id": "1", "name": "Ana"}),
        (DocumentRecord, {"id": "d", "kind": "page"}),
        (Contribution, {"person": "1", "role": "wrote"}),
        (AssociationRecord, {"document": "d", "person": "1", "role": "wrote"}),
        (CommunityRecord, {"id": "c", "name": "C"}),
        (MembershipRecord, {"community": "c", "person": "1"}),
        (DepartureRecord, {"person": "1", "declared_by": "hr", "earliest": "2027-01-01"}),
    ],
)
def test_an_unknown_field_is_refused_rather_than_lost(record: type, fields: dict[str, Any]) -> None:
    record(**fields)
    assert problem(record, **fields, birth_date="1970-01-01") == ("birth_date", "Extra inputs are not permitted")


def test_nul_characters_and_halves_of_surrogate_pairs_are_taken_out_of_every_text() -> None:
    dirty = " a\x00b\ud800c "
    record = document(id=dirty, title=dirty, text=dirty, space=dirty, thread=dirty, url=dirty, tags=(dirty,))
    assert (record.id, record.title, record.space, record.thread, record.tags) == ("abc", "abc", "abc", "abc", ("abc",))
    assert (record.text, record.url) == (" abc ", " abc ")
    person = PersonRecord(id=dirty, name=dirty, email=dirty, unit=dirty, site=dirty, bio=dirty, skills=(dirty,))
    assert (person.id, person.name, person.email, person.unit, person.site) == ("abc",) * 5
    assert (person.bio, person.skills) == (" abc ", ("abc",))


@pytest.mark.parametrize("empty", ["", "  ", "\x00", " \x00 ", "\ud800"])
def test_an_id_or_name_of_nothing_is_refused(empty: str) -> None:
    assert problem(UnitRecord, id=empty, name="U") == ("id", "String should have at least 1 character")
    assert problem(UnitRecord, id="u", name=empty) == ("name", "String should have at least 1 character")


@pytest.mark.parametrize(("field", "limit"), [("id", 300), ("title", 1000)])
def test_an_id_or_title_has_a_greatest_length(field: str, limit: int) -> None:
    assert getattr(document(**{field: "x" * limit}), field) == "x" * limit
    place, message = problem(DocumentRecord, **({"id": "d", "kind": "page"} | {field: "x" * (limit + 1)}))
    assert (place, message) == (field, f"String should have at most {limit} characters")


@pytest.mark.parametrize("number", [0, -1, 10.01, float("nan"), float("inf")])
def test_a_weight_outside_0_to_10_is_refused(number: float) -> None:
    with pytest.raises(ValidationError, match="weight"):
        Contribution(person="1", role=Role.WROTE, weight=number)
    with pytest.raises(ValidationError, match="weight"):
        AssociationRecord(document="d", person="1", role=Role.WROTE, weight=number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_number_is_refused(number: float) -> None:
    assert problem(DocumentRecord, id="d", kind="page", score=number) == ("score", "Input should be a finite number")


def test_a_moment_is_kept_in_utc_and_one_without_a_zone_is_read_as_utc() -> None:
    paris = timezone(timedelta(hours=2))
    assert document(created_at=datetime(2024, 7, 1, 0, 30, tzinfo=paris)).created_at == datetime(
        2024, 6, 30, 22, 30, tzinfo=UTC
    )
    for given in (datetime(2024, 7, 1, 0, 30), "2024-07-01T00:30:00", "2024-07-01T02:30:00+02:00"):
        moment = document(created_at=given).created_at
        assert moment is not None
        assert moment.isoformat() == "2024-07-01T00:30:00+00:00"


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_an_absurd_year_is_refused(year: int) -> None:
    message = f"Value error, the year {year} is outside 1900-2200"
    moment = datetime(year, 6, 1, tzinfo=UTC)
    assert problem(DocumentRecord, id="d", kind="page", created_at=moment) == ("created_at", message)
    assert problem(Contribution, person="1", role="wrote", at=moment) == ("at", message)
    assert problem(PersonRecord, id="1", name="Ana", joined_on=date(year, 6, 1)) == ("joined_on", message)
    assert problem(MembershipRecord, community="c", person="1", until=date(year, 6, 1)) == ("until", message)


@pytest.mark.parametrize("year", [1900, 2200])
def test_the_first_and_last_sensible_years_are_taken(year: int) -> None:
    assert PersonRecord(id="1", name="Ana", joined_on=date(year, 1, 1)).joined_on == date(year, 1, 1)
    edge = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert document(created_at=edge).created_at == edge


@pytest.mark.parametrize("code", ["fra-FR", "FR", "f", "français"])
def test_a_language_is_a_code_of_two_or_three_small_letters(code: str) -> None:
    assert document(language="fr").language == "fr"
    with pytest.raises(ValidationError, match="language"):
        document(language=code)


def test_a_departure_needs_a_date_unless_it_withdraws_one() -> None:
    assert DepartureRecord(person="1", declared_by=DeclaredBy.SELF, revoked=True).earliest is None
    assert problem(DepartureRecord, person="1", declared_by="self") == (
        "",
        "Value error, a departure needs `earliest`, or `revoked`",
    )


def test_a_departure_that_ends_before_it_starts_is_refused() -> None:
    band = {"person": "1", "declared_by": "hr", "earliest": "2027-03-01"}
    assert DepartureRecord(**band, latest="2027-03-01").latest == date(2027, 3, 1)
    assert problem(DepartureRecord, **band, latest="2027-02-28") == (
        "",
        "Value error, latest (2027-02-28) is before earliest (2027-03-01)",
    )


def test_a_departure_is_not_announced_unless_it_says_so() -> None:
    assert DepartureRecord(person="1", declared_by=DeclaredBy.HR, earliest=date(2027, 3, 1)).announced is False


@pytest.mark.parametrize("declarer", ["forecast", "model", ""])
def test_only_people_declare_departures(declarer: str) -> None:
    with pytest.raises(ValidationError, match="declared_by"):
        DepartureRecord(person="1", declared_by=declarer, earliest=date(2027, 3, 1))


def test_a_record_cannot_be_changed_once_read() -> None:
    record = document(title="Vannes")
    with pytest.raises(ValidationError, match="frozen"):
        record.title = "Pompes"
