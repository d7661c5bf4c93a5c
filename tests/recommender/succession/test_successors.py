from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from models.errors import InvalidInputError
from models.records import Role
from recommender.indexes.columns import UNDATED, to_microseconds
from recommender.succession.adjustments import AWAY, FULL_LOAD, GOAL, NO_SHARED_LANGUAGE, SAME_SITE, SHARED_COMMUNITY
from recommender.succession.area_places import AreaPlaces
from recommender.succession.circumstances import Circumstances, Memberships
from recommender.succession.ground import Ground
from recommender.succession.own_past import Lessons, fit_weights
from recommender.succession.successor_weights import PARTS, SuccessorWeights, bundled_weights
from recommender.succession.successors import Factor, Handover, RankedSuccessor, rank_successors
from recommender.succession.tally import WAYS
from recommender.traces import ROLES, Columns, Names, TraceView

AT = datetime(2026, 3, 1, tzinfo=UTC)
FOREVER = int(np.iinfo(np.int64).max)
VALVES, DAMS = 0, 1
AREAS = ("valves", "dams")

# (person, thread, area, days before AT; None for no date), each an answer to somebody's question.
Deed = tuple[str, str, int, float | None]


def ground(
    deeds: Sequence[Deed],
    circumstances: Circumstances | None = None,
    memberships: Memberships | None = None,
    others: Sequence[str] = (),
    asked: Sequence[Deed] = (),
) -> Ground:
    """A ground of answers and questions, people numbered in order of name."""
    people = sorted({person for person, *_ in [*deeds, *asked]})
    threads = sorted({thread for _, thread, *_ in [*deeds, *asked]})
    rows = sorted(
        (time_of(days), threads.index(thread), people.index(person), ROLES.index(role))
        for role, found in ((Role.ANSWERED, deeds), (Role.ASKED, asked))
        for person, thread, _, days in found
    )
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    documents = columns[1].astype(np.int32)
    zeros, ones = np.zeros(len(rows), np.int32), np.ones(len(rows), np.float32)
    view = TraceView(
        Columns(
            columns[2].astype(np.int32), documents, documents, zeros, columns[3].astype(np.int32), zeros, ones,
            ones * 0, columns[0],
        ),
        Names({name: code for code, name in enumerate(people)}, {name: code for code, name in enumerate(threads)}, {}),
        people,
        {},
    )  # fmt: skip
    area_of = {threads.index(thread): area for _, thread, area, _ in [*deeds, *asked]}
    places = AreaPlaces(
        AREAS,
        np.arange(len(threads), dtype=np.int32),
        np.array([area_of[code] for code in range(len(threads))], np.int32),
        np.ones(len(threads), np.float32),
    )
    return Ground(view, places, others, memberships or Memberships(), circumstances or Circumstances())


def time_of(days: float | None) -> int:
    return UNDATED if days is None else to_microseconds(AT - timedelta(days=days))


def answers(person: str, area: int, days: Sequence[float | None]) -> list[Deed]:
    return [(person, f"{person} {AREAS[area]} {place}", area, ago) for place, ago in enumerate(days)]


def handover(found: Ground, leaver: str = "lea", areas: Mapping[int, float] | None = None) -> Handover:
    return Handover(areas or {VALVES: 1.0}, frozenset({found.person_codes[leaver]}), AT)


def ranked(found: Ground, given: Handover | None = None) -> dict[str, RankedSuccessor]:
    """The successors by id, best first."""
    return {found.person_ids[one.person]: one for one in rank_successors(found, given or handover(found))}


LEAVER = answers("lea", VALVES, [1, 10, 20, 30])
TEAM = [*LEAVER, *answers("ana", VALVES, [5, 15, 25]), *answers("bob", DAMS, [5, 15, 25])]


def said_of(person: str, **said: object) -> Circumstances:
    """What one of the team said of themselves."""
    code = ["ana", "bob", "lea"].index(person)
    return Circumstances(**{name: {code: value} for name, value in said.items()})  # type: ignore[arg-type]


def test_who_gave_in_the_areas_left_comes_before_who_gave_as_much_elsewhere() -> None:
    found = ranked(ground(TEAM))

    assert list(found) == ["ana", "bob"]
    assert found["ana"].factors[Factor.SAME_AREAS] > 0
    assert Factor.SAME_AREAS not in found["bob"].factors


