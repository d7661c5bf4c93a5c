"""Runs and judgements as files of TREC, in and out, and the order that trec_eval gives equal scores."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from evaluation.experiment import Qrels, Run
from evaluation.text_files import open_text
from models.errors import InvalidInputError

_BEIR_HEADERS: Final = {("query-id", "corpus-id", "score"), ("query-id", "person-id", "score")}
_WHITE_SPACE: Final = re.compile(r"\s")
_Value = TypeVar("_Value")


def in_order(scores: Mapping[str, float]) -> list[str]:
    """Return candidates best first as trec_eval ranks them, whatever order the run lists them in.

    trec_eval keeps scores as 32-bit floats, ignores the column of ranks, and puts of equal scores the id that
    sorts last first.

    Source: trec_eval 9.0.8, form_res_rels.c, comp_sim_docno.
    """
    by_id = sorted(scores, reverse=True)
    order = np.argsort(-single([scores[candidate] for candidate in by_id]), kind="stable")
    return [by_id[place] for place in order]


def single(scores: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return scores as trec_eval keeps them; what is too large for 32 bits is infinite."""
    with np.errstate(over="ignore"):
        return np.array(list(scores), np.float64).astype(np.float32)


def rankings(run: Run) -> dict[str, dict[str, float]]:
    """Return the run with each query's candidates in trec_eval's order and with the scores that it keeps."""
    ranked = {}
    for query_id, scores in run.items():
        ids = in_order(scores)
        ranked[query_id] = dict(zip(ids, single([scores[key] for key in ids]).tolist(), strict=True))
    return ranked


def write_run(path: Path, name: str, run: Run) -> None:
    """Write a run in the six columns of TREC: query, Q0, candidate, rank, score, name of the run.

    Nine digits tell any two scores of 32 bits apart.
    """
    tag = file_id(name)
    with path.open("w", encoding="utf-8") as lines:
        for query_id, scores in run.items():
            ids = in_order(scores)
            kept = single([scores[candidate] for candidate in ids]).tolist()
            query = file_id(query_id)
            for rank, (candidate, score) in enumerate(zip(ids, kept, strict=True), start=1):
                lines.write(f"{query} Q0 {file_id(candidate)} {rank} {score:.9g} {tag}\n")


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write judgements in the four columns of TREC: query, 0, candidate, grade."""
    with path.open("w", encoding="utf-8") as lines:
        for query_id, grades in qrels.items():
            for candidate, grade in grades.items():
                lines.write(f"{file_id(query_id)} 0 {file_id(candidate)} {grade}\n")


def file_id(given: str) -> str:
    """Return an id as TREC's files can hold it: they part columns by white space, so that becomes %20 and the like."""
    if not _WHITE_SPACE.search(given):
        return given
    return _WHITE_SPACE.sub(lambda space: "".join(f"%{byte:02X}" for byte in space[0].encode()), given)


def read_run(path: Path) -> tuple[str, Run]:
    """Read a run of TREC, gzip or plain; the column of ranks is ignored, as trec_eval does.

    Returns:
        The name of the run (its last column, or the name of the file where that varies), and the run.

    Raises:
        InvalidInputError: a line is no line of a run, or a candidate comes twice.
    """
    run: dict[str, dict[str, float]] = {}
    tags: set[str] = set()
    for number, line in _lines(path):
        columns = line.split()
        if len(columns) != 6:
            raise _error(path, number, "a line of a run has 6 columns: query Q0 candidate rank score name")
        query_id, _, candidate, _, score, tag = columns
        _put(run.setdefault(query_id, {}), candidate, _score(score, path, number), path, number)
        tags.add(tag)
    if not run:
        message = f"{path.name} holds no run; its lines should be: query Q0 candidate rank score name."
        raise InvalidInputError(message)
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    return (tags.pop() if len(tags) == 1 else stem), run


def read_qrels(path: Path) -> Qrels:
    """Read judgements, gzip or plain: four columns as TREC has them, or three as BEIR does, with or without header.

    Raises:
        InvalidInputError: a line is neither, or a candidate comes twice.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        columns = line.split("\t") if line.count("\t") == 2 else line.split()
        if tuple(columns[:3]) in _BEIR_HEADERS:
            continue
        if len(columns) not in (3, 4):
            raise _error(path, number, "a judgement is: query 0 candidate grade, or: query candidate grade")
        query_id, candidate, grade = columns[0].strip(), columns[-2].strip(), columns[-1]
        _put(qrels.setdefault(query_id, {}), candidate, _grade(grade, path, number), path, number)
    if not qrels:
        message = f"{path.name} holds no judgements; its lines should be: query 0 candidate grade."
        raise InvalidInputError(message)
    return qrels


def write_per_query(path: Path, values: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Write what each query had, from system -> measure -> query -> value, one value a line under a header."""
    with path.open("w", encoding="utf-8") as lines:
        lines.write("query_id\tsystem\tmeasure\tvalue\n")
        for system, measured in values.items():
            for measure, by_query in measured.items():
                for query_id, value in by_query.items():
                    lines.write(f"{file_id(query_id)}\t{file_id(system)}\t{measure}\t{value!r}\n")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line.rstrip("\r\n")


def _put(row: dict[str, _Value], candidate: str, value: _Value, path: Path, number: int) -> None:
    if candidate in row:
        raise _error(path, number, f"candidate '{candidate}' comes twice for this query; keep one line")
    row[candidate] = value


def _score(text: str, path: Path, number: int) -> float:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if math.isnan(score):
        raise _error(path, number, f"'{text}' is no score; write a number")
    return score


def _grade(text: str, path: Path, number: int) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _error(path, number, f"'{text}' is no grade; write a whole number") from error


def _error(path: Path, number: int, what: str) -> InvalidInputError:
    return InvalidInputError(f"{path.name}, line {number}: {what}.")
