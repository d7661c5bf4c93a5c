from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from models.access import Viewer
from models.document_writing import delete_documents
from models.errors import InvalidInputError
from models.queries.changes import current_revision, stream_changes
from models.queries.documents import list_space_ids, read_documents, read_evidence, read_evidence_of
from models.queries.people import find_person, read_communities_of
from models.records import (
    AnyRecord,
    AssociationRecord,
    Circle,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
    Role,
    UnitRecord,
)
from models.store import Store
from models.tables import DepartureRow, IdentityRow, MembershipRow, PersonRow, UnitRow
from models.writing import Writer, WriteResult
from tests.conftest import write

TODAY = date(2026, 6, 15)
WRITTEN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOBODY = Viewer()


def document(name: str, *authors: str, **fields: Any) -> DocumentRecord:
    people = tuple(Contribution(person=author, role=Role.WROTE) for author in authors)
    return DocumentRecord(**({"id": name, "kind": DocumentKind.PAGE, "text": "Vannes", "people": people} | fields))


def attempt(store: Store, records: list[AnyRecord], source: str = "test", space: str = "organisation") -> WriteResult:
    with store.write() as session:
        return Writer(session, source, space).write(records)


def counts(result: WriteResult) -> tuple[int, int, int]:
    return result.new, result.changed, result.unchanged


def evidence(store: Store, *ids: str, viewer: Viewer = NOBODY) -> list[tuple[str, str, Role, float, datetime | None]]:
    with store.read() as session:
        found = read_evidence(session, viewer, TODAY, ids)
    return [(item.document_id, item.person_id, item.role, item.weight, item.at) for item in found]


def authors(store: Store, *ids: str, viewer: Viewer = NOBODY) -> list[tuple[str, str]]:
    return [(document_id, person_id) for document_id, person_id, *_ in evidence(store, *ids, viewer=viewer)]


