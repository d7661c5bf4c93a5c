from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from evaluation.succession.cases import Case, Cases, Kind
from evaluation.succession.leadership import followers, leading, quarters, read_history, read_leadership
from models.errors import InvalidInputError

from .histories import EVENTS, event, write_leadership


def names(case: Case, codes: Iterable[int]) -> set[str]:
    return {case.ground.person_ids[code] for code in codes}


def test_who_leads_is_every_join_without_a_later_leave_of_that_role(folders: tuple[Path, Path]) -> None:
    events = read_history(folders[1]).events

    assert leading(events, date(2018, 11, 19)) == {}
    assert leading(events, date(2018, 11, 20)) == {"sig-net": {"ada", "bea"}, "sig-app": {"cyd"}}
    # Bea only changed her role; Ada left on that day.
    assert leading(events, date(2019, 5, 10)) == {"sig-net": {"bea", "dan", "eva"}, "sig-app": {"cyd"}}


def test_who_joins_within_the_year_follows_unless_nobody_was_followed(folders: tuple[Path, Path]) -> None:
    events = read_history(folders[1]).events

    assert followers(events, date(2018, 7, 1)) == {"sig-net": {"dan", "eva"}}
    assert followers(events, date(2018, 11, 20)) == {"sig-net": {"dan", "eva"}, "sig-app": {"ada"}}
    # The day itself is no longer within the year after it.
    assert followers(events, date(2019, 5, 10)) == {"sig-app": {"ada"}}


def test_cases_are_asked_on_first_days_of_quarters_whose_year_after_is_known(folders: tuple[Path, Path]) -> None:
    events = read_history(folders[1]).events

    # The first event is on 20 November 2018, the last a year later: that of 1 January 2019 is known up to 42 days.
    assert quarters(events) == [date(2019, 1, 1)]
    assert quarters([]) == []


def test_right_is_who_comes_to_lead_and_was_known_before(groups: Cases) -> None:
    app, net = groups.cases

    assert groups.kind is Kind.LEADERSHIP
    assert (app.id, net.id) == ("2019-01-01/sig-app", "2019-01-01/sig-net")
    # Eva comes too, but wrote nothing before.
    assert {net.ground.person_ids[code]: grade for code, grade in net.grades.items()} == {"dan": 1}
    assert {app.ground.person_ids[code]: grade for code, grade in app.grades.items()} == {"ada": 1}


def test_who_leads_already_is_to_be_replaced_and_no_candidate(groups: Cases) -> None:
    _, net = groups.cases

    assert names(net, net.handover.leavers) == {"ada", "bea"}
    assert names(net, net.candidates) == {"cyd", "dan", "fay"}


def test_only_evidence_and_memberships_from_before_are_in_the_ground(groups: Cases) -> None:
    _, net = groups.cases
    ground = net.ground
    columns, members = ground.view.columns, ground.memberships

    assert [ground.view.document_ids[code] for code in sorted(set(columns.documents.tolist()))] == [
        "keps/sig-net/1", "keps/sig-net/2", "keps/sig-net/3", "keps/sig-app/4", "keps/sig-app/5",
    ]  # fmt: skip
    assert names(net, members.persons.tolist()) == {"ada", "bea", "cyd"}
    # Nobody is known to have left: that came later.
    assert len(set(members.until.tolist())) == 1
    assert {ground.places.area_ids[area]: share for area, share in net.handover.areas.items()} == {"sig-net": 1.0}
    assert {members.community_ids[code] for code in net.handover.communities} == {"sig-net"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (event("join", "sig-net", "ada", "soon"), "events.jsonl, line 1: 'soon' is no day"),
        (event("elect", "sig-net", "ada", "2019-01-01"), "events.jsonl, line 1: 'elect' is no event"),
        ({"community": "sig-net"}, "events.jsonl, line 1: not an object with community and person_id"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_leadership(write_leadership(tmp_path / "wrong", [wrong]))


def test_a_history_in_which_nobody_follows_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Nobody follows anyone in founders"):
        read_leadership(write_leadership(tmp_path / "founders", EVENTS[:3]))


def test_a_history_without_evidence_names_the_file(tmp_path: Path) -> None:
    folder = write_leadership(tmp_path / "bare")
    (folder / "evidence" / "corpus.jsonl").unlink()

    with pytest.raises(InvalidInputError, match=r"holds no corpus\.jsonl; a history of leadership has"):
        read_leadership(folder)
