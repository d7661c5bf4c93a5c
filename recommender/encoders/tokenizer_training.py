"""The tokenizer of an encoder: pieces of words learned on its own texts, with case and accents folded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN: Final = "[UNK]"
# Longer words are keys and hashes, which say nothing by their pieces; WordPiece takes time in the square of the length.
_MAX_WORD_CHARS: Final = 48
_MIN_FREQUENCY: Final = 3
_MAX_ALPHABET: Final = 300


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """Learn a WordPiece vocabulary of at most so many pieces; the unknown token is number 0."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=_MAX_WORD_CHARS))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace("œ", "oe"),
            normalizers.Replace("æ", "ae"),
            normalizers.Replace("’", "'"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=_MIN_FREQUENCY,
        limit_alphabet=_MAX_ALPHABET,
        special_tokens=[UNKNOWN],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