def test_who_gives_lately_comes_before_who_gave_long_ago() -> None:
    found = ranked(ground([*LEAVER, *answers("ana", VALVES, [900, 910, 920]), *answers("bob", VALVES, [5, 15, 25])]))

    assert list(found) == ["bob", "ana"]


def test_who_worked_beside_who_leaves_has_it_said() -> None:
    beside = [("bob", thread, area, days) for _, thread, area, days in LEAVER[:2]]

    found = ranked(ground([*LEAVER, *answers("ana", VALVES, [1, 10]), *beside]))

    assert list(found) == ["bob", "ana"]
    assert found["bob"].factors[Factor.WITH_LEAVER] > 0
    assert Factor.WITH_LEAVER not in found["ana"].factors


def test_nothing_from_the_handover_on_counts() -> None:
    later = [*answers("bob", VALVES, [0, -1, -30]), *answers("zoe", VALVES, [-2])]

    before = ranked(ground(TEAM))
    after = ranked(ground([*TEAM, *(("bob", f"later {thread}", area, days) for _, thread, area, days in later)]))

    assert {name: one.score for name, one in after.items()} == {name: one.score for name, one in before.items()}
    assert "zoe" not in ranked(ground([*TEAM, *later]))


def test_own_threads_are_no_help() -> None:
    asked = answers("bob", VALVES, [40, 50])
    follow_ups = [(person, thread, area, 39.0) for person, thread, area, _ in asked]

    found = ranked(ground([*TEAM, *follow_ups], asked=asked))

    assert found["bob"].factors.get(Factor.SAME_AREAS, 0.0) < found["ana"].factors[Factor.SAME_AREAS] / 10


def test_leavers_excluded_people_and_who_has_left_do_not_come_into_question() -> None:
    team = ground([*TEAM, *answers("cyd", VALVES, [3])])
    left = replace(team, gone={team.person_codes["bob"]: date(2026, 1, 1)})

    given = replace(handover(team), excluded=frozenset({team.person_codes["ana"]}))

    assert list(ranked(left, given)) == ["cyd"]


def test_a_member_without_a_trace_comes_into_question_once_they_have_joined() -> None:
    def joined(since: datetime) -> Memberships:
        once = np.array([to_microseconds(since)], np.int64)
        return Memberships(
            ["pumps"], np.array([3], np.int32), np.zeros(1, np.int32), once, np.array([FOREVER]), np.array([False])
        )

    before, after = AT - timedelta(days=1), AT + timedelta(days=1)

    assert "new" in ranked(ground(TEAM, memberships=joined(before), others=["new"]))
    assert "new" not in ranked(ground(TEAM, memberships=joined(after), others=["new"]))


def test_what_has_no_date_counts_only_where_asked() -> None:
    team = ground([*TEAM, *answers("cyd", VALVES, [None, None])])

    assert "cyd" not in ranked(team)
    assert ranked(team, replace(handover(team), undated=True))["cyd"].factors[Factor.SAME_AREAS] > 0


def test_an_area_that_someone_hides_does_not_speak_for_them() -> None:
    team = ground(TEAM)
    hides = replace(team, hidden=frozenset({(VALVES, team.person_codes["ana"])}))

    assert Factor.SAME_AREAS in ranked(team)["ana"].factors
    assert Factor.SAME_AREAS not in ranked(hides)["ana"].factors


def test_equals_come_in_order_of_id_whatever_their_numbers() -> None:
    found = ranked(ground([*LEAVER, *answers("ana", VALVES, [5]), *answers("zoe", VALVES, [5])]))

    assert list(found) == ["ana", "zoe"]
    assert found["ana"].score == found["zoe"].score


def test_factors_add_up_to_the_score_and_scores_stay_between_0_and_1() -> None:
    everything = Circumstances(
        goals={0: frozenset({VALVES}), 1: frozenset({VALVES})},
        sites={0: "Brest", 2: "Brest"},
        languages={1: frozenset({"fr"}), 2: frozenset({"en"})},
        load={0: 0.5, 1: 3.0},
        leaving={1: date(2027, 1, 1)},
    )

    for one in ranked(ground(TEAM, everything)).values():
        assert sum(one.factors.values()) == pytest.approx(one.score, abs=1e-8)
        assert 0 < one.score <= 1


