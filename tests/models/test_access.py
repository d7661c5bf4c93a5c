"""Who reads what: each kind of viewer before each kind of space, and each way a person may be kept out of sight."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.access import Viewer
from models.document_writing import delete_documents
from models.errors import NotFoundError
from models.preferences import change_preferences, hide_document, show_document
from models.queries.documents import (
    count_documents,
    list_space_ids,
    read_documents,
    read_evidence,
    read_evidence_of,
)
from models.queries.people import (
    count_people,
    count_recent_answers,
    find_person,
    read_communities_of,
    read_people,
)
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import Store
from tests.conftest import write

TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)
NOBODY = Viewer()
OTHER = Viewer("t:other")
DOCUMENTS = ["t:public", "t:open", "t:closed", "t:private"]
PEOPLE = ("other", "member", "newcomer", "last", "former", "future", "owner")


def wrote(*people: str) -> tuple[Contribution, ...]:
    return tuple(Contribution(person=person, role=Role.WROTE) for person in people)


def document(name: str, *authors: str, **fields: Any) -> DocumentRecord:
    return DocumentRecord(**({"id": name, "kind": DocumentKind.PAGE, "people": wrote(*authors)} | fields))


# Each document has an author of its own whom no directory describes.
ORGANISATION: list[AnyRecord] = [
    *(PersonRecord(id=name, name=name.title()) for name in PEOPLE),
    CommunityRecord(id="c-open", name="Open"),
    CommunityRecord(id="c-closed", name="Closed", protected=True),
    MembershipRecord(community="c-closed", person="member"),
    MembershipRecord(community="c-closed", person="newcomer", since=TODAY),
    MembershipRecord(community="c-closed", person="last", since=TODAY - 9 * DAY, until=TODAY),
    MembershipRecord(community="c-closed", person="former", until=TODAY - DAY),
    MembershipRecord(community="c-closed", person="future", since=TODAY + DAY),
    MembershipRecord(community="c-open", person="member"),
    document("public", "public-author"),
    document("open", "open-author", space="c-open"),
    document("closed", "closed-author", space="c-closed"),
    document("private", "owner", "aunt", space="private"),
]
SEEN: Mapping[str | None, set[str]] = {
    None: {"public", "open"},
    "stranger": {"public", "open"},
    "other": {"public", "open"},
    "member": {"public", "open", "closed"},
    "newcomer": {"public", "open", "closed"},
    "last": {"public", "open", "closed"},
    "former": {"public", "open"},
    "future": {"public", "open"},
    "owner": {"public", "open", "private"},
    "aunt": {"public", "open"},
    "closed-author": {"public", "open"},
}


def names(ids: Any) -> set[str]:
    return {id_.removeprefix("t:") for id_ in ids}


def viewer_of(name: str | None) -> Viewer:
    return Viewer(None if name is None else f"t:{name}")


def authors_seen(session: Session, viewer: Viewer) -> set[str]:
    """Return whom, of the authors without an entry in the directory, the viewer can find."""
    found = set()
    for name in ("public-author", "open-author", "closed-author", "aunt"):
        try:
            found.add(find_person(session, viewer, TODAY, f"t:{name}").id)
        except NotFoundError:
            continue
    return names(found)


def test_everyone_reads_what_their_spaces_hold_and_knows_who_wrote_it_and_no_more(store: Store) -> None:
    write(store, ORGANISATION, source="t")
    authors = {"public": {"public-author"}, "open": {"open-author"}, "closed": {"closed-author"}, "private": {"aunt"}}
    with store.read() as session:
        for name, seen in SEEN.items():
            viewer = viewer_of(name)
            assert names(read_documents(session, viewer, TODAY, DOCUMENTS)) == seen, name
            assert {item.document_id for item in read_evidence(session, viewer, TODAY, DOCUMENTS)} == {
                f"t:{document}" for document in seen
            }, name
            assert count_documents(session, viewer, TODAY) == {"page": len(seen)}, name
            known = set().union(*(authors[document] for document in seen)) | ({name} & {"aunt", "closed-author"})
            assert authors_seen(session, viewer) == known, name
            assert count_people(session, viewer, TODAY) == len(PEOPLE) + len(known), name


def test_the_spaces_listed_for_the_index_are_those_the_viewer_may_read(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    always = ["organisation", "t:c-open"]
    with sqlite_store.read() as session:
        assert list_space_ids(session, NOBODY, TODAY) == always
        assert list_space_ids(session, viewer_of("former"), TODAY) == always
        assert list_space_ids(session, viewer_of("member"), TODAY) == ["organisation", "t:c-closed", "t:c-open"]
        assert list_space_ids(session, viewer_of("owner"), TODAY) == ["organisation", "private:t:owner", "t:c-open"]


def test_a_membership_opens_its_space_from_its_first_day_to_its_last(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    with sqlite_store.read() as session:

        def reads(name: str, day: date) -> bool:
            return "t:closed" in read_documents(session, viewer_of(name), day, DOCUMENTS)

        assert [reads("last", TODAY + n * DAY) for n in (-10, -9, 0, 1)] == [False, True, True, False]
        assert [reads("future", TODAY + n * DAY) for n in (0, 1)] == [False, True]
        assert [reads("former", TODAY + n * DAY) for n in (-1, 0)] == [True, False]


def test_evidence_of_a_person_stops_at_the_spaces_of_the_viewer(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    write(sqlite_store, [document("a", "other"), document("b", "other", space="c-closed")], source="t")
    with sqlite_store.read() as session:

        def evidence(viewer: Viewer) -> set[str]:
            return names(item.document_id for item in read_evidence_of(session, viewer, TODAY, "t:other"))

        assert evidence(NOBODY) == {"a"}
        assert evidence(viewer_of("member")) == {"a", "b"}
        # Having written something does not let one read it again after leaving the community.
        assert evidence(OTHER) == {"a"}


def test_a_deleted_document_is_read_by_nobody(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    with sqlite_store.write() as session:
        delete_documents(session, DOCUMENTS)
    with sqlite_store.read() as session:
        for name in SEEN:
            assert read_documents(session, viewer_of(name), TODAY, DOCUMENTS) == {}
            assert read_evidence(session, viewer_of(name), TODAY, DOCUMENTS) == []
        assert authors_seen(session, NOBODY) == set()


def test_someone_known_only_from_a_protected_space_does_not_exist_outside_it(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    with sqlite_store.read() as session:
        for reference in ("t:closed-author", "closed-author", "Closed-Author", "closed"):
            assert find_person(session, viewer_of("member"), TODAY, reference).id == "t:closed-author"
            for name in (None, "other", "former", "future", "owner"):
                with pytest.raises(NotFoundError, match=f"Nobody you may see is called '{reference}'"):
                    find_person(session, viewer_of(name), TODAY, reference)


def test_places_in_a_protected_community_are_known_to_its_members_alone(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    with sqlite_store.read() as session:

        def places(viewer: Viewer, person: str) -> list[str]:
            return [place.name for place in read_communities_of(session, viewer, TODAY, f"t:{person}")]

        # The space of an open community is read by all, so its members are known.
        assert places(NOBODY, "member") == ["Open"]
        assert places(viewer_of("newcomer"), "member") == ["Closed", "Open"]
        assert places(viewer_of("member"), "former") == []
        assert places(viewer_of("member"), "future") == []
        assert places(viewer_of("member"), "last") == ["Closed"]


# What people decide about themselves.


def hide(store: Store, person: str, document_id: str) -> None:
    with store.write() as session:
        hide_document(session, Viewer(person), TODAY, person, document_id)


def test_a_hidden_document_speaks_for_its_person_to_nobody_else(store: Store) -> None:
    write(store, ORGANISATION, source="t")
    write(store, [document("a", "other", "member")], source="t")
    hide(store, "t:other", "t:a")
    with store.read() as session:

        def speaks_for(viewer: Viewer) -> set[str]:
            return names(item.person_id for item in read_evidence(session, viewer, TODAY, ["t:a"]))

        assert speaks_for(NOBODY) == {"member"}
        assert speaks_for(viewer_of("member")) == {"member"}
        assert speaks_for(OTHER) == {"other", "member"}
        assert read_evidence_of(session, NOBODY, TODAY, "t:other") == []
        # The document itself is as readable as before.
        assert list(read_documents(session, NOBODY, TODAY, ["t:a"])) == ["t:a"]
    with store.write() as session:
        show_document(session, OTHER, "t:other", "t:a")
    with store.read() as session:
        assert speaks_for(NOBODY) == {"other", "member"}


def test_an_author_who_hides_the_only_thing_they_wrote_is_known_to_themself_alone(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    hide(sqlite_store, "t:public-author", "t:public")
    with sqlite_store.read() as session:
        assert authors_seen(session, NOBODY) == {"open-author"}
        assert authors_seen(session, Viewer("t:public-author")) == {"open-author", "public-author"}


def suggested(store: Store, viewer: Viewer = NOBODY, day: date = TODAY) -> set[str]:
    with store.read() as session:
        return names(read_people(session, viewer, day, [f"t:{name}" for name in PEOPLE]))


def prefer(store: Store, person: str, **changes: Any) -> None:
    with store.write() as session:
        change_preferences(session, Viewer(person), person, changes)


def test_someone_opted_out_is_suggested_to_nobody_and_exists_for_themself_alone(store: Store) -> None:
    write(store, ORGANISATION, source="t")
    prefer(store, "t:member", visible_as_expert=False)
    prefer(store, "t:public-author", visible_as_expert=False)
    assert suggested(store) == suggested(store, viewer_of("member")) == set(PEOPLE) - {"member"}
    with store.read() as session:
        assert authors_seen(session, NOBODY) == {"open-author"}
        assert count_people(session, NOBODY, TODAY) == len(PEOPLE) - 1 + 1
        assert find_person(session, viewer_of("member"), TODAY, "Member").id == "t:member"
        with pytest.raises(NotFoundError):
            find_person(session, OTHER, TODAY, "Member")
    prefer(store, "t:member", visible_as_expert=True)
    assert suggested(store) == set(PEOPLE)


def test_someone_paused_is_suggested_again_the_day_after_and_found_all_along(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    prefer(sqlite_store, "t:member", paused_until=TODAY)
    assert "member" not in suggested(sqlite_store)
    assert "member" in suggested(sqlite_store, day=TODAY + DAY)
    with sqlite_store.read() as session:
        assert find_person(session, NOBODY, TODAY, "Member").id == "t:member"


def leave(store: Store, person: str, earliest: date, latest: date | None = None, **fields: Any) -> None:
    declaration = {"person": person, "declared_by": DeclaredBy.HR, "earliest": earliest, "latest": latest} | fields
    write(store, [DepartureRecord(**declaration)], source="t")


def test_someone_gone_is_no_longer_suggested_announced_or_not(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    leave(sqlite_store, "member", TODAY - 9 * DAY, TODAY - DAY)
    leave(sqlite_store, "former", TODAY - DAY, announced=True)
    leave(sqlite_store, "last", TODAY - 9 * DAY, TODAY)  # the band is not over: they may still be here
    leave(sqlite_store, "owner", TODAY + DAY)
    assert suggested(sqlite_store) == set(PEOPLE) - {"member", "former"}
    write(sqlite_store, [DepartureRecord(person="member", declared_by=DeclaredBy.HR, revoked=True)], source="t")
    assert suggested(sqlite_store) == set(PEOPLE) - {"former"}


def test_a_departure_is_known_to_all_once_announced_and_to_the_person_before(store: Store) -> None:
    write(store, ORGANISATION, source="t")
    leave(store, "member", TODAY + 30 * DAY, TODAY + 60 * DAY)
    leave(store, "owner", TODAY + 90 * DAY, announced=True)

    def leaves(viewer: Viewer) -> dict[str, tuple[date, date] | None]:
        with store.read() as session:
            people = read_people(session, viewer, TODAY, ["t:member", "t:owner", "t:other"])
            shown = {id_: find_person(session, viewer, TODAY, id_).leaves for id_ in people}
        assert shown == {person.id: person.leaves for person in people.values()}
        return {name: shown[f"t:{name}"] for name in ("member", "owner", "other")}

    told = (TODAY + 30 * DAY, TODAY + 60 * DAY)
    announced = (TODAY + 90 * DAY, TODAY + 90 * DAY)
    assert leaves(NOBODY) == {"member": None, "owner": announced, "other": None}
    assert leaves(OTHER) == {"member": None, "owner": announced, "other": None}
    assert leaves(viewer_of("member")) == {"member": told, "owner": announced, "other": None}
    leave(store, "member", *told, announced=True)
    assert leaves(OTHER) == {"member": told, "owner": announced, "other": None}
    write(store, [DepartureRecord(person="owner", declared_by=DeclaredBy.HR, revoked=True)], source="t")
    assert leaves(viewer_of("owner")) == {"member": told, "owner": None, "other": None}


def test_of_several_departures_the_nearest_is_shown(sqlite_store: Store) -> None:
    write(sqlite_store, ORGANISATION, source="t")
    leave(sqlite_store, "member", TODAY + 90 * DAY, announced=True)
    leave(sqlite_store, "member", TODAY + 30 * DAY, announced=True, declared_by=DeclaredBy.SELF)
    leave(sqlite_store, "member", TODAY + 60 * DAY, announced=True, declared_by=DeclaredBy.MANAGER)
    with sqlite_store.read() as session:
        assert find_person(session, NOBODY, TODAY, "Member").leaves == (TODAY + 30 * DAY, TODAY + 30 * DAY)


def test_recent_answers_are_counted_once_per_question_among_those_the_viewer_may_read(store: Store) -> None:
    since = datetime(2026, 6, 8, tzinfo=UTC)
    just_before = since - timedelta(seconds=1)

    def answer(name: str, thread: str, at: datetime, *roles: Role, space: str | None = None) -> DocumentRecord:
        people = tuple(Contribution(person="other", role=role, at=at) for role in roles)
        return document(name, kind=DocumentKind.ANSWER, thread=thread, people=people, space=space)

    write(store, ORGANISATION, source="t")
    write(
        store,
        [
            answer("a1", "q1", since, Role.ANSWERED, Role.ACCEPTED),
            answer("a2", "q1", since, Role.ANSWERED),
            answer("a3", "q3", just_before, Role.ANSWERED),
            answer("a4", "q4", since, Role.WROTE),
            answer("a5", "q5", since, Role.ANSWERED, space="c-closed"),
        ],
        source="t",
    )
    with store.read() as session:
        assert count_recent_answers(session, NOBODY, TODAY, since, ["t:other", "t:member"]) == {"t:other": 1}
        assert count_recent_answers(session, viewer_of("member"), TODAY, since, ["t:other"]) == {"t:other": 2}
        assert count_recent_answers(session, NOBODY, TODAY, just_before, ["t:other"]) == {"t:other": 2}
        assert count_recent_answers(session, NOBODY, TODAY, since, []) == {}
