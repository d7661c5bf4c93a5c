"""Schemas of areas of expertise, and of who knows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.schemas import PersonOut, person_out
from models.queries.area_evidence import AreaEvidence
from models.queries.areas import Area, AreaCommunity, AreaOfPerson, Holder
from models.records import Cleaned
from models.tables import ID_LENGTH, Stance

AreaLabel = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), Cleaned]


class AreaOut(BaseModel):
    """A field of expertise, with what the caller may read of it."""

    id: str
    label_fr: str
    label_en: str
    terms_fr: list[str] = Field(description="What tells it from the others, best first.")
    terms_en: list[str]
    named_by_people: bool = Field(description="Whether someone gave it its name.")
    parent_id: str | None
    vocabulary: str | None = Field(description="The vocabulary that it is matched to.")
    external_id: str | None = Field(description="Its id there.")
    documents: int
    people: int


class AreaEvidenceOut(BaseModel):
    """What speaks for a person in an area."""

    strength: float = Field(description="Between 0 and 1.")
    documents: int
    latest: datetime | None
    recent: int = Field(description="Documents of the last 365 days.")
    earlier: int = Field(description="Those of the 365 days before.")


class HolderOut(AreaEvidenceOut):
    """Someone who knows an area."""

    person: PersonOut
    declared: bool = Field(description="Whether they say so themself.")


class AreaOfPersonOut(AreaEvidenceOut):
    """One line of an expertise profile."""

    area: AreaOut
    stance: Stance | None = Field(description="What the person says; areas they hide are shown to them alone.")


class AreaCommunityOut(BaseModel):
    """A community with documents in an area."""

    id: str
    name: str
    documents: int


class AreaPageOut(AreaOut):
    """An area, who knows it, and where it is talked about."""

    holders: list[HolderOut] = Field(description="Strongest first, at most 50.")
    communities: list[AreaCommunityOut]


class StanceIn(BaseModel):
    """What the caller says of themself and an area."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"stance": "knows"}]})
    stance: Stance


class AreaChange(BaseModel):
    """What an administrator decides of an area; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"label_fr": "Embâcles", "label_en": "Ice jams"}]}
    )
    label_fr: AreaLabel | None = Field(default=None, description="Both labels together; no later finding changes them.")
    label_en: AreaLabel | None = None
    hidden: bool | None = Field(default=None, description="Shown to nobody.")
    pinned: bool | None = Field(default=None, description="Stays, whatever is written from now on.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.label_fr is None) != (self.label_en is None):
            message = "give both label_fr and label_en, or neither"
            raise ValueError(message)
        if self.hidden and self.pinned:
            message = "an area is hidden or pinned, not both"
            raise ValueError(message)
        return self


class AreasToMerge(BaseModel):
    """Areas to put into another, for good."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"areas": ["area:11"]}]})
    areas: list[Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH), Cleaned]] = Field(
        min_length=1, max_length=50
    )


def area_out(area: Area) -> AreaOut:
    """Return an area in its JSON shape."""
    return AreaOut(
        id=area.id,
        label_fr=area.label_fr,
        label_en=area.label_en,
        terms_fr=list(area.terms_fr),
        terms_en=list(area.terms_en),
        named_by_people=area.named_by_people,
        parent_id=area.parent_id,
        vocabulary=area.vocabulary,
        external_id=area.external_id,
        documents=area.documents,
        people=area.people,
    )


def evidence_fields(evidence: AreaEvidence) -> AreaEvidenceOut:
    """Return what speaks for a person in an area in its JSON shape."""
    return AreaEvidenceOut(
        strength=round(evidence.strength, 6),
        documents=evidence.documents,
        latest=evidence.latest,
        recent=evidence.trend.recent,
        earlier=evidence.trend.earlier,
    )


def holder_out(holder: Holder) -> HolderOut:
    """Return someone who knows an area in their JSON shape."""
    known = evidence_fields(holder.evidence).model_dump()
    return HolderOut(**known, person=person_out(holder.person), declared=holder.declared)


def area_of_person_out(line: AreaOfPerson) -> AreaOfPersonOut:
    """Return one line of an expertise profile in its JSON shape."""
    return AreaOfPersonOut(**evidence_fields(line.evidence).model_dump(), area=area_out(line.area), stance=line.stance)


def area_community_out(community: AreaCommunity) -> AreaCommunityOut:
    """Return a community with documents in an area in its JSON shape."""
    return AreaCommunityOut(id=community.id, name=community.name, documents=community.documents)
