"""A water department with more people in it, of whom some leave and others could take over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from models.access import Viewer
from models.preferences import change_preferences
from models.records import AnyRecord, DeclaredBy, DepartureRecord, PersonRecord, Role
from models.store import Store
from tests.conftest import write
from tests.recommender.succession.planning import FROST, TODAY, VALVES, answer, fill, open_town, practice, question


def hand_over(store: Store, *, backwards: bool = False) -> None:
    """Frost: Ana wrote four practices, Bea and Ben three each, Eve answered once; valves: Ana two, Dan one."""
    open_town(store)
    people = [PersonRecord(id=name, name=name.title(), unit="water") for name in ("bea", "dan", "eve")]
    frost = [
        *(practice(f"a{n}", ("ana", Role.WROTE)) for n in range(4)),
        *(practice(f"{who}{n}", (who, Role.WROTE)) for who in ("bea", "ben") for n in range(3)),
        question("q1"),
        answer("qa", "q1", "ana"),
        answer("qe", "q1", "eve"),
    ]
    valves = [practice("va1", ("ana", Role.WROTE)), practice("va2", ("ana", Role.WROTE))]
    valves.append(practice("vd", ("dan", Role.WROTE)))
    step = -1 if backwards else 1
    write(store, [*people[::step]])
    for documents, area in ((frost, FROST), (valves, VALVES))[::step]:
        fill(store, documents[::step], area)


def leave(store: Store, name: str, days: int, *, announced: bool = False) -> None:
    """Let the personnel office declare that someone leaves in so many days."""
    on = TODAY + timedelta(days=days)
    records: Sequence[AnyRecord] = [
        DepartureRecord(person=name, earliest=on, latest=on, declared_by=DeclaredBy.HR, announced=announced)
    ]
    write(store, [*records])


def prefer(store: Store, name: str, **changes: Any) -> None:
    """Let someone change their preferences."""
    with store.write() as session:
        change_preferences(session, Viewer(f"test:{name}"), f"test:{name}", changes)
