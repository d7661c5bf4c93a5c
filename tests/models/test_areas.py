"""Areas in the store: what viewers read of them, what people decide, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Viewer
from models.area_writing import FoundArea, placing_state, write_area_documents, write_found_areas
from models.areas import hide_area, merge_areas, pin_area, rename_area, state_area
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.paging import PageRequest
from models.preferences import change_preferences, hide_document
from models.queries.area_evidence import holds_area
from models.queries.areas import (
    list_areas,
    read_area,
    read_area_communities,
    read_area_documents,
    read_areas_of,
    read_holders,
)
from models.records import (
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import Store
from models.tables import AreaRow, PersonRow, Stance
from tests.conftest import NOW, write

TODAY = NOW.date()
ANYONE = Viewer()
ANA, BEN, CLEO = Viewer("test:ana"), Viewer("test:ben"), Viewer("test:cleo")


def document(
    id_: str, person: str, role: Role = Role.WROTE, space: str | None = None, days: int = 10
) -> DocumentRecord:
    return DocumentRecord(
        id=id_,
        kind=DocumentKind.PRACTICE,
        title=id_,
        text="texte",
        space=space,
        created_at=NOW - timedelta(days=days),
        people=(Contribution(person=person, role=role),),
    )


def area(id_: str, label: str, size: int = 1) -> FoundArea:
    return FoundArea(id_, f"{label} fr", f"{label} en", (label,), (label,), size)


def place(session: Session, *placed: tuple[str, str, float]) -> None:
    write_area_documents(session, {}, {(area_id, f"test:{id_}"): strength for area_id, id_, strength in placed})


@pytest.fixture
def filled(store: Store) -> Store:
    """Two areas: pumps, which Ana and Ben know, and payroll, of a protected community of Ben's too."""
    write(
        store,
        [
            *(PersonRecord(id=name, name=name.title()) for name in ("ana", "ben", "cleo")),
            CommunityRecord(id="closed", name="Paie", protected=True),
            MembershipRecord(community="closed", person="ben"),
            document("p1", "ana"),
            document("p2", "ana", days=500),
            document("p3", "ben"),
            document("p4", "cleo", Role.ASKED),
            document("s1", "ben", space="closed"),
            document("s2", "ana"),
        ],
    )
    with store.write() as session:
        write_found_areas(session, NOW, [area("area:1", "Pompes", 4), area("area:2", "Paie", 2)], {})
        place(session, ("area:1", "p1", 1.0), ("area:1", "p2", 0.5), ("area:1", "p3", 0.8), ("area:1", "p4", 1.0))
        place(session, ("area:2", "s1", 1.0), ("area:2", "s2", 0.6))
    return store


def test_areas_are_listed_with_what_the_viewer_may_read(filled: Store) -> None:
    with filled.read() as session:
        first = list_areas(session, ANYONE, TODAY, PageRequest(limit=1))
        second = list_areas(session, ANYONE, TODAY, PageRequest(first.next_cursor, 1))
        member = list_areas(session, BEN, TODAY, PageRequest())
    assert [(a.id, a.documents, a.people) for a in first.items] == [("area:1", 4, 2)]
    assert [(a.id, a.documents, a.people) for a in second.items] == [("area:2", 1, 1)]
    assert second.next_cursor is None
    assert [(a.id, a.documents, a.people) for a in member.items] == [("area:1", 4, 2), ("area:2", 2, 2)]


def test_an_area_is_found_by_its_name_in_either_language_without_accents(filled: Store) -> None:
    with filled.write() as session:
        rename_area(session, NOW, "area:2", "Rémunération", "Payroll", administrator=True)
    with filled.read() as session:
        for text in ("remuner", "PAYR"):
            assert [a.label("fr") for a in list_areas(session, ANYONE, TODAY, PageRequest(), text).items] == [
                "Rémunération"
            ]
        assert not list_areas(session, ANYONE, TODAY, PageRequest(), "xyz").items


def test_the_documents_of_an_area_are_listed_for_who_may_read_them(filled: Store) -> None:
    with filled.read() as session:
        assert [d.id for d in read_area_documents(session, ANA, TODAY, "area:2", PageRequest()).items] == ["test:s2"]
        seen = read_area_documents(session, BEN, TODAY, "area:2", PageRequest(), kinds=[DocumentKind.PRACTICE])
        assert {d.id for d in seen.items} == {"test:s1", "test:s2"}
        assert not read_area_documents(session, BEN, TODAY, "area:2", PageRequest(), open_only=True).items


