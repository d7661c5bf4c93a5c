"""Schemas of searches for texts, and of suggestions while someone types."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.languages import Language
from api.schemas import ExpertOut, FoundTextOut
from recommender.asking import WHOLE
from recommender.service import MAX_QUESTION_LENGTH

# A widget shows a few of each; more would not be read while typing.
MAX_SUGGESTED = 10


class TextQuery(BaseModel):
    """A question that a text may answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "Comment amorcer une pompe ?", "top": 5}]})
    query: str = Field(min_length=1, max_length=MAX_QUESTION_LENGTH)
    top: int = Field(default=WHOLE.texts, ge=1, le=WHOLE.texts, description="How many texts at most.")


class FoundOut(BaseModel):
    """Texts found for a question."""

    query: str
    items: list[FoundTextOut]


class SuggestQuery(BaseModel):
    """A question being written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"draft": "comment amorcer la pompe", "lang": "fr"}]})
    draft: str = Field(min_length=1, max_length=MAX_QUESTION_LENGTH, description="What is written so far.")
    lang: Language = Field(default=Language.FRENCH, description="Language of the reasons.")
    top: int = Field(default=3, ge=1, le=MAX_SUGGESTED, description="How many of each at most.")


class SuggestOut(BaseModel):
    """Who and what may answer a question being written."""

    experts: list[ExpertOut]
    practices: list[FoundTextOut]
    similar_questions: list[FoundTextOut]
    notes: list[str]
    took_ms: float
