"""The choice of an encoder by the name that settings and commands give it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models.errors import InvalidInputError
from recommender.encoders.encoder import Encoder
from recommender.encoders.sentence_transformer import SentenceTransformerEncoder
from recommender.encoders.static import StaticEncoder

WORDS: Final = "words"
BUNDLED: Final = "bundled"
"""The encoder that comes with Relève; its model card is beside its weights."""

_BUNDLED_FOLDER: Final = Path(__file__).parent / BUNDLED
_SENTENCE_TRANSFORMERS: Final = "sentence-transformers:"


def load_encoder(name: str | None) -> Encoder | None:
    """Return the encoder of this name; None for search by words only.

    Args:
        name: `words` or None, `bundled`, the folder of a static encoder,
            or `sentence-transformers:` and a name or path.

    Raises:
        InvalidInputError: there is no such encoder.
        MissingPackageError: sentence-transformers is not installed.
    """
    if name is None or name == WORDS:
        return None
    if name == BUNDLED:
        return load_bundled()
    if name.startswith(_SENTENCE_TRANSFORMERS) and name != _SENTENCE_TRANSFORMERS:
        return SentenceTransformerEncoder(name.removeprefix(_SENTENCE_TRANSFORMERS))
    if name and Path(name).is_dir():
        return StaticEncoder.load(Path(name))
    message = (
        f"No encoder named '{name}'; choose bundled, words, the folder of a static encoder, "
        "or sentence-transformers:NAME."
    )
    raise InvalidInputError(message)


def load_bundled() -> Encoder:
    """Return the encoder that comes with Relève."""
    return StaticEncoder.load(_BUNDLED_FOLDER)
