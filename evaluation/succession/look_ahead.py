"""The guard against look-ahead: handovers made again where the future was never written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluation.backtest import without_source
from evaluation.experiment import Query, System
from evaluation.look_ahead import LookAhead
from evaluation.succession.cases import Case, Cases
from models.errors import InvalidInputError

CASE = "the case itself"
"""Stands for a system where the future changed what is handed over or who comes into question."""


def find_look_ahead(
    found: Cases, make_systems: Callable[[Cases], Sequence[System]], sample: int = 3
) -> list[LookAhead]:
    """Return where the future changed a case or a ranking; nothing when all is honest.

    A few cases, evenly spread over time, are made again from a copy of the store, or of the history, that holds only
    what came strictly before them; every system made from that alone must rank the same people in the same order.

    Args:
        make_systems: makes the systems from the cases they are asked for.
    """
    if found.retell is None:
        message = f"The cases of {found.data.name} do not say how they are made; read them with read_cases."
        raise InvalidInputError(message)
    systems = make_systems(found)
    step = max(1, len(found.cases) // max(sample, 1))
    leaks: list[LookAhead] = []
    for case in found.cases[step - 1 :: step][:sample]:
        with found.retell(case) as again:
            [honest] = again.cases
            changed = sorted(set(_named(case)) ^ set(_named(honest)))
            if changed:
                leaks.append(LookAhead(case.id, CASE, changed))
            query = Query(case.id, "", at=case.handover.at)
            for system, truthful in zip(systems, make_systems(again), strict=True):
                seen, known = ([person for person, _ in one.rank(query, None)] for one in (system, truthful))
                differing = [person for person, other in zip(seen, known, strict=False) if person != other]
                if differing or len(seen) != len(known):
                    leaks.append(LookAhead(case.id, system.name, differing or sorted(set(seen) ^ set(known))))
    return leaks


def _named(case: Case) -> list[str]:
    """Return what a case is made of, by names that do not depend on numbering."""
    ids, areas = case.ground.person_ids, case.ground.places.area_ids
    return [
        *(f"candidate {without_source(ids[code])}" for code in case.candidates.tolist()),
        *(f"leaver {without_source(ids[code])}" for code in sorted(case.handover.leavers)),
        *(f"area {areas[area]}: {share:.4f}" for area, share in sorted(case.handover.areas.items())),
    ]
