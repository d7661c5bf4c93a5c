"""Languages: those Relève speaks, and which of them someone is answered in."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Languages Relève speaks; the first is the one in doubt."""

    FRENCH = "fr"
    ENGLISH = "en"


def language_named(name: str | None) -> Language | None:
    """Return the language of a tag such as `fr` or `en-CA`; None if Relève does not speak it."""
    if not name:
        return None
    primary = name.replace("_", "-").split("-")[0].strip().lower()
    return next((language for language in Language if language.value == primary), None)


def preferred_language(accept_language: str | None) -> Language:
    """Return the language an Accept-Language header likes best, French in doubt.

    Source: RFC 9110, section 12.5.4.
    """
    best, best_quality = Language.FRENCH, 0.0
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameter = part.partition(";")
        language = language_named(tag.strip())
        quality = quality_of(parameter)
        if language is not None and quality > best_quality:
            best, best_quality = language, quality
    return best


def quality_of(parameter: str) -> float:
    """Return the weight in `q=0.8`; 1 without one, 0 for what cannot be read."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.strip().partition("=")
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
