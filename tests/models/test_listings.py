"""What a viewer finds when they leaf through people, documents and communities."""

from datetime import date
from typing import Any

import pytest

from models.access import Viewer
from models.document_writing import delete_documents
from models.errors import NotAllowedError, NotFoundError
from models.paging import PageRequest
from models.preferences import change_preferences, hide_document
from models.queries.communities import (
    MyPlace,
    list_communities,
    list_members,
    read_community,
    read_my_place,
)
from models.queries.documents import (
    DocumentFilters,
    list_documents,
    read_answers,
    read_document,
    read_people_behind,
)
from models.queries.people import FilterChoices, PeopleFilters, list_people, read_filter_choices, read_person
from models.records import (
    AnyRecord,
    Circle,
    CommunityRecord,
    CommunityStatus,
    Contribution,
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
from tests.conftest import NOW, write

TODAY = NOW.date()
NOBODY = Viewer()
MEMBER, ANIMATOR, OUTSIDER = Viewer("t:ana"), Viewer("t:eva"), Viewer("t:ben")
ALL = PageRequest(limit=200)


def written(name: str, author: str, role: Role = Role.WROTE, **fields: Any) -> DocumentRecord:
    people = (Contribution(person=author, role=role),)
    return DocumentRecord(**({"id": name, "kind": DocumentKind.PAGE, "title": name, "people": people} | fields))


def day(number: int) -> Any:
    return NOW.replace(month=3, day=number)


TOWN: list[AnyRecord] = [
    UnitRecord(id="dg", name="Direction générale"),
    UnitRecord(id="eau", name="Eau", parent="dg"),
    UnitRecord(id="vide", name="Vide"),
    PersonRecord(id="ana", name="Ana Berger", unit="eau", site="Nord", languages=("fr", "en")),
    PersonRecord(id="ben", name="Ben Costa", unit="dg", site="Sud", languages=("fr",)),
    PersonRecord(id="eva", name="Éva Dubois"),
    CommunityRecord(id="gel", name="Gel", theme="Conduites", protected=True, url="https://v.example/gel"),
    CommunityRecord(id="ponts", name="ponts", theme="Ouvrages"),
    CommunityRecord(id="nuit", name="Nuit", status=CommunityStatus.IN_PREPARATION),
    MembershipRecord(community="gel", person="ana", circle=Circle.INNER, since=date(2026, 1, 1)),
    MembershipRecord(community="gel", person="eva", role=MembershipRole.ANIMATEUR, circle=Circle.CORE),
    MembershipRecord(community="gel", person="fay", role=MembershipRole.ANIMATEUR),
    MembershipRecord(community="gel", person="ben", role=MembershipRole.ANIMATEUR, until=date(2026, 6, 14)),
    MembershipRecord(community="ponts", person="ben"),
    MembershipRecord(community="ponts", person="fay"),
    written("secret", "fay", space="gel", created_at=day(9)),
    written("page", "ben", created_at=day(2)),
    written("pont", "ana", space="ponts", created_at=day(3)),
    written("undated", "ana"),
    written("q1", "ana", Role.ASKED, kind=DocumentKind.QUESTION, created_at=day(4)),
    written("a1", "eva", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q1", created_at=day(5), space="gel"),
    written("q2", "ana", Role.ASKED, kind=DocumentKind.QUESTION, created_at=day(6)),
    written("late", "eva", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q2", created_at=day(8), score=1),
    written("early", "eva", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q2", created_at=day(7), score=1),
    written("best", "eva", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q2", score=9),
    written("plain", "eva", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q2", created_at=day(7)),
    written("chosen", "ben", Role.ANSWERED, kind=DocumentKind.ANSWER, thread="q2", accepted=True, score=0),
]


@pytest.fixture
def town(store: Store) -> Store:
    """Three people of a directory, an open, a protected and a coming community; fay is known from the closed one."""
    write(store, TOWN, source="t")
    return store


def people(store: Store, viewer: Viewer = NOBODY, **filters: str) -> list[str]:
    with store.read() as session:
        found = list_people(session, viewer, TODAY, PeopleFilters(**filters), ALL)
        return [person.id.removeprefix("t:") for person in found.items]


def documents(store: Store, viewer: Viewer = NOBODY, **filters: Any) -> list[str]:
    with store.read() as session:
        found = list_documents(session, viewer, TODAY, DocumentFilters(**filters), ALL)
        return [entry.id.removeprefix("t:") for entry in found.items]


# People.


def test_people_are_listed_by_name_without_regard_to_accents_and_only_those_the_viewer_may_see(town: Store) -> None:
    assert people(town) == ["ana", "ben", "eva"]
    assert people(town, OUTSIDER) == ["ana", "ben", "eva"]
    assert people(town, MEMBER) == ["ana", "ben", "eva", "fay"]


def test_people_leaf_through_in_pages_with_what_is_shown_of_them(town: Store) -> None:
    write(town, [DepartureRecord(person="ben", declared_by="hr", earliest=date(2027, 1, 1), announced=True)], "t")
    with town.read() as session:
        first = list_people(session, NOBODY, TODAY, PeopleFilters(), PageRequest(limit=2))
        second = list_people(session, NOBODY, TODAY, PeopleFilters(), PageRequest(first.next_cursor, 2))
        assert [person.name for person in [*first.items, *second.items]] == ["Ana Berger", "Ben Costa", "Éva Dubois"]
        assert second.next_cursor is None
        assert first.items[1] == read_person(session, NOBODY, TODAY, "t:ben")
        assert first.items[1].leaves == (date(2027, 1, 1), date(2027, 1, 1))
        assert first.items[0].unit == "Eau"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"text": "EVA"}, ["eva"]),
        ({"text": "costa ben"}, ["ben"]),
        ({"text": "%"}, []),
        ({"text": "b\x00en"}, ["ben"]),
        ({"unit": "Eau"}, ["ana"]),
        ({"unit": "t:eau"}, ["ana"]),
        ({"unit": "Direction générale"}, ["ana", "ben"]),
        ({"unit": "\x00"}, []),
        ({"site": "Sud"}, ["ben"]),
        ({"language": "en"}, ["ana"]),
        ({"language": "fr"}, ["ana", "ben"]),
        ({"language": "f"}, []),
        ({"language": '","'}, []),
        ({"community": "ponts"}, ["ben"]),
        ({"community": "t:ponts", "site": "Nord"}, []),
        ({"community": "Gel"}, []),
    ],
)
def test_people_are_filtered(town: Store, filters: dict[str, str], found: list[str]) -> None:
    assert people(town, **filters) == found


def test_a_protected_community_filters_people_for_its_members_alone(town: Store) -> None:
    assert people(town, OUTSIDER, community="t:gel") == []
    assert people(town, MEMBER, community="t:gel") == ["ana", "eva", "fay"]


def test_someone_opted_out_is_listed_to_themself_alone(town: Store) -> None:
    with town.write() as session:
        change_preferences(session, MEMBER, "t:ana", {"visible_as_expert": False})
    assert people(town, OUTSIDER) == ["ben", "eva"]
    assert "ana" in people(town, MEMBER)
    assert documents(town, OUTSIDER, person="t:ana") == []
    assert documents(town, MEMBER, person="t:ana") == ["q2", "q1", "pont", "undated"]
    with town.read() as session:
        assert read_people_behind(session, OUTSIDER, TODAY, "t:pont") == []
        with pytest.raises(NotFoundError, match="Nobody you may see has the id 't:ana'"):
            read_person(session, OUTSIDER, TODAY, "t:ana")


def test_a_person_is_read_by_their_very_id(town: Store) -> None:
    with town.read() as session:
        assert read_person(session, MEMBER, TODAY, "t:fay").name == "fay"
        for reference in ("t:fay", "Ana Berger", "ana", "t:\x00"):
            with pytest.raises(NotFoundError):
                read_person(session, NOBODY, TODAY, reference)


def test_the_choices_of_filters_hold_what_would_find_someone(town: Store) -> None:
    with town.read() as session:
        choices = read_filter_choices(session, OUTSIDER, TODAY)
        assert choices == FilterChoices(
            units=[("t:dg", "Direction générale"), ("t:eau", "Eau")],
            sites=[("Nord", "Nord"), ("Sud", "Sud")],
            languages=[("en", "en"), ("fr", "fr")],
            communities=[("t:nuit", "Nuit"), ("t:ponts", "ponts")],
        )
        assert ("t:gel", "Gel") in read_filter_choices(session, MEMBER, TODAY).communities


# Documents.


def test_documents_are_listed_newest_first_and_only_those_the_viewer_may_read(town: Store) -> None:
    public = ["late", "plain", "early", "q2", "q1", "pont", "page", "undated", "chosen", "best"]
    assert documents(town) == documents(town, OUTSIDER) == public
    assert documents(town, MEMBER) == ["secret", *public[:4], "a1", *public[4:]]


def test_documents_are_filtered_by_kind_community_and_person(town: Store) -> None:
    assert documents(town, kinds=[DocumentKind.QUESTION]) == ["q2", "q1"]
    assert documents(town, community="t:ponts") == documents(town, community="ponts") == ["pont"]
    assert documents(town, community="t:gel") == []
    assert documents(town, MEMBER, community="t:gel") == ["secret", "a1"]
    assert documents(town, person="t:ben") == ["page", "chosen"]
    assert documents(town, person="t:fay") == []
    assert documents(town, MEMBER, person="t:fay") == ["secret"]
    assert documents(town, MEMBER, kinds=[DocumentKind.ANSWER], person="t:eva", community="Gel") == ["a1"]


def test_a_document_its_person_hides_is_not_listed_as_theirs(town: Store) -> None:
    with town.write() as session:
        hide_document(session, OUTSIDER, TODAY, "t:ben", "t:page")
    assert documents(town, MEMBER, person="t:ben") == ["chosen"]
    assert documents(town, OUTSIDER, person="t:ben") == ["page", "chosen"]
    assert "page" in documents(town, MEMBER)


def test_a_question_whose_answers_the_viewer_may_not_read_is_open_to_them(town: Store) -> None:
    assert documents(town, OUTSIDER, open_only=True) == ["q1"]
    assert documents(town, MEMBER, open_only=True) == []
    with town.read() as session:

        def counts(viewer: Viewer) -> dict[str, tuple[int, bool]]:
            found = list_documents(session, viewer, TODAY, DocumentFilters(kinds=[DocumentKind.QUESTION]), ALL)
            return {entry.id: (entry.answers, entry.solved) for entry in found.items}

        assert counts(OUTSIDER) == {"t:q1": (0, False), "t:q2": (5, True)}
        assert counts(MEMBER) == {"t:q1": (1, False), "t:q2": (5, True)}


def test_a_question_whose_only_answer_was_deleted_is_open_again(town: Store) -> None:
    with town.write() as session:
        delete_documents(session, ["t:a1"])
    assert documents(town, MEMBER, open_only=True) == ["q1"]


def test_answers_come_accepted_first_then_by_score_then_the_oldest(town: Store) -> None:
    with town.read() as session:
        found = [answer.id for answer in read_answers(session, NOBODY, TODAY, "t:q2")]
        assert found == ["t:chosen", "t:best", "t:early", "t:late", "t:plain"]
        assert read_answers(session, OUTSIDER, TODAY, "t:q1") == []
        assert [answer.id for answer in read_answers(session, MEMBER, TODAY, "t:q1")] == ["t:a1"]


def test_a_document_is_read_by_whoever_may_and_does_not_exist_for_others(town: Store) -> None:
    with town.read() as session:
        assert read_document(session, MEMBER, TODAY, "t:secret").title == "secret"
        assert read_document(session, NOBODY, TODAY, "t:q2").answers == 5
        for id_ in ("t:secret", "t:missing", "\x00"):
            with pytest.raises(NotFoundError, match="No document"):
                read_document(session, OUTSIDER, TODAY, id_)


def test_the_people_behind_a_document_come_in_the_order_of_what_they_did(town: Store) -> None:
    part = [("fay", Role.WROTE, 2), ("ana", Role.REVIEWED, 3), ("ben", Role.EDITED, 1)]
    parts = tuple(Contribution(person=name, role=role, at=day(number)) for name, role, number in part)
    write(town, [DocumentRecord(id="guide", kind=DocumentKind.PRACTICE, people=parts, space="ponts")], source="t")
    with town.read() as session:
        behind = read_people_behind(session, OUTSIDER, TODAY, "t:guide")
        assert [(item.person.id, item.role, item.at) for item in behind] == [
            ("t:ben", Role.EDITED, day(1)),
            ("t:fay", Role.WROTE, day(2)),
            ("t:ana", Role.REVIEWED, day(3)),
        ]
        assert read_people_behind(session, OUTSIDER, TODAY, "t:secret") == []


# Communities.


def test_the_directory_holds_every_community_but_nothing_from_inside_a_protected_one(town: Store) -> None:
    with town.read() as session:
        found = list_communities(session, OUTSIDER, TODAY, ALL).items
        gel, nuit, ponts = found
        assert [community.name for community in found] == ["Gel", "Nuit", "ponts"]
        assert (gel.theme, gel.protected, gel.url, gel.status) == (
            "Conduites",
            True,
            "https://v.example/gel",
            CommunityStatus.ACTIVE,
        )
        # fay is an animateur too, but known from inside alone; ben was one until yesterday.
        assert (gel.members, gel.readable, gel.animateurs) == (None, False, [("t:eva", "Éva Dubois")])
        assert (nuit.members, nuit.readable, nuit.animateurs) == (0, True, [])
        assert (ponts.members, ponts.readable) == (1, True)


def test_members_see_inside_their_community_and_count_whom_they_may_see(town: Store) -> None:
    with town.read() as session:
        gel, _, ponts = list_communities(session, MEMBER, TODAY, ALL).items
        assert (gel.members, gel.readable) == (3, True)
        assert gel.animateurs == [("t:eva", "Éva Dubois"), ("t:fay", "fay")]
        assert ponts.members == 2
        assert read_community(session, MEMBER, TODAY, "t:gel") == gel
        with pytest.raises(NotFoundError, match="No community 'gel'"):
            read_community(session, MEMBER, TODAY, "gel")


def test_communities_are_filtered_by_status_and_paged(town: Store) -> None:
    with town.read() as session:
        coming = list_communities(session, NOBODY, TODAY, ALL, CommunityStatus.IN_PREPARATION)
        assert [community.id for community in coming.items] == ["t:nuit"]
        first = list_communities(session, NOBODY, TODAY, PageRequest(limit=2))
        rest = list_communities(session, NOBODY, TODAY, PageRequest(first.next_cursor, 2))
        assert [c.id for c in (*first.items, *rest.items)] == ["t:gel", "t:nuit", "t:ponts"]


def test_members_are_listed_to_those_who_may_look_inside(town: Store) -> None:
    with town.read() as session:

        def members(viewer: Viewer, community: str) -> list[tuple[str, MembershipRole, Circle, date | None]]:
            found = list_members(session, viewer, TODAY, community, ALL).items
            return [(member.person.id, member.role, member.circle, member.since) for member in found]

        assert members(MEMBER, "t:gel") == [
            ("t:ana", MembershipRole.MEMBER, Circle.INNER, date(2026, 1, 1)),
            ("t:eva", MembershipRole.ANIMATEUR, Circle.CORE, None),
            ("t:fay", MembershipRole.ANIMATEUR, Circle.OUTER, None),
        ]
        assert [row[0] for row in members(NOBODY, "t:ponts")] == ["t:ben"]
        for viewer in (NOBODY, OUTSIDER):
            with pytest.raises(NotAllowedError, match="Only its members see who takes part in 'Gel'"):
                members(viewer, "t:gel")
        first = list_members(session, MEMBER, TODAY, "t:gel", PageRequest(limit=2))
        rest = list_members(session, MEMBER, TODAY, "t:gel", PageRequest(first.next_cursor, 2))
        assert [member.person.name for member in rest.items] == ["fay"]


def test_each_knows_their_own_place(town: Store) -> None:
    with town.read() as session:
        assert read_my_place(session, MEMBER, TODAY, "t:gel") == MyPlace(True, MembershipRole.MEMBER, Circle.INNER)
        assert read_my_place(session, OUTSIDER, TODAY, "t:gel") == MyPlace()
        assert read_my_place(session, NOBODY, TODAY, "t:gel") == MyPlace()
