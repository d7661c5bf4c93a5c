"""What the commands that write report, in the shape of their --json."""

from __future__ import annotations

from pydantic import BaseModel

from ingestion.report import ImportReport
from recommender.indexing import IndexReport


class SkippedOut(BaseModel):
    """Something that was not imported."""

    file: str
    line: int | None
    reason: str


class IndexOut(BaseModel):
    """What bringing the index up to date did."""

    documents: int
    passages: int
    seconds: float


class IngestOut(BaseModel):
    """What became of an import."""

    source: str
    format: str
    read: int
    new: int
    changed: int
    unchanged: int
    pruned: int | None
    resumed_from: int
    skipped: int
    skips: list[SkippedOut]
    notes: list[str]
    seconds: float
    index: IndexOut | None


def ingest_out(report: ImportReport, indexed: IndexReport | None) -> IngestOut:
    """Return a report in its JSON shape."""
    return IngestOut(
        source=report.source,
        format=report.format,
        read=report.read,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        pruned=report.pruned,
        resumed_from=report.resumed_from,
        skipped=report.skipped,
        skips=[SkippedOut(file=skip.file, line=skip.line, reason=skip.reason) for skip in report.skips],
        notes=report.notes,
        seconds=round(report.seconds, 2),
        index=index_out(indexed) if indexed else None,
    )


def index_out(report: IndexReport) -> IndexOut:
    """Return an index report in its JSON shape."""
    return IndexOut(documents=report.documents, passages=report.passages, seconds=round(report.seconds, 2))
