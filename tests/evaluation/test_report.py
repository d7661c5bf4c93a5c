from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evaluation.exposure import Exposure
from evaluation.measures import parse_measures
from evaluation.report import Latency, Report, judge
from models.errors import InvalidInputError
from tests.evaluation.judging import experiment

RR = parse_measures(["RR"])


def test_figures_are_means_over_the_queries_that_are_asked_and_judged() -> None:
    report = judge(experiment(), RR)
    assert report.queries == 3
    # releve: (1 + 1/2 + 1) / 3; popularity: (1/2 + 0 + 1) / 3.
    assert report.systems == {"releve": {"RR": pytest.approx(2.5 / 3)}, "popularity": {"RR": pytest.approx(0.5)}}
    assert report.per_query["popularity"]["RR"] == {"q1": 0.5, "q2": 0.0, "q3": 1.0}


def test_what_is_left_out_or_counts_0_is_said() -> None:
    assert judge(experiment(), RR).notes == (
        "Queries left out because they have no judgements: 1.",
        "Queries of the judgements left out because they were not asked: 1.",
        "Queries that count 0 because popularity names nobody: 1.",
    )


def test_the_comparison_has_the_difference_its_interval_and_p_by_hand() -> None:
    (found,) = judge(experiment(), RR).comparisons
    assert (found.system, found.other, found.measure) == ("releve", "popularity", "RR")
    # Differences 1/2, 1/2, 0: mean 1/3; of the 8 sums four are as far from 0 as 1. The mean of three draws is 0 with
    # chance 1/27, more than 2.5 %, and 1/2 with chance 8/27.
    assert found.difference == pytest.approx(1 / 3)
    assert (found.low, found.high) == (pytest.approx(0.0), pytest.approx(0.5))
    assert (found.p, found.p_holm) == (0.5, 0.5)


def test_p_is_corrected_over_the_comparisons_of_one_measure() -> None:
    given = experiment()
    third = replace(given.results[1], name="model2")
    report = judge(replace(given, results=[*given.results, third]), parse_measures(["RR", "AP"]))

    assert [c.p_holm for c in report.comparisons if c.measure == "RR"] == [1.0, 1.0]


def test_any_system_can_be_the_one_compared_and_the_first_is_where_the_named_one_is_not_there() -> None:
    assert judge(experiment(), RR, compared="popularity").comparisons[0].difference == pytest.approx(-1 / 3)
    assert judge(experiment(), RR, compared="nobody").compared == "releve"


def test_slices_hold_their_count_and_their_means() -> None:
    slices = judge(experiment(), RR).slices
    assert {name: {value: part.queries for value, part in values.items()} for name, values in slices.items()} == {
        "language": {"en": 1, "fr": 2},
        "length": {"medium": 1, "short": 2},
        "area": {"common": 2, "rare": 1},
    }
    assert slices["language"]["fr"].systems == {"releve": {"RR": 1.0}, "popularity": {"RR": 0.75}}


def test_exposure_stands_beside_accuracy_over_the_judged_queries() -> None:
    report = judge(experiment(), RR, candidates=4)
    # ana 3, bob 2, two never: 2 (3·2 + 4·3) / (4 · 5) - 5/4.
    assert report.exposure["releve"] == Exposure(pytest.approx(0.55), 1.0, 2, 4)
    # Without a known number: ana, bob and eve are candidates of some run.
    assert judge(experiment(), RR).exposure["releve"].candidates == 3


def test_latency_is_given_where_it_was_measured() -> None:
    assert judge(experiment(), RR).latency_ms == {"releve": Latency(25.0, pytest.approx(38.5))}


def test_counts_are_reported_without_comparison() -> None:
    report = judge(experiment(), parse_measures(["NumRet"]))
    assert report.systems["releve"]["NumRet"] == 5
    assert report.comparisons == ()
    assert report.intervals["releve"] == {}


def test_the_json_has_the_documented_shape_and_comes_back() -> None:
    report = judge(experiment(), RR)
    shown = json.loads(json.dumps(report.to_json()))
    assert {"data", "queries", "systems", "comparisons", "exposure", "latency_ms", "seed", "command"} <= set(shown)
    assert shown["data"] == {"name": "toy", "version": "v1", "description": "four questions"}
    assert shown["systems"]["releve"]["RR"] == pytest.approx(2.5 / 3)
    assert shown["latency_ms"] == {"releve": {"median": 25.0, "p95": pytest.approx(38.5)}}
    assert (shown["seed"], shown["command"]) == (7, "releve evaluate toy")
    assert Report.from_json(shown) == replace(report, per_query={})


def test_without_any_judged_query_the_error_says_what_to_check() -> None:
    with pytest.raises(InvalidInputError, match="No query of toy has judgements"):
        judge(replace(experiment(), qrels={"q77": {"ana": 1}}), RR)


def test_two_systems_of_one_name_are_refused() -> None:
    given = experiment()
    with pytest.raises(InvalidInputError, match="named alike: releve, releve"):
        judge(replace(given, results=[given.results[0], given.results[0]]), RR)


def test_one_system_alone_is_judged_without_comparison() -> None:
    given = experiment()
    assert judge(replace(given, results=given.results[:1]), RR).comparisons == ()
