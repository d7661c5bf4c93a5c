"""Schemas of who could take over what somebody leaves."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from api.planning_words import say_factor
from api.schemas import AnyId, PersonOut, person_out
from api.schemas_transfers import EvidenceRefOut, evidence_ref_out
from api.wording import Wording
from models.queries.places import NamedArea
from models.tables import PairStance
from recommender.succession.pairs import Pair, Pairs
from recommender.succession.successors import Factor
from recommender.succession.taking_over import AreaSuccessors, Successor, SuccessorFactor, TakingOver


class NamedAreaOut(BaseModel):
    """An area by its names."""

    id: str
    label_fr: str
    label_en: str


class SuccessorFactorOut(BaseModel):
    """What a score is made of, or was moved by."""

    kind: Factor
    weight: float
    why: str = Field(description="In the language of the request.")


class LackOut(BaseModel):
    """An area where someone holds too little to take over now."""

    area: NamedAreaOut
    held: float = Field(description="Their strength, between 0 and 1.")


class SuccessorOut(BaseModel):
    """Someone who could take over."""

    person: PersonOut
    score: float
    ready: bool = Field(description="Strong enough to take over now.")
    wants_to_learn: bool
    load: int = Field(description="Questions answered or received in the last week, as far as the caller may know.")
    factors: list[SuccessorFactorOut] = Field(description="They add up to the score; what moved it most first.")
    lacks: list[LackOut]
    evidence: list[EvidenceRefOut]


class AreaSuccessorsOut(BaseModel):
    """An area somebody leaves, with who could take it over."""

    area: NamedAreaOut
    share: float
    others: int = Field(description="How many others hold it.")
    candidates: list[SuccessorOut] = Field(description="Best first.")


class TakingOverOut(BaseModel):
    """What somebody leaves, area by area, that of which most would be lost first."""

    person: PersonOut
    leaves_on: date | None
    areas: list[AreaSuccessorsOut]


class PairOut(BaseModel):
    """An area, who leaves it, and who could take it over."""

    leaver: PersonOut
    leaves_on: date
    area: NamedAreaOut
    share: float
    successor: PersonOut | None = Field(description="Null where nobody is found, or everybody has their share already.")
    score: float
    ready: bool
    pinned: bool = Field(description="Whether a manager decided so.")
    successor_leaves_on: date | None = Field(
        description="First day on which the successor may be gone too, as far as you may know."
    )


class PairsOut(BaseModel):
    """The pairs of the units planned for, the nearest departures first."""

    pairs: list[PairOut]
    left_out: int = Field(description="People who leave, beyond the most that are paired at once.")


class PairDecisionIn(BaseModel):
    """What a manager decides about a pair."""

    leaver_id: AnyId = Field(examples=["people:1001"])
    area_id: AnyId
    successor_id: AnyId
    stance: PairStance | None = Field(None, description="Null to leave it to the suggestions again.")


def taking_over_out(found: TakingOver, say: Wording) -> TakingOverOut:
    """Return who could take over in its JSON shape."""
    return TakingOverOut(
        person=person_out(found.person),
        leaves_on=found.leaves_on,
        areas=[area_successors_out(area, say) for area in found.areas],
    )


def area_successors_out(found: AreaSuccessors, say: Wording) -> AreaSuccessorsOut:
    """Return an area with its successors in its JSON shape."""
    return AreaSuccessorsOut(
        area=named_area_out(found.area),
        share=round(found.share, 4),
        others=found.others,
        candidates=[successor_out(candidate, say) for candidate in found.candidates],
    )


def successor_out(found: Successor, say: Wording) -> SuccessorOut:
    """Return a successor in their JSON shape."""
    return SuccessorOut(
        person=person_out(found.person),
        score=round(found.score, 4),
        ready=found.ready,
        wants_to_learn=found.wants_to_learn,
        load=found.load,
        factors=[factor_out(factor, say) for factor in found.factors],
        lacks=[LackOut(area=named_area_out(lack.area), held=round(lack.held, 4)) for lack in found.lacks],
        evidence=[evidence_ref_out(document) for document in found.evidence],
    )


def factor_out(factor: SuccessorFactor, say: Wording) -> SuccessorFactorOut:
    """Return a factor in its JSON shape."""
    return SuccessorFactorOut(kind=factor.kind, weight=round(factor.weight, 4), why=say_factor(say, factor.kind))


def pairs_out(found: Pairs) -> PairsOut:
    """Return pairs in their JSON shape."""
    return PairsOut(pairs=[pair_out(pair) for pair in found.pairs], left_out=found.left_out)


def pair_out(pair: Pair) -> PairOut:
    """Return a pair in its JSON shape."""
    return PairOut(
        leaver=person_out(pair.leaver),
        leaves_on=pair.leaves_on,
        area=named_area_out(pair.area),
        share=round(pair.share, 4),
        successor=person_out(pair.successor) if pair.successor else None,
        score=round(pair.score, 4),
        ready=pair.ready,
        pinned=pair.pinned,
        successor_leaves_on=pair.successor_leaves_on,
    )


def named_area_out(area: NamedArea) -> NamedAreaOut:
    """Return an area's names in their JSON shape."""
    return NamedAreaOut(id=area.id, label_fr=area.label_fr, label_en=area.label_en)
