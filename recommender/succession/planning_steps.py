"""Steps proposed for a transfer plan, from what is to be passed on; nothing is stored until people choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import product
from typing import Final

from models.tables import StepKind
from models.transfer_steps import NewStep
from recommender.succession.step_dates import MOST_AT_ONCE, Diary, Span
from recommender.succession.transfer import Transfer, TransferItem, TransferItemKind

MOST_PROPOSED: Final = 12
"""More is no plan that people follow; what would be lost most comes first."""
LITTLE_TIME_DAYS: Final = 90
"""With less, what only one person can say is recorded before anything else."""
MOST_TRIED: Final = 3
"""Successors tried for an area, the best first, until one has room."""
# How long each kind takes beside people's work; from the plans of organisations, not measured.
USUAL_DAYS: Final[Mapping[StepKind, int]] = {
    StepKind.RECORDED_TALK: 14,
    StepKind.COMMUNITY_SESSION: 7,
    StepKind.MENTORING: 56,
    StepKind.WRITTEN_PRACTICE: 28,
    StepKind.CO_ANSWERING: 42,
}
LEAST_STRETCH, MOST_STRETCH = 0.5, 2.0
"""Within these bounds steps are shortened or stretched to fill the time there is."""
# What is written or answered together begins once what it builds on has ended.
AFTER: Final[Mapping[StepKind, StepKind]] = {
    StepKind.WRITTEN_PRACTICE: StepKind.RECORDED_TALK,
    StepKind.CO_ANSWERING: StepKind.MENTORING,
}


class Why(StrEnum):
    """Why this kind of step, beside what there is to pass on."""

    NOBODY_READY = "nobody_ready"
    SUCCESSOR_READY = "successor_ready"
    NOBODY_NEAR = "nobody_near"
    """Nobody was found who could take it over."""
    LITTLE_TIME = "little_time"


@dataclass(frozen=True, slots=True)
class StepReason:
    """Why a step is proposed: what it passes on, with the evidence of that."""

    item: TransferItem
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class ProposedStep(NewStep):
    """A step that a plan could have, and why."""

    reasons: Sequence[StepReason] = ()


@dataclass(frozen=True, slots=True)
class Taker:
    """Someone who could take an area over."""

    person_id: str
    ready: bool


@dataclass(slots=True)
class _Wanted:
    """A step that would pass something on, before it has dates."""

    kind: StepKind
    area_id: str | None
    document_id: str | None
    together: bool
    """Whether a successor takes part."""
    reasons: list[StepReason] = field(default_factory=list)


def propose_for(
    transfer: Transfer,
    takers: Mapping[str, Sequence[Taker]],
    due_on: date,
    today: date,
    busy: Mapping[str, Sequence[Span]] | None = None,
) -> list[ProposedStep]:
    """Return steps from today to a day, by their first day; the same for the same input.

    Args:
        transfer: what to pass on, what would be lost most first.
        takers: who could take each area over, the best first.
        due_on: the last day; with none left between, nothing is proposed.
        today: the first day.
        busy: when people have steps of other plans.

    Returns:
        Nobody has more than MOST_AT_ONCE steps on a day; what does not fit any more is left out, least loss first.
    """
    window = (due_on - today).days + 1
    little_time = window < LITTLE_TIME_DAYS
    wanted = _wanted_steps(transfer, takers, little_time=little_time)[:MOST_PROPOSED]
    if window < 1 or not wanted:
        return []
    stretch = min(max(window / _days_needed(wanted), LEAST_STRETCH), MOST_STRETCH)
    placing = _Placing(transfer.person.id, takers, Diary(due_on, busy or {}), today)
    placed = []
    for step in wanted:
        found = placing.place(step, [min(window, int(USUAL_DAYS[step.kind] * by)) for by in (stretch, LEAST_STRETCH)])
        if found is not None:
            placed.append(found)
    return sorted(placed, key=lambda step: (step.starts_on, step.due_on))


def _days_needed(wanted: Sequence[_Wanted]) -> float:
    """Return how long the steps usually take: so many at once, but no less than those that follow on each other."""
    present = {(step.area_id, step.kind) for step in wanted}
    chains = [
        USUAL_DAYS[step.kind] + (USUAL_DAYS[AFTER[step.kind]] if (step.area_id, AFTER.get(step.kind)) in present else 0)
        for step in wanted
    ]
    return max(sum(USUAL_DAYS[step.kind] for step in wanted) / MOST_AT_ONCE, *chains)


@dataclass(slots=True)
class _Placing:
    """Steps being given people and dates, one after the other."""

    leaver_id: str
    takers: Mapping[str, Sequence[Taker]]
    diary: Diary
    today: date
    chosen: dict[str, str] = field(default_factory=dict)
    """Who takes each area over: the same person in all its steps."""
    ends: dict[tuple[str | None, StepKind], date] = field(default_factory=dict)

    def place(self, step: _Wanted, lengths: Sequence[int]) -> ProposedStep | None:
        """Return a step with its people and dates, of the first length in days that fits; None where none does."""
        before = self.ends.get((step.area_id, AFTER[step.kind])) if step.kind in AFTER else None
        first = before + timedelta(days=1) if before else self.today
        for taker, days in product(self._takers_of(step), lengths):
            people = {self.leaver_id, taker} if taker else {self.leaver_id}
            span = self.diary.find_span(people, first, days)
            if span is None:
                continue
            self.diary.add(people, span)
            self.ends[step.area_id, step.kind] = span[1]
            if taker and step.area_id:
                self.chosen[step.area_id] = taker
            return ProposedStep(
                kind=step.kind,
                starts_on=span[0],
                due_on=span[1],
                area_id=step.area_id,
                successor_id=taker,
                document_id=step.document_id,
                reasons=step.reasons,
            )
        return None

    def _takers_of(self, step: _Wanted) -> Sequence[str | None]:
        """Return who may take part in a step, the best first; one nobody for a step of the leaver alone."""
        area = step.area_id or ""
        if not step.together:
            return [None]
        if area in self.chosen:
            return [self.chosen[area]]
        return [taker.person_id for taker in self.takers.get(area, ())[:MOST_TRIED]] or [None]


def _wanted_steps(transfer: Transfer, takers: Mapping[str, Sequence[Taker]], *, little_time: bool) -> list[_Wanted]:
    """Return the steps that what is to be passed on asks for, each once, most would be lost first."""
    found: dict[tuple[StepKind, str | None, str | None], _Wanted] = {}
    for item in transfer.items:
        for step in _steps_for(item, takers.get(item.area_id or "", ()), little_time=little_time):
            standing = found.setdefault((step.kind, step.area_id, step.document_id), step)
            if standing is not step:
                standing.reasons += step.reasons
    steps = list(found.values())
    if little_time:
        steps.sort(key=lambda step: step.kind is not StepKind.RECORDED_TALK)
    return _bases_first(steps)


def _bases_first(steps: Sequence[_Wanted]) -> list[_Wanted]:
    """Return the steps in their order, but what another builds on before it."""
    ordered: list[_Wanted] = []
    for step in steps:
        bases = [one for one in steps if one.kind is AFTER.get(step.kind) and one.area_id == step.area_id]
        ordered += [one for one in (*bases, step) if one not in ordered]
    return ordered


def _steps_for(item: TransferItem, takers: Sequence[Taker], *, little_time: bool) -> Iterator[_Wanted]:
    """Yield the steps for one item, in the order in which they build on each other."""
    match item.kind:
        case TransferItemKind.ONLY_HOLDER_AREA:
            yield from _for_held_area(item, takers, little_time=little_time)
        case TransferItemKind.TACIT_AREA:
            yield _want(StepKind.RECORDED_TALK, item, Why.LITTLE_TIME if little_time else None, together=False)
            yield _want(StepKind.WRITTEN_PRACTICE, item)
        case TransferItemKind.ONLY_MAINTAINED_PRACTICE:
            yield _want(StepKind.WRITTEN_PRACTICE, item, document_id=item.document_id)
        case TransferItemKind.ONLY_ANSWERED_QUESTION:
            yield _want(StepKind.WRITTEN_PRACTICE, item)
        case TransferItemKind.STILL_ASKED:
            yield _answering(item, takers)


def _for_held_area(item: TransferItem, takers: Sequence[Taker], *, little_time: bool) -> Iterator[_Wanted]:
    """Yield the steps for an area that hardly anyone else holds."""
    if not takers:
        yield _want(StepKind.RECORDED_TALK, item, Why.NOBODY_NEAR, together=False)
        yield _answering(item, takers)
        return
    if not any(taker.ready for taker in takers):
        if little_time:
            yield _want(StepKind.RECORDED_TALK, item, Why.LITTLE_TIME, together=False)
        yield _want(StepKind.MENTORING, item, Why.NOBODY_READY)
    yield _answering(item, takers)


def _answering(item: TransferItem, takers: Sequence[Taker]) -> _Wanted:
    """Return that questions are answered together, or brought to a community where nobody is near."""
    if not takers:
        return _want(StepKind.COMMUNITY_SESSION, item, Why.NOBODY_NEAR, together=False)
    ready = any(taker.ready for taker in takers)
    return _want(StepKind.CO_ANSWERING, item, Why.SUCCESSOR_READY if ready else Why.NOBODY_READY)


def _want(
    kind: StepKind, item: TransferItem, why: Why | None = None, *, document_id: str | None = None, together: bool = True
) -> _Wanted:
    return _Wanted(kind, item.area_id, document_id, together, [StepReason(item, why)])
