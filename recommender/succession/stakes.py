"""Stakes: what would be lost with one person, by number and before anything is read, the gravest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from models.records import DocumentKind
from recommender.groups import Places
from recommender.succession.done_alone import (
    find_answered,
    find_answered_alone,
    find_maintained_alone,
    find_unanswered,
)
from recommender.succession.ground import Ground
from recommender.succession.held_areas import HeldArea, measure_held_areas
from recommender.succession.loss import loss_of, saturated
from recommender.succession.rubric import TACIT_BELOW
from recommender.traces import KINDS, Codes, Mask, Times

# Documents shown for each item; its count says how many there are.
EVIDENCE_SHOWN: Final = 5
# An area rests on whoever holds most of it, and at least this part of what all holders have.
LEAST_SHARE: Final = 0.25
# Threads someone answered in an area that nobody wrote down: fewer are no body of knowledge.
MUCH_ANSWERING: Final = 5
_PROFILE: Final = KINDS.index(DocumentKind.PROFILE)
_ANSWERING: Final = np.array([kind in (DocumentKind.ANSWER, DocumentKind.MESSAGE) for kind in KINDS])


class TransferItemKind(StrEnum):
    """Why something is to be passed on; of equal losses, in this order."""

    ONLY_HOLDER_AREA = "only_holder_area"
    """Nobody else holds the area, or nobody holds more of it than they do."""
    TACIT_AREA = "tacit_area"
    """They answer in it, and next to nothing of it is written down to be used again."""
    ONLY_ANSWERED_QUESTION = "only_answered_question"
    ONLY_MAINTAINED_PRACTICE = "only_maintained_practice"
    STILL_ASKED = "still_asked"
    """Asked lately in an area they hold: still open, or answered by them."""


@dataclass(frozen=True, slots=True)
class Stake:
    """One thing that would be lost."""

    kind: TransferItemKind
    area: HeldArea | None
    count: int
    """Of documents, questions or practices."""
    loss: float
    documents: Sequence[int]
    """What shows it, the most telling first, as the view numbers documents; at most EVIDENCE_SHOWN."""
    about: int | None = None
    """The one document it is about."""


@dataclass(frozen=True, slots=True)
class OwnCredits:
    """What someone made that speaks for them, weightiest first, then newest; a profile is nothing to pass on."""

    areas: Codes
    documents: Codes
    threads: Codes
    answering: Mask
    """Where they answered or wrote a message, beside what can be used again."""
    times: Times

    @classmethod
    def of(cls, ground: Ground, person: int) -> OwnCredits:
        """Return the person's part of all credits."""
        credits = ground.credits
        rows = np.flatnonzero((credits.persons == person) & (credits.kinds != _PROFILE))
        order = np.lexsort((credits.documents[rows], credits.areas[rows], -credits.times[rows], -credits.points[rows]))
        rows = rows[order]
        answering = credits.created[rows] & _ANSWERING[credits.kinds[rows]]
        return cls(credits.areas[rows], credits.documents[rows], credits.threads[rows], answering, credits.times[rows])

    def main_areas(self, codes: Codes) -> dict[int, int]:
        """Return the area of each document or thread in which it speaks loudest; `codes` are those of the rows."""
        areas: dict[int, int] = {}
        for code, area in zip(codes.tolist(), self.areas.tolist(), strict=True):
            areas.setdefault(code, area)
        return areas


def find_stakes(
    ground: Ground, person: int, today: date, find_open: Callable[[Collection[str]], Collection[str]]
) -> list[Stake]:
    """Return what would be lost with someone, most first.

    Args:
        person: by number.
        find_open: says which questions, of those nobody of the ground answered, have no answer at all.
    """
    own = OwnCredits.of(ground, person)
    areas = measure_held_areas(ground, person, today)
    stakes = [
        *_of_areas(own, areas),
        *_of_questions(ground, person, own, areas),
        *_of_practices(ground, person, own, areas),
        *_still_asked(ground, person, areas, find_open),
    ]
    kinds = list(TransferItemKind)
    ids = ground.view.document_ids

    def order(stake: Stake) -> tuple[float, int, int, str]:
        area = -1 if stake.area is None else stake.area.area
        return -stake.loss, kinds.index(stake.kind), area, "" if stake.about is None else ids[stake.about]

    return sorted(stakes, key=order)


