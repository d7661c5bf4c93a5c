"""Backtests: each question asked with only what existed before it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from evaluation.experiment import Data, Query, System
from evaluation.look_ahead import Backtest, LookAhead, find_look_ahead
from evaluation.past import Grounds, Numbers, Past
from evaluation.prepared import PrepareOptions
from evaluation.systems import FOR_BACKTESTS, parse_intent, person_systems, renamed
from evaluation.testbed import SOURCE, Testbed
from evaluation.traits import describe_question
from ingestion.sources.threads import thread_files
from models.errors import InvalidInputError
from models.queries.changes import IndexedDocument, read_store_id, stream_changes
from models.records import DocumentKind, Role
from models.store import SQLITE_NAME, Store
from recommender.encoders.choose import load_encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.traces import ROLES, TraceView

__all__ = ["Backtest", "LookAhead", "find_look_ahead", "prepare_backtest"]

DEFAULT_START: Final = 0.8
"""Share of the questions that come before the first one asked: the newest fifth is asked."""

Item = TypeVar("Item")
_OfCodes = Callable[[Numbers], tuple[Numbers, Numbers]]
_DOCUMENTS_PER_BATCH: Final = 20_000
_ANSWERING: Final = tuple(ROLES.index(role) for role in (Role.ANSWERED, Role.ACCEPTED))
_ACCEPTED: Final = ROLES.index(Role.ACCEPTED)
_ASKED: Final = ROLES.index(Role.ASKED)


def prepare_backtest(path: Path | None, options: PrepareOptions) -> Backtest:
    """Return the questions of a file of threads, or of the store, with the systems to ask.

    A question is asked when someone other than its asker answered it who had given something before; they are its
    candidates who count as right, with grade 1, one more when their answer was accepted, and one more when it has the
    best score above 0 in its thread. Each question is asked as its asker, by title and text. Undated threads of a file
    are taken in the order of the file.

    Args:
        path: a file of threads, a folder that holds some, or the home of a store; None for the one in `options.home`.

    Raises:
        InvalidInputError: there is no such file, system or intent, or no question to ask.
        NotFoundError: nothing was imported yet.
    """
    parse_intent(options.intent)
    if path is not None and (path / SQLITE_NAME).is_file():
        path, options = None, replace(options, home=path, database_url=None)
    testbed = open_testbed(path, options)
    try:
        return _prepare(path, testbed, options)
    except Exception:
        testbed.close()
        raise


def open_testbed(path: Path | None, options: PrepareOptions) -> Testbed:
    """Return a testbed of a file of threads, or the store with its own index."""
    encoder = load_encoder(options.encoder)
    if path is not None:
        return Testbed.of_threads(path, encoder, options.keep)
    if options.home is None:
        message = "A backtest needs a file of threads or the folder of a store."
        raise InvalidInputError(message)
    store = Store.open(options.home, options.database_url)
    with store.read() as session:
        folder = options.home / "index" / f"{read_store_id(session):08x}"
    index = EmbeddedIndex.open(folder, encoder.id if encoder else None, encoder.dim if encoder else 0)
    return Testbed.of_store(store, index, encoder)


def without_source(name: str) -> str:
    """Return the id that a file gave to what a testbed holds."""
    return name.removeprefix(f"{SOURCE}:")


def _prepare(path: Path | None, testbed: Testbed, options: PrepareOptions) -> Backtest:
    def make_systems(asked: Testbed) -> Sequence[System]:
        systems = person_systems(asked, options, FOR_BACKTESTS)
        return systems if path is None else renamed(systems, without_source)

    systems = make_systems(testbed)
    documents = read_documents(testbed)
    questions = [document for document in documents if document.kind is DocumentKind.QUESTION and document.created_at]
    asked = some_of(since(questions, DEFAULT_START if options.start is None else options.start), options)
    builder = _Questions(testbed, {document.space_id for document in documents}, external=path is not None)
    for question in asked:
        builder.add(question)
    if not builder.queries:
        message = (
            f"None of {len(questions):,} dated questions can be asked: from the start on, none was answered by "
            "someone who had answered before; start earlier with --from."
        )
        raise InvalidInputError(message)
    first, last = (builder.queries[place].at for place in (0, -1))
    description = (
        f"{len(builder.queries):,} of {len(questions):,} questions, asked from {_day(first)} to {_day(last)} with what "
        "existed before each; right are those who then answered and had given something before."
    )
    return Backtest(
        data=Data(path.name if path else "store", version_of(path, testbed, documents), description),
        queries=builder.queries,
        qrels=builder.qrels,
        systems=systems,
        candidates=int(np.count_nonzero(builder.were_candidates)),
        on_close=testbed.close,
        testbed=testbed,
        make_systems=make_systems,
    )


def read_documents(testbed: Testbed) -> list[IndexedDocument]:
    """Return every document of the testbed that stands, in every space, in order of time; undated ones first."""
    with testbed.store.read() as session:
        batches = stream_changes(session, 0, _DOCUMENTS_PER_BATCH)
        standing = [document for batch in batches for document in batch if not document.deleted]
    return sorted(standing, key=lambda found: (found.created_at.timestamp() if found.created_at else -1e18, found.id))


def since(questions: Sequence[IndexedDocument], start: datetime | float) -> Sequence[IndexedDocument]:
    """Return the questions from a moment on, or after a share of them."""
    if isinstance(start, datetime):
        return [question for question in questions if question.created_at and question.created_at >= start]
    return questions[int(start * len(questions)) :]


def some_of(items: Sequence[Item], options: PrepareOptions) -> Sequence[Item]:
    """Return as many as the options want, drawn by chance, in their order."""
    if options.questions is None or options.questions >= len(items):
        return items
    chosen = np.random.default_rng(options.seed).choice(len(items), options.questions, replace=False)
    return [items[place] for place in sorted(chosen.tolist())]


def version_of(path: Path | None, testbed: Testbed, documents: Iterable[IndexedDocument]) -> str:
    """Return a hash of the content of the files, or of the texts and traces of the store."""
    digest = hashlib.sha256()
    if path is not None:
        for file in thread_files(path):
            digest.update(file.read_bytes())
        return digest.hexdigest()[:16]
    for found in documents:
        digest.update("\0".join((found.id, found.kind, found.title, found.text, str(found.created_at))).encode())
    view = testbed.traces.view({found.space_id for found in documents})
    for number in (view.columns.times, view.columns.roles, view.columns.weights):
        digest.update(number.tobytes())
    return digest.hexdigest()[:16]


class _Questions:
    """Collects the questions that can be asked, with who is right."""

    def __init__(self, testbed: Testbed, spaces: set[str], *, external: bool) -> None:
        self.queries: list[Query] = []
        self.qrels: dict[str, Mapping[str, int]] = {}
        self._grounds = Grounds(testbed)
        self._all = testbed.traces.view(spaces)
        self._external = external
        self.were_candidates = np.zeros(len(self._all.person_ids), np.bool_)

    def add(self, question: IndexedDocument) -> None:
        """Add a question unless nobody who could be recommended answered it."""
        asker = self._asker(question)
        text = f"{question.title}\n{question.text}"
        query = Query(self._id(question.id), text, question.language, asker, question.created_at)
        past = self._grounds.past(query)
        grades = grade_answers(past, question.id)
        if not grades:
            return
        traits = describe_question(past, question.title or question.text, grades)
        self.queries.append(Query(query.id, text, question.language, asker, question.created_at, traits))
        self.qrels[query.id] = {
            self._id(past.ground.view.person_ids[person]): grade for person, grade in sorted(grades.items())
        }
        self.were_candidates[past.candidates] = True

    def _id(self, name: str) -> str:
        return without_source(name) if self._external else name

    def _asker(self, question: IndexedDocument) -> str | None:
        rows = _rows_of(self._all, question.id, self._all.by_document.of_codes)
        asked = rows[self._all.columns.roles[rows] == _ASKED]
        return self._all.person_ids[int(self._all.columns.persons[asked[0]])] if len(asked) else None


def grade_answers(past: Past, question_id: str) -> dict[int, int]:
    """Return the grade of each candidate who answered a question, by number of person."""
    view = past.ground.view
    rows = _rows_of(view, question_id, view.by_thread.of_codes)
    columns = view.columns
    others = np.isin(columns.roles[rows], _ANSWERING) & (columns.documents[rows] != view.document_code(question_id))
    rows = rows[others & (columns.persons[rows] != past.asker)]
    if not len(rows):
        return {}
    best = float(columns.scores[rows].max())
    grades: dict[int, int] = {}
    for person in np.intersect1d(columns.persons[rows], past.candidates).tolist():
        own = rows[columns.persons[rows] == person]
        accepted = bool((columns.roles[own] == _ACCEPTED).any())
        foremost = best > 0 and float(columns.scores[own].max()) == best
        grades[person] = 1 + accepted + foremost
    return grades


def _rows_of(view: TraceView, document_id: str, of_codes: _OfCodes) -> Numbers:
    """Return the traces of a document or of its thread; none where it has none."""
    code = view.document_code(document_id)
    return of_codes(np.array([] if code is None else [code], np.int64))[0]


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else "the start"
