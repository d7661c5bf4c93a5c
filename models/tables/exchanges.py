"""What people do through Relève: questions put to someone, feedback, requests, endorsements."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.row import Row, stored_as_text


class Outcome(StrEnum):
    """What became of a solicitation or a request."""

    PENDING = "pending"
    ANSWERED = "answered"
    DECLINED = "declined"
    NO_REPLY = "no_reply"


class Verdict(StrEnum):
    """What someone says of a suggestion."""

    USEFUL = "useful"
    WRONG_PERSON = "wrong_person"
    LEFT = "left"


class RequestKind(StrEnum):
    """What a person asks of a community: to hear when it opens, or to be let in."""

    INTEREST = "interest"
    JOIN = "join"


class SolicitationRow(Row):
    """Someone was pointed to a person and asked them; counts in that person's load."""

    __tablename__ = "solicitations"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    asker_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expert_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(stored_as_text(Outcome), default=Outcome.PENDING)
    settled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_solicitations_expert_id_asked_at", "expert_id", "asked_at"),)


class FeedbackRow(Row):
    """What someone said of a person suggested for a question; the newest word of each stands."""

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    giver_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(Text)
    verdict: Mapped[Verdict] = mapped_column(stored_as_text(Verdict))
    given_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    """When an administrator, or the person, set a report that they left aside."""


class CommunityRequestRow(Row):
    """A person's wish to hear of a community in preparation, or to be let into a protected one."""

    __tablename__ = "community_requests"
    community_id: Mapped[str] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[RequestKind] = mapped_column(stored_as_text(RequestKind), primary_key=True)
    asked_at: Mapped[datetime]


class LocalMembershipRow(Row):
    """A person's own decision to take part or not, which later imports do not undo."""

    __tablename__ = "local_memberships"
    community_id: Mapped[str] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    joined: Mapped[bool]
    decided_on: Mapped[date]


class EndorsementRequestRow(Row):
    """A person asks a colleague to stand by a document of theirs; endorsing makes an association."""

    __tablename__ = "endorsement_requests"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    asked_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(stored_as_text(Outcome), default=Outcome.PENDING)
    settled_at: Mapped[datetime | None]
