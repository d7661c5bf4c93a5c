"""What a document says about itself (title, kind, people, date, space) in front matter, properties or a sidecar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import yaml

from ingestion.day_order import DayOrder, read_period
from models.errors import InvalidInputError
from models.names import fold
from models.records import DocumentKind, Role

SIDECAR_SUFFIXES = (".yaml", ".yml", ".json")
# Real front matter has some ten lines; parsing YAML takes a second for each MiB.
DETAIL_CHARACTERS = 64 * 1024
ROLES: Mapping[str, Role] = {
    "authors": Role.WROTE,
    "editors": Role.EDITED,
    "reviewers": Role.REVIEWED,
    "speakers": Role.SPOKE,
    "endorsed_by": Role.ENDORSED,
}
# Other names of the same details, folded.
ALIASES: Mapping[str, str] = {
    "titre": "title", "type": "kind", "genre": "kind", "author": "authors", "auteur": "authors", "auteurs": "authors",
    "auteure": "authors", "autrice": "authors", "editor": "editors", "reviewer": "reviewers",
    "reviseurs": "reviewers", "relecteurs": "reviewers", "speaker": "speakers", "intervenants": "speakers",
    "approuve par": "endorsed_by", "endorsed by": "endorsed_by", "created": "date", "language": "lang",
    "langue": "lang", "keywords": "tags", "mots-cles": "tags", "etiquettes": "tags", "espace": "space",
}  # fmt: skip
# What office software writes when nobody gave a name.
NOBODY_NAMES = (
    "python-docx|microsoft office user|utilisateur microsoft office|windows user|utilisateur windows|user|"
    "utilisateur|admin|administrator|administrateur|unknown|inconnu|anonymous|anonyme|author|auteur"
)
NOBODY = frozenset(NOBODY_NAMES.split("|"))
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")


@dataclass(frozen=True, slots=True)
class Details:
    """Details as found, under their own names; a later source of details overrides an earlier one."""

    values: Mapping[str, Any]

    def over(self, other: Details) -> Details:
        """Return these details, completed by others."""
        return Details({**other.values, **self.values})

    def fields(self) -> dict[str, Any]:
        """Return the fields of a document record that the details give.

        Raises:
            InvalidInputError: the kind is none there is, or the date is none.
        """
        fields: dict[str, Any] = {"people": self.people(), "tags": as_list(self.values.get("tags"))}
        for name, field in (("title", "title"), ("url", "url"), ("space", "space"), ("lang", "language")):
            if (value := self.values.get(name)) not in (None, ""):
                fields[field] = str(value) if isinstance(value, (int, float)) else value
        if isinstance(fields.get("language"), str):
            fields["language"] = fields["language"].strip().lower()[:2]
        fields["kind"] = read_kind(self.values.get("kind"))
        fields["created_at"] = read_date(self.values.get("date"))
        return fields

    def people(self) -> list[dict[str, Any]]:
        """Return who contributed, each role once per person."""
        found = {}
        for name, role in ROLES.items():
            for entry in as_list(self.values.get(name)):
                if fold(entry) not in NOBODY:
                    found[(entry, role)] = {"person": entry, "role": role}
        return list(found.values())


def named(values: Mapping[Any, Any]) -> Details:
    """Return details under the project's own names."""
    renamed: dict[str, Any] = {}
    for key, value in values.items():
        name = key if key in ROLES else fold(str(key)).replace("_", " ")
        renamed[ALIASES.get(name, name)] = value
    return Details(renamed)


def split_front_matter(text: str) -> tuple[Details, str]:
    """Return the details at the head of a Markdown file, and the text below.

    Raises:
        InvalidInputError: there is front matter and it is not readable.
    """
    match = FRONT_MATTER.match(text)
    if match is None:
        return Details({}), text
    return read_yaml(match[1], "its front matter"), text[match.end() :]


def read_sidecar(name: str, content: str) -> Details:
    """Return the details of a sidecar file.

    Raises:
        InvalidInputError: it is not readable.
    """
    if not name.endswith(".json"):
        return read_yaml(content, f"'{name}'")
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = f"'{name}' is not JSON: {error}"
        raise InvalidInputError(message) from error
    return checked(values, f"'{name}'")


def read_yaml(content: str, what: str) -> Details:
    """Return details written in YAML.

    Raises:
        InvalidInputError: they are not readable; the document's space may be among them, so they are not ignored.
    """
    if len(content) > DETAIL_CHARACTERS:
        message = f"{what} is longer than {DETAIL_CHARACTERS} characters"
        raise InvalidInputError(message)
    try:
        values = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())[:200]
        message = f"{what} is not YAML: {problem}"
        raise InvalidInputError(message) from error
    return checked(values, what)


def checked(values: object, what: str) -> Details:
    """Return details if they are names with values."""
    if values is None:
        return Details({})
    if not isinstance(values, dict):
        message = f"{what} does not hold 'name: value' lines"
        raise InvalidInputError(message)
    return named(values)


def as_list(value: object) -> list[str]:
    """Return the entries of a list, or of a text that separates them by ',' or ';'."""
    if isinstance(value, str):
        entries: list[object] = list(re.split("[,;]", value))
    elif isinstance(value, (list, tuple)):
        entries = list(value)
    else:
        entries = [] if value is None else [value]
    found = [entry_text(entry) for entry in entries]
    return list(dict.fromkeys(entry for entry in found if entry))


def entry_text(entry: object) -> str:
    """Return one entry as text: an address if it holds one."""
    if isinstance(entry, dict):
        entry = entry.get("email") or entry.get("name") or ""
    text = str(entry).strip() if isinstance(entry, (str, int, float)) else ""
    address = ADDRESS.search(text)
    return address[1] if address else text[:300]


def read_kind(value: object) -> DocumentKind:
    """Return the kind of a document, a page unless it says otherwise.

    Raises:
        InvalidInputError: there is no such kind.
    """
    if value in (None, ""):
        return DocumentKind.PAGE
    try:
        return DocumentKind(str(value).strip().lower())
    except ValueError as error:
        message = f"no kind '{str(value)[:40]}'; choose one of: {', '.join(DocumentKind)}"
        raise InvalidInputError(message) from error


def read_date(value: object) -> datetime | None:
    """Return a date as given by YAML, a property or a text beginning with the year.

    Raises:
        InvalidInputError: it is none.
    """
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text) if "T" in text else read_date(read_period(text, DayOrder.YEAR_FIRST)[0])
    except ValueError as error:
        message = f"date '{text[:40]}': write it as YYYY-MM-DD"
        raise InvalidInputError(message) from error
