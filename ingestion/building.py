"""Records from fields that may be wrong: what is optional and wrong is left out and said, the rest is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.records import Record

R = TypeVar("R", bound=Record)
# Leaving these out would change who reads the record: a document in a misspelt space must not become public.
NEVER_LEFT_OUT = frozenset({"space"})
# What Pydantic says of a field the record does not have, in the words of someone who wrote the file.
UNKNOWN_FIELD = "unknown field; remove it or correct its name"


@dataclass(frozen=True, slots=True)
class Built(Generic[R]):
    """A record, or None when it could not be made, with what was wrong."""

    record: R | None
    faults: tuple[str, ...] = ()


def build(kind: type[R], fields: Mapping[str, Any]) -> Built[R]:
    """Return the record made of these fields; a wrong field that the record can do without is left out."""
    try:
        return Built(kind(**fields))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
    wrong = {str(detail["loc"][0]) if detail["loc"] else "" for detail in details}
    faults = tuple(explain(detail) for detail in details)
    optional = {name for name, field in kind.model_fields.items() if not field.is_required()}
    needed = wrong - (optional - NEVER_LEFT_OUT)
    if needed:
        return Built(None, faults)
    try:
        record = kind(**{name: value for name, value in fields.items() if name not in wrong})
    except ValidationError:
        return Built(None, faults)
    return Built(record, tuple(f"{fault}; left out" for fault in faults))


def explain(detail: ErrorDetails) -> str:
    """Return one readable line for one fault: the field, what is wrong, the value."""
    path = ".".join(str(part) for part in detail["loc"]) or "record"
    if detail["type"] == "extra_forbidden":
        return f"{path}: {UNKNOWN_FIELD}"
    problem = detail["msg"].removeprefix("Value error, ")
    given = detail["input"]
    if detail["type"] == "missing" or isinstance(given, (dict, list, tuple)):
        return f"{path}: {problem}"
    shown = repr(given)
    return f"{path}: {problem}, not {shown if len(shown) <= 60 else shown[:57] + '...'}"


def explain_all(error: ValidationError, most: int = 3) -> str:
    """Return one readable line for a refused record, with its first faults."""
    details = error.errors(include_url=False, include_context=False)
    lines = [explain(detail) for detail in details[:most]]
    if len(details) > most:
        lines.append(f"and {len(details) - most} more")
    return "; ".join(lines)
