"""Small groups: someone who lays every table side by side, and knows the rules, learns of no departure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import models.small_groups
from models.small_groups import Tally, UnitTree, add_up, choose_shown, grow_tree

Counts = tuple[int, ...]
"""Of a unit's own people: how many leave in each span, and last how many do not leave."""
Table = tuple[Counts, ...]
Shown = tuple[tuple[int, str, int], ...]
Worlds = Mapping[Shown, list[Table]]
House = tuple[Mapping[str, str | None], Mapping[str, int], int, int]
"""Parents of units, own people, spans, k."""


def ways(people: int, values: int) -> Iterator[Counts]:
    """Yield every way in which so many people share out over so many values."""
    if values == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in ways(people - first, values - 1):
            yield (first, *rest)


def publish(tree: UnitTree, units: list[str], table: Table, smallest: int) -> Shown:
    """Return every count that anyone is shown."""
    own = {unit: Tally(sum(counts), dict(enumerate(counts[:-1]))) for unit, counts in zip(units, table, strict=True)}
    whole = add_up(tree, own)
    spans = range(len(table[0]) - 1)
    return tuple(
        (span, unit, whole[unit].leaving[span])
        for span in spans
        for unit in sorted(choose_shown(tree, own, span, smallest))
    )


def every_world(house: House) -> Worlds:
    """Return, for everything that can be shown, every way in which people can leave that shows just that."""
    parents, sizes, spans, k = house
    units, tree = sorted(parents), grow_tree(parents)
    worlds: dict[Shown, list[Table]] = defaultdict(list)
    for table in product(*(list(ways(sizes[unit], spans + 1)) for unit in units)):
        worlds[publish(tree, units, table, k)].append(table)
    return worlds


def check_attack(worlds: Worlds, k: int, insider: tuple[int, int] | None = None) -> None:
    """Fail where what is shown tells of some group of people, made of whole units, more than it may.

    Whatever is shown, of every group: it may be that someone leaves, in each span; that k do not; and where someone
    must leave, that k do. People of a unit stand for each other, so that it holds of each of them, and of mixed groups.

    Args:
        insider: the unit (by its place) of one more person, who knows when they leave themself (the place of that).
    """
    for shown, tables in worlds.items():
        known = _seen_from(tables, insider)
        for size in range(1, len(tables[0]) + 1 if known else 0):
            for group in combinations(range(len(tables[0])), size):
                _check_group(
                    shown, [[sum(column) for column in zip(*(t[u] for u in group), strict=True)] for t in known], k
                )


def _seen_from(tables: list[Table], insider: tuple[int, int] | None) -> list[Table]:
    """Return the worlds that agree with what someone knows of themself, without them."""
    if insider is None:
        return tables
    unit, value = insider
    kept = []
    for table in tables:
        if table[unit][value]:
            own = tuple(count - (place == value) for place, count in enumerate(table[unit]))
            kept.append((*table[:unit], own, *table[unit + 1 :]))
    return kept


def _check_group(shown: Shown, counts: list[list[int]], k: int) -> None:
    people = sum(counts[0])
    if not people:
        return
    least = min(k, people)
    leaving = [people - world[-1] for world in counts]
    assert max(people - count for count in leaving) >= least, f"fewer than {k} stay: {shown}"
    assert min(leaving) == 0 or max(leaving) >= k, f"a few leave, fewer than {k}: {shown}"
    for span in range(len(counts[0]) - 1):
        found = [world[span] for world in counts]
        assert max(found) > 0, f"nobody leaves in {span}: {shown}"
        assert people - min(found) >= least, f"fewer than {k} do not leave in {span}: {shown}"
        assert min(found) == 0 or max(found) >= k, f"a few leave in {span}: {shown}"


# Where the numbers are as small as can be shown at all, subtracting is most tempting.
HOUSES: list[House] = [
    ({"a": None}, {"a": 9}, 2, 2),
    ({"a": None, "b": "a"}, {"a": 2, "b": 9}, 1, 2),
    ({"a": None, "b": "a", "c": "a"}, {"a": 0, "b": 6, "c": 6}, 2, 2),
    ({"a": None, "b": "a", "c": "a"}, {"a": 1, "b": 6, "c": 8}, 1, 3),
    ({"a": None, "b": "a", "c": "a", "d": "a"}, {"a": 0, "b": 4, "c": 5, "d": 6}, 1, 2),
    ({"a": None, "b": "a", "c": "b", "d": "a"}, {"a": 1, "b": 4, "c": 4, "d": 5}, 1, 2),
    ({"a": None, "b": "a", "c": "b", "d": None}, {"a": 4, "b": 2, "c": 7, "d": 8}, 1, 2),
]


