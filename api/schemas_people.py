"""Schemas of people in lists, and of what speaks for them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.schemas import PersonOut, person_out
from models.queries.documents import Evidence
from models.queries.people import FilterChoices, Person
from models.records import DocumentKind, Role

PERSON_EXAMPLE: dict[str, JsonValue] = {
    "id": "people:1001",
    "name": "Lucie Bernard",
    "unit": "Eau potable",
    "job_title": "Technicienne",
    "site": "Lyon",
    "url": None,
    "leaves": None,
    "languages": ["fr", "en"],
}


class PersonEntryOut(PersonOut):
    """A person in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [PERSON_EXAMPLE]})
    languages: list[str] = Field(description="Languages they work in.")


class PersonEvidenceOut(BaseModel):
    """A document that speaks for a person."""

    document_id: str
    kind: DocumentKind
    role: Role
    title: str
    url: str | None
    created_at: datetime | None
    accepted: bool = Field(description="For an answer, whether the asker accepted it.")


class ChoiceOut(BaseModel):
    """Something to filter by."""

    id: str = Field(description="What to send.")
    label: str = Field(description="What to show.")


class FilterChoicesOut(BaseModel):
    """What people can be filtered by, within what the caller may see."""

    units: list[ChoiceOut]
    sites: list[ChoiceOut]
    languages: list[ChoiceOut]
    communities: list[ChoiceOut]


def person_entry_out(person: Person) -> PersonEntryOut:
    """Return a person of a list in their JSON shape."""
    return PersonEntryOut(**person_out(person).model_dump(), languages=list(person.languages))


def person_evidence_out(evidence: Evidence) -> PersonEvidenceOut:
    """Return what speaks for a person in its JSON shape."""
    return PersonEvidenceOut(
        document_id=evidence.document_id,
        kind=evidence.kind,
        role=evidence.role,
        title=evidence.title,
        url=evidence.url,
        created_at=evidence.at,
        accepted=evidence.accepted,
    )


def filter_choices_out(choices: FilterChoices) -> FilterChoicesOut:
    """Return what people can be filtered by in its JSON shape."""
    by_name = {
        "units": choices.units,
        "sites": choices.sites,
        "languages": choices.languages,
        "communities": choices.communities,
    }
    return FilterChoicesOut(
        **{name: [ChoiceOut(id=id_, label=label) for id_, label in pairs] for name, pairs in by_name.items()}
    )
