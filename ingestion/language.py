"""Which language a text is in: function words first, and py3langid for what they leave open.

Figures and alternatives: docs/decisions/0005-language-detection.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from models.records import DocumentRecord

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# The beginning of a text tells its language; the rest only costs time.
CHARACTERS_READ = 500
# Function words that neither French and English, nor Spanish, Italian, Portuguese, German or Dutch, share.
ENGLISH_WORDS = (
    "the and that this with you have not what which how they there from but would does when where who been were are "
    "it for if be your these those could should about because their then than into only some any my of to"
)
FRENCH_WORDS = (
    "est sont était étaient qui ce cette ces elles nous vous avec dans pour aux leur leurs mais ou être avoir fait "
    "peut très aussi quand pourquoi tout tous toutes sans je une du au et les pas été où sur il ils votre notre nos "
    "vos mes ses donc comme après avant chez lors cela ça"
)
ENGLISH = frozenset(ENGLISH_WORDS.split())
FRENCH = frozenset(FRENCH_WORDS.split())
# A text with so many function words of one language, and three times more than of the other, is in it.
SURE_WORDS = 4
SURE_RATIO = 3
# Languages told apart: those of the two official languages' neighbours and of most newcomers. Among all 142 that
# py3langid knows, short texts fall to rare ones (pidgins, creoles) twice as often.
LANGUAGE_CODES = "ar ca cs da de el en es fi fr he hu it ja ko nl no pl pt ro ru sv tr uk vi zh"
# Below this confidence the answer would be a guess.
CONFIDENCE = 0.5
# What it takes to say that a text is not in the language its thread is in.
CONFIDENCE_AGAINST_USUAL = 0.9
WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str, usual: str | None = None) -> str | None:
    """Return the language of a text as its two-letter code, or None when it shows none.

    Args:
        usual: the language to expect, such as the thread's: returned for a text too short or too odd to tell.
    """
    words = WORD.findall(text[:CHARACTERS_READ].lower())
    if not words:
        return usual
    if (evident := by_function_words(words)) is not None:
        return evident
    language, confidence = identifier().classify(" ".join(words))
    needed = CONFIDENCE if usual is None else CONFIDENCE_AGAINST_USUAL
    return str(language) if confidence >= needed else usual


def with_language(record: DocumentRecord) -> DocumentRecord:
    """Return the document with its language, found out when it states none."""
    if record.language is not None:
        return record
    return record.model_copy(update={"language": detect_language(f"{record.title}\n{record.text}")})


def by_function_words(words: Sequence[str]) -> str | None:
    """Return the language that the function words show beyond doubt, or None."""
    english = sum(word in ENGLISH for word in words)
    french = sum(word in FRENCH for word in words)
    if max(english, french) < SURE_WORDS or max(english, french) < SURE_RATIO * min(english, french):
        return None
    return "en" if english > french else "fr"


@cache
def identifier() -> LanguageIdentifier:
    """Load the identifier once: 0.9 s and 100 MB, so only for a text that needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(LANGUAGE_CODES.split())
    return made
