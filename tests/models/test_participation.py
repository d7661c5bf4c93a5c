from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.paging import PageRequest
from models.participation import (
    JoinRequest,
    Participation,
    accept_request,
    decline_request,
    join_community,
    leave_community,
    list_join_requests,
    register_interest,
    withdraw_interest,
)
from models.queries.communities import MyPlace, list_members, read_my_place
from models.queries.documents import list_space_ids
from models.records import (
    Circle,
    CommunityRecord,
    CommunityStatus,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
)
from models.store import Store
from models.writing import Writer, WriteResult
from tests.conftest import NOW, write

TODAY = NOW.date()
ANA, BEN, EVA = Viewer("t:ana"), Viewer("t:ben"), Viewer("t:eva")
JOINED = MyPlace(True, MembershipRole.MEMBER, Circle.OUTER)


@pytest.fixture
def town(store: Store) -> Store:
    """Eva animates the protected community; there is one of each other status."""
    write(
        store,
        [
            *(PersonRecord(id=name, name=f"{name.title()} Berger") for name in ("ana", "ben", "eva")),
            CommunityRecord(id="gel", name="Gel", protected=True),
            CommunityRecord(id="pont", name="Ponts"),
            CommunityRecord(id="nuit", name="Nuit", status=CommunityStatus.IN_PREPARATION),
            CommunityRecord(id="fin", name="Fin", status=CommunityStatus.DISSOLVED),
            MembershipRecord(community="gel", person="eva", role=MembershipRole.ANIMATEUR),
        ],
        source="t",
    )
    return store


def join(store: Store, viewer: Viewer, community: str) -> Participation:
    with store.write() as session:
        return join_community(session, viewer, NOW, community)


def leave(store: Store, viewer: Viewer, community: str) -> None:
    with store.write() as session:
        leave_community(session, viewer, NOW, community)


def place(store: Store, viewer: Viewer, community: str, day: date = TODAY) -> MyPlace:
    with store.read() as session:
        return read_my_place(session, viewer, day, community)


def spaces(store: Store, viewer: Viewer) -> list[str]:
    with store.read() as session:
        return list_space_ids(session, viewer, TODAY)


def imported(store: Store, record: MembershipRecord) -> WriteResult:
    with store.write() as session:
        return Writer(session, "t").write([record])


def test_an_open_community_is_joined_at_once_from_today_on(town: Store) -> None:
    assert join(town, ANA, "t:pont") is Participation.JOINED
    assert join(town, ANA, "t:pont") is Participation.JOINED
    assert place(town, ANA, "t:pont") == JOINED
    with town.read() as session:
        (member,) = list_members(session, BEN, TODAY, "t:pont", PageRequest()).items
    assert (member.person.id, member.since) == ("t:ana", TODAY)


def test_a_protected_community_is_joined_when_an_animateur_accepts(town: Store) -> None:
    assert join(town, ANA, "t:gel") is Participation.REQUESTED
    assert join(town, ANA, "t:gel") is Participation.REQUESTED
    assert place(town, ANA, "t:gel") == MyPlace(requested=True)
    assert "t:gel" not in spaces(town, ANA)
    with town.write() as session:
        asked = list_join_requests(session, EVA, TODAY, "t:gel")
        assert asked == [JoinRequest("t:ana", "Ana Berger", NOW)]
        accept_request(session, EVA, NOW, "t:gel", "t:ana")
    assert place(town, ANA, "t:gel") == JOINED
    assert "t:gel" in spaces(town, ANA)


def test_only_an_animateur_of_that_community_or_an_administrator_answers_requests(town: Store) -> None:
    write(town, [MembershipRecord(community="pont", person="ben", role=MembershipRole.ANIMATEUR)], source="t")
    write(town, [MembershipRecord(community="gel", person="ben", role=MembershipRole.COACH)], source="t")
    join(town, ANA, "t:gel")
    with town.write() as session:
        for viewer in (Viewer(), ANA, BEN):
            with pytest.raises(NotAllowedError, match="Only an animateur of 'Gel', or an administrator"):
                list_join_requests(session, viewer, TODAY, "t:gel")
            for answer in (accept_request, decline_request):
                with pytest.raises(NotAllowedError):
                    answer(session, viewer, NOW, "t:gel", "t:ana")
    assert place(town, ANA, "t:gel") == MyPlace(requested=True)
    with town.write() as session:
        assert len(list_join_requests(session, ANA, TODAY, "t:gel", administrator=True)) == 1
        accept_request(session, Viewer(), NOW, "t:gel", "t:ana", administrator=True)
    assert place(town, ANA, "t:gel").member


