"""`releve succession` as a manager types it: what is told, to whom, and what is written down of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli.succession_rendering import SPEAKING_AGAINST
from models.access import Viewer
from models.audit import list_events
from models.paging import PageRequest
from models.pair_decisions import decide_pair
from models.planning import open_planning
from models.store import SQLITE_NAME, Store
from models.tables import PairStance, PlanStatus, StepKind, StepStatus
from models.transfer_plans import NewPlan, change_plan, create_plan
from models.transfer_steps import NewStep, change_step
from recommender.succession.successors import Factor
from tests.api.commands import releve
from tests.api.planned_town import LEAVES_ON, decide, populate
from tests.recommender.succession.handing_over import leave, prefer
from tests.recommender.succession.planning import FROST

REPORTS = ("risks", "pairs", "person ana", "simulate ana")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The planned town, written once, to be copied."""
    folder = tmp_path_factory.mktemp("commands")
    shutil.copy(sqlite_template, folder / SQLITE_NAME)
    store = Store.open(folder)
    populate(store)
    store.close()
    return folder


@pytest.fixture
def home(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "home")
    return tmp_path / "home"


def succession(home: Path, line: str, *more: str) -> str:
    return releve(home, "succession", *line.split(), *more).stdout


def as_json(home: Path, line: str) -> Any:
    return json.loads(succession(home, line, "--json"))


def refused(home: Path, line: str) -> str:
    return " ".join(releve(home, "succession", *line.split(), code=2).stderr.split())


def events(home: Path) -> Counter[tuple[str, str | None, str | None]]:
    """Return the action, the target and who acted of each event, and how often."""
    store = Store.open(home)
    with store.read() as session:
        found = list_events(session, PageRequest(limit=200)).items
    store.close()
    return Counter((event.action, event.target, event.on_behalf_of) for event in found)


def test_risks_say_in_three_lines_why_and_who_leaves(home: Path) -> None:
    lines = [line.strip() for line in succession(home, "risks --horizon 1").splitlines()]

    heads = [line for line in lines if "/25" in line]
    assert [head.split("  ", 1)[1] for head in heads] == ["Vannes  Eau", "Gel  Eau"], lines
    assert all("(provisoire)" in head for head in heads)
    of_valves, of_frost = lines[1:3], lines[-2:]
    assert of_valves[0].startswith("1 personne le maîtrise")
    assert of_valves[1].startswith("Départs\u00a0: Ana (")
    assert of_valves[1].endswith("ensuite, plus personne, reste 0\u00a0%")
    assert of_frost[0].startswith("3 personnes le maîtrisent · la première en détient 45\u00a0%")
    assert len(lines) == 6


def test_risks_beyond_the_horizon_name_nobody(home: Path) -> None:
    assert "Ana" not in succession(home, "risks --horizon 0")


def test_risks_are_told_in_english_and_in_json(home: Path) -> None:
    assert "Leaving: Ana (" in succession(home, "risks --lang en")
    risks = as_json(home, "risks --lang en")["risks"]
    assert {(line["label_en"], line["unit"]) for line in risks} == {("Frost", "Eau"), ("Valves", "Eau")}
    assert risks[0]["prefilled"]["knowledge_concentration"]["reasons"][0] == "1 person of the unit holds it"


def test_a_person_is_shown_with_what_they_leave_and_who_could_take_it_over(home: Path) -> None:
    shown = succession(home, "person Ana --top 4 --lang en")

    assert shown.startswith("Ana  Eau")
    assert "Nobody else holds this area" in shown
    of_frost = shown.partition("Who could take over Frost")[2]
    assert all(f"  {name}  Eau" in of_frost for name in ("Bea", "Ben", "Dan", "Eve"))
    assert "ready now" in of_frost
    assert "Has written or answered in this area" in of_frost
    assert "practice: Titre ben" in of_frost


def test_a_person_in_french_holds_no_english(home: Path) -> None:
    shown = succession(home, "person test:ana")

    assert "a encore à apprendre" in shown
    assert "pratique\u00a0: Titre" in shown
    assert not [word for word in ("ready", "learn", "Leaves", "holds") if word in shown]


