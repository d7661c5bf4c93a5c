"""The truck factor: counted by hand, and as its authors' published tool behaves."""

from __future__ import annotations

from math import log

import pytest

from recommender.succession.truck_factor import authors_of, degree_of_authorship, truck_factor


def test_the_degree_of_authorship_is_the_published_formula() -> None:
    # 3.293 + 1.098 + 0.164 x 4 - 0.321 x ln(1 + 5), by hand.
    assert degree_of_authorship(True, 4, 5) == pytest.approx(4.471845, abs=1e-6)
    assert degree_of_authorship(False, 0, 0) == 3.293
    assert degree_of_authorship(False, 2, 10) == pytest.approx(3.293 + 0.328 - 0.321 * log(11))


def test_an_author_has_more_than_three_quarters_of_the_highest_degree_and_at_least_the_base() -> None:
    assert authors_of({"best": 8.0, "exactly": 6.0, "above": 6.001}) == {"best", "above"}
    assert authors_of({"base": 3.293, "below": 3.2929}) == {"base"}
    assert authors_of({}) == set()


def test_one_author_of_more_than_half_of_the_files_is_a_truck_factor_of_one() -> None:
    files = {n: ["ana"] if n < 6 else ["ben"] if n < 8 else ["cleo"] for n in range(10)}

    assert truck_factor(files) == ["ana"]


def test_half_of_the_files_covered_is_not_fewer_than_half_so_that_two_equal_authors_both_go() -> None:
    # The published tool stops at coverage < 0.5: after the first it is 0.5 exactly, after the second nobody is left.
    files = {n: ["ana"] if n < 5 else ["ben"] for n in range(10)}

    assert truck_factor(files) == ["ana", "ben"]


def test_who_goes_next_is_counted_over_all_files_as_the_published_tool_does() -> None:
    # Ben is an author of five files, four of them with Ana; Cleo of three that nobody shares. Over all files Ben goes
    # before Cleo; over the files that Ana leaves behind, Cleo would.
    files = {
        **{n: ["ana", "ben"] for n in range(4)},
        **{n: ["ana"] for n in range(4, 6)},
        6: ["ben"],
        **{n: ["cleo"] for n in range(7, 10)},
    }

    assert truck_factor(files) == ["ana", "ben"]


def test_files_without_an_author_count_and_may_be_most_of_them() -> None:
    assert truck_factor({0: ["ana"], 1: [], 2: []}) == []
    assert truck_factor({0: ["ana"], 1: []}) == ["ana"]
    assert truck_factor({}) == []