def revisions(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {item.id: item.revision for batch in stream_changes(session, 0, 100) for item in batch}


def readable(store: Store, viewer: Viewer, *ids: str) -> list[str]:
    with store.read() as session:
        return sorted(read_documents(session, viewer, TODAY, ids))


EVERYTHING: list[AnyRecord] = [
    AssociationRecord(document="page", person="2", role=Role.ENDORSED, weight=0.5),
    DepartureRecord(person="1", declared_by=DeclaredBy.HR, earliest=date(2027, 1, 31)),
    MembershipRecord(community="eau", person="1", role=MembershipRole.ANIMATEUR, circle=Circle.CORE),
    document("page", "1", "Zoé Inconnue", title="Purge", created_at=WRITTEN, tags=("eau",), score=2.0),
    CommunityRecord(id="eau", name="Eau", protected=True),
    PersonRecord(id="1", name="Ana Berger", email="ana@ville.fr", unit="voirie", skills=("vannes",)),
    PersonRecord(id="2", name="Ben Costa", unit="Ponts"),
    UnitRecord(id="voirie", name="Voirie"),
]


def test_a_batch_is_stored_whole_in_whatever_order_it_comes(store: Store) -> None:
    result = attempt(store, EVERYTHING)
    assert counts(result) == (8, 0, 0)
    assert result.refused == []
    assert result.seen == {"test:page", "test:1", "test:2", "test:profile/1"}
    assert evidence(store, "test:page") == [
        ("test:page", "test:1", Role.WROTE, 1.0, WRITTEN),
        ("test:page", "test:2", Role.ENDORSED, 0.5, WRITTEN),
        ("test:page", "test:Zoé Inconnue", Role.WROTE, 1.0, WRITTEN),
    ]
    with store.read() as session:
        ana = find_person(session, Viewer("test:1"), TODAY, "test:1")
        assert (ana.name, ana.unit, ana.leaves) == ("Ana Berger", "Voirie", (date(2027, 1, 31), date(2027, 1, 31)))
        assert find_person(session, NOBODY, TODAY, "test:2").unit == "Ponts"
        (place,) = read_communities_of(session, Viewer("test:1"), TODAY, "test:1")
        assert (place.name, place.role, place.circle) == ("Eau", MembershipRole.ANIMATEUR, Circle.CORE)
        page = read_documents(session, NOBODY, TODAY, ["test:page"])["test:page"]
    assert (page.title, page.text, list(page.tags), page.score, page.created_at) == (
        "Purge",
        "Vannes",
        ["eau"],
        2.0,
        WRITTEN,
    )


def test_a_repeat_changes_nothing(store: Store) -> None:
    write(store, EVERYTHING)
    before = revisions(store), evidence(store, "test:page")
    assert counts(attempt(store, EVERYTHING)) == (0, 0, 8)
    assert (revisions(store), evidence(store, "test:page")) == before


def test_each_document_written_gets_the_next_revision(sqlite_store: Store) -> None:
    write(sqlite_store, [document("a"), document("b")])
    write(sqlite_store, [document("c"), document("a")])
    assert revisions(sqlite_store) == {"test:a": 1, "test:b": 2, "test:c": 3}
    with sqlite_store.read() as session:
        assert current_revision(session) == 3


@pytest.mark.parametrize(
    "edit",
    [
        {"title": "Autre"},
        {"text": "Autre"},
        {"kind": DocumentKind.PRACTICE},
        {"language": "fr"},
        {"thread": "q"},
        {"created_at": WRITTEN},
        {"score": 3.0},
        {"accepted": True},
        {"url": "https://ville.example/a"},
        {"tags": ("eau",)},
        {"people": (Contribution(person="ana", role=Role.EDITED),)},
        {"people": (Contribution(person="ana", role=Role.WROTE, weight=2),)},
        {"people": (Contribution(person="ana", role=Role.WROTE, at=WRITTEN),)},
        {"space": "eau"},
    ],
)
def test_an_edit_of_any_field_is_a_change_with_a_new_revision(sqlite_store: Store, edit: dict[str, Any]) -> None:
    write(sqlite_store, [CommunityRecord(id="eau", name="Eau"), document("a", "ana"), document("b")])
    assert counts(attempt(sqlite_store, [document("a", "ana", **edit), document("b")])) == (0, 1, 1)
    assert revisions(sqlite_store) == {"test:a": 3, "test:b": 2}
    assert counts(attempt(sqlite_store, [document("a", "ana", **edit)])) == (0, 0, 1)


def test_an_edit_replaces_the_documents_own_people_and_keeps_separate_associations(store: Store) -> None:
    write(store, [document("a", "ana", "ben"), AssociationRecord(document="a", person="eva", role=Role.REVIEWED)])
    write(store, [document("a", "ben", "dan", text="Pompes")])
    assert authors(store, "test:a") == [("test:a", "test:ben"), ("test:a", "test:dan"), ("test:a", "test:eva")]


def test_a_separate_association_is_new_then_unchanged_then_changed(store: Store) -> None:
    write(store, [document("a", created_at=WRITTEN)])
    link = {"document": "a", "person": "ana", "role": Role.SPOKE}
    assert counts(attempt(store, [AssociationRecord(**link)])) == (1, 0, 0)
    assert counts(attempt(store, [AssociationRecord(**link)])) == (0, 0, 1)
    assert counts(attempt(store, [AssociationRecord(**link, weight=3)])) == (0, 1, 0)
    later = datetime(2026, 4, 1, tzinfo=UTC)
    assert counts(attempt(store, [AssociationRecord(**link, weight=3, at=later)])) == (0, 1, 0)
    assert evidence(store, "test:a") == [("test:a", "test:ana", Role.SPOKE, 3.0, later)]


def test_the_same_person_may_have_several_roles_in_a_document(store: Store) -> None:
    people = (
        Contribution(person="ana", role=Role.WROTE),
        Contribution(person="ana", role=Role.SPOKE, weight=2),
        Contribution(person="ana", role=Role.SPOKE, weight=4),
    )
    write(store, [document("a", people=people)])
    assert evidence(store, "test:a") == [
        ("test:a", "test:ana", Role.SPOKE, 4.0, None),
        ("test:a", "test:ana", Role.WROTE, 1.0, None),
    ]


def test_of_an_id_twice_in_a_batch_the_last_wins(sqlite_store: Store) -> None:
    result = attempt(sqlite_store, [document("a", "ana", title="1"), document("a", "ben", title="2")])
    assert counts(result) == (1, 0, 0)
    with sqlite_store.read() as session:
        assert read_documents(session, NOBODY, TODAY, ["test:a"])["test:a"].title == "2"
    assert authors(sqlite_store, "test:a") == [("test:a", "test:ben")]


def test_a_deleted_document_leaves_an_empty_tombstone_without_people(store: Store) -> None:
    write(store, [document("a", "ana", title="Purge", tags=("eau",)), document("b", "ana")])
    with store.write() as session:
        assert delete_documents(session, ["test:a", "test:unknown"]) == 1
    assert readable(store, NOBODY, "test:a", "test:b") == ["test:b"]
    assert authors(store, "test:a", "test:b") == [("test:b", "test:ana")]
    with store.read() as session:
        ((tombstone,),) = stream_changes(session, 2, 10)
    assert (tombstone.id, tombstone.revision, tombstone.deleted) == ("test:a", 3, True)
    assert (tombstone.title, tombstone.text, list(tombstone.tags)) == ("", "", [])


def test_deleting_again_does_nothing_and_importing_again_revives(store: Store) -> None:
    write(store, [document("a", "ana")])
    for expected in (1, 0):
        with store.write() as session:
            assert delete_documents(session, ["test:a"]) == expected
    assert revisions(store) == {"test:a": 2}
    assert counts(attempt(store, [document("a", "ana")])) == (0, 1, 0)
    assert authors(store, "test:a") == [("test:a", "test:ana")]
    assert revisions(store) == {"test:a": 3}


# Who is meant.

DIRECTORY: list[AnyRecord] = [
    PersonRecord(id="1001", name="Élodie Lefèvre", email="Elodie@Ville.FR"),
    PersonRecord(id="1002", name="Jean Martin"),
    PersonRecord(id="1003", name="Jean Martin"),
    PersonRecord(id="1004", name="Prince"),
]


def test_a_reference_is_an_address_a_whole_id_or_the_full_name_of_one_person(store: Store) -> None:
    write(store, DIRECTORY, source="hr")
    meant = {
        "elodie@ville.fr": "hr:1001",
        "ELODIE@ville.fr": "hr:1001",
        "hr:1001": "hr:1001",
        "elodie  LEFEVRE": "hr:1001",
        "1001": "wiki:1001",  # an id of another source
        "hr:9999": "wiki:hr:9999",
        "Jean Martin": "wiki:Jean Martin",  # two people have this name
        "Prince": "wiki:Prince",  # no full name: it may be anyone's login
        "elodie@example.org": "wiki:elodie@example.org",
    }
    write(store, [document(reference, reference) for reference in meant], source="wiki")
    ids = [f"wiki:{reference}" for reference in meant]
    assert authors(store, *ids) == sorted((f"wiki:{reference}", person) for reference, person in meant.items())


def test_an_id_of_the_source_itself_comes_before_every_other_reading(sqlite_store: Store) -> None:
    write(sqlite_store, DIRECTORY, source="hr")
    write(
        sqlite_store,
        [PersonRecord(id="elodie@ville.fr", name="Ada"), PersonRecord(id="Élodie Lefèvre", name="Bo")],
        "wiki",
    )
    write(sqlite_store, [document("a", "elodie@ville.fr"), document("b", "Élodie Lefèvre")], source="wiki")
    assert authors(sqlite_store, "wiki:a", "wiki:b") == [
        ("wiki:a", "wiki:elodie@ville.fr"),
        ("wiki:b", "wiki:Élodie Lefèvre"),
    ]


@pytest.mark.parametrize(
    "spellings", [("Eva@Ville.fr", "eva@ville.fr"), ("Eva  Roux", "éva roux")], ids=["address", "name"]
)
def test_two_spellings_of_an_unknown_author_are_one_person_in_one_batch_or_two(
    store: Store, spellings: tuple[str, str]
) -> None:
    first, second = spellings
    write(store, [document("a", first), document("b", second)], source="together")
    write(store, [document("a", first)], source="apart")
    write(store, [document("b", second)], source="apart")
    found = authors(store, "together:a", "together:b", "apart:a", "apart:b")
    assert {person for _, person in found} == {f"together:{first}"}
    assert len(found) == 4


def test_an_unknown_author_is_known_again_by_address_in_another_source(sqlite_store: Store) -> None:
    write(sqlite_store, [document("a", "Eva@Ville.fr")], source="wiki")
    write(sqlite_store, [document("b", "eva@ville.FR")], source="forum")
    assert authors(sqlite_store, "wiki:a", "forum:b") == [
        ("forum:b", "wiki:Eva@Ville.fr"),
        ("wiki:a", "wiki:Eva@Ville.fr"),
    ]


def test_an_author_described_later_is_adopted_by_address(store: Store) -> None:
    write(store, [document("a", "Eva@Ville.fr")], source="wiki")
    result = attempt(store, [PersonRecord(id="7", name="Eva Roux", email="eva@ville.fr")], source="hr")
    assert counts(result) == (0, 1, 0)
    assert result.seen == {"wiki:Eva@Ville.fr"}
    with store.read() as session:
        person = find_person(session, NOBODY, TODAY, "eva roux")
    assert (person.id, person.name) == ("wiki:Eva@Ville.fr", "Eva Roux")
    write(store, [document("b", "7")], source="hr")
    assert authors(store, "hr:b") == [("hr:b", "wiki:Eva@Ville.fr")]


def test_an_author_described_later_is_adopted_by_a_full_name_that_only_they_have(store: Store) -> None:
    write(store, [document("a", "Éva Roux"), document("b", "eva")], source="wiki")
    write(store, [PersonRecord(id="7", name="Eva Roux"), PersonRecord(id="8", name="eva")], source="hr")
    with store.read() as session:
        assert find_person(session, NOBODY, TODAY, "Eva Roux").id == "wiki:Éva Roux"
        assert {item.document_id for item in read_evidence_of(session, NOBODY, TODAY, "wiki:Éva Roux")} == {"wiki:a"}
        # A name of one word is no full name.
        assert read_evidence_of(session, NOBODY, TODAY, "hr:8") == []


def test_an_author_is_not_adopted_when_two_authors_have_the_name(sqlite_store: Store) -> None:
    write(sqlite_store, DIRECTORY, source="hr")
    write(sqlite_store, [document("a", "Jean Martin")], source="wiki")
    write(sqlite_store, [document("a", "Jean Martin")], source="forum")
    result = attempt(sqlite_store, [PersonRecord(id="9", name="Jean Martin")], source="new")
    assert result.seen == {"new:9"}


def test_what_someone_wrote_before_leaving_does_not_pass_to_a_namesake_hired_later(sqlite_store: Store) -> None:
    write(sqlite_store, [PersonRecord(id="1", name="Jean Martin")], source="hr")
    write(sqlite_store, [document("a", "Jean Martin")], source="wiki")
    with sqlite_store.write() as session:
        session.get_one(PersonRow, "hr:1").in_directory = False
    result = attempt(sqlite_store, [PersonRecord(id="2", name="Jean Martin")], source="hr")
    assert (counts(result), result.seen) == ((1, 0, 0), {"hr:2"})
    assert authors(sqlite_store, "wiki:a") == [("wiki:a", "hr:1")]


def test_an_address_that_belongs_to_another_person_stays_theirs(store: Store) -> None:
    write(store, DIRECTORY, source="hr")
    write(store, [PersonRecord(id="1004", name="Prince", email="elodie@ville.fr")], source="hr")
    with store.read() as session:
        statement = select(IdentityRow.person_id).where(IdentityRow.external_id == "elodie@ville.fr")
        assert session.scalars(statement).all() == ["hr:1001"]
        assert find_person(session, NOBODY, TODAY, "elodie@ville.fr").name == "Élodie Lefèvre"
        assert find_person(session, NOBODY, TODAY, "Prince").id == "hr:1004"


def test_two_directories_that_share_an_address_describe_one_person(sqlite_store: Store) -> None:
    write(sqlite_store, DIRECTORY, source="hr")
    result = attempt(sqlite_store, [PersonRecord(id="el", name="É. Lefèvre", email="elodie@ville.fr")], source="it")
    assert (counts(result), result.seen) == ((0, 1, 0), {"hr:1001"})


# Profiles.


def test_a_profile_is_a_document_that_its_person_wrote(store: Store) -> None:
    ana = PersonRecord(
        id="1",
        name="Ana Berger",
        job_title="Fontainière",
        skills=("purge", "vannes"),
        bio="Vingt ans de réseau.",
        languages=("fr", "en"),
        url="https://ville.example/ana",
    )
    write(store, [ana])
    with store.read() as session:
        profile = read_documents(session, NOBODY, TODAY, ["test:profile/1"])["test:profile/1"]
    assert (profile.kind, profile.title, profile.text, profile.language, profile.url, profile.space_id) == (
        DocumentKind.PROFILE,
        "Ana Berger, Fontainière",
        "purge, vannes\nVingt ans de réseau.",
        "fr",
        "https://ville.example/ana",
        "organisation",
    )
    assert authors(store, "test:profile/1") == [("test:profile/1", "test:1")]


def test_a_person_who_says_nothing_has_no_profile_and_one_who_falls_silent_loses_it(store: Store) -> None:
    write(store, [PersonRecord(id="1", name="Ana", bio="Vannes"), PersonRecord(id="2", name="Ben")])
    assert readable(store, NOBODY, "test:profile/1", "test:profile/2") == ["test:profile/1"]
    result = attempt(store, [PersonRecord(id="1", name="Ana"), PersonRecord(id="2", name="Ben")])
    assert (counts(result), result.seen) == ((0, 1, 1), {"test:1", "test:2"})
    assert readable(store, NOBODY, "test:profile/1") == []


def test_a_profile_stays_public_when_the_import_goes_to_a_closed_space(sqlite_store: Store) -> None:
    write(sqlite_store, [CommunityRecord(id="eau", name="Eau", protected=True)])
    write(sqlite_store, [PersonRecord(id="1", name="Ana", bio="Vannes"), document("a", "1")], source="hr", space="eau")
    assert readable(sqlite_store, NOBODY, "hr:profile/1", "hr:a") == ["hr:profile/1"]


# Spaces.


@pytest.mark.parametrize("name", ["Eau", "eau", "test:eau", "EAU"])
def test_a_space_is_found_by_its_id_its_id_in_the_source_or_its_name(sqlite_store: Store, name: str) -> None:
    write(sqlite_store, [CommunityRecord(id="eau", name="Eau", protected=True), document("a", space=name)])
    write(sqlite_store, [document("b")], space=name)
    assert readable(sqlite_store, NOBODY, "test:a", "test:b") == []


def test_an_unknown_space_is_refused_rather_than_made(store: Store) -> None:
    write(store, [CommunityRecord(id="eau", name="Eau")])
    with pytest.raises(InvalidInputError, match="No space 'Eaux'; choose one of: organisation, test:eau; "):
        attempt(store, [], space="Eaux")
    result = attempt(store, [document("a", space="Eaux"), document("b")])
    assert counts(result) == (1, 0, 0)
    ((position, reason),) = result.refused
    assert position == 0
    assert reason.startswith("No space 'Eaux'; choose one of: organisation, test:eau")
    assert readable(store, NOBODY, "test:a", "test:b") == ["test:b"]


def test_a_space_name_that_several_have_is_refused(sqlite_store: Store) -> None:
    for source in ("a", "b"):
        write(sqlite_store, [CommunityRecord(id="eau", name="Eau", protected=True)], source=source)
    with pytest.raises(InvalidInputError, match="2 spaces are called 'eau'; choose one of: a:eau, b:eau, organisation"):
        attempt(sqlite_store, [], source="c", space="eau")


def test_a_protected_community_keeps_its_documents_to_its_members(store: Store) -> None:
    community = CommunityRecord(id="eau", name="Eau", protected=True)
    member = MembershipRecord(community="eau", person="ana")
    write(store, [community, member, document("a", "ana", space="eau")])
    assert readable(store, NOBODY, "test:a") == []
    assert readable(store, Viewer("test:ben"), "test:a") == []
    assert readable(store, Viewer("test:ana"), "test:a") == ["test:a"]


def test_a_community_turned_protected_hides_its_documents_at_once(store: Store) -> None:
    write(store, [CommunityRecord(id="eau", name="Eau"), document("a", "ana", space="eau")])
    write(store, [MembershipRecord(community="eau", person="ana")])
    before = revisions(store)
    assert readable(store, NOBODY, "test:a") == ["test:a"]
    assert counts(attempt(store, [CommunityRecord(id="eau", name="Eau", protected=True)])) == (0, 1, 0)
    assert readable(store, NOBODY, "test:a") == []
    assert readable(store, Viewer("test:ana"), "test:a") == ["test:a"]
    write(store, [CommunityRecord(id="eau", name="Eau")])
    assert readable(store, NOBODY, "test:a") == ["test:a"]
    assert revisions(store) == before  # spaces are filtered when searched, so the index has nothing to follow


def test_a_private_document_is_read_by_its_first_author_alone(store: Store) -> None:
    write(store, [document("a", "ana", "ben", space="private")])
    assert readable(store, NOBODY, "test:a") == []
    assert readable(store, Viewer("test:ben"), "test:a") == []
    assert readable(store, Viewer("test:ana"), "test:a") == ["test:a"]
    with store.read() as session:
        assert list_space_ids(session, Viewer("test:ana"), TODAY) == ["organisation", "private:test:ana"]


def test_a_private_document_of_nobody_is_refused(sqlite_store: Store) -> None:
    result = attempt(sqlite_store, [document("a", space="private")])
    assert result.refused == [(0, "document 'a' is private but names nobody; add its author")]
    assert revisions(sqlite_store) == {}


# Units, memberships, departures.


def test_a_unit_may_not_be_its_own_ancestor(store: Store) -> None:
    write(store, [UnitRecord(id="a", name="A"), UnitRecord(id="b", name="B", parent="a")])
    write(store, [UnitRecord(id="c", name="C", parent="b")])
    result = attempt(store, [UnitRecord(id="a", name="A", parent="c"), UnitRecord(id="b", name="B", parent="b")])
    assert result.refused == [
        (0, "unit 'a' would be its own ancestor through 'c'; break the cycle"),
        (1, "unit 'b' would be its own ancestor through 'b'; break the cycle"),
    ]
    with store.read() as session:
        parents = {unit.id: unit.parent_id for unit in session.scalars(select(UnitRow))}
    assert parents == {"test:a": None, "test:b": "test:a", "test:c": "test:b"}


def test_a_unit_may_move_and_be_renamed(sqlite_store: Store) -> None:
    write(
        sqlite_store,
        [UnitRecord(id="a", name="A"), UnitRecord(id="b", name="B"), UnitRecord(id="c", name="C", parent="a")],
    )
    assert counts(attempt(sqlite_store, [UnitRecord(id="c", name="Pôle C", parent="B")])) == (0, 1, 0)
    with sqlite_store.read() as session:
        row = session.get_one(UnitRow, "test:c")
        assert (row.name, row.parent_id) == ("Pôle C", "test:b")


def test_a_unit_whose_parent_is_unknown_is_refused(sqlite_store: Store) -> None:
    result = attempt(sqlite_store, [UnitRecord(id="c", name="C", parent="z"), UnitRecord(id="d", name="D")])
    assert result.refused == [(0, "unit 'c' has the unknown parent 'z'; put the parent's line before")]
    assert counts(result) == (1, 0, 0)


def test_a_unit_named_by_people_is_made_once(sqlite_store: Store) -> None:
    write(sqlite_store, [PersonRecord(id="1", name="Ana", unit="Eau"), PersonRecord(id="2", name="Ben", unit="Eau")])
    write(sqlite_store, [PersonRecord(id="3", name="Eva", unit="Eau")], source="other")
    with sqlite_store.read() as session:
        assert session.scalars(select(UnitRow.id)).all() == ["test:Eau"]


def test_a_membership_is_new_then_unchanged_then_changed(store: Store) -> None:
    place: dict[str, Any] = {"community": "eau", "person": "ana"}
    write(store, [CommunityRecord(id="eau", name="Eau")])
    assert counts(attempt(store, [MembershipRecord(**place)])) == (1, 0, 0)
    assert counts(attempt(store, [MembershipRecord(**place)])) == (0, 0, 1)
    coach = MembershipRecord(**place, role=MembershipRole.COACH, since=date(2025, 1, 1), until=date(2027, 1, 1))
    assert counts(attempt(store, [coach])) == (0, 1, 0)
    with store.read() as session:
        (row,) = session.scalars(select(MembershipRow)).all()
        assert (row.community_id, row.person_id, row.role, row.circle, row.since, row.until) == (
            "test:eau",
            "test:ana",
            MembershipRole.COACH,
            Circle.OUTER,
            date(2025, 1, 1),
            date(2027, 1, 1),
        )


def test_a_community_is_named_by_id_or_name_and_an_unknown_one_is_refused(sqlite_store: Store) -> None:
    write(sqlite_store, [CommunityRecord(id="eau", name="Eau potable"), CommunityRecord(id="e2", name="Égouts")])
    write(sqlite_store, [CommunityRecord(id="e3", name="Egouts")])
    result = attempt(
        sqlite_store,
        [MembershipRecord(community=name, person="ana") for name in ("test:eau", "EAU POTABLE", "Gaz", "égouts")],
    )
    assert counts(result) == (1, 0, 1)
    advice = "give the id of a community that an earlier line or import brought"
    assert result.refused == [
        (2, f"no community 'Gaz'; {advice}"),
        (3, f"2 communities are called 'égouts'; {advice}"),
    ]


def departures(store: Store) -> list[tuple[DeclaredBy, date, date, bool, bool]]:
    with store.read() as session:
        rows = session.scalars(select(DepartureRow).order_by(DepartureRow.id)).all()
        return [(r.declared_by, r.earliest, r.latest, r.announced, r.revoked_at is not None) for r in rows]


def test_a_departure_is_stored_once_changed_in_place_and_withdrawn(store: Store) -> None:
    march, april, may = date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 1)
    hr: dict[str, Any] = {"person": "ana", "declared_by": DeclaredBy.HR}
    assert counts(attempt(store, [DepartureRecord(**hr, earliest=march)])) == (1, 0, 0)
    assert counts(attempt(store, [DepartureRecord(**hr, earliest=march, latest=march)])) == (0, 0, 1)
    assert departures(store) == [(DeclaredBy.HR, march, march, False, False)]
    assert counts(attempt(store, [DepartureRecord(**hr, earliest=april, latest=may, announced=True)])) == (0, 1, 0)
    assert departures(store) == [(DeclaredBy.HR, april, may, True, False)]
    assert counts(attempt(store, [DepartureRecord(**hr, revoked=True)])) == (0, 1, 0)
    assert counts(attempt(store, [DepartureRecord(**hr, revoked=True)])) == (0, 0, 1)
    assert departures(store) == [(DeclaredBy.HR, april, may, True, True)]
    # Declared anew after a withdrawal: a new declaration, and the old one keeps its trace.
    assert counts(attempt(store, [DepartureRecord(**hr, earliest=march)])) == (1, 0, 0)
    assert departures(store) == [(DeclaredBy.HR, april, may, True, True), (DeclaredBy.HR, march, march, False, False)]


