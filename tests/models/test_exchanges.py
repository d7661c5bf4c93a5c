"""What people do with one another through Relève: solicitations, feedback, departures, endorsements."""

from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.departures import OwnDeparture, declare_departure, read_own_departures, revoke_departure
from models.endorsements import list_endorsement_requests, request_endorsement, settle_endorsement
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.feedback import (
    LeftReport,
    NewFeedback,
    dismiss_left_reports,
    give_feedback,
    list_left_reports,
    read_feedback_about,
)
from models.paging import PageRequest
from models.participation import leave_community
from models.preferences import change_preferences
from models.queries.changes import current_revision
from models.queries.documents import read_people_behind
from models.queries.people import read_person
from models.records import (
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
from models.solicitations import (
    NewSolicitation,
    Solicitation,
    count_open_solicitations,
    list_solicitations,
    record_solicitation,
    settle_solicitation,
)
from models.store import Store
from models.tables import Outcome, Verdict
from tests.conftest import NOW, write

TODAY = NOW.date()
ANA, BEN, EVA = Viewer("t:ana"), Viewer("t:ben"), Viewer("t:eva")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def town(store: Store) -> Store:
    """Three people of a directory; fay is known from a protected community alone, where Ana and Eva are."""
    write(
        store,
        [
            *(PersonRecord(id=name, name=f"{name.title()} Berger") for name in ("ana", "ben", "eva")),
            CommunityRecord(id="gel", name="Gel", protected=True),
            MembershipRecord(community="gel", person="ana"),
            MembershipRecord(community="gel", person="eva"),
            *(
                DocumentRecord(
                    id=name,
                    kind=DocumentKind.PAGE,
                    title=name,
                    space=space,
                    people=(Contribution(person=author, role=Role.WROTE),),
                )
                for name, author, space in (("page", "ana", None), ("closed", "ana", "gel"), ("notes", "fay", "gel"))
            ),
        ],
        source="t",
    )
    return store


def ask(store: Store, viewer: Viewer, expert: str, question: str = "Qui purge ?", message: str = "") -> Solicitation:
    with store.write() as session:
        return record_solicitation(session, viewer, NOW, NewSolicitation(expert, question, message))


# Solicitations.


def test_a_solicitation_is_seen_by_its_two_sides_alone(town: Store) -> None:
    asked = ask(town, ANA, "t:ben", "  Qui\x00 purge ? ", "Bonjour")
    assert asked == Solicitation(
        asked.id, "t:ana", "Ana Berger", "t:ben", "Ben Berger", "Qui purge ?", "Bonjour", NOW, Outcome.PENDING, None
    )
    with town.read() as session:

        def listed(viewer: Viewer, *, received: bool) -> list[Solicitation]:
            return list(list_solicitations(session, viewer, PageRequest(), received=received).items)

        assert listed(ANA, received=False) == listed(BEN, received=True) == [asked]
        for viewer, received in ((ANA, True), (BEN, False), (EVA, True), (EVA, False)):
            assert listed(viewer, received=received) == []
        with pytest.raises(NotAllowedError):
            listed(Viewer(), received=True)
        with pytest.raises(NotFoundError, match=f"No solicitation {asked.id}"):
            settle_solicitation(session, EVA, NOW, asked.id, Outcome.ANSWERED)


def test_solicitations_come_newest_first_in_pages(town: Store) -> None:
    ids = [ask(town, ANA, "t:ben", f"Question {n} ?").id for n in range(3)]
    with town.read() as session:
        first = list_solicitations(session, ANA, PageRequest(limit=2), received=False)
        rest = list_solicitations(session, ANA, PageRequest(first.next_cursor, 2), received=False)
    assert [item.id for item in (*first.items, *rest.items)] == ids[::-1]


def test_only_someone_visible_and_willing_is_asked_by_a_person_and_never_by_themself(town: Store) -> None:
    for viewer, expert, error in (
        (Viewer(), "t:ben", NotAllowedError),
        (ANA, "t:ana", InvalidInputError),
        (ANA, "t:nobody", NotFoundError),
        (BEN, "t:fay", NotFoundError),
    ):
        with pytest.raises(error):
            ask(town, viewer, expert)
    assert ask(town, ANA, "t:fay").expert_name == "fay"
    for changes in ({"visible_as_expert": False}, {"visible_as_expert": True, "paused_until": TODAY}):
        with town.write() as session:
            change_preferences(session, BEN, "t:ben", changes)
        with pytest.raises(NotFoundError, match="Nobody you may ask has the id 't:ben'"):
            ask(town, ANA, "t:ben")


@pytest.mark.parametrize(
    ("question", "message", "told"),
    [
        (" \x00\n", "", "needs a question"),
        ("q" * 20_001, "", "The question has 20,001 characters; at most 20,000"),
        ("q", "m" * 5_001, "The message has 5,001 characters; at most 5,000"),
    ],
)
def test_texts_of_solicitations_are_bounded(town: Store, question: str, message: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        ask(town, ANA, "t:ben", question, message)
    assert ask(town, ANA, "t:ben", "q" * 20_000, "m" * 5_000).message == "m" * 5_000


def test_each_side_says_what_came_of_it_in_their_own_words(town: Store) -> None:
    asked = ask(town, ANA, "t:ben")
    with town.write() as session:
        for viewer, outcome in ((ANA, Outcome.DECLINED), (BEN, Outcome.NO_REPLY), (BEN, Outcome.PENDING)):
            with pytest.raises(NotAllowedError, match=f"not {outcome}"):
                settle_solicitation(session, viewer, LATER, asked.id, outcome)
        for viewer, outcome in ((ANA, Outcome.NO_REPLY), (BEN, Outcome.DECLINED), (BEN, Outcome.ANSWERED)):
            settled = settle_solicitation(session, viewer, LATER, asked.id, outcome)
            assert (settled.outcome, settled.settled_at) == (outcome, LATER)


def test_solicitations_count_in_the_load_of_who_was_asked(town: Store) -> None:
    asked = ask(town, ANA, "t:ben")
    ask(town, EVA, "t:ben")
    ask(town, BEN, "t:ana")
    with town.write() as session:
        settle_solicitation(session, BEN, LATER, asked.id, Outcome.ANSWERED)
        assert count_open_solicitations(session, NOW, ["t:ana", "t:ben", "t:eva"]) == {"t:ana": 1, "t:ben": 2}
        assert count_open_solicitations(session, LATER, ["t:ben"]) == {}
        assert count_open_solicitations(session, NOW, []) == {}


# Feedback.


def say(store: Store, viewer: Viewer, person: str, verdict: Verdict, question: str = "Qui purge ?") -> int:
    with store.write() as session:
        return give_feedback(session, viewer, NOW, NewFeedback(person, question, verdict))


def test_the_newest_word_of_each_on_a_person_and_question_stands(town: Store) -> None:
    first = say(town, ANA, "t:ben", Verdict.WRONG_PERSON)
    assert say(town, ANA, "t:ben", Verdict.USEFUL) == first
    say(town, ANA, "t:ben", Verdict.LEFT, "Autre ?")
    say(town, EVA, "t:ben", Verdict.USEFUL)
    with town.read() as session:
        found = read_feedback_about(session, ["t:ben", "t:ana"])
    assert [(word.giver_id, word.question, word.verdict) for word in found.pop("t:ben")] == [
        ("t:ana", "Qui purge ?", Verdict.USEFUL),
        ("t:ana", "Autre ?", Verdict.LEFT),
        ("t:eva", "Qui purge ?", Verdict.USEFUL),
    ]
    assert found == {}


def test_feedback_is_of_a_person_about_someone_else_they_may_see(town: Store) -> None:
    for viewer, person, question, error in (
        (Viewer(), "t:ben", "q", NotAllowedError),
        (ANA, "t:ana", "q", InvalidInputError),
        (ANA, "t:ben", "  ", InvalidInputError),
        (ANA, "t:ben", "q" * 20_001, InvalidInputError),
        (BEN, "t:fay", "q", NotFoundError),
        (BEN, "t:nobody", "q", NotFoundError),
    ):
        with pytest.raises(error):
            say(town, viewer, person, Verdict.USEFUL, question)


def test_reports_that_someone_left_are_set_aside_by_them_or_an_administrator(town: Store) -> None:
    for viewer, question in ((ANA, "a"), (ANA, "b"), (EVA, "a")):
        say(town, viewer, "t:ben", Verdict.LEFT, question)
    say(town, BEN, "t:eva", Verdict.LEFT)
    say(town, ANA, "t:eva", Verdict.USEFUL)
    with town.write() as session:
        assert list_left_reports(session) == [
            LeftReport("t:ben", "Ben Berger", 2),
            LeftReport("t:eva", "Eva Berger", 1),
        ]
        with pytest.raises(NotAllowedError, match="Only 't:ben' or an administrator"):
            dismiss_left_reports(session, ANA, NOW, "t:ben")
        dismiss_left_reports(session, BEN, NOW, "t:ben")
        assert [report.person_id for report in list_left_reports(session)] == ["t:eva"]
        dismiss_left_reports(session, Viewer(), NOW, "t:eva", administrator=True)
        assert list_left_reports(session) == []
        assert [word.verdict for word in read_feedback_about(session, ["t:eva"])["t:eva"]] == [Verdict.USEFUL]
    say(town, ANA, "t:ben", Verdict.LEFT, "a")
    with town.read() as session:
        assert list_left_reports(session) == [LeftReport("t:ben", "Ben Berger", 1)]


# Departures.


def test_a_person_declares_their_departure_changes_it_and_withdraws_it(town: Store) -> None:
    march, may = date(2027, 3, 1), date(2027, 5, 1)
    write(town, [DepartureRecord(person="ana", declared_by=DeclaredBy.HR, earliest=may)], source="t")
    with town.write() as session:
        declare_departure(session, ANA, NOW, march, may, announced=False)
        declare_departure(session, ANA, LATER, march, march, announced=True)
        own, hr = read_own_departures(session, ANA, "t:ana")
        assert own == OwnDeparture(march, march, True, DeclaredBy.SELF, NOW)
        assert (hr.earliest, hr.declared_by, hr.announced) == (may, DeclaredBy.HR, False)
        assert read_person(session, BEN, TODAY, "t:ana").leaves == (march, march)
        revoke_departure(session, ANA, LATER)
        revoke_departure(session, ANA, LATER)
        assert read_own_departures(session, ANA, "t:ana") == [hr]
        assert read_person(session, BEN, TODAY, "t:ana").leaves is None


def test_departures_are_each_persons_own_and_have_possible_dates(town: Store) -> None:
    march, may = date(2027, 3, 1), date(2027, 5, 1)
    with town.write() as session:
        with pytest.raises(NotAllowedError, match="Only 't:ana' sees"):
            read_own_departures(session, BEN, "t:ana")
        with pytest.raises(NotAllowedError):
            declare_departure(session, Viewer(), NOW, march, may, announced=True)
        with pytest.raises(InvalidInputError, match=r"latest \(2027-03-01\) is before earliest"):
            declare_departure(session, ANA, NOW, may, march, announced=True)
        with pytest.raises(InvalidInputError, match="the year 9999 is outside"):
            declare_departure(session, ANA, NOW, march, date(9999, 1, 1), announced=True)


# Endorsements.


def test_a_colleague_who_endorses_stands_behind_the_document(town: Store) -> None:
    with town.write() as session:
        request = request_endorsement(session, ANA, NOW, "t:page", "t:ben")
        assert request_endorsement(session, ANA, LATER, "t:page", "t:ben") == request
        (asked,) = list_endorsement_requests(session, BEN, TODAY)
        assert (asked.id, asked.person_name, asked.document_title) == (request, "Ana Berger", "page")
        assert list_endorsement_requests(session, ANA, TODAY) == []
        before = current_revision(session)
        settle_endorsement(session, BEN, LATER, request, Outcome.ANSWERED)
        assert current_revision(session) == before + 1
        assert list_endorsement_requests(session, BEN, TODAY) == []
        behind = {(item.person.id, item.role, item.at) for item in read_people_behind(session, EVA, TODAY, "t:page")}
        assert behind == {("t:ana", Role.WROTE, None), ("t:ben", Role.ENDORSED, LATER)}
        with pytest.raises(NotFoundError, match="waits for you"):
            settle_endorsement(session, BEN, LATER, request, Outcome.DECLINED)
    # A new version of the document keeps what its colleague said.
    people = (Contribution(person="ana", role=Role.WROTE),)
    write(town, [DocumentRecord(id="page", kind=DocumentKind.PAGE, title="new", people=people)], source="t")
    with town.read() as session:
        assert len(read_people_behind(session, EVA, TODAY, "t:page")) == 2


def test_a_declined_request_changes_nothing_and_only_who_was_asked_answers(town: Store) -> None:
    with town.write() as session:
        request = request_endorsement(session, ANA, NOW, "t:page", "t:ben")
        with pytest.raises(NotFoundError):
            settle_endorsement(session, EVA, NOW, request, Outcome.ANSWERED)
        with pytest.raises(InvalidInputError, match="answered or declined"):
            settle_endorsement(session, BEN, NOW, request, Outcome.NO_REPLY)
        settle_endorsement(session, BEN, NOW, request, Outcome.DECLINED)
        assert [item.person.id for item in read_people_behind(session, EVA, TODAY, "t:page")] == ["t:ana"]


def test_endorsement_stays_within_what_each_may_read(town: Store) -> None:
    with town.write() as session:
        for viewer, document, asked, error in (
            (BEN, "t:page", "t:ana", NotFoundError),  # not his
            (ANA, "t:closed", "t:ben", InvalidInputError),  # he may not read it
            (ANA, "t:page", "t:ana", InvalidInputError),
            (ANA, "t:page", "t:nobody", NotFoundError),
            (BEN, "t:closed", "t:ana", NotFoundError),
            (Viewer(), "t:page", "t:ben", NotAllowedError),
        ):
            with pytest.raises(error):
                request_endorsement(session, viewer, NOW, document, asked)
        request = request_endorsement(session, ANA, NOW, "t:closed", "t:eva")
        leave_community(session, EVA, NOW, "t:gel")
        assert list_endorsement_requests(session, EVA, TODAY) == []
        with pytest.raises(NotFoundError, match="may no longer read"):
            settle_endorsement(session, EVA, NOW, request, Outcome.ANSWERED)