@pytest.mark.parametrize(
    ("said", "times", "factor"),
    [
        ({"goals": frozenset({VALVES})}, GOAL, Factor.GOAL),
        ({"load": 5.0}, FULL_LOAD, Factor.LOAD),
        ({"load": 0.5}, (1 + FULL_LOAD) / 2, Factor.LOAD),
        ({"leaving": date(2050, 1, 1)}, 1.0, Factor.LEAVING),
        ({"leaving": AT.date()}, 0.02, Factor.LEAVING),
    ],
)
def test_circumstances_move_a_score_by_so_much(said: dict[str, object], times: float, factor: Factor) -> None:
    plain, moved = ranked(ground(TEAM))["ana"], ranked(ground(TEAM, said_of("ana", **said)))["ana"]

    anyone = plain.factors[Factor.ANYONE] if times > 1 else 0.0
    assert moved.score == pytest.approx(anyone + times * (plain.score - anyone), abs=1e-8)
    assert (factor in moved.factors) is (times != 1)


def test_who_is_away_steps_back_behind_everyone_who_could() -> None:
    away = ranked(ground(TEAM, Circumstances(away=frozenset({0}))))

    assert list(away) == ["bob", "ana"]
    assert away["ana"].score == pytest.approx(AWAY * ranked(ground(TEAM))["ana"].score, abs=1e-8)


def test_site_and_language_count_beside_those_of_who_leaves() -> None:
    def score(circumstances: Circumstances) -> float:
        one = ranked(ground(TEAM, circumstances))["ana"]
        return one.score - one.factors[Factor.ANYONE]

    plain = score(Circumstances())
    whole = ranked(ground(TEAM))["ana"].score
    other = ranked(ground(TEAM, Circumstances(languages={0: frozenset({"fr"}), 2: frozenset({"en"})})))["ana"]

    assert score(Circumstances(sites={0: "Brest", 2: "Brest"})) == pytest.approx(SAME_SITE * plain, abs=1e-8)
    assert score(Circumstances(sites={0: "Brest", 2: "Lyon"})) == pytest.approx(plain)
    assert score(Circumstances(languages={0: frozenset({"fr", "en"}), 2: frozenset({"en"})})) == pytest.approx(plain)
    assert other.score == pytest.approx(NO_SHARED_LANGUAGE * whole, abs=1e-8)


def test_wanting_to_learn_brings_in_nobody_who_did_nothing() -> None:
    quiet = [("cyd", "cyd asks", DAMS, 800.0), ("dan", "dan asks", DAMS, 800.0)]
    team = ground(TEAM, asked=quiet)
    wants = replace(team, circumstances=Circumstances(goals={team.person_codes["dan"]: frozenset({VALVES})}))

    found = ranked(wants)

    assert found["dan"].score < found["bob"].score
    assert found["dan"].score <= GOAL * found["cyd"].score


def test_a_shared_community_helps_where_areas_are_handed_over() -> None:
    def together(*people: int) -> Memberships:
        codes = np.array(people, np.int32)
        begun = np.full(len(people), to_microseconds(AT - timedelta(days=99)))
        return Memberships(
            ["pumps"], codes, codes * 0, begun, np.full(len(people), FOREVER), np.zeros(len(people), np.bool_)
        )

    plain, moved = ranked(ground(TEAM))["ana"], ranked(ground(TEAM, memberships=together(0, 2)))["ana"]

    own = plain.score - plain.factors[Factor.ANYONE]
    assert moved.score == pytest.approx(plain.factors[Factor.ANYONE] + SHARED_COMMUNITY * own, abs=1e-8)
    assert ranked(ground(TEAM, memberships=together(0, 1)))["ana"].score == plain.score


