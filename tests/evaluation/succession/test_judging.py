from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.report import Report
from evaluation.succession.baselines import DeedsOf, MostActive
from evaluation.succession.cases import Case, Cases, Kind
from evaluation.succession.judging import CaseSystem, SuccessionOptions, judge_cases, make_systems
from evaluation.succession.overall import average_of, compare_within, group_of, judge_sets
from evaluation.succession.reading import read_cases
from models.errors import InvalidInputError

from .histories import community, write_community

OPTIONS = SuccessionOptions(seed=1, command="releve evaluate succession")


def test_measures_follow_from_the_places_of_who_took_over(groups: Cases) -> None:
    _, report = judge_cases(groups, replace(OPTIONS, systems=("popularity", "owned_work")))

    # By documents Fay 3, Dan 2, Cyd 1: Dan is second for sig-net. For sig-app Fay 3, Bea 2, Dan 2, Ada 1: Ada is last.
    assert report.systems["popularity"]["RR"] == pytest.approx((1 / 4 + 1 / 2) / 2)
    # In sig-net Dan owns most. In sig-app all but Fay own nothing: Dan and Bea were active lately, Ada was not.
    assert report.systems["owned_work"]["RR"] == pytest.approx((1 / 4 + 1) / 2)
    assert report.systems["owned_work"]["P@5"] == pytest.approx(1 / 5)
    assert report.systems["owned_work"]["R@10"] == 1.0


def test_every_system_ranks_every_candidate_and_nobody_else(town: Cases, groups: Cases) -> None:
    for found in (town, groups):
        experiment, report = judge_cases(found, OPTIONS)
        assert list(report.systems) == [
            "releve", "most_active", "nearest_profile", "co_answerers", "owned_work", "popularity",
        ]  # fmt: skip
        for case in found.cases:
            expected = {case.ground.person_ids[code].removeprefix("testbed:") for code in case.candidates.tolist()}
            for result in experiment.results:
                assert set(result.run[case.id]) == expected


def test_releve_finds_who_took_over_in_the_small_community(town: Cases) -> None:
    _, report = judge_cases(town, OPTIONS)

    # Max answered once, beside Lea; Pia is the most active.
    assert report.systems["most_active"]["RR"] == 0.5
    assert report.systems["owned_work"]["RR"] == report.systems["co_answerers"]["RR"] == 1.0


class Alike:
    """Finds everyone alike."""

    name = "alike"

    def score(self, case: Case) -> np.ndarray:
        return np.zeros(len(case.ground.person_ids))


def test_people_alike_are_in_order_of_recent_activity_then_of_id(groups: Cases) -> None:
    app, _ = groups.cases
    system = CaseSystem(Alike(), {app.id: app}, MostActive(DeedsOf(), 180))
    [query] = [query for query in judge_cases(groups, OPTIONS)[0].queries if query.id == app.id]

    assert system.rank(query, None) == [("fay", 4.0), ("bea", 3.0), ("dan", 2.0), ("ada", 1.0)]
    assert system.rank(query, 1) == [("fay", 4.0)]


def test_an_unknown_system_is_named_with_those_there_are(groups: Cases) -> None:
    with pytest.raises(InvalidInputError, match="No system named 'guess' here; choose releve, most_active"):
        make_systems(groups, replace(OPTIONS, systems=("guess",)))


def test_cases_of_one_handover_are_drawn_together(groups: Cases) -> None:
    one = replace(groups, cases=[replace(case, group="same") for case in groups.cases])
    _, report = judge_cases(one, replace(OPTIONS, systems=("popularity",)))

    # With one group there is nothing to draw: the interval is the mean itself.
    assert report.intervals["popularity"]["RR"] == pytest.approx((0.375, 0.375))


def with_rr(report: Report, **values: float) -> Report:
    return replace(report, systems={name: {**report.systems[name], "RR": value} for name, value in values.items()})


def test_the_average_counts_communities_the_same_and_leaves_leadership_apart(town: Cases, groups: Cases) -> None:
    options = replace(OPTIONS, systems=("most_active", "owned_work"), measures=("RR",), compared="owned_work")
    one, lead = judge_cases(town, options)[1], judge_cases(groups, options)[1]
    sets = [
        (Kind.COMMUNITY, with_rr(one, most_active=0.2, owned_work=0.5)),
        (Kind.COMMUNITY, with_rr(one, most_active=0.4, owned_work=0.6)),
        (Kind.LEADERSHIP, lead),
    ]
    average = average_of(sets)

    assert average.queries == 2
    assert average.systems["owned_work"]["RR"] == pytest.approx(0.55)
    [comparison] = average.comparisons
    assert comparison.difference == pytest.approx(0.25)
    # Two communities, drawn with replacement: 0.2 twice, 0.3 twice or both; both signs are one way of two.
    assert (comparison.low, comparison.high) == pytest.approx((0.2, 0.3))
    assert comparison.p == pytest.approx(0.5)


def test_the_difference_on_the_average_of_these_sets_is_drawn_within_each(town: Cases) -> None:
    one = judge_cases(town, replace(OPTIONS, systems=("most_active", "owned_work"), compared="owned_work"))[1]
    per_query = {
        "owned_work": {"RR": {"d1/a": 1.0, "d1/b": 0.5, "d2/c": 0.5}},
        "most_active": {"RR": {"d1/a": 0.5, "d1/b": 0.5, "d2/c": 0.5}},
    }
    first = replace(one, measures=("RR",), per_query=per_query)
    second = replace(first, per_query={"owned_work": {"RR": {"d1/e": 0.5}}, "most_active": {"RR": {"d1/e": 0.25}}})
    [found] = compare_within([(Kind.COMMUNITY, first), (Kind.COMMUNITY, second)])

    assert (found.system, found.other) == ("owned_work", "most_active")
    assert found.difference == pytest.approx((0.5 / 3 + 0.25) / 2)
    # The first handover of the first set, drawn alone, gives 0.25; the second alone 0.
    assert (found.low, found.high) == pytest.approx((0.125, 0.25))
    # Signs of three handovers with 1/12, 0 and 1/8: only those where the two agree are as far from 0.
    assert found.p == pytest.approx(0.5)
    assert compare_within([(Kind.COMMUNITY, first)]) == ()
    assert (group_of("2020-01-01/lea", Kind.COMMUNITY), group_of("2020-01-01/sig-a", Kind.LEADERSHIP)) == (
        "2020-01-01",
        "sig-a",
    )


def test_a_community_too_short_is_skipped_with_its_reason_and_the_others_are_judged(
    tmp_path: Path, folders: tuple[Path, Path]
) -> None:
    short = write_community(tmp_path / "short", community()[:5])
    report = judge_sets([short, *folders], lambda path: read_cases(path, None), OPTIONS)
    shown = report.to_json()

    assert [(one.name, "too short" in one.reason) for one in report.skipped] == [("short", True)]
    assert [(one["kind"], one["data"]["name"], one["cases"]) for one in shown["sets"]] == [
        ("community", "town", 1),
        ("leadership", "groups", 2),
    ]
    # One community is its own average, and the history of leadership is not mixed into it.
    assert (shown["data"]["name"], shown["cases"]) == ("town", 1)


def test_where_no_set_holds_a_case_every_reason_is_given(tmp_path: Path) -> None:
    short = [write_community(tmp_path / name, community()[:5]) for name in ("one", "two")]

    with pytest.raises(InvalidInputError, match=r"No set holds a case: one is too short.* two is too short"):
        judge_sets(short, lambda path: read_cases(path, None), OPTIONS)