def test_each_declarer_withdraws_only_what_they_declared(sqlite_store: Store) -> None:
    day = date(2027, 3, 1)
    write(sqlite_store, [DepartureRecord(person="ana", declared_by=who, earliest=day) for who in ("hr", "self")])
    write(sqlite_store, [DepartureRecord(person="ben", declared_by=DeclaredBy.SELF, earliest=day)])
    write(sqlite_store, [DepartureRecord(person="ana", declared_by=DeclaredBy.SELF, revoked=True)])
    assert [(who, revoked) for who, *_, revoked in departures(sqlite_store)] == [
        (DeclaredBy.HR, False),
        (DeclaredBy.SELF, True),
        (DeclaredBy.SELF, False),
    ]


def test_refused_records_are_counted_with_their_reason_and_the_good_ones_are_stored(store: Store) -> None:
    result = attempt(
        store,
        [
            AssociationRecord(document="missing", person="ana", role=Role.ENDORSED),
            document("a", "ana"),
            document("b", "ana", space="nowhere"),
            MembershipRecord(community="nowhere", person="ana"),
            PersonRecord(id="ana", name="Ana Berger"),
        ],
    )
    assert counts(result) == (2, 0, 0)
    assert [(position, reason.split(";")[0]) for position, reason in sorted(result.refused)] == [
        (0, "no document 'missing' in source 'test'"),
        (2, "No space 'nowhere'"),
        (3, "no community 'nowhere'"),
    ]
    assert authors(store, "test:a") == [("test:a", "test:ana")]
    assert readable(store, NOBODY, "test:b") == []


def test_an_association_with_a_deleted_document_is_refused(sqlite_store: Store) -> None:
    write(sqlite_store, [document("a", "ana")])
    with sqlite_store.write() as session:
        delete_documents(session, ["test:a"])
    result = attempt(sqlite_store, [AssociationRecord(document="a", person="ana", role=Role.ENDORSED)])
    assert [position for position, _ in result.refused] == [0]
    assert authors(sqlite_store, "test:a") == []
