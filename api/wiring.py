"""Wiring: the one place where settings become a store, an index and a Recommender."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from api.settings import Settings
from models.errors import IndexMissingError, UserError
from models.queries.changes import current_revision, read_store_id
from models.store import Store
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder import Encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import IndexReport, update_index
from recommender.ranker import Rankers, bundled_rankers
from recommender.service import Recommender
from recommender.traces import Traces

if TYPE_CHECKING:
    from recommender.areas import AreasReport

# Beside the generations of the index, which they follow.
TRACES = "traces.npz"
# In the home of the store; made by `releve train ranker`.
OWN_RANKERS = "rankers"


@dataclass(frozen=True, slots=True)
class IndexState:
    """Whether the index serves, and how far it follows the store."""

    store_revision: int
    index_revision: int
    """0 where nothing serves."""
    passages: int
    problem: str = ""
    """Why it does not serve; empty when it does."""

    @property
    def lag(self) -> int:
        """Return how many changes of the store the index does not show yet."""
        return max(self.store_revision - self.index_revision, 0)


class Service:
    """A store with its index; the encoder and the index are opened when first needed."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.make_recommender: type[Recommender] | Callable[..., Recommender] = Recommender
        self._followed = False
        self._lock = threading.Lock()
        self._encoder_lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._encoder_known = False
        self._index: EmbeddedIndex | None = None
        self._folder: Path | None = None
        self._traces: Traces | None = None
        self._rankers: Rankers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def encoder(self) -> Encoder | None:
        """Return the encoder that is set; None for words only."""
        with self._encoder_lock:
            if not self._encoder_known:
                self._encoder, self._encoder_known = load_encoder(self.settings.encoder), True
            return self._encoder

    def encoder_id(self) -> str | None:
        """Return the id of the encoder that is set; None for words only."""
        encoder = self.encoder()
        return encoder.id if encoder else None

    def index_folder(self) -> Path:
        """Return where the index of this very store is: one made anew, or in another database, has another."""
        if self._folder is None:
            with self.store.read() as session:
                self._folder = self.settings.home / "index" / f"{read_store_id(session):08x}"
        return self._folder

    def index(self) -> EmbeddedIndex:
        """Return the published index, opened again when a newer generation was published.

        Raises:
            IndexMissingError: nothing is published yet.
            EncoderMismatchError: another encoder made it.
        """
        with self._lock:
            if self._index is None:
                self._index = EmbeddedIndex.open(self.index_folder(), self.encoder_id(), self.dim())
            elif not self._followed:
                self._index.refresh()
            return self._index

    def follow_in_background(self) -> None:
        """Leave following the store and the index to whoever calls `follow`, so that no question pays for it."""
        self._followed = True
        self.traces().followed = True

    def follow(self) -> bool:
        """Read what changed in the store and open the newest generation, and return whether there was either.

        Raises:
            IndexMissingError, EncoderMismatchError: as for `index`; what served before still serves.
        """
        with self.store.read() as session:
            changed = self.traces().follow(session)
        # Opened outside the lock: questions go on with the generation before.
        return self.index().refresh() or changed

    def dim(self) -> int:
        """Return the length of the embeddings; 0 for words only."""
        encoder = self.encoder()
        return encoder.dim if encoder else 0

    def traces(self) -> Traces:
        """Return the traces, shared by everything that asks."""
        with self._lock:
            if self._traces is None:
                self._traces = Traces.load(self.index_folder() / TRACES)
                self._traces.followed = self._followed
            return self._traces

    def traces_to_rebuild(self) -> Traces:
        """Return traces of nothing yet, which take the place of those that were kept."""
        with self._lock:
            self._traces = Traces()
            return self._traces

    def rankers(self) -> Rankers:
        """Return the organisation's own rankers where it has trained some, or those that come with the program."""
        with self._lock:
            if self._rankers is None:
                own = self.settings.home / OWN_RANKERS
                self._rankers = Rankers.load(own) if own.exists() else bundled_rankers()
            return self._rankers

    def recommender(self) -> Recommender:
        """Return the Recommender over the newest generation of the index."""
        index = self.index()
        return self.make_recommender(self.store, index, self.encoder(), traces=self.traces(), rankers=self.rankers())

    def update_index(
        self, *, rebuild: bool = False, on_progress: Callable[[int, int], None] | None = None, wait_s: float = 0
    ) -> IndexReport:
        """Bring the index up to date with the store, or make it anew.

        Args:
            rebuild: start from nothing.
            on_progress: called with the revisions done and to do.
            wait_s: how long to wait for another writer.

        Raises:
            EncoderMismatchError: another encoder made it, and `rebuild` is not asked for.
            LockedError: another writer is still at work.
        """
        index = self.index_to_rebuild() if rebuild else self.index_to_follow()
        with index.writing(wait_s):
            report = update_index(self.store, index, self.encoder(), on_progress)
            traces = self.traces_to_rebuild() if rebuild else self.traces()
            with self.store.read() as session:
                traces.follow(session)
            traces.save(self.index_folder() / TRACES)
        return report

    def update_areas(
        self, *, find: bool = False, wait_s: float = 0, check: Callable[[], None] | None = None
    ) -> AreasReport:
        """Place what the published index has that is new, or find areas anew; the index can be written meanwhile.

        Args:
            find: find anew even if little has changed; areas keep their identity.
            wait_s: how long to wait for another process that does the same.
            check: called between steps; what it raises leaves the areas as they were.

        Raises:
            LockedError: another process is still at it.
        """
        # It loads SciPy, which no question should wait for.
        from recommender.areas import FILE, AreaUpkeep, go_on

        upkeep = AreaUpkeep(self.store, self.index(), self.encoder(), self.index_folder() / FILE)
        return upkeep.update(datetime.now(UTC), find=find, wait_s=wait_s, check=check or go_on)

    def index_to_follow(self) -> EmbeddedIndex:
        """Return the published index, or an empty one where none was published."""
        try:
            return self.index()
        except IndexMissingError:
            return self.index_to_rebuild()

    def index_to_rebuild(self) -> EmbeddedIndex:
        """Return an empty index that takes the place of the published one when it is complete."""
        return EmbeddedIndex.create(self.index_folder(), self.encoder_id(), self.dim())

    def index_state(self) -> IndexState:
        """Return whether the index serves, and how far it follows the store."""
        with self.store.read() as session:
            revision = current_revision(session)
        try:
            index = self.index()
        except UserError as error:
            return IndexState(revision, 0, 0, str(error))
        return IndexState(revision, index.revision, len(index))

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def open_service(settings: Settings) -> Service:
    """Return the service of an organisation that was imported before.

    Raises:
        NotFoundError: nothing was imported yet.
    """
    return Service(settings, Store.open(settings.home, settings.database_url))


def create_service(settings: Settings) -> Service:
    """Return the service, with an empty store where there was none."""
    return Service(settings, Store.create(settings.home, settings.database_url))