def test_nobody_is_let_in_who_did_not_ask_or_was_turned_down(town: Store) -> None:
    with town.write() as session:
        with pytest.raises(NotFoundError, match="'t:ben' does not ask to join 'Gel'"):
            accept_request(session, EVA, NOW, "t:gel", "t:ben")
        join_community(session, ANA, NOW, "t:gel")
        decline_request(session, EVA, NOW, "t:gel", "t:ana")
        with pytest.raises(NotFoundError):
            accept_request(session, EVA, NOW, "t:gel", "t:ana")
    assert place(town, ANA, "t:gel") == MyPlace()


def test_who_leaves_reads_nothing_of_the_community_from_that_moment(town: Store) -> None:
    leave(town, EVA, "t:gel")
    assert "t:gel" not in spaces(town, EVA)
    assert place(town, EVA, "t:gel") == MyPlace()
    assert place(town, EVA, "t:gel", TODAY - timedelta(days=1)).member
    # Who came and goes the same day was never a member.
    join(town, ANA, "t:pont")
    leave(town, ANA, "t:pont")
    assert place(town, ANA, "t:pont") == place(town, ANA, "t:pont", TODAY - timedelta(days=1)) == MyPlace()


def test_leaving_withdraws_a_request_and_a_second_leaving_changes_nothing(town: Store) -> None:
    join(town, ANA, "t:gel")
    leave(town, ANA, "t:gel")
    leave(town, ANA, "t:gel")
    assert place(town, ANA, "t:gel") == MyPlace()


def test_an_import_does_not_bring_back_who_left_by_themself_and_says_so(town: Store) -> None:
    leave(town, EVA, "t:gel")
    result = imported(town, MembershipRecord(community="gel", person="eva", role=MembershipRole.ANIMATEUR))
    assert (result.new, result.changed) == (0, 0)
    ((position, reason),) = result.refused
    assert (position, reason.split(";")[0]) == (
        0,
        "this member of 'gel' left by their own decision on 2026-06-15, which stands",
    )
    assert place(town, EVA, "t:gel") == MyPlace()
    ended = MembershipRecord(community="gel", person="eva", until=TODAY - timedelta(days=9))
    assert imported(town, ended).unchanged == 1


def test_an_import_does_not_end_what_someone_joined_but_may_say_their_part(town: Store) -> None:
    join(town, ANA, "t:pont")
    ended = MembershipRecord(community="pont", person="ana", role=MembershipRole.COACH, until=date(2020, 1, 1))
    assert imported(town, ended).changed == 1
    assert place(town, ANA, "t:pont") == MyPlace(True, MembershipRole.COACH, Circle.OUTER)


def test_who_left_joins_again_and_stays_through_the_next_import(town: Store) -> None:
    join(town, ANA, "t:pont")
    leave(town, ANA, "t:pont")
    assert join(town, ANA, "t:pont") is Participation.JOINED
    imported(town, MembershipRecord(community="pont", person="ana", until=date(2020, 1, 1)))
    assert place(town, ANA, "t:pont").member
    # Into a protected community, they ask again.
    leave(town, EVA, "t:gel")
    assert join(town, EVA, "t:gel") is Participation.REQUESTED


def test_interest_is_for_communities_in_preparation_alone(town: Store) -> None:
    with town.write() as session:
        register_interest(session, ANA, NOW, "t:nuit")
        register_interest(session, ANA, NOW, "t:nuit")
        with pytest.raises(InvalidInputError, match="'Ponts' is not in preparation, but active; join it"):
            register_interest(session, ANA, NOW, "t:pont")
        for community, remedy in (("nuit", "register your interest"), ("fin", "choose another")):
            with pytest.raises(InvalidInputError, match=remedy):
                join_community(session, ANA, NOW, f"t:{community}")
    assert place(town, ANA, "t:nuit") == MyPlace(interested=True)
    with town.write() as session:
        withdraw_interest(session, ANA, NOW, "t:nuit")
        withdraw_interest(session, ANA, NOW, "t:nuit")
    assert place(town, ANA, "t:nuit") == MyPlace()


def test_taking_part_is_a_persons_own_and_needs_a_community(town: Store) -> None:
    with town.write() as session:
        for act in (join_community, leave_community, register_interest, withdraw_interest):
            with pytest.raises(NotAllowedError, match="sign in"):
                act(session, Viewer(), NOW, "t:pont")
            with pytest.raises(NotFoundError, match="No community 'pont'"):
                act(session, ANA, NOW, "pont")
