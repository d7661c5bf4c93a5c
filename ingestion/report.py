"""What became of an import: counts, what was skipped and why; also what a resumed import takes up again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingestion.source import Skipped
from models.writing import WriteResult

# So many skipped items are kept with their reason; all are counted.
SKIPS_KEPT = 1_000


@dataclass(slots=True)
class ImportReport:
    """The result of an import, over all its runs when it was interrupted and resumed."""

    source: str
    format: str
    items: int = 0
    """Lines, rows, posts or files gone through."""
    read: int = 0
    """Records they held."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    skips: list[Skipped] = field(default_factory=list)
    """The first `SKIPS_KEPT` of what was skipped."""
    unidentified: int = 0
    """Skipped items of which even the id is unknown: they forbid pruning."""
    pruned: int | None = None
    """Documents deleted because the source no longer has them; None when the import did not prune."""
    resumed_from: int = 0
    """Items an interrupted run had already stored."""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """Time this run took."""

    def add(self, result: WriteResult) -> None:
        """Count a written batch."""
        self.new += result.new
        self.changed += result.changed
        self.unchanged += result.unchanged

    def skip(self, skipped: Skipped) -> None:
        """Count one skipped thing."""
        self.skipped += 1
        self.unidentified += skipped.ids is None
        if len(self.skips) < SKIPS_KEPT:
            self.skips.append(skipped)

    def counts(self) -> dict[str, Any]:
        """Return what a resumed run needs to know, as JSON can hold it."""
        return {
            "read": self.read,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "unidentified": self.unidentified,
            "skips": [[skip.file, skip.line, skip.reason] for skip in self.skips],
        }

    def take_up(self, position: int, counts: dict[str, Any]) -> None:
        """Continue the counts of an interrupted run."""
        self.items = self.resumed_from = position
        for name in ("read", "new", "changed", "unchanged", "skipped", "unidentified"):
            setattr(self, name, int(counts.get(name, 0)))
        self.skips = [Skipped(file, line, reason) for file, line, reason in counts.get("skips", [])]