def test_who_leads_a_community_of_the_same_people_takes_a_role_before_who_leads_none() -> None:
    # bob leads pumps, where lea was too; the role left is that of pipes, which lea leads.
    persons, communities = np.array([1, 2, 2], np.int32), np.array([0, 0, 1], np.int32)
    begun = np.full(3, to_microseconds(AT - timedelta(days=99)))
    memberships = Memberships(
        ["pumps", "pipes"], persons, communities, begun, np.full(3, FOREVER), np.ones(3, np.bool_)
    )
    team = ground([*LEAVER, *answers("ana", DAMS, [5]), *answers("bob", DAMS, [5])], memberships=memberships)

    found = ranked(team, Handover({}, frozenset({2}), AT, communities=frozenset({1})))

    assert list(found) == ["bob", "ana"]
    assert found["bob"].factors[Factor.COMMUNITIES] > 0
    assert not found["bob"].ready


def test_ready_is_strong_in_every_main_area_and_lacks_name_the_others() -> None:
    team = ground([*LEAVER, *answers("ana", VALVES, [5, 15, 25]), *answers("ana", DAMS, [7])])

    whole = ranked(team, handover(team, areas={VALVES: 0.9, DAMS: 0.1}))["ana"]
    half = ranked(team, handover(team, areas={VALVES: 0.5, DAMS: 0.5}))["ana"]

    # Three documents squarely in an area are a strength of a half, one is a quarter.
    assert whole.ready
    assert not half.ready
    assert [(lack.area, lack.held) for lack in half.lacks] == [(DAMS, 0.25)]


def test_only_so_many_are_returned_and_they_are_the_best() -> None:
    team = ground(TEAM)

    (best,) = rank_successors(team, handover(team), top=1)

    assert team.person_ids[best.person] == "ana"


def test_nobody_known_is_nobody_ranked() -> None:
    team = ground(LEAVER)

    assert rank_successors(team, handover(team)) == []


def test_the_past_moves_weights_as_computed_by_hand() -> None:
    lessons = Lessons(np.array([[0.2, 0.6]]), np.array([1.0]))

    once = fit_weights(lessons, np.array([0.5, 0.5]), confidence=1.0, rounds=1)

    # The row is explained 0.1 to 0.3, so a quarter and three quarters; the even prior counts as much.
    assert once.tolist() == pytest.approx([0.375, 0.625])


def test_an_organisation_where_people_stay_in_their_areas_weighs_areas_more() -> None:
    def steady(person: str, area: int) -> list[Deed]:
        return [(person, f"{person} {area} {ago}", area, float(ago)) for ago in range(5, 2_000, 20)]

    apart = [*steady("lea", VALVES), *steady("ana", VALVES), *steady("bob", DAMS), *steady("cyd", DAMS)]
    # The same people and pace, but everyone answers in both.
    mixed = [
        (person, f"{thread} {place}", place % 2, days)
        for person in ("lea", "ana", "bob", "cyd")
        for place, (_, thread, _, days) in enumerate(steady(person, VALVES))
    ]

    def lead(deeds: Sequence[Deed]) -> float:
        team = ground([*deeds, ("dan", "once", VALVES, 4.0), ("eve", "other", DAMS, 4.0)])
        found = ranked(team)
        return found["dan"].score / found["eve"].score

    assert lead(apart) > lead(mixed)


def test_bundled_weights_are_proportions_and_every_set_was_judged_without_itself() -> None:
    weights = bundled_weights()

    assert weights.ways.sum() == pytest.approx(1, abs=1e-3)
    assert sum(weights.of_areas.values()) == pytest.approx(1, abs=1e-3)
    assert sum(weights.of_role.values()) == pytest.approx(1, abs=1e-3)
    assert set(weights.notes["left_out"]) == set(weights.notes["learned_from"])


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    parts = dict.fromkeys(PARTS, round(1 / len(PARTS), 4))
    even = SuccessorWeights(np.full(len(WAYS), round(1 / len(WAYS), 4)), 3.0, parts, parts, {"learned_from": {}})

    even.save(tmp_path / "weights.json")
    found = SuccessorWeights.load(tmp_path / "weights.json")

    assert found.ways.tolist() == even.ways.tolist()
    assert (found.confidence, found.of_areas, found.of_role, found.notes) == (3.0, parts, parts, {"learned_from": {}})


def test_damaged_weights_say_how_to_make_them_again(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text('{"ways": {}}', encoding="utf-8")

    with pytest.raises(InvalidInputError, match=r"make them again with: python -m evaluation\.train_successors"):
        SuccessorWeights.load(tmp_path / "weights.json")