def test_holders_are_those_who_gave_something_strongest_first(filled: Store) -> None:
    with filled.read() as session:
        holders = read_holders(session, ANYONE, TODAY, "area:1", 10)
    assert [(h.person.name, h.evidence.documents) for h in holders] == [("Ana", 2), ("Ben", 1)]
    assert holders[0].evidence.strength == pytest.approx(1.5 / 4.5)
    assert holders[0].evidence.latest == NOW - timedelta(days=10)
    assert (holders[0].evidence.trend.recent, holders[0].evidence.trend.earlier) == (1, 1)


def test_a_protected_document_makes_a_holder_for_its_readers_only(filled: Store) -> None:
    with filled.read() as session:
        assert [h.person.name for h in read_holders(session, ANYONE, TODAY, "area:2", 9)] == ["Ana"]
        assert [h.person.name for h in read_holders(session, BEN, TODAY, "area:2", 9)] == ["Ben", "Ana"]
        assert [a.area.id for a in read_areas_of(session, ANA, TODAY, "test:ben")] == ["area:1"]
        assert [a.area.id for a in read_areas_of(session, BEN, TODAY, "test:ben")] == ["area:2", "area:1"]
        assert not read_area_communities(session, ANA, TODAY, "area:2")
        assert [c.name for c in read_area_communities(session, BEN, TODAY, "area:2")] == ["Paie"]


def test_someone_who_opted_out_holds_nothing_for_anybody(filled: Store) -> None:
    with filled.write() as session:
        change_preferences(session, ANA, "test:ana", {"visible_as_expert": False})
    with filled.read() as session:
        assert [h.person.name for h in read_holders(session, ANYONE, TODAY, "area:1", 10)] == ["Ben"]
        assert read_area(session, ANYONE, TODAY, "area:1").people == 1
        assert not read_areas_of(session, BEN, TODAY, "test:ana")
        assert read_areas_of(session, ANA, TODAY, "test:ana")


def test_a_hidden_document_speaks_for_nobody_else(filled: Store) -> None:
    with filled.write() as session:
        hide_document(session, BEN, TODAY, "test:ben", "test:p3")
    with filled.read() as session:
        assert [h.person.name for h in read_holders(session, ANA, TODAY, "area:1", 10)] == ["Ana"]
        assert [h.person.name for h in read_holders(session, BEN, TODAY, "area:1", 10)] == ["Ana", "Ben"]


def test_an_area_that_someone_hides_is_theirs_alone(filled: Store) -> None:
    with filled.write() as session:
        state_area(session, BEN, NOW, "test:ben", "area:1", Stance.HIDDEN)
    with filled.read() as session:
        assert [h.person.name for h in read_holders(session, ANA, TODAY, "area:1", 10)] == ["Ana"]
        assert read_area(session, ANA, TODAY, "area:1").people == 1
        assert not [a for a in read_areas_of(session, ANA, TODAY, "test:ben") if a.area.id == "area:1"]
        own = {a.area.id: a.stance for a in read_areas_of(session, BEN, TODAY, "test:ben")}
        assert own == {"area:1": Stance.HIDDEN, "area:2": None}
        held = select(PersonRow.id).where(holds_area("area:1", ANA, TODAY))
        assert session.scalars(held).all() == ["test:ana"]


def test_what_someone_says_of_themself_is_shown_as_said(filled: Store) -> None:
    with filled.write() as session:
        state_area(session, CLEO, NOW, "test:cleo", "area:1", Stance.KNOWS)
        state_area(session, CLEO, NOW, "test:cleo", "area:2", Stance.WANTS_TO_LEARN)
    with filled.read() as session:
        cleo = read_holders(session, ANA, TODAY, "area:1", 10)[-1]
        assert (cleo.person.name, cleo.declared, cleo.evidence.documents) == ("Cleo", True, 0)
        assert "Cleo" not in [h.person.name for h in read_holders(session, ANA, TODAY, "area:2", 10)]
        said = {a.area.id: a.stance for a in read_areas_of(session, ANA, TODAY, "test:cleo")}
        assert said == {"area:1": Stance.KNOWS, "area:2": Stance.WANTS_TO_LEARN}
        held = session.scalars(select(PersonRow.id).where(holds_area("area:1", ANA, TODAY)).order_by(PersonRow.id))
        assert held.all() == ["test:ana", "test:ben", "test:cleo"]
    with filled.write() as session:
        state_area(session, CLEO, NOW, "test:cleo", "area:1", None)
    with filled.read() as session:
        assert len(read_holders(session, ANA, TODAY, "area:1", 10)) == 2


