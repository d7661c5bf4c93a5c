"""What to transfer: what someone should pass on, each with what shows it, what would be lost most first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.access import Viewer, require_person
from models.planning import Planner
from models.queries.people import Person, read_person
from models.queries.places import NamedArea
from models.queries.succession_people import read_planned_leaving
from models.queries.transfers import Titled, find_open, read_planned_person, read_titles
from models.records import DocumentKind
from recommender.succession.ground import Ground
from recommender.succession.stakes import Stake, TransferItemKind, find_stakes

__all__ = ["EvidenceRef", "Transfer", "TransferItem", "TransferItemKind", "own_transfer", "what_to_transfer"]

# Items that are read and shown: whoever answered for decades leaves more than anyone goes through.
ITEMS_SHOWN: Final = 200
_NOWHERE: Final = NamedArea("", "", "")


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A document that shows something, which the viewer may open."""

    document_id: str
    title: str
    """That of its thread, where it has none itself."""
    kind: DocumentKind
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferItem:
    """Something to pass on."""

    kind: TransferItemKind
    area_id: str | None
    label_fr: str
    """Names of the area; empty without one."""
    label_en: str
    document_id: str | None
    """The one document it is about."""
    title: str
    """That document's; empty without one."""
    count: int
    """How many documents, questions or practices it is, all of which the viewer may read."""
    loss: float
    """What would be lost, in [0, 2): recommender.succession.loss says how it is counted."""
    share: float
    """Of what all holders have of the area, the person's part; 1 for the only holder, 0 for who holds nothing of it."""
    asked: int
    """Questions in the area over the last year."""
    documented: float
    """Share of the area's works that are written down to be used again."""
    evidence: Sequence[EvidenceRef]
    """The most telling ones."""

    def label(self, language: str) -> str:
        """Return the name of the area in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class Transfer:
    """What someone should pass on."""

    person: Person
    leaves_on: date | None
    """The first day on which they may be gone, of departures that the viewer may know."""
    items: Sequence[TransferItem]
    """What would be lost most first; at most ITEMS_SHOWN."""
    more: int = 0
    """How many items come after them."""


def what_to_transfer(session: Session, ground: Ground, planner: Planner, today: date, person_id: str) -> Transfer:
    """Return what someone of the units planned for should pass on, as far as the planner may read it.

    Args:
        ground: read for the planner's viewer.

    Raises:
        NotFoundError: nobody of these units whom the planner may see, or someone who opted out.
    """
    person = read_planned_person(session, planner, today, person_id)
    leaves_on = read_planned_leaving(session, planner, today).get(person.id)
    items, more = _read_items(session, ground, planner.viewer, today, person.id)
    return Transfer(person, leaves_on, items, more)


def own_transfer(session: Session, ground: Ground, viewer: Viewer, today: date) -> Transfer:
    """Return what the viewer should pass on themself; nothing where they opted out.

    Args:
        ground: read for this viewer.

    Raises:
        NotAllowedError: nobody in particular reads.
    """
    person = read_person(session, viewer, today, require_person(viewer))
    standing = person.leaves is not None and person.leaves[1] >= today
    leaves_on = person.leaves[0] if person.leaves and standing else None
    items, more = _read_items(session, ground, viewer, today, person.id)
    return Transfer(person, leaves_on, items, more)


def _read_items(
    session: Session, ground: Ground, viewer: Viewer, today: date, person_id: str
) -> tuple[Sequence[TransferItem], int]:
    """Return the items to show, and how many come after them."""
    code = ground.person_codes.get(person_id)
    if code is None:
        return [], 0
    every = find_stakes(ground, code, today, partial(find_open, session, viewer, today))
    stakes = every[:ITEMS_SHOWN]
    shown = _Shown.read(session, ground, viewer, today, stakes)
    items = (shown.item(stake) for stake in stakes)
    # What nothing shows any more, because it has just been taken away, is not said.
    return [item for item in items if item.evidence], len(every) - len(stakes)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is read to show stakes: the titles of documents, and which thread each is in."""

    ground: Ground
    titles: Mapping[int, Titled]
    """Of the documents that the viewer may open, by number."""
    threads: Mapping[int, int]
    names: Mapping[str, NamedArea]

    @classmethod
    def read(cls, session: Session, ground: Ground, viewer: Viewer, today: date, stakes: Sequence[Stake]) -> _Shown:
        """Read what these stakes need at once."""
        view = ground.view
        documents = np.array(sorted({document for stake in stakes for document in stake.documents}), np.int64)
        rows = view.by_document.rows[view.by_document.starts[documents]]
        threads = dict(zip(documents.tolist(), view.columns.threads[rows].tolist(), strict=True))
        wanted = {*threads, *threads.values(), *(stake.about for stake in stakes if stake.about is not None)}
        ids = {view.document_ids[code]: code for code in wanted}
        titles = {ids[id_]: titled for id_, titled in read_titles(session, viewer, today, ids.keys()).items()}
        return cls(ground, titles, threads, {area.id: area for area in ground.areas})

    def evidence(self, document: int) -> Iterator[EvidenceRef]:
        """Yield a document as evidence, if the viewer may open it."""
        found, thread = self.titles.get(document), self.titles.get(self.threads[document])
        if found is not None:
            title = found.title or (thread.title if thread else "")
            yield EvidenceRef(found.id, title, found.kind, found.at)

    def item(self, stake: Stake) -> TransferItem:
        """Return a stake as it is shown."""
        area, about = stake.area, self.titles.get(-1 if stake.about is None else stake.about)
        name = self.names.get(self.ground.places.area_ids[area.area], _NOWHERE) if area else _NOWHERE
        share, asked, documented = (area.share, len(area.asked), area.documented) if area else (0.0, 0, 0.0)
        return TransferItem(
            stake.kind,
            name.id or None,
            name.label_fr,
            name.label_en,
            about.id if about else None,
            about.title if about else "",
            stake.count,
            stake.loss,
            share,
            asked,
            documented,
            [shown for document in stake.documents for shown in self.evidence(document)],
        )
