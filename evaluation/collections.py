"""Test collections: the layout of BEIR, with associations of documents to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluation.backtest import some_of, without_source
from evaluation.collection_files import COMMITTED, ROLES, CollectionFiles, Part, read_collection
from evaluation.experiment import Data, Query
from evaluation.past import Grounds
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.systems import FOR_COLLECTIONS, document_systems, person_systems, renamed
from evaluation.testbed import SOURCE, Testbed
from ingestion.language import detect_language
from ingestion.sources.threads import stated_language
from models.errors import InvalidInputError
from models.names import make_id
from models.records import Contribution, DocumentKind, DocumentRecord, Role
from recommender.encoders.choose import load_encoder


def prepare_collection(folder: Path, options: PrepareOptions, part: str = "test") -> Prepared:
    """Return the questions of a test collection with the systems to ask.

    With a file of associations, people are ranked; without, documents. The questions are those that are judged; each
    is asked of the whole corpus, whatever their dates: a collection says by its corpus what may be found. The dates of
    its documents stand, for systems that prefer what is recent.

    Args:
        folder: holds corpus.jsonl, queries.jsonl, qrels/PART.tsv and perhaps associations.tsv, each plain or .gz.
        part: which judgements, such as test or train.

    Raises:
        InvalidInputError: a file is missing or cannot be read, no question is judged, or there is no such system.
    """
    files = read_collection(folder, part)
    queries = [
        Query(query["_id"], query["text"], stated_language(query.get("lang")))
        for query in files.queries
        if files.qrels.get(query["_id"])
    ]
    if not queries:
        message = f"No query of '{folder}' is judged in qrels/{part}.tsv; compare the ids of both."
        raise InvalidInputError(message)
    queries = list(some_of(queries, options))
    testbed = Testbed.of_records(make_records(files), load_encoder(options.encoder), options.keep)
    try:
        return _prepare(folder.name, files, queries, testbed, options)
    except Exception:
        testbed.close()
        raise


def make_records(files: CollectionFiles) -> list[DocumentRecord]:
    """Return the documents as an import would bring them."""
    people = files.people or {}
    return [_record(document, people.get(document["_id"], ())) for document in files.documents]


def _prepare(
    name: str, files: CollectionFiles, queries: Sequence[Query], testbed: Testbed, options: PrepareOptions
) -> Prepared:
    ids = _ids(files)

    def external(stored: str) -> str:
        return ids.get(stored) or without_source(stored)

    if files.people is None:
        systems, candidates, what = document_systems(testbed, options), None, "documents"
    else:
        systems, what = person_systems(testbed, options, FOR_COLLECTIONS), "people"
        candidates = len(Grounds(testbed).past(queries[0]).candidates)
    description = f"{len(queries):,} judged questions to {len(files.documents):,} documents; {what} are ranked."
    return Prepared(
        data=Data(name, files.version, description),
        queries=queries,
        qrels={query.id: files.qrels[query.id] for query in queries},
        systems=renamed(systems, external),
        candidates=candidates,
        on_close=testbed.close,
        testbed=testbed,
    )


def _ids(files: CollectionFiles) -> dict[str, str]:
    """Return the ids that the store had to shorten, with those of the files."""
    given = {document["_id"] for document in files.documents}
    given.update(part.person for parts in (files.people or {}).values() for part in parts)
    made = {make_id(SOURCE, name): name for name in given}
    return {stored: name for stored, name in made.items() if without_source(stored) != name}


def _record(document: Mapping[str, Any], parts: Sequence[Part]) -> DocumentRecord:
    title, text = str(document.get("title") or "").strip()[:1000], document["text"]
    weights: dict[tuple[str, Role], float] = {}
    for part in parts:
        key = part.person, ROLES[part.role]
        weights[key] = max(part.weight, weights.get(key, part.weight))
    committed = any(part.role == COMMITTED for part in parts)
    try:
        return DocumentRecord(
            id=document["_id"],
            kind=DocumentKind.COMMIT if committed else DocumentKind.PAGE,
            title=title,
            text=text,
            language=stated_language(document.get("lang")) or detect_language(f"{title}\n{text}"),
            created_at=_moment(document.get("created")),
            people=tuple(
                Contribution(person=person, role=role, weight=weight) for (person, role), weight in weights.items()
            ),
        )
    except ValidationError as error:
        message = f"Document '{document['_id']}' of the collection cannot be stored: {error.errors()[0]['msg']}."
        raise InvalidInputError(message) from error


def _moment(value: object) -> datetime | None:
    """Return a day, month or year at its beginning; None for anything else."""
    if not isinstance(value, str):
        return None
    text = value + "-01" * (2 - value.count("-")) if len(value) <= len("2004-10") else value
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
