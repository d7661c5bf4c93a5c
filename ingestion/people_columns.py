"""Columns of a people table: which are taken, under which French or English names; all others stay at the door."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import InvalidInputError
from models.names import fold

# Accepted names, without case, accents or punctuation; where a table has several, the first named here is taken.
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id", "matricule", "employee id", "employee number", "employee no", "numero d employe", "numero employe",
        "no employe", "no d employe", "identifiant", "person id", "code employe", "staff id", "staff number",
    ),
    "first_name": ("prenom", "first name", "given name", "firstname"),
    "last_name": ("nom de famille", "last name", "surname", "family name", "lastname", "nom", "name"),
    "name": (
        "nom complet", "full name", "display name", "nom affiche", "nom et prenom", "prenom et nom", "nom prenom",
        "prenom nom", "employe", "employee", "employee name", "nom", "name",
    ),
    "email": (
        "courriel", "email", "e mail", "mail", "adresse courriel", "adresse electronique", "courrier electronique",
        "email address", "e mail address", "adresse e mail", "adresse email", "courriel professionnel", "work email",
    ),
    "unit": (
        "service", "unite", "unit", "unite administrative", "equipe", "team", "section", "departement", "department",
        "division", "direction", "branch", "business unit",
    ),
    "site": (
        "site", "lieu", "lieu de travail", "lieu de travail principal", "bureau", "office", "location", "work location",
        "etablissement", "emplacement", "building", "immeuble",
    ),
    "job_title": (
        "fonction", "poste", "titre de poste", "titre du poste", "titre d emploi", "intitule du poste", "job title",
        "title", "position", "emploi", "titre", "job", "corps d emploi",
    ),
    "languages": ("langues", "languages", "langue", "language", "langues parlees", "spoken languages"),
    "skills": ("competences", "skills", "expertise", "expertises", "domaines d expertise", "specialites", "competence"),
    "bio": ("presentation", "bio", "biographie", "biography", "about", "a propos", "description", "profil"),
    "joined_on": (
        "date d arrivee", "date d embauche", "hire date", "hired on", "start date", "date de debut", "date d entree",
        "embauche", "joined", "joined on", "date d entree en fonction",
    ),
    "departure": (
        "date de depart prevue", "date de depart", "depart prevu", "depart", "departure date", "departure",
        "planned departure", "expected departure", "leaving on", "date de retraite", "date de retraite prevue",
        "retraite", "retirement date", "retirement", "end date", "date de fin", "planned departure date",
    ),
    "announced": ("depart annonce", "annonce", "announced", "departure announced", "retraite annoncee"),
    "url": ("url", "lien", "page", "page web", "web page", "profile url", "site web", "website", "link"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleColumns:
    """Where each taken field stands in a table's rows."""

    positions: Mapping[str, int]
    not_taken: tuple[str, ...]
    """Names of the other columns, as the table writes them."""

    def cell(self, cells: Sequence[str], field: str) -> str:
        """Return the field's cell, trimmed; empty when the table has no such column."""
        position = self.positions.get(field)
        return "" if position is None else cells[position].replace("\x00", "").strip()

    def __contains__(self, field: str) -> bool:
        return field in self.positions


def plain(column: str) -> str:
    """Return a column's name without case, accents, punctuation or repeated spaces."""
    return re.sub(r"[^a-z0-9]+", " ", fold(column)).strip()


def recognised(header: Sequence[str]) -> int:
    """Return how many columns of a header have an accepted name."""
    return len(positions_of(header))


def positions_of(header: Sequence[str]) -> dict[str, int]:
    """Return the position of each field found."""
    names = [plain(column) for column in header]
    found: dict[str, int] = {}
    for field, accepted in ACCEPTED.items():
        position = next((names.index(name) for name in accepted if name in names), None)
        if position is not None and position not in found.values():
            found[field] = position
    if "last_name" in found and "first_name" not in found:
        # 'Nom' alone is the whole name.
        found.setdefault("name", found.pop("last_name"))
    return found


def find_columns(name: str, header: Sequence[str]) -> PeopleColumns:
    """Return the columns of a table.

    Raises:
        InvalidInputError: a name, or both an id and an e-mail address, are missing.
    """
    positions = positions_of(header)
    missing = []
    if "name" not in positions and not {"first_name", "last_name"} <= positions.keys():
        missing.append(f"a name ({shown('name')}; or {shown('first_name')} with {shown('last_name')})")
    if "id" not in positions and "email" not in positions:
        missing.append(f"an id ({shown('id')}) or an e-mail address ({shown('email')})")
    if missing:
        columns = ", ".join(f"'{column}'" for column in header if column) or "none"
        message = f"'{name}' lacks {' and '.join(missing)}; its columns are: {columns}"
        raise InvalidInputError(message)
    taken = set(positions.values())
    others = tuple(column for place, column in enumerate(header) if place not in taken and column)
    return PeopleColumns(positions, others)


def shown(field: str) -> str:
    """Return the accepted names of a field as a message lists them."""
    return ", ".join(ACCEPTED[field][:6])