def test_what_speaks_against_a_successor_is_always_shown(home: Path) -> None:
    store = Store.open(home)
    prefer(store, "ben", capacity_per_week=0)
    leave(store, "ben", 365 * 5)
    leave(store, "bea", 365 * 2)
    store.close()
    against = {Factor.LOAD: "Is asked much already", Factor.LEAVING: "Leaves too"}

    shown = succession(home, "person test:ana --lang en --top 5").partition("Who could take over Frost")[2]
    areas = as_json(home, "person test:ana --lang en --top 5")["areas"]

    [frost] = [area for area in areas if area["area"]["id"] == FROST]
    expected = [
        against[Factor(factor["kind"])]
        for one in frost["candidates"]
        for factor in one["factors"]
        if factor["weight"] < 0 and Factor(factor["kind"]) in SPEAKING_AGAINST
    ]
    assert expected
    assert sorted(expected) == sorted(word for word in against.values() for _ in range(shown.count(word)))


def test_a_person_in_json_has_items_and_areas(home: Path) -> None:
    shown = as_json(home, "person test:ana --top 1")

    assert (shown["person"]["id"], shown["leaves_on"]) == ("test:ana", LEAVES_ON.isoformat())
    assert {len(area["candidates"]) for area in shown["areas"]} == {1}
    assert shown["items"]


def test_pairs_are_shown_under_who_leaves_with_what_is_decided(home: Path) -> None:
    store = Store.open(home)
    with store.write() as session:
        planner = open_planning(session, Viewer(), None)
        decide_pair(session, planner, datetime.now(UTC), "test:ana", FROST, "test:eve", PairStance.PINNED)
    store.close()

    lines = succession(home, "pairs --lang en").splitlines()

    assert lines[0].startswith("Ana leaves from")
    [frost] = [line for line in lines if line.startswith("  Frost (")]
    assert frost.split(")", 1)[1].strip() == "Eve  has to learn  decided"
    pairs = as_json(home, "pairs")["pairs"]
    assert {(pair["area"]["id"], pair["pinned"]) for pair in pairs} >= {(FROST, True)}


def test_pairs_of_a_time_when_nobody_leaves_say_so(home: Path) -> None:
    assert succession(home, "pairs --horizon 0 --lang en").startswith("Nobody you plan for leaves within this time")
    assert as_json(home, "pairs --horizon 0") == {"pairs": [], "left_out": 0}


def test_a_simulation_says_what_nobody_would_hold(home: Path) -> None:
    shown = succession(home, "simulate Ana Ben --lang en")

    assert "If these leave by" in shown
    assert "Ana, Ben" in shown
    uncovered = shown.partition("Nobody would hold any more")[2]
    assert "Valves" in uncovered.partition("Would be left")[0]
    assert "Somebody left could have answered the one question that they answered." in shown
    assert as_json(home, "simulate ana")["uncovered"][0]["label_fr"] == "Vannes"


def test_a_simulation_of_someone_who_holds_nothing_says_so(home: Path) -> None:
    shown = succession(home, "simulate Mia")

    assert "Chaque domaine garderait assez de personnes" in shown
    assert "aucune question" in shown


def test_a_manager_sees_their_units_alone(home: Path) -> None:
    assert as_json(home, "risks --as rob@ville.test")["risks"] == []
    assert as_json(home, "pairs --as Rob")["pairs"] == []
    assert {line["unit"] for line in as_json(home, "risks --as Mia")["risks"]} == {"Eau"}
    assert "look for people of your units by name" in refused(home, "person Ana --as Rob")
    assert "test:ana" in refused(home, "simulate Ana --as Rob")
    assert "choose one of them" in refused(home, "risks --unit Eau --as Rob")


@pytest.mark.parametrize("report", REPORTS)
def test_who_manages_nothing_and_everyone_once_it_is_switched_off_is_told_what_to_do(home: Path, report: str) -> None:
    assert "manage" in refused(home, f"{report} --as Ben")
    releve(home, "succession", "policy", "--off")
    assert "switch" in refused(home, report)


