"""What to transfer, on both databases: what is said, what it weighs by hand, and to whom it is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.areas import state_area
from models.community_writing import store_departure
from models.errors import NotAllowedError, NotFoundError
from models.preferences import change_preferences, hide_document
from models.records import DeclaredBy, DepartureRecord, DocumentKind, PersonRecord, Role
from models.store import Store
from models.tables import DepartureVisibility, Stance
from recommender.succession.transfer import (
    ITEMS_SHOWN,
    EvidenceRef,
    Transfer,
    TransferItem,
    TransferItemKind,
    own_transfer,
)
from tests.conftest import NOW, write
from tests.recommender.succession.planning import (
    FROST,
    PAY,
    TODAY,
    VALVES,
    answer,
    document,
    fill,
    frost,
    ground_of,
    open_town,
    place,
    planner,
    practice,
    question,
    transfer_of,
)

ONLY_HOLDER, TACIT, ANSWERED, PRACTICE, ASKED = TransferItemKind


@pytest.fixture
def town(store: Store) -> Store:
    """What is known of frost."""
    fill(open_town(store), frost())
    return store


def said(transfer: Transfer) -> list[tuple[TransferItemKind, str | None, int]]:
    return [(item.kind, item.area_id, item.count) for item in transfer.items]


def item(transfer: Transfer, kind: TransferItemKind) -> TransferItem:
    (found,) = (one for one in transfer.items if one.kind is kind)
    return found


def shown(found: TransferItem) -> list[str]:
    return [evidence.document_id.removeprefix("test:") for evidence in found.evidence]


def test_what_would_be_lost_most_comes_first(town: Store) -> None:
    # Ana's points: a1, a2, a4, p1, p2 = 5; Ben's: b2 1 + p2 edited 0.4 = 1.4, a holder. Three questions of the last
    # year: x 1.5. Five works (q1, q2, q4, p1, p2; nobody answered q3), two of them practices: x (1 - 0.4 / 2).
    found = transfer_of(town)
    assert [(one.kind, one.loss) for one in found.items] == [
        (ANSWERED, pytest.approx(2 / 5 * 1.5 * 0.8)),
        (ASKED, pytest.approx(5 / 6.4 * 3 / 6 * 1.5 * 0.8)),
        (ONLY_HOLDER, pytest.approx((6.4 / 9.4 - 1.4 / 4.4) * 1.5 * 0.8)),
        (PRACTICE, pytest.approx(1 / 4 * 1.5 * 0.5)),
    ]
    assert {(one.area_id, one.label_fr, one.label_en) for one in found.items} == {(FROST, "Gel", "Frost")}
    assert {(one.asked, one.documented, one.share) for one in found.items} == {(3, 0.4, 5 / 6.4)}


def test_each_item_counts_and_shows_what_it_is(town: Store) -> None:
    found = transfer_of(town)
    assert said(found) == [(ANSWERED, FROST, 2), (ASKED, FROST, 3), (ONLY_HOLDER, FROST, 5), (PRACTICE, FROST, 1)]
    assert shown(item(found, ANSWERED)) == ["a1", "a4"]
    assert shown(item(found, ASKED)) == ["q1", "q2", "q3"]
    # All weigh the same: the newest first.
    assert shown(item(found, ONLY_HOLDER)) == ["a1", "a2", "a4", "p1", "p2"]
    (kept,) = item(found, PRACTICE).evidence
    assert kept == EvidenceRef("test:p1", "Titre p1", DocumentKind.PRACTICE, NOW - timedelta(days=500))
    assert (item(found, PRACTICE).document_id, item(found, PRACTICE).title) == ("test:p1", "Titre p1")


def test_an_answer_is_shown_with_the_title_of_its_question(town: Store) -> None:
    (first, _) = item(transfer_of(town), ANSWERED).evidence
    assert first == EvidenceRef("test:a1", "Titre q1", DocumentKind.ANSWER, NOW - timedelta(days=9))


def test_a_single_question_is_named(town: Store) -> None:
    write(town, [answer("b4", "q4", "ben")])
    found = item(transfer_of(town), ANSWERED)
    assert (found.count, found.document_id, found.title) == (1, "test:q1", "Titre q1")


def test_an_area_does_not_rest_on_someone_when_another_holds_more(town: Store) -> None:
    # Ben has 1.4 of 6.4, answered nothing alone, and maintains p2 with Ana.
    found = transfer_of(town, "ben")
    assert said(found) == [(ASKED, FROST, 2)]
    # Of the questions of the year he answered q2, and q3 is open.
    assert shown(item(found, ASKED)) == ["q2", "q3"]
    assert item(found, ASKED).loss == pytest.approx(1.4 / 6.4 * 2 / 5 * 1.5 * 0.8)


@pytest.mark.parametrize(("others", "rests"), [(3, True), (4, False)])
def test_an_area_rests_on_who_holds_most_and_at_least_a_quarter(store: Store, others: int, rests: bool) -> None:
    people = [f"d{n}" for n in range(others)]
    write(open_town(store), [PersonRecord(id=name, name=name.title()) for name in people])
    fill(store, [practice(f"{name}{n}", (name, Role.WROTE)) for name in ("ana", *people) for n in range(2)])
    assert (ONLY_HOLDER in {one.kind for one in transfer_of(store).items}) is rests


def test_someone_without_others_in_an_area_holds_all_of_it(store: Store) -> None:
    fill(open_town(store), [practice(f"v{n}", ("ben", Role.WROTE)) for n in range(2)], VALVES)
    found = item(transfer_of(store, "ben"), ONLY_HOLDER)
    assert (found.area_id, found.share, found.count) == (VALVES, 1.0, 2)
    # Nobody asks, and all is written: s(2) x 1 x 1/2.
    assert found.loss == pytest.approx(2 / 5 / 2)


def test_much_answering_of_which_nothing_is_written_is_tacit(store: Store) -> None:
    threads = [record for n in range(5) for record in (question(f"q{n}"), answer(f"a{n}", f"q{n}", "ana", days=n))]
    fill(open_town(store), threads)
    tacit = item(transfer_of(store), TACIT)
    assert (tacit.area_id, tacit.count, tacit.documented) == (FROST, 5, 0.0)
    assert shown(tacit) == ["a0", "a1", "a2", "a3", "a4"]
    assert tacit.loss == pytest.approx(5 / 8)
    # One recording by anyone, of six works, and it is no longer in heads alone.
    fill(store, [document(DocumentKind.RECORDING, "r", ("cleo", Role.SPOKE))])
    assert TACIT not in {one.kind for one in transfer_of(store).items}


def test_four_answers_are_not_much_answering(store: Store) -> None:
    threads = [record for n in range(4) for record in (question(f"q{n}"), answer(f"a{n}", f"q{n}", "ana"))]
    fill(open_town(store), threads)
    assert [kind for kind, *_ in said(transfer_of(store))] == [ONLY_HOLDER, ANSWERED]


def test_a_profile_is_nothing_to_pass_on(town: Store) -> None:
    fill(town, [document(DocumentKind.PROFILE, "me", ("ana", Role.WROTE), days=1)])
    found = item(transfer_of(town), ONLY_HOLDER)
    # It speaks for Ana in the area all the same.
    assert (found.count, "me" in shown(found), found.share) == (5, False, 6 / 7.4)


def test_what_is_in_no_area_is_said_without_one(store: Store) -> None:
    write(open_town(store), [question("q", days=3), answer("a", "q", "ana"), practice("p", ("ana", Role.EDITED))])
    found = transfer_of(store)
    assert [(one.kind, one.area_id, one.label("fr"), one.loss) for one in found.items] == [
        (ANSWERED, None, "", pytest.approx(1 / 4)),
        (PRACTICE, None, "", pytest.approx(1 / 8)),
    ]


def test_a_question_asked_over_a_year_ago_is_no_longer_asked(store: Store) -> None:
    within, beyond = question("within", days=364), question("beyond", days=366)
    fill(open_town(store), [practice("p", ("ana", Role.WROTE)), practice("o", ("ana", Role.WROTE)), within, beyond])
    found = item(transfer_of(store), ASKED)
    assert (found.count, found.asked, shown(found)) == (1, 1, ["within"])
    assert found.document_id == "test:within"


def test_a_question_that_someone_else_answered_counts_as_asked_and_is_not_theirs(town: Store) -> None:
    write(town, [answer("b3", "q3", "ben")])
    found = item(transfer_of(town), ASKED)
    assert (shown(found), found.asked) == (["q1", "q2"], 3)


def test_an_answer_that_nobody_is_linked_to_still_answers(town: Store) -> None:
    record = answer("n3", "q3", "ben").model_copy(update={"people": ()})
    write(town, [record])
    assert shown(item(transfer_of(town), ASKED)) == ["q1", "q2"]


def test_endorsing_a_practice_does_not_maintain_it(town: Store) -> None:
    write(town, [practice("p1", ("ana", Role.WROTE), ("ben", Role.ENDORSED))])
    assert shown(item(transfer_of(town), PRACTICE)) == ["p1"]
    write(town, [practice("p1", ("ana", Role.WROTE), ("ben", Role.REVIEWED))])
    assert PRACTICE not in {one.kind for one in transfer_of(town).items}


def test_someone_who_has_left_no_longer_knows(town: Store) -> None:
    with town.write() as session:
        departure = DepartureRecord(person="ben", earliest=date(2026, 1, 1), declared_by=DeclaredBy.HR)
        store_departure(session, departure, "test:ben", NOW)
    found = transfer_of(town)
    assert (item(found, ANSWERED).count, item(found, ONLY_HOLDER).share) == (3, 1.0)
    assert {one.document_id for one in found.items if one.kind is PRACTICE} == {"test:p1", "test:p2"}


def test_someone_who_opted_out_is_neither_counted_nor_planned_for(town: Store) -> None:
    with town.write() as session:
        change_preferences(session, Viewer("test:ben"), "test:ben", {"visible_as_expert": False})
    assert item(transfer_of(town), ANSWERED).count == 3
    with pytest.raises(NotFoundError, match="Nobody you plan for has the id 'test:ben'"):
        transfer_of(town, "ben")
    with pytest.raises(NotFoundError):
        transfer_of(town, "ben", planner("ben"))


@pytest.mark.parametrize("name", ["cleo", "nobody", ""])
def test_only_people_of_the_units_planned_for_are_found(town: Store, name: str) -> None:
    with pytest.raises(NotFoundError, match="look for people of your units by name"):
        transfer_of(town, name)


def test_the_whole_organisation_can_be_planned_for(town: Store) -> None:
    assert transfer_of(town, "cleo", planner(units=None)).items == []


def test_someone_without_a_trace_has_nothing_to_pass_on(town: Store) -> None:
    write(town, [PersonRecord(id="dan", name="Dan", unit="water")])
    found = transfer_of(town, "dan")
    assert (found.person.name, list(found.items), found.leaves_on) == ("Dan", [], None)


def test_a_departure_is_shown_by_the_policy_of_the_organisation(town: Store) -> None:
    with town.write() as session:
        band = {"earliest": date(2027, 3, 1), "latest": date(2027, 9, 1)}
        store_departure(session, DepartureRecord(person="ana", declared_by=DeclaredBy.HR, **band), "test:ana", NOW)
    by = planner()
    announced = type(by)(by.viewer, by.units, DepartureVisibility.ANNOUNCED, 5)
    assert transfer_of(town).leaves_on == date(2027, 3, 1)
    assert transfer_of(town, asked_by=announced).leaves_on is None


def test_what_a_protected_community_holds_is_said_to_its_members_alone(town: Store) -> None:
    secret = [practice("s", ("ana", Role.WROTE), space="closed"), question("t", days=5, space="closed")]
    fill(town, [*secret, answer("u", "t", "ana", space="closed"), answer("w", "q1", "cleo", space="closed")])
    outside, inside = transfer_of(town, asked_by=planner("cleo")), transfer_of(town, asked_by=planner("ben"))
    assert said(outside) == [(ANSWERED, FROST, 2), (ASKED, FROST, 3), (ONLY_HOLDER, FROST, 5), (PRACTICE, FROST, 1)]
    assert {one.asked for one in outside.items} == {3}
    # Inside, Cleo's answer to q1 is known too, so that Ana's is not the only one.
    assert shown(item(inside, ANSWERED)) == ["u", "a4"]
    assert {one.document_id for one in inside.items if one.kind is PRACTICE} == {"test:p1", "test:s"}
    assert {one.asked for one in inside.items} == {4}


def test_what_someone_hides_speaks_neither_for_them_nor_against_others(town: Store) -> None:
    with town.write() as session:
        hide_document(session, Viewer("test:ana"), TODAY, "test:ana", "test:a1")
        hide_document(session, Viewer("test:ben"), TODAY, "test:ben", "test:b2")
    found = transfer_of(town)
    assert shown(item(found, ANSWERED)) == ["a2", "a4"]
    # q1 has an answer, which is not open, though nobody speaks for it.
    assert shown(item(found, ASKED)) == ["q2", "q3"]
    assert "a1" not in shown(item(found, ONLY_HOLDER))


def test_an_area_someone_hides_beside_their_name_is_not_said_of_them(town: Store) -> None:
    with town.write() as session:
        state_area(session, Viewer("test:ana"), NOW, "test:ana", FROST, Stance.HIDDEN)
    assert said(transfer_of(town)) == [(ANSWERED, None, 2), (PRACTICE, None, 1)]
    assert item(transfer_of(town, asked_by=planner("ana")), ONLY_HOLDER).area_id == FROST


def test_each_person_reads_what_they_should_pass_on_themself(town: Store) -> None:
    with town.write() as session:
        hide_document(session, Viewer("test:ana"), TODAY, "test:ana", "test:a1")
        departure = DepartureRecord(person="ana", earliest=date(2027, 3, 1), declared_by=DeclaredBy.HR)
        store_departure(session, departure, "test:ana", NOW)
    ana = Viewer("test:ana")
    with town.read() as session:
        own = own_transfer(session, ground_of(session, ana), ana, TODAY)
    # What they hide from others they see themself.
    assert (own.person.id, own.leaves_on, shown(item(own, ANSWERED))) == ("test:ana", date(2027, 3, 1), ["a1", "a4"])


def test_nobody_in_particular_has_nothing_of_their_own(town: Store) -> None:
    with town.read() as session, pytest.raises(NotAllowedError):
        own_transfer(session, ground_of(session, Viewer()), Viewer(), TODAY)


def test_someone_who_opted_out_reads_that_nothing_is_said_of_them(town: Store) -> None:
    ana = Viewer("test:ana")
    with town.write() as session:
        change_preferences(session, ana, "test:ana", {"visible_as_expert": False})
    with town.read() as session:
        assert own_transfer(session, ground_of(session, ana), ana, TODAY).items == []


def test_a_thread_in_several_areas_is_said_in_the_one_it_is_squarely_in(town: Store) -> None:
    fill(town, [question("x"), answer("y", "x", "ben")], VALVES, strength=0.9)
    with town.write() as session:
        place(session, PAY, ["y"], 0.4)
    assert item(transfer_of(town, "ben"), ANSWERED).area_id == VALVES


def test_at_most_five_documents_show_an_item(town: Store) -> None:
    fill(town, [record for n in range(9) for record in (question(f"m{n}"), answer(f"n{n}", f"m{n}", "ana", days=n))])
    found = item(transfer_of(town), ANSWERED)
    assert (found.count, shown(found)) == (11, ["n0", "n1", "n2", "n3", "n4"])


def test_what_is_dated_tomorrow_is_not_asked_yet(town: Store) -> None:
    fill(town, [question("z", days=-2)])
    assert {one.asked for one in transfer_of(town).items} == {3}


def test_whoever_leaves_very_much_is_shown_what_weighs_most(store: Store) -> None:
    records = [practice(f"p{n}", ("ana", Role.WROTE), days=n + 1) for n in range(ITEMS_SHOWN + 3)]
    fill(open_town(store), records)
    found = transfer_of(store)
    # One area, and the practices one by one.
    assert (len(found.items), found.more, found.items[0].kind) == (ITEMS_SHOWN, 4, ONLY_HOLDER)
    assert transfer_of(store, "ben").more == 0