@pytest.mark.parametrize("house", HOUSES)
def test_every_table_of_every_world_tells_of_nobody(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    *_, spans, k = house
    monkeypatch.setattr(models.small_groups, "SPANS_SHOWN", spans)
    worlds = every_world(house)
    assert any(worlds), "nothing is ever shown"
    check_attack(worlds, k)


@pytest.mark.parametrize("house", HOUSES)
def test_who_knows_their_own_departure_learns_of_nobody_else(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    _, sizes, spans, k = house
    monkeypatch.setattr(models.small_groups, "SPANS_SHOWN", spans)
    worlds = every_world(house)
    for unit, value in product(range(len(sizes)), range(spans + 1)):
        check_attack(worlds, k - 1, (unit, value))


@st.composite
def houses(draw: st.DrawFn) -> House:
    units = [f"u{n}" for n in range(draw(st.integers(1, 4)))]
    parents: dict[str, str | None] = {units[0]: None}
    for place, unit in enumerate(units[1:], start=1):
        parents[unit] = draw(st.sampled_from([None, *units[:place], *units[:place]]))
    sizes = {unit: draw(st.integers(0, 9)) for unit in units}
    spans = draw(st.integers(1, 2))
    return parents, sizes, spans, draw(st.integers(2, 3 if spans == 1 else 2))


def attack_house(house: House, most_worlds: int) -> None:
    _, sizes, spans, k = house
    assume(prod(sum(1 for _ in ways(size, spans + 1)) for size in sizes.values()) <= most_worlds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.small_groups, "SPANS_SHOWN", spans)
        check_attack(every_world(house), k)


@settings(max_examples=25, deadline=None)
@given(house=houses())
def test_no_table_of_any_small_house_tells_of_anyone(
    house: House,
) -> None:
    attack_house(house, 1_500)


@pytest.mark.thorough
@settings(max_examples=150, deadline=None)
@given(house=houses())
def test_no_table_of_any_larger_house_tells_of_anyone(
    house: House,
) -> None:
    attack_house(house, 20_000)


def show_all_that_are_large(tree: UnitTree, own: Mapping[str, Tally], span: int, smallest: int) -> frozenset[str]:
    """Show each count that could be shown by itself."""
    whole = add_up(tree, own).items()
    return frozenset(u for u, tally in whole if models.small_groups.may_show(tally, span, smallest))


def test_the_attack_finds_what_subtraction_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.small_groups, "SPANS_SHOWN", 1)
    monkeypatch.setitem(globals(), "choose_shown", show_all_that_are_large)
    worlds = every_world(({"a": None, "b": "a"}, {"a": 1, "b": 9}, 1, 2))
    with pytest.raises(AssertionError, match="leave"):
        check_attack(worlds, 2)


def test_counts_are_shown_down_to_where_their_difference_would_tell() -> None:
    parents = {"ville": None, "eaux": "ville", "pompes": "eaux", "vannes": "eaux", "voirie": "ville", "parcs": "ville"}
    own = {
        "ville": Tally(4),
        "eaux": Tally(6, {2025: 1}),
        "pompes": Tally(40, {2025: 6}),
        "vannes": Tally(30, {2025: 3, 2030: 4}),
        "voirie": Tally(50, {2025: 2}),
        "parcs": Tally(25, {2025: 3}),
    }
    tree = grow_tree(parents)
    whole = add_up(tree, own)
    assert (whole["ville"].people, whole["eaux"].leaving) == (155, {2025: 10, 2030: 4})
    # Voirie has two; Parcs with the four of Ville itself could be shown, and Voirie would be what is missing.
    assert choose_shown(tree, own, 2025, 3) == {"ville", "eaux", "pompes"}
    assert choose_shown(tree, own, 2030, 3) == {"ville"}
    assert choose_shown(tree, own, 2035, 3) == frozenset()


def test_units_in_a_circle_hang_under_nothing() -> None:
    tree = grow_tree({"a": "b", "b": "a", "c": "c", "d": None, "e": "gone"})
    assert (tree.roots, list(tree.walk_up())) == (("d", "e"), ["d", "e"])
    assert set(add_up(tree, {"a": Tally(90, {2025: 9})})) == {"d", "e"}
