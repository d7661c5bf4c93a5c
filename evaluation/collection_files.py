"""The files of a test collection in the layout of BEIR, with who stands behind its documents."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ingestion.files import unpacked
from models.errors import InvalidInputError
from models.records import Role

ROLES: Final[Mapping[str, Role]] = {
    **{role.value: role for role in Role},
    "committed": Role.WROTE,
    "approved": Role.REVIEWED,
    "presented": Role.SPOKE,
}
COMMITTED: Final = "committed"
LAYOUT: Final = "a test collection has corpus.jsonl, queries.jsonl and qrels/test.tsv"


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in a document, as the file says it."""

    person: str
    role: str
    weight: float


@dataclass(frozen=True, slots=True)
class CollectionFiles:
    """What the files of a test collection hold."""

    documents: Sequence[Mapping[str, Any]]
    queries: Sequence[Mapping[str, Any]]
    qrels: Mapping[str, Mapping[str, int]]
    people: Mapping[str, Sequence[Part]] | None
    """Document id -> who stands behind it; None when there is no file of associations."""
    version: str
    """Hash of the content of the files, unpacked."""


def read_collection(folder: Path, part: str = "test") -> CollectionFiles:
    """Read `corpus.jsonl`, `queries.jsonl`, `qrels/PART.tsv` and, where there is one, `associations.tsv`.

    Each may end in `.gz`.

    Raises:
        InvalidInputError: a file is missing, or a line cannot be read.
    """
    digest = hashlib.sha256()
    texts: dict[str, bytes | None] = {}
    for name in ("corpus.jsonl", "queries.jsonl", f"qrels/{part}.tsv", "associations.tsv"):
        content = texts[name] = read_content(folder, name, needed=name != "associations.tsv")
        digest.update(name.encode() + b"\0" + (content or b"") + b"\0")
    associations = texts["associations.tsv"]
    return CollectionFiles(
        documents=list(parse_objects(texts["corpus.jsonl"], "corpus.jsonl", ("_id", "text"))),
        queries=list(parse_objects(texts["queries.jsonl"], "queries.jsonl", ("_id", "text"))),
        qrels=_qrels(texts[f"qrels/{part}.tsv"], f"qrels/{part}.tsv"),
        people=None if associations is None else parse_people(associations),
        version=digest.hexdigest()[:16],
    )


def read_content(folder: Path, name: str, *, needed: bool, layout: str = LAYOUT) -> bytes | None:
    """Return what a file holds, unpacked; its name may end in `.gz`. None where there is none.

    Raises:
        InvalidInputError: it is needed; `layout` says what belongs there.
    """
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            with path.open("rb") as raw, unpacked(raw) as content:
                return content.read()
    if not needed:
        return None
    message = f"'{folder}' holds no {name}; {layout}."
    raise InvalidInputError(message)


def parse_objects(
    content: bytes | None, name: str, fields: tuple[str, ...], key: str | None = "_id"
) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON object of each line.

    Args:
        fields: what each must hold as text.
        key: the field that tells them apart; None where the same may come twice.

    Raises:
        InvalidInputError: a line holds no such object, or one that came before.
    """
    seen: set[str] = set()
    for number, line in enumerate((content or b"").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise _error(name, number, f"not a line of JSON in UTF-8: {error}") from error
        if not isinstance(found, dict) or not all(isinstance(found.get(field), str) for field in fields):
            raise _error(name, number, f"not an object with {' and '.join(fields)} as text")
        if key is not None:
            if found[key] in seen:
                raise _error(name, number, f"the id '{found[key]}' comes twice")
            seen.add(found[key])
        yield found


def _qrels(content: bytes | None, name: str) -> dict[str, dict[str, int]]:
    qrels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, columns in _rows(content, name, 3):
        query_id, candidate, grade = columns
        # The header names the candidates as the collection pleases: corpus-id, person-id.
        if number == 1 and grade == "score":
            continue
        try:
            qrels[query_id][candidate] = int(grade)
        except ValueError as error:
            raise _error(name, number, f"'{grade}' is no grade; write a whole number") from error
    return dict(qrels)


def parse_people(content: bytes) -> dict[str, list[Part]]:
    """Return who stands behind each document, by its id, from the content of `associations.tsv`.

    Raises:
        InvalidInputError: a line cannot be read.
    """
    name = "associations.tsv"
    people: defaultdict[str, list[Part]] = defaultdict(list)
    for number, (document, person, role, weight) in _rows(content, name, 4):
        if number == 1 and role == "role":
            continue
        if role not in ROLES:
            raise _error(name, number, f"no role is named '{role}'; choose {', '.join(ROLES)}")
        try:
            people[document].append(Part(person, role, float(weight)))
        except ValueError as error:
            raise _error(name, number, f"'{weight}' is no weight; write a number") from error
    return dict(people)


def _rows(content: bytes | None, name: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate((content or b"").decode("utf-8-sig").split("\n"), start=1):
        if line.strip():
            row = [column.strip() for column in line.split("\t")]
            if len(row) != columns:
                raise _error(name, number, f"{len(row)} columns in place of {columns}, parted by tabs")
            yield number, row


def _error(name: str, number: int, problem: str) -> InvalidInputError:
    return InvalidInputError(f"{name}, line {number}: {problem}.")
