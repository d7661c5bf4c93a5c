"""Works and their authors in columns: the same as counted one by one, and as the published tool counts a repository."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.succession.credits import Credits
from recommender.succession.truck_factor import authors_of, degree_of_authorship, truck_factor
from recommender.succession.works import Works, documented_ratios, find_works, truck_factors

# One change: its file, who made it, and whether it added the file or modified it.
Change = tuple[int, int, str]

ANA, BEN, CLEO = 0, 1, 2


def works_of(changes: Sequence[Change], area: int = 0) -> Works:
    """Count a repository in the order of its history: each file is a thread, each change a document of it."""
    made = sorted((area, person, place, file, kind) for place, (file, person, kind) in enumerate(changes))
    documents = np.array([row[2] for row in made], np.int32)
    kinds = np.array([row[4] == "A" for row in made], np.bool_)
    return find_works(
        Credits(
            areas=np.array([row[0] for row in made], np.int32),
            persons=np.array([row[1] for row in made], np.int32),
            documents=documents,
            threads=np.array([row[3] for row in made], np.int32),
            points=np.ones(len(made)),
            since=documents.astype(np.int64),
            times=documents.astype(np.int64),
            created=kinds,
            changed=~kinds,
            kinds=np.zeros(len(made), np.int32),
        )
    )


def authors_by_file(works: Works) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {int(file): set() for file in works.threads}
    for work, person in zip(works.author_works.tolist(), works.author_persons.tolist(), strict=True):
        found[int(works.threads[work])].add(person)
    return found


def factor_of(works: Works, people: int) -> int:
    ranks = np.arange(people)
    return int(truck_factors(works.areas, works.author_works, works.author_persons, ranks, 1)[0])


def test_authors_of_an_example_repository_are_those_that_the_published_tool_finds() -> None:
    # File 0: Ana adds it and Ben modifies it once. Ana 3.293 + 1.098 - 0.321 ln 2 = 4.169 is the best; Ben
    # 3.293 + 0.164 = 3.457 is 0.829 of it: both are authors.
    # File 1: Ana adds it, Ben modifies it three times, Cleo once. Ana 4.391 - 0.321 ln 5 = 3.874; Ben
    # 3.293 + 0.492 - 0.321 ln 2 = 3.562 is 0.92 of it; Cleo 3.457 - 0.321 ln 4 = 3.012 is 0.777 of it, but under 3.293.
    # File 2: Cleo adds it and modifies it twelve times: 6.359; Ana once: 3.457 - 0.321 ln 13 = 2.634, 0.41 of it.
    changes: list[Change] = [(0, ANA, "A"), (0, BEN, "M"), (1, ANA, "A"), *[(1, BEN, "M")] * 3, (1, CLEO, "M")]
    changes += [(2, CLEO, "A"), *[(2, CLEO, "M")] * 12, (2, ANA, "M")]

    works = works_of(changes)

    assert authors_by_file(works) == {0: {ANA, BEN}, 1: {ANA, BEN}, 2: {CLEO}}
    assert degree_of_authorship(False, 1, 3) == pytest.approx(3.457 - 0.321 * log(4))
    # Ana goes, then Ben: one file of three is left, fewer than half.
    assert factor_of(works, 3) == len(truck_factor(authors_by_file(works))) == 2


def test_a_repository_of_which_one_made_more_than_half_has_a_truck_factor_of_one() -> None:
    assert factor_of(works_of([(file, ANA if file < 6 else BEN, "A") for file in range(10)]), 2) == 1


def test_two_who_made_a_half_each_make_a_truck_factor_of_two() -> None:
    assert factor_of(works_of([(file, file % 2, "A") for file in range(10)]), 2) == 2


def test_whoever_is_first_to_answer_creates_the_work_and_later_answers_are_deliveries() -> None:
    # Ben answers first, Ana three times after him: 3.293 + 1.098 - 0.321 ln 4 = 3.946 beside 3.293 + 0.492 - 0 changes
    # of Ben's = 3.785: both are authors.
    works = works_of([(7, BEN, "A"), (7, ANA, "A"), (7, ANA, "A"), (7, ANA, "A")])

    assert authors_by_file(works) == {7: {ANA, BEN}}


def test_no_works_make_no_factor() -> None:
    works = works_of([])

    assert factor_of(works, 1) == 0
    assert documented_ratios(*[np.empty(0, np.int32)] * 2, *[np.empty(0)] * 3, size=2).tolist() == [0, 0]


histories = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from("AMM")), max_size=40)


@given(histories, st.frozensets(st.integers(0, 4)))
def test_columns_count_the_same_as_one_file_after_the_other(changes: list[Change], gone: frozenset[int]) -> None:
    works = works_of(changes)
    one_by_one = {file: count_by_hand([change for change in changes if change[0] == file]) for file, _, _ in changes}

    assert authors_by_file(works) == one_by_one
    here = ~np.isin(works.author_persons, sorted(gone))
    counted = truck_factors(works.areas, works.author_works[here], works.author_persons[here], np.arange(5), 1)
    assert counted.tolist() == [len(truck_factor({file: who - gone for file, who in one_by_one.items()}))]


def count_by_hand(changes: list[Change]) -> set[int]:
    """Return the authors of one file, change after change."""
    creator = next((person for _, person, kind in changes if kind == "A"), None)
    deliveries = {person: -(person == creator) for _, person, _ in changes}
    for _, person, _ in changes:
        deliveries[person] += 1
    total = sum(deliveries.values())
    return authors_of(
        {person: degree_of_authorship(person == creator, own, total - own) for person, own in deliveries.items()}
    )


def test_the_truck_factors_of_several_areas_do_not_touch() -> None:
    first, second = works_of([(0, ANA, "A"), (1, ANA, "A")]), works_of([(0, BEN, "A"), (1, CLEO, "A")], area=2)
    works = Works(
        np.concatenate([first.areas, second.areas]),
        np.concatenate([first.threads, second.threads]),
        np.concatenate([first.author_works, second.author_works + 2]),
        np.concatenate([first.author_persons, second.author_persons]),
    )

    found = truck_factors(works.areas, works.author_works, works.author_persons, np.arange(3), 4)

    assert found.tolist() == [1, 0, 2, 0]


def test_a_work_counts_once_in_the_documented_ratio_as_much_as_its_most_fitting_document() -> None:
    # A thread of 0.9 at best without a practice, a practice of 0.6, and an unanswered question that is no knowledge.
    ratios = documented_ratios(
        areas=np.array([0, 0, 0, 0], np.int32),
        threads=np.array([5, 5, 6, 7]),
        strengths=np.array([0.3, 0.9, 0.6, 1.0]),
        reusable=np.array([False, False, True, False]),
        counted=np.array([False, True, True, False]),
        size=1,
    )

    assert ratios.tolist() == pytest.approx([0.6 / 1.5])
