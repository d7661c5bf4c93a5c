"""Linked questions: whether the earlier question that people linked to is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evaluation.backtest import open_testbed, read_documents, since, version_of, without_source
from evaluation.experiment import Data, Query, System
from evaluation.look_ahead import Backtest
from evaluation.prepared import PrepareOptions
from evaluation.systems import document_systems, renamed
from evaluation.testbed import Testbed
from ingestion.files import InputFiles, read_lines
from ingestion.sources.threads import as_id, loaded, thread_files
from models.errors import InvalidInputError
from models.queries.changes import IndexedDocument
from models.records import DocumentKind

DEFAULT_START: Final = 0.0
"""All questions are asked: links are few, and nothing was tuned on them."""

_QUESTIONS: Final = frozenset({DocumentKind.QUESTION})


def prepare_linked_questions(path: Path, options: PrepareOptions) -> Backtest:
    """Return the questions that link to an earlier one, and the systems that look for it among all earlier questions.

    Grade 2 for what the file calls a duplicate, 1 for any other link. Links to later questions do not count.

    Args:
        path: a file of threads with `links` and perhaps `duplicates`, lists of thread ids; or a folder with some.

    Raises:
        InvalidInputError: there is no such file or system, or no link to an earlier question.
    """
    links = read_links(path)
    if not links:
        message = f"No thread of '{path}' has links to others."
        raise InvalidInputError(message)
    testbed = open_testbed(path, options)
    try:
        return _prepare(path, links, testbed, options)
    except Exception:
        testbed.close()
        raise


def read_links(path: Path) -> dict[str, dict[str, int]]:
    """Return thread id -> linked thread id -> grade, for threads that link to others."""
    found: dict[str, dict[str, int]] = {}
    for line in read_lines(InputFiles(path, thread_files(path))):
        thread = loaded(line)
        if isinstance(thread, dict) and (grades := _grades(thread)):
            found[as_id(thread.get("id"))] = grades
    return found


def _grades(thread: Mapping[str, Any]) -> dict[str, int]:
    grades: dict[str, int] = {}
    for field, grade in (("links", 1), ("duplicates", 2)):
        linked = thread.get(field)
        if isinstance(linked, list):
            grades.update({as_id(other): grade for other in linked if as_id(other)})
    return grades


def _prepare(path: Path, links: Mapping[str, Mapping[str, int]], testbed: Testbed, options: PrepareOptions) -> Backtest:
    def make_systems(asked: Testbed) -> Sequence[System]:
        return renamed(document_systems(asked, options, _QUESTIONS), without_source)

    documents = read_documents(testbed)
    questions = [document for document in documents if document.kind is DocumentKind.QUESTION and document.created_at]
    by_id = {without_source(question.id): question for question in questions}
    queries, qrels = [], {}
    for question in since(questions, DEFAULT_START if options.start is None else options.start):
        name = without_source(question.id)
        earlier = {
            other: grade
            for other, grade in links.get(name, {}).items()
            if other in by_id and _is_before(by_id[other], question)
        }
        if earlier:
            text = f"{question.title}\n{question.text}"
            queries.append(Query(name, text, question.language, None, question.created_at))
            qrels[name] = earlier
    if not queries:
        message = f"No question of '{path}' links to an earlier one from the start on; start earlier with --from."
        raise InvalidInputError(message)
    description = (
        f"{len(queries):,} of {len(questions):,} questions, those that link to an earlier one, which is to be found "
        "among all questions asked before."
    )
    return Backtest(
        data=Data(f"{path.name}, linked questions", version_of(path, testbed, documents), description),
        queries=queries,
        qrels=qrels,
        systems=make_systems(testbed),
        on_close=testbed.close,
        testbed=testbed,
        make_systems=make_systems,
    )


def _is_before(other: IndexedDocument, question: IndexedDocument) -> bool:
    return other.created_at is not None and question.created_at is not None and other.created_at < question.created_at
