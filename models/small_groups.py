"""Small groups: which counts of secret departures in a tree of units can be shown without telling of anyone.

A count is shown where at least k people leave, and so few of the others that at least k stay whatever the other spans
show. Below a unit that is shown, its parts (the units under it, and its own people) are halved again and again; a half
is known only if the other, which is the difference, can be shown as well. Where that stops depends on nothing of who
asks, so that two readers learn nothing by laying their tables side by side; and that it stopped says only that one of
two halves has too few or too many, not which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Span = int
"""The first year of a span of years."""
SPANS_SHOWN: Final = 4
"""Spans that are shown at most: this one, and those of the next fifteen years."""


@dataclass(frozen=True, slots=True)
class Tally:
    """People of whom nothing is announced, and how many of them leave in each span; in one unit, or in several."""

    people: int = 0
    leaving: Mapping[Span, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a unit: one unit under it, or several and its own people, which are counted together."""

    tally: Tally
    unit: str | None = None


def may_show(tally: Tally, span: Span, smallest: int) -> bool:
    """Return whether a count tells of nobody: at least so many leave, and as many stay if all spans show the most."""
    return smallest <= tally.leaving.get(span, 0) <= (tally.people - smallest) // SPANS_SHOWN


def add_tallies(tallies: Iterable[Tally]) -> Tally:
    """Return several groups, with nobody in two of them, as one."""
    people, leaving = 0, dict[Span, int]()
    for tally in tallies:
        people += tally.people
        for span, count in tally.leaving.items():
            leaving[span] = leaving.get(span, 0) + count
    return Tally(people, leaving)


@dataclass(frozen=True, slots=True)
class UnitTree:
    """Units with those directly under them; whatever goes round in a circle hangs under nothing and is left out."""

    roots: tuple[str, ...]
    below: Mapping[str, tuple[str, ...]]

    def walk_up(self) -> Iterator[str]:
        """Yield each unit after all those under it."""
        order: list[str] = []
        waiting = list(self.roots)
        while waiting:
            unit = waiting.pop()
            order.append(unit)
            waiting.extend(self.below.get(unit, ()))
        return reversed(order)


def grow_tree(parents: Mapping[str, str | None]) -> UnitTree:
    """Return the tree of units, given the one that each is under."""
    below: dict[str, list[str]] = {}
    roots = []
    for unit, parent in sorted(parents.items()):
        if parent is None or parent not in parents:
            roots.append(unit)
        else:
            below.setdefault(parent, []).append(unit)
    return UnitTree(tuple(roots), {unit: tuple(under) for unit, under in below.items()})


def add_up(tree: UnitTree, own: Mapping[str, Tally]) -> dict[str, Tally]:
    """Return the people of each unit with those under it, given its own people."""
    whole: dict[str, Tally] = {}
    for unit in tree.walk_up():
        under = (whole[child] for child in tree.below.get(unit, ()))
        whole[unit] = add_tallies((own.get(unit, Tally()), *under))
    return whole


def choose_shown(tree: UnitTree, own: Mapping[str, Tally], span: Span, smallest: int) -> frozenset[str]:
    """Return the units whose count of a span is shown, those under each counted with it.

    Args:
        own: each unit's own people.
        smallest: k.
    """
    whole = add_up(tree, own)
    shown = set()
    waiting = [root for root in tree.roots if may_show(whole[root], span, smallest)]
    while waiting:
        unit = waiting.pop()
        shown.add(unit)
        under = {child: whole[child] for child in tree.below.get(unit, ())}
        waiting.extend(_halve(_part(under, own.get(unit, Tally()), smallest), span, smallest))
    return frozenset(shown)


def _part(under: Mapping[str, Tally], own: Tally, smallest: int) -> Sequence[Part]:
    """Return the parts of a unit, the largest first, made of nothing secret: how many people they have.

    Parts too small for any number to be shown of them are counted together, with the next larger while that is too few.
    """
    parts = [Part(tally, unit) for unit, tally in under.items()] + [Part(own)]
    parts = sorted((part for part in parts if part.tally.people), key=lambda p: (-p.tally.people, p.unit or ""))
    fewest = smallest * (SPANS_SHOWN + 1)
    together: list[Part] = []
    while parts and (parts[-1].tally.people < fewest or 0 < sum(p.tally.people for p in together) < fewest):
        together.append(parts.pop())
    if len(together) == 1:
        return [*parts, *together]
    return [*parts, Part(add_tallies(part.tally for part in together))] if together else parts


def _halve(parts: Sequence[Part], span: Span, smallest: int) -> list[str]:
    """Return which units can be shown of parts whose sum is known."""
    if len(parts) < 2:
        return [part.unit for part in parts if part.unit is not None]
    halves = parts[: len(parts) // 2], parts[len(parts) // 2 :]
    if not all(may_show(add_tallies(part.tally for part in half), span, smallest) for half in halves):
        return []
    return [unit for half in halves for unit in _halve(half, span, smallest)]
