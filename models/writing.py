"""The writer: one batch of records into the store, each record stored whole or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from models.community_writing import (
    find_community,
    find_space,
    private_space,
    store_community,
    store_departure,
    store_membership,
    store_unit,
    unit_for,
)
from models.document_writing import ResolvedDocument, delete_documents, store_association, store_documents
from models.erased_identities import ERASED_REASON
from models.errors import InvalidInputError
from models.names import make_id
from models.person_writing import PersonLinks, store_person
from models.records import (
    AnyRecord,
    AssociationRecord,
    CommunityRecord,
    Contribution,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)
from models.tables import ORGANISATION_SPACE, DocumentRow

# The space name that stands for "only its first author reads it".
PRIVATE = "private"
# Within a batch, what others refer to comes first.
ORDER = (
    UnitRecord,
    PersonRecord,
    CommunityRecord,
    DocumentRecord,
    MembershipRecord,
    DepartureRecord,
    AssociationRecord,
)


@dataclass(slots=True)
class WriteResult:
    """What became of the records of a batch."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    """(position in the batch, reason)."""
    seen: set[str] = field(default_factory=set)
    """Ids of the documents and people in the batch, stored before or now."""
    outcomes: dict[int, tuple[bool, bool]] = field(default_factory=dict)
    """Of each document and rarer record, by position: whether it is new, whether anything changed."""

    def count(self, *, new: bool, changed: bool) -> None:
        """Count one record."""
        self.new += new
        self.changed += changed and not new
        self.unchanged += not new and not changed


class Writer:
    """Writes one source's records through a session; the caller commits."""

    def __init__(self, session: Session, source: str, space: str = ORGANISATION_SPACE) -> None:
        self.session = session
        self.source = source
        self.links = PersonLinks(session, source)
        self.space_id = find_space(session, source, space)
        self.spaces: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.writers: Mapping[type, Callable[..., tuple[bool, bool]]] = {
            UnitRecord: self.write_unit,
            CommunityRecord: self.write_community,
            MembershipRecord: self.write_membership,
            DepartureRecord: self.write_departure,
            AssociationRecord: self.write_association,
        }

    def write(self, records: Sequence[AnyRecord]) -> WriteResult:
        """Write a batch; within it, what others refer to is written first."""
        result = WriteResult()
        by_type: dict[type, list[tuple[int, AnyRecord]]] = {kind: [] for kind in ORDER}
        for position, record in enumerate(records):
            by_type[type(record)].append((position, record))
        for kind, group in by_type.items():
            if kind is DocumentRecord:
                self.write_documents([(p, r) for p, r in group if isinstance(r, DocumentRecord)], result)
            elif kind is PersonRecord:
                self.write_people([(p, r) for p, r in group if isinstance(r, PersonRecord)], result)
            else:
                self.write_each(group, result)
        return result

    def write_each(self, group: Sequence[tuple[int, AnyRecord]], result: WriteResult) -> None:
        """Write records of the rarer types one by one."""
        for position, record in group:
            try:
                new, changed = self.writers[type(record)](record)
            except InvalidInputError as error:
                result.refused.append((position, str(error)))
            else:
                result.count(new=new, changed=changed)
                result.outcomes[position] = (new, changed)

    def write_people(self, group: Sequence[tuple[int, PersonRecord]], result: WriteResult) -> None:
        """Write people, each with their profile as a document."""
        profiles: list[ResolvedDocument] = []
        for position, record in group:
            unit_id = self.unit_id(record.unit) if record.unit else None
            try:
                person, new, changed = store_person(self.links, record, unit_id)
            except InvalidInputError as error:
                result.refused.append((position, str(error)))
                continue
            result.count(new=new, changed=changed)
            result.seen.add(person)
            profile = profile_record(record)
            profile_id = make_id(self.source, profile.id)
            if profile.text or record.job_title:
                profiles.append(ResolvedDocument(profile_id, profile, ORGANISATION_SPACE, {record.id: person}))
                result.seen.add(profile_id)
            elif not new:
                delete_documents(self.session, [profile_id])
        store_documents(self.session, self.source, list({p.id: p for p in profiles}.values()))

    def write_documents(self, group: Sequence[tuple[int, DocumentRecord]], result: WriteResult) -> None:
        """Write documents; the last one wins when a batch holds an id twice."""
        people = self.links.resolve(part.person for _, record in group for part in record.people)
        resolved: dict[str, ResolvedDocument] = {}
        positions: dict[str, int] = {}
        for position, record in group:
            try:
                space_id = self.document_space(record, people)
            except InvalidInputError as error:
                result.refused.append((position, str(error)))
                continue
            document_id = make_id(self.source, record.id)
            kept = tuple(part for part in record.people if part.person in people)
            if len(kept) < len(record.people):
                record = record.model_copy(update={"people": kept})
            resolved[document_id] = ResolvedDocument(document_id, record, space_id, people)
            positions[document_id] = position
        new, changed = store_documents(self.session, self.source, list(resolved.values()))
        for document_id in resolved:
            result.count(new=document_id in new, changed=document_id in changed)
            result.outcomes[positions[document_id]] = (document_id in new, document_id in changed)
        result.seen.update(resolved)

    def document_space(self, record: DocumentRecord, people: Mapping[str, str]) -> str:
        """Return the id of the space a document record asks for."""
        if record.space is None:
            return self.space_id
        if record.space == PRIVATE:
            if not record.people:
                message = f"document '{record.id}' is private but names nobody; add its author"
                raise InvalidInputError(message)
            if record.people[0].person not in people:
                raise InvalidInputError(ERASED_REASON)
            return private_space(self.session, people[record.people[0].person])
        if record.space not in self.spaces:
            self.spaces[record.space] = find_space(self.session, self.source, record.space)
        return self.spaces[record.space]

    def unit_id(self, name: str) -> str:
        """Return the id of a unit, made if needed."""
        if name not in self.units:
            self.units[name] = unit_for(self.session, self.source, name)
        return self.units[name]

    def person_id(self, reference: str) -> str:
        """Return the id of the person referred to.

        Raises:
            InvalidInputError: they were erased.
        """
        found = self.links.resolve([reference])
        if reference not in found:
            raise InvalidInputError(ERASED_REASON)
        return found[reference]

    def write_unit(self, record: UnitRecord) -> tuple[bool, bool]:
        """Write a unit."""
        return store_unit(self.session, self.source, record)

    def write_community(self, record: CommunityRecord) -> tuple[bool, bool]:
        """Write a community and its space."""
        return store_community(self.session, self.source, record)

    def write_membership(self, record: MembershipRecord) -> tuple[bool, bool]:
        """Write a membership."""
        community_id = find_community(self.session, self.source, record.community)
        return store_membership(self.session, record, community_id, self.person_id(record.person))

    def write_departure(self, record: DepartureRecord) -> tuple[bool, bool]:
        """Write a departure, or its withdrawal."""
        return store_departure(self.session, record, self.person_id(record.person), datetime.now(UTC))

    def write_association(self, record: AssociationRecord) -> tuple[bool, bool]:
        """Write a separate association; its document must be there."""
        document_id = make_id(self.source, record.document)
        document = self.session.get(DocumentRow, document_id)
        if document is None or document.deleted_at is not None:
            message = f"no document '{record.document}' in source '{self.source}'; put its line before this one"
            raise InvalidInputError(message)
        return store_association(self.session, record, document_id, self.person_id(record.person))


def profile_record(record: PersonRecord) -> DocumentRecord:
    """Return what a person says of themself as a document, so that a profile counts as evidence."""
    parts = [", ".join(record.skills), record.bio or ""]
    title = f"{record.name}, {record.job_title}" if record.job_title else record.name
    return DocumentRecord(
        id=f"profile/{record.id}"[:300],
        kind=DocumentKind.PROFILE,
        title=title,
        text="\n".join(part for part in parts if part),
        language=record.languages[0] if record.languages else None,
        url=record.url,
        people=(Contribution(person=record.id, role=Role.WROTE),),
    )