def test_people_and_units_that_do_not_exist_are_not_found(home: Path) -> None:
    for line in ("person nobody", "simulate nobody", "risks --unit nowhere", "risks --as nobody"):
        assert line.split()[-1] in refused(home, line)


def test_every_view_is_written_down_with_who_it_was_of_and_who_looked(home: Path) -> None:
    succession(home, "risks --as Mia")
    succession(home, "person Ana --as Mia --top 4")
    succession(home, "simulate Ana Mia --as Mia")

    seen = events(home)

    assert seen["succession.viewed", None, "test:mia"] == 1
    assert seen["succession.person_viewed", "person:test:ana", "test:mia"] == 1
    assert seen["succession.person_viewed", "person:test:ben", "test:mia"] == 1
    assert seen["succession.simulated", "person:test:ana", "test:mia"] == 1
    # Nobody is told that they looked at themself.
    assert not [key for key in seen if key[1] == "person:test:mia"]


def test_the_policy_is_shown_and_decided_with_notices_from_files(home: Path, tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_text("Ce que vos gestionnaires voient.\n", encoding="utf-8")
    (tmp_path / "en.txt").write_text("What your managers see.\n", encoding="utf-8")
    notices = ("--notice-fr", str(tmp_path / "fr.txt"), "--notice-en", str(tmp_path / "en.txt"))

    succession(home, "policy --off --departures bands --smallest-group 8", *notices)
    shown = as_json(home, "policy")

    assert (shown["enabled"], shown["departures"], shown["smallest_group"]) == (False, "bands", 8)
    assert (shown["notice_fr"], shown["notice_en"]) == ("Ce que vos gestionnaires voient.", "What your managers see.")
    assert as_json(home, "policy --on")["enabled"]
    assert "What your managers see." in succession(home, "policy")
    # Written down when something changed, not when it was looked at.
    assert sum(times for key, times in events(home).items() if key[0] == "succession.policy_decided") == 2


def test_succession_is_not_switched_on_without_a_notice_nor_with_one_that_is_no_text(
    tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / SQLITE_NAME)
    (tmp_path / "notice.txt").write_bytes(b"\xff\xfe\x00")

    assert "notice" in refused(tmp_path, "policy --on")
    assert "save it as UTF-8" in refused(tmp_path, f"policy --notice-fr {tmp_path / 'notice.txt'}")
    assert not as_json(tmp_path, "policy")["enabled"]


def plan_a_step(home: Path, now: datetime) -> None:
    """Plan a step for Ana that Ben takes over, due within days."""
    store = Store.open(home)
    today = now.date()
    with store.write() as session:
        planner = open_planning(session, Viewer("test:mia"), {"test:water"})
        step = NewStep(StepKind.MENTORING, today, today + timedelta(days=3), successor_id="test:ben")
        plan = create_plan(session, planner, now, NewPlan("test:ana", today + timedelta(days=3), "", [step]))
        change_plan(session, planner, now, plan.id, {"status": PlanStatus.ACTIVE})
        change_step(session, planner, now, plan.id, plan.steps[0].id, {"status": StepStatus.PLANNED})
    store.close()


def test_reminders_are_given_once(home: Path) -> None:
    assert succession(home, "remind") == "0 reminders given\n"
    plan_a_step(home, datetime.now(UTC))

    assert as_json(home, "remind") == {"given": 1}
    assert succession(home, "remind") == "0 reminders given\n"


def test_no_reminder_is_given_while_succession_is_switched_off(home: Path) -> None:
    plan_a_step(home, datetime.now(UTC))
    store = Store.open(home)
    decide(store, enabled=False)
    store.close()

    assert as_json(home, "remind") == {"given": 0}


def test_risks_beyond_those_shown_are_counted(home: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.cli.succession_rendering.LINES_SHOWN", 1)
        shown = succession(home, "risks --lang en")

    assert shown.splitlines()[-1] == "1 more; --json shows all"
