"""People as they come in: linking references to persons, and storing person records."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.erased_identities import ERASED_REASON, ErasedIdentities
from models.errors import InvalidInputError
from models.names import fold, make_id
from models.records import PersonRecord
from models.rows import chunks, upsert
from models.tables import IdentityRow, PersonRow

# The source under which e-mail addresses are identities.
EMAIL = "email"
# The content hash of an author whom no source has described; someone who left the directory keeps theirs, so that a
# namesake hired later does not take over what they wrote.
UNDESCRIBED = ""


class PersonLinks:
    """Links what a source calls people to the persons of the store, making a person for an unknown author.

    A reference is, in this order: an id of this source, an e-mail address, the id of a person ('source:id'), the
    full name of exactly one person. Ids of other sources never match by accident. A reference to someone who was
    erased is linked to nobody.
    """

    def __init__(self, session: Session, source: str) -> None:
        self.session = session
        self.source = source
        self.known: dict[str, str] = {}
        self.erasures = ErasedIdentities(session, source)
        self.erased: set[str] = set()

    def resolve(self, references: Iterable[str]) -> dict[str, str]:
        """Return the person id of every reference, except those to people who were erased."""
        missing = sorted(set(references) - self.known.keys() - self.erased)
        lookups = (
            self.by_identity,
            self.by_email,
            self.by_person_id,
            self.leave_erased,
            self.by_name,
            self.make_authors,
        )
        for lookup in lookups:
            if missing:
                self.known.update(lookup(missing))
                missing = [ref for ref in missing if ref not in self.known and ref not in self.erased]
        return self.known

    def leave_erased(self, references: Sequence[str]) -> dict[str, str]:
        """Set aside references to people who were erased, before a namesake is given what they wrote."""
        self.erased |= self.erasures.among(references)
        return {}

    def by_identity(self, references: Sequence[str]) -> dict[str, str]:
        """Return the persons known under these ids in this source."""
        return dict(self.identities(self.source, references))

    def by_email(self, references: Sequence[str]) -> dict[str, str]:
        """Return the persons who have these e-mail addresses."""
        addresses = {reference: reference.lower() for reference in references if "@" in reference}
        persons = dict(self.identities(EMAIL, sorted(set(addresses.values()))))
        return {reference: persons[address] for reference, address in addresses.items() if address in persons}

    def by_person_id(self, references: Sequence[str]) -> dict[str, str]:
        """Return the persons whose ids these are."""
        ids = [reference for reference in references if ":" in reference]
        found: dict[str, str] = {}
        for part in chunks(ids):
            found.update(
                {person: person for person in self.session.scalars(select(PersonRow.id).where(PersonRow.id.in_(part)))}
            )
        return found

    def by_name(self, references: Sequence[str]) -> dict[str, str]:
        """Return the persons who alone have these full names."""
        names = {reference: fold(reference) for reference in references if " " in reference and "@" not in reference}
        holders: defaultdict[str, list[str]] = defaultdict(list)
        for part in chunks(set(names.values())):
            statement = select(PersonRow.name_key, PersonRow.id).where(PersonRow.name_key.in_(part))
            for key, person in self.session.execute(statement):
                holders[key].append(person)
        return {reference: holders[key][0] for reference, key in names.items() if len(holders[key]) == 1}

    def make_authors(self, references: Sequence[str]) -> dict[str, str]:
        """Make a person for each reference: an author nobody has described yet.

        Spellings that the lookups would link, had they come one after the other, are one person.
        """
        first: dict[str, str] = {}
        for reference in references:
            first.setdefault(spelling_key(reference), reference)
        made = {reference: make_id(self.source, first[spelling_key(reference)]) for reference in references}
        people = [
            {
                "id": make_id(self.source, reference),
                "name": reference,
                "name_key": fold(reference),
                "in_directory": False,
                "languages": [],
                "content_hash": UNDESCRIBED,
            }
            for reference in first.values()
        ]
        self.session.execute(PersonRow.__table__.insert(), people)  # type: ignore[attr-defined]
        self.add_identities(self.source, list(made.items()))
        self.add_identities(EMAIL, [(ref.lower(), person) for ref, person in made.items() if "@" in ref])
        return made

    def identities(self, source: str, external_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Return (external id, person id) of the identities that exist."""
        found: list[tuple[str, str]] = []
        for part in chunks(external_ids):
            statement = select(IdentityRow.external_id, IdentityRow.person_id).where(
                IdentityRow.source == source, IdentityRow.external_id.in_(part)
            )
            found.extend((external_id, person) for external_id, person in self.session.execute(statement))
        return found

    def add_identities(self, source: str, identities: Sequence[tuple[str, str]], *, described: bool = False) -> None:
        """Store (external id, person id) links."""
        upsert(
            self.session,
            IdentityRow,
            [
                {"source": source, "external_id": external_id, "person_id": person, "described": described}
                for external_id, person in identities
            ],
        )

    def is_described(self, external_id: str) -> bool:
        """Return whether a record of this source stored earlier, and not pruned since, describes this person."""
        statement = select(IdentityRow.described).where(
            IdentityRow.source == self.source, IdentityRow.external_id == external_id
        )
        return bool(self.session.scalars(statement).first())

    def person_for(self, record: PersonRecord) -> str:
        """Return the id a person record describes: known here, known by e-mail, an author of that name, or new."""
        for found in (
            self.by_identity([record.id]),
            self.by_email([record.email or ""]),
            self.undescribed(record.name),
        ):
            if found:
                return next(iter(found.values()))
        return make_id(self.source, record.id)

    def undescribed(self, name: str) -> dict[str, str]:
        """Return the only author of this full name whom no source has described, if there is exactly one."""
        if " " not in name:
            return {}
        statement = select(PersonRow.id).where(PersonRow.name_key == fold(name), PersonRow.content_hash == UNDESCRIBED)
        people = list(self.session.scalars(statement))
        return {name: people[0]} if len(people) == 1 else {}

    def conflicting_email(self, record: PersonRecord, person: str) -> bool:
        """Return whether the record's e-mail address already belongs to someone else."""
        return any(owner != person for owner in self.by_email([record.email or ""]).values())


