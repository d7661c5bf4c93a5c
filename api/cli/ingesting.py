"""The commands that write: ingest and index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.cli import rendering
from api.cli.reports import index_out, ingest_out
from api.settings import Settings
from api.wiring import create_service
from ingestion.formats import open_source
from ingestion.importing import run_import
from ingestion.report import ImportReport
from models.store import Store
from models.tables import ORGANISATION_SPACE

# Progress goes to stderr, so that --json stays alone on stdout.
PROGRESS_COLUMNS = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
# A server that follows the store may be writing the index; it is done long before.
WRITER_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """The options of `releve ingest`."""

    source: str | None = None
    space: str | None = None
    prune: bool = False
    index: bool = True
    dates: str | None = None
    as_json: bool = False


def ingest(format_name: str, path: Path, options: IngestOptions) -> None:
    """Import a source, index it, and report."""
    with create_service(Settings()) as service:
        report = import_with_progress(service.store, format_name, path, options)
        indexed = None
        if options.index:
            with progress("Index") as bar:
                indexed = service.update_index(on_progress=bar.advance_to, wait_s=WRITER_WAIT_S)
            with progress("Areas"):
                service.update_areas(wait_s=WRITER_WAIT_S)
    out = ingest_out(report, indexed)
    if options.as_json:
        rendering.print_json(out)
    else:
        rendering.print_import(Console(), out)


def import_with_progress(store: Store, format_name: str, path: Path, options: IngestOptions) -> ImportReport:
    """Import a source with a progress bar."""
    source = open_source(format_name, path, dates=options.dates, today=datetime.now(UTC).date())
    with progress(f"Import {path.name}") as bar:
        return run_import(
            store,
            source,
            name=options.source,
            space=options.space or ORGANISATION_SPACE,
            prune=options.prune,
            on_progress=lambda done: bar.advance_to(done.bytes_read, done.bytes_total),
        )


def index(*, rebuild: bool, as_json: bool) -> None:
    """Bring the index up to date, or make it anew."""
    with create_service(Settings()) as service:
        with progress("Index") as bar:
            report = service.update_index(rebuild=rebuild, on_progress=bar.advance_to, wait_s=WRITER_WAIT_S)
        with progress("Areas"):
            service.update_areas(wait_s=WRITER_WAIT_S)
    out = index_out(report)
    if as_json:
        rendering.print_json(out)
    else:
        rendering.print_index(Console(), out)


class Bar:
    """A progress bar on stderr."""

    def __init__(self, display: Progress, task: TaskID) -> None:
        self.display = display
        self.task = task

    def advance_to(self, done: int, total: int) -> None:
        """Show how much is done."""
        self.display.update(self.task, completed=done, total=max(total, 1))


@contextmanager
def progress(description: str) -> Iterator[Bar]:
    """Show a bar while something runs; nothing when stderr is not a terminal."""
    console = Console(stderr=True)
    with Progress(*PROGRESS_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as display:
        yield Bar(display, display.add_task(description, total=None))
