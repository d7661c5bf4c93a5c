"""Progress of a transfer plan: what has been written, recorded or answered since a step began; people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from models.access import Viewer
from models.queries.plan_evidence import Deed, read_deeds_in_areas, read_deeds_with
from models.queries.plan_shapes import Plan, Step
from models.queries.transfers import Titled, read_titles
from models.records import DocumentKind
from models.tables import StepKind
from recommender.succession.transfer import EvidenceRef

EVIDENCE_SHOWN: Final = 5
# Questions a successor answered in an area before it looks as if they answer there: one may be chance.
MUCH_ANSWERED: Final = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """What shows that a kind of step was done."""

    kinds: frozenset[DocumentKind]
    enough: int
    by_leaver: bool
    by_successor: bool


_WRITTEN: Final = frozenset({DocumentKind.PRACTICE, DocumentKind.PAGE})
_SPOKEN: Final = frozenset({DocumentKind.RECORDING, DocumentKind.PAGE})
_ANSWERED: Final = frozenset({DocumentKind.ANSWER})
_MADE: Final = frozenset({DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING, DocumentKind.COMMIT})
SIGNS: Final[Mapping[StepKind, Sign]] = {
    StepKind.MENTORING: Sign(_ANSWERED, MUCH_ANSWERED, by_leaver=False, by_successor=True),
    StepKind.CO_ANSWERING: Sign(_ANSWERED, MUCH_ANSWERED, by_leaver=False, by_successor=True),
    StepKind.RECORDED_TALK: Sign(frozenset({DocumentKind.RECORDING}), 1, by_leaver=True, by_successor=False),
    StepKind.WRITTEN_PRACTICE: Sign(_WRITTEN, 1, by_leaver=True, by_successor=True),
    StepKind.COMMUNITY_SESSION: Sign(_SPOKEN, 1, by_leaver=True, by_successor=True),
    StepKind.TRANSFER_PROJECT: Sign(_MADE, MUCH_ANSWERED, by_leaver=False, by_successor=True),
}
"""Observation leaves nothing that an index sees; a document that someone names speaks for any kind."""


@dataclass(frozen=True, slots=True)
class StepEvidence:
    """What shows how a step went."""

    step_id: int
    documents: Sequence[EvidenceRef]
    """The newest, each of which the viewer may open."""
    found: int
    """How many there are, questions answered twice counted once."""
    done: bool
    """Whether it looks done; it is when people say so."""


def find_evidence(session: Session, viewer: Viewer, today: date, plan: Plan) -> list[StepEvidence]:
    """Return what shows how each step of a plan went, in their order, from what the viewer may read."""
    if not plan.steps:
        return []
    people = {plan.person.id} | {step.successor.id for step in plan.steps if step.successor}
    days = (min(step.starts_on for step in plan.steps), today)
    areas = {step.area.id for step in plan.steps if step.area}
    named = {step.document.id for step in plan.steps if step.document}
    in_areas = read_deeds_in_areas(session, viewer, days, areas, people)
    with_named = read_deeds_with(session, viewer, days, named, people)
    shown = {deed.document_id for deed in (*in_areas, *with_named)}
    threads = {deed.thread_id for deed in in_areas if deed.thread_id}
    titles = read_titles(session, viewer, today, shown | threads | named)
    return [_evidence_of(step, plan.person.id, in_areas, with_named, titles) for step in plan.steps]


def _evidence_of(
    step: Step, leaver_id: str, in_areas: Sequence[Deed], with_named: Sequence[Deed], titles: Mapping[str, Titled]
) -> StepEvidence:
    references = _references([deed for deed in in_areas if _counts(step, leaver_id, deed)], titles)
    sign = SIGNS.get(step.kind)
    done = sign is not None and len(references) >= sign.enough
    named = titles.get(step.document.id) if step.document else None
    if named is not None and _came_of(step, leaver_id, with_named, named):
        others = [reference for reference in references if reference.document_id != named.id]
        references, done = [_reference(named, None), *others], True
    return StepEvidence(step.id, references[:EVIDENCE_SHOWN], len(references), done)


def _references(deeds: Sequence[Deed], titles: Mapping[str, Titled]) -> list[EvidenceRef]:
    """Return one reference for each question answered or document made, by the newest of what was done."""
    newest: dict[str, Deed] = {}
    for deed in deeds:
        newest.setdefault(deed.thread_id or deed.document_id, deed)
    return [
        _reference(titles[deed.document_id], titles.get(deed.thread_id or ""))
        for deed in newest.values()
        if deed.document_id in titles
    ]


def _counts(step: Step, leaver_id: str, deed: Deed) -> bool:
    """Return whether what someone did is a sign of a step."""
    sign = SIGNS.get(step.kind)
    if sign is None or step.area is None or deed.area_id != step.area.id or deed.kind not in sign.kinds:
        return False
    successor = step.successor.id if step.successor else None
    by_someone = (sign.by_leaver and deed.person_id == leaver_id) or (sign.by_successor and deed.person_id == successor)
    return by_someone and deed.at.date() >= step.starts_on


def _came_of(step: Step, leaver_id: str, deeds: Sequence[Deed], named: Titled) -> bool:
    """Return whether the document that a step names is newer than its start, or was worked on since."""
    if named.at is not None and named.at.date() >= step.starts_on:
        return True
    people = {leaver_id, step.successor.id if step.successor else leaver_id}
    return any(
        deed.document_id == named.id and deed.person_id in people and deed.at.date() >= step.starts_on for deed in deeds
    )


def _reference(titled: Titled, thread: Titled | None) -> EvidenceRef:
    title = titled.title or (thread.title if thread else "")
    return EvidenceRef(titled.id, title, titled.kind, titled.at)
