"""Vocabularies of skills: CSV files with a label a line, in French, in English or in both."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import InvalidInputError

# Columns of ESCO, ROME and others, in order of preference.
_IDS: Final = ("uri", "id", "code", "ogr", "code_rome")
_FRENCH: Final = ("fr", "label_fr", "skill_name_fr", "libelle", "libellé", "competence", "compétence")
_ENGLISH: Final = ("en", "label_en", "skill_name_en", "skill")
_EITHER: Final = ("label", "name", "nom")
_MOST_LABEL_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """One skill; a label that the file lacks in one language is that of the other."""

    external_id: str
    label_fr: str
    label_en: str


def read_vocabulary(path: Path) -> list[VocabularyEntry]:
    """Return the entries of a CSV file, plain or gzip, in its order.

    Raises:
        InvalidInputError: no column holds labels.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        message = f"'{path}' is not a CSV file in UTF-8 ({error}); save it as UTF-8"
        raise InvalidInputError(message) from error
    first = text.splitlines()[0] if text else ""
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    columns = {str(name).strip().lower(): str(name) for name in rows.fieldnames or ()}
    french, english = _first(columns, _FRENCH + _EITHER), _first(columns, _ENGLISH + _EITHER)
    key = _first(columns, _IDS)
    if french is None and english is None:
        message = f"'{path}' has no column of labels; name one of them fr, en or label"
        raise InvalidInputError(message)
    entries: dict[str, VocabularyEntry] = {}
    for row in rows:
        labels = [" ".join((row.get(column) or "").split()) if column else "" for column in (french, english)]
        either = labels[0] or labels[1]
        if either and max(map(len, labels)) <= _MOST_LABEL_CHARS:
            id_ = (row.get(key) or either if key else either)[:400]
            entries.setdefault(id_, VocabularyEntry(id_, labels[0] or either, labels[1] or either))
    return list(entries.values())


def _first(columns: dict[str, str], wanted: Sequence[str]) -> str | None:
    return next((columns[name] for name in wanted if name in columns), None)