def store_person(links: PersonLinks, record: PersonRecord, unit_id: str | None) -> tuple[str, bool, bool]:
    """Store a person record and its identities.

    Returns:
        The person's id, whether they are new, whether anything changed.

    Raises:
        InvalidInputError: the person was erased.
    """
    session = links.session
    if links.erasures.among([record.id, *([record.email] if record.email else [])]):
        raise InvalidInputError(ERASED_REASON)
    person = links.person_for(record)
    values: dict[str, Any] = {
        "name": record.name,
        "name_key": fold(record.name),
        "in_directory": True,
        "unit_id": unit_id,
        "site": record.site,
        "job_title": record.job_title,
        "languages": list(record.languages),
        "url": record.url,
        "joined_on": record.joined_on,
        "content_hash": digest([record.model_dump(mode="json"), unit_id]),
    }
    existing = session.get(PersonRow, person)
    changed = (
        existing is None
        or existing.content_hash != values["content_hash"]
        or not existing.in_directory
        or not links.is_described(record.id)
    )
    if existing is None:
        session.add(PersonRow(id=person, **values))
    elif changed:
        for name, value in values.items():
            setattr(existing, name, value)
    if changed:
        session.flush()
        links.add_identities(links.source, [(record.id, person)], described=True)
        if record.email and "@" in record.email and not links.conflicting_email(record, person):
            links.add_identities(EMAIL, [(record.email, person)])
    links.known[record.id] = person
    return person, existing is None, changed


def spelling_key(reference: str) -> str:
    """Return what two references to one unknown author have in common: e-mail address, full name, or all of it."""
    if "@" in reference:
        return reference.lower()
    return fold(reference) if " " in reference else reference


def digest(content: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """Return a short fingerprint of JSON-like content; equal content gives equal fingerprints."""
    return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()
