"""Records: what a source says, before it is stored. Also the project's own import format."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

# Dates outside these years are typing errors in every source seen so far.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


class DocumentKind(StrEnum):
    """What a document is; practices and questions are also proposed beside experts."""

    PROFILE = "profile"
    QUESTION = "question"
    ANSWER = "answer"
    MESSAGE = "message"
    PRACTICE = "practice"
    PAGE = "page"
    COMMIT = "commit"
    RECORDING = "recording"


class Role(StrEnum):
    """How a person relates to a document."""

    ASKED = "asked"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    WROTE = "wrote"
    EDITED = "edited"
    REVIEWED = "reviewed"
    SPOKE = "spoke"
    ENDORSED = "endorsed"


class CommunityStatus(StrEnum):
    """Where a community is in its life."""

    IN_PREPARATION = "in_preparation"
    ACTIVE = "active"
    DORMANT = "dormant"
    DISSOLVED = "dissolved"


class MembershipRole(StrEnum):
    """The part a member plays in a community of practice."""

    ANIMATEUR = "animateur"
    PARRAIN = "parrain"
    COACH = "coach"
    DOCUMENTALISTE = "documentaliste"
    GUEST_EXPERT = "expert_invite"
    MEMBER = "member"


class Circle(StrEnum):
    """How close to the centre of the community a member is; it never gates a right."""

    CORE = "core"
    INNER = "inner"
    OUTER = "outer"


class DeclaredBy(StrEnum):
    """Who stated a departure."""

    SELF = "self"
    HR = "hr"
    MANAGER = "manager"


def check_year(value: date) -> date:
    """Return the date unless its year is absurd."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        message = f"the year {value.year} is outside {EARLIEST_YEAR}-{LATEST_YEAR}"
        raise ValueError(message)
    return value


def to_utc(value: datetime) -> datetime:
    """Return the moment in UTC, reading one without a zone as UTC; absurd years are refused."""
    check_year(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clean_text(value: Any) -> Any:  # noqa: ANN401 - anything an importer was given; validated as text afterwards
    """Return a text without what no database stores: NUL characters and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


# Cleaned before anything else, so that an id of NUL characters alone is refused as empty.
Cleaned = BeforeValidator(clean_text)
PlainText = Annotated[str, Cleaned]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Cleaned]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Cleaned]
EmailAddress = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=300), Cleaned]
Day = Annotated[date, AfterValidator(check_year)]
Moment = Annotated[datetime, AfterValidator(to_utc)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
PersonReference = Annotated[
    Identifier,
    Field(description="The person's id in this source, their e-mail address, their full name, or 'source:id'."),
]


class Record(BaseModel):
    """One line of the `records` format; unknown fields are refused so that none is lost silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitRecord(Record):
    """An organisational unit."""

    type: Literal["unit"] = "unit"
    id: Identifier
    name: Name
    parent: Identifier | None = None


class PersonRecord(Record):
    """A person and what they or their office say of their work. No age, no rank, no gender."""

    type: Literal["person"] = "person"
    id: Identifier
    name: Name
    email: EmailAddress | None = None
    unit: Name | None = Field(default=None, description="Name or id of the unit; made when missing.")
    site: Name | None = None
    job_title: Name | None = None
    languages: tuple[LanguageCode, ...] = ()
    skills: tuple[Name, ...] = ()
    bio: PlainText | None = None
    url: PlainText | None = None
    joined_on: Day | None = None


class Contribution(BaseModel):
    """One person's part in a document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: PersonReference
    role: Role
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    at: Moment | None = Field(default=None, description="When; the document's date if absent.")


class DocumentRecord(Record):
    """Anything someone wrote or recorded, with the people behind it."""

    type: Literal["document"] = "document"
    id: Identifier
    kind: DocumentKind
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Cleaned] = ""
    text: PlainText = ""
    language: LanguageCode | None = Field(default=None, description="Detected when absent.")
    space: Name | None = Field(default=None, description="Name or id of a space; the import's space if absent.")
    thread: Identifier | None = Field(default=None, description="Id of the document that opens the thread.")
    created_at: Moment | None = None
    score: FiniteFloat | None = None
    accepted: bool = False
    url: PlainText | None = None
    tags: tuple[Name, ...] = ()
    people: tuple[Contribution, ...] = ()


class AssociationRecord(Record):
    """A link between a person and a document that another record brought."""

    type: Literal["association"] = "association"
    document: Identifier
    person: PersonReference
    role: Role
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    at: Moment | None = None


class CommunityRecord(Record):
    """A community of practice; a protected one keeps its documents to its members."""

    type: Literal["community"] = "community"
    id: Identifier
    name: Name
    theme: PlainText = ""
    status: CommunityStatus = CommunityStatus.ACTIVE
    protected: bool = False
    url: PlainText | None = None


class MembershipRecord(Record):
    """A person's place in a community."""

    type: Literal["membership"] = "membership"
    community: Identifier
    person: PersonReference
    role: MembershipRole = MembershipRole.MEMBER
    circle: Circle = Circle.OUTER
    since: Day | None = None
    until: Day | None = None


class DepartureRecord(Record):
    """A declared departure: one date, or a band between two; or the withdrawal of an earlier declaration."""

    type: Literal["departure"] = "departure"
    person: PersonReference
    earliest: Day | None = Field(default=None, description="Required unless `revoked`.")
    latest: Day | None = Field(default=None, description="End of the band; same as `earliest` if absent.")
    declared_by: DeclaredBy
    announced: bool = Field(default=False, description="True when the whole organisation may know.")
    revoked: bool = Field(default=False, description="True to withdraw what the same declarer stated before.")

    @model_validator(mode="after")
    def check_order(self) -> DepartureRecord:
        """Refuse a declaration without a date, and a band that ends before it starts."""
        if self.earliest is None:
            if not self.revoked:
                message = "a departure needs `earliest`, or `revoked`"
                raise ValueError(message)
            return self
        if self.latest is not None and self.latest < self.earliest:
            message = f"latest ({self.latest}) is before earliest ({self.earliest})"
            raise ValueError(message)
        return self


AnyRecord = Annotated[
    UnitRecord
    | PersonRecord
    | DocumentRecord
    | AssociationRecord
    | CommunityRecord
    | MembershipRecord
    | DepartureRecord,
    Field(discriminator="type"),
]
RECORD_ADAPTER: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord)