def test_nobody_speaks_for_someone_else(filled: Store) -> None:
    with filled.write() as session, pytest.raises(NotAllowedError):
        state_area(session, ANA, NOW, "test:ben", "area:1", Stance.HIDDEN)


def test_a_merged_area_leads_to_the_one_that_holds_its_documents_now(filled: Store) -> None:
    with filled.write() as session:
        place(session, ("area:2", "p1", 0.3))
        state_area(session, BEN, NOW, "test:ben", "area:2", Stance.KNOWS)
        merge_areas(session, NOW, ["area:2"], "area:1", administrator=True)
    with filled.read() as session:
        assert [a.id for a in list_areas(session, ANYONE, TODAY, PageRequest()).items] == ["area:1"]
        merged = read_area(session, BEN, TODAY, "area:2")
        assert (merged.id, merged.documents) == ("area:1", 6)
        assert read_areas_of(session, ANA, TODAY, "test:ben")[0].stance is Stance.KNOWS
    with filled.write() as session, pytest.raises(InvalidInputError):
        merge_areas(session, NOW, ["area:2"], "area:1", administrator=True)


def test_a_hidden_area_is_shown_to_nobody_until_it_is_shown_again(filled: Store) -> None:
    with filled.write() as session:
        hide_area(session, NOW, "area:1", administrator=True)
    with filled.read() as session:
        with pytest.raises(NotFoundError):
            read_area(session, ANA, TODAY, "area:1")
        assert not session.scalars(select(PersonRow.id).where(holds_area("area:1", ANA, TODAY))).all()
        assert [a.area.id for a in read_areas_of(session, ANA, TODAY, "test:ana")] == ["area:2"]
    with filled.write() as session:
        hide_area(session, NOW, "area:1", hidden=False, administrator=True)
    with filled.read() as session:
        assert read_area(session, ANA, TODAY, "area:1").documents == 4


def test_a_name_that_people_gave_outlasts_a_finding_and_a_pinned_area_is_never_gone(filled: Store) -> None:
    with filled.write() as session:
        rename_area(session, NOW, "area:1", "Pompage", "Pumping", administrator=True)
        pin_area(session, NOW, "area:1", administrator=True)
        write_found_areas(session, NOW, [area("area:1", "Autre")], {"area:2": "area:1"})
    with filled.read() as session:
        shown = read_area(session, ANA, TODAY, "area:1")
        assert (shown.label("fr"), shown.label("en"), shown.terms("fr")) == ("Pompage", "Pumping", ["Autre"])
        assert read_area(session, ANA, TODAY, "area:2").id == "area:1"
    with filled.write() as session:
        write_found_areas(session, NOW, [], {"area:1": None})
        assert session.get_one(AreaRow, "area:1").status == "pinned"


def test_only_those_in_charge_change_areas(filled: Store) -> None:
    with filled.write() as session:
        for change in (
            lambda: rename_area(session, NOW, "area:1", "a", "b", administrator=False),
            lambda: merge_areas(session, NOW, ["area:2"], "area:1", administrator=False),
            lambda: hide_area(session, NOW, "area:1", administrator=False),
            lambda: pin_area(session, NOW, "area:1", administrator=False),
        ):
            with pytest.raises(NotAllowedError):
                change()
        with pytest.raises(InvalidInputError):
            rename_area(session, NOW, "area:1", " ", "b", administrator=True)
        with pytest.raises(NotFoundError):
            rename_area(session, NOW, "area:9", "a", "b", administrator=True)


def test_placing_and_merging_are_seen_by_what_keeps_counts(filled: Store) -> None:
    with filled.write() as session:
        first = placing_state(session)
        rename_area(session, NOW, "area:2", "Paie", "Payroll", administrator=True)
        assert write_area_documents(session, {}, {}) == 0
        assert placing_state(session) == first
        merge_areas(session, NOW, ["area:2"], "area:1", administrator=True)
        merged = placing_state(session)
        place(session, ("area:1", "s2", 0.1))
        assert first < merged < placing_state(session)