def _of_areas(own: OwnCredits, areas: dict[int, HeldArea]) -> Iterator[Stake]:
    """Yield the areas that rest on them, and those of which nearly nothing is written down."""
    for number, area in areas.items():
        rows = np.flatnonzero(own.areas == number)
        if not area.points or not len(rows):
            continue
        loss = area.loss_of(area.gone)
        if area.leads and area.share >= LEAST_SHARE:
            documents = own.documents[rows]
            yield Stake(TransferItemKind.ONLY_HOLDER_AREA, area, len(documents), loss, _first(documents))
        answers = rows[own.answering[rows]]
        threads = len(np.unique(own.threads[answers]))
        if threads >= MUCH_ANSWERING and area.documented < TACIT_BELOW:
            newest = answers[np.argsort(-own.times[answers], kind="stable")]
            yield Stake(TransferItemKind.TACIT_AREA, area, threads, loss, _first(own.documents[newest]))


def _of_questions(ground: Ground, person: int, own: OwnCredits, areas: dict[int, HeldArea]) -> Iterator[Stake]:
    """Yield the questions only they answered, area by area, and those of no area."""
    alone, main = find_answered_alone(ground, person), own.main_areas(own.threads)
    grouped: defaultdict[int | None, list[int]] = defaultdict(list)
    for thread in alone:
        grouped[main.get(thread)].append(thread)
    for number, threads in grouped.items():
        area = None if number is None else areas[number]
        yield Stake(
            TransferItemKind.ONLY_ANSWERED_QUESTION,
            area,
            len(threads),
            _loss(area, saturated(len(threads))),
            [alone[thread] for thread in threads[:EVIDENCE_SHOWN]],
            threads[0] if len(threads) == 1 else None,
        )


def _of_practices(ground: Ground, person: int, own: OwnCredits, areas: dict[int, HeldArea]) -> Iterator[Stake]:
    """Yield the practices only they maintain; they are written, and lose who keeps them right."""
    main = own.main_areas(own.documents)
    for document in find_maintained_alone(ground, person).tolist():
        area = areas[main[document]] if document in main else None
        loss = loss_of(saturated(1), len(area.asked) if area else 0, documented=1)
        yield Stake(TransferItemKind.ONLY_MAINTAINED_PRACTICE, area, 1, loss, [document], document)


def _still_asked(
    ground: Ground,
    person: int,
    areas: dict[int, HeldArea],
    find_open: Callable[[Collection[str]], Collection[str]],
) -> Iterator[Stake]:
    """Yield what was asked lately in the areas they hold and is still open, or was answered by them."""
    asked = {number: area.asked for number, area in areas.items() if area.points and len(area.asked)}
    if not asked:
        return
    view = ground.view
    unanswered = find_unanswered(view, np.unique(np.concatenate([*asked.values()])))
    open_ids = find_open([view.document_ids[code] for code in unanswered.tolist()])
    wanted = {view.names.documents[id_] for id_ in open_ids} | find_answered(view, person).keys()
    for number, codes in asked.items():
        questions, area = [code for code in codes.tolist() if code in wanted], areas[number]
        if questions:
            loss = area.loss_of(area.share * saturated(len(questions)))
            about = questions[0] if len(questions) == 1 else None
            yield Stake(TransferItemKind.STILL_ASKED, area, len(questions), loss, questions[:EVIDENCE_SHOWN], about)


def _loss(area: HeldArea | None, gone: float) -> float:
    """Return what is lost of something in an area, or in none: there nobody is known to ask, and nothing is written."""
    return loss_of(gone, 0, 0.0) if area is None else area.loss_of(gone)


def _first(documents: Codes | Places) -> list[int]:
    """Return the first documents to show, each once."""
    shown: list[int] = list(dict.fromkeys(documents.tolist()))
    return shown[:EVIDENCE_SHOWN]
