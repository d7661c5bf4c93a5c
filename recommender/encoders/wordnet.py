"""English texts of WordNet, to ask the teacher about: its example sentences, definitions and words.

Run as `python -m recommender.encoders.wordnet DICT_DIR TEXTS_DIR`; DICT_DIR holds data.noun, data.verb, data.adj and
data.adv, such as /usr/share/wordnet of the Debian package wordnet-base.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from models.errors import InvalidInputError

_PARTS: Final = ("noun", "verb", "adj", "adv")
_QUOTED: Final = re.compile(r'"([^"]*)"?')
_QUOTED_WITH_AUTHOR: Final = re.compile(r'"[^"]*"?[^;]*')
_MARKER: Final = re.compile(r"\([a-z]+\)$")
# Names and numbers mean little to a teacher that never met them.
_COMMON_WORD: Final = re.compile(r"[a-z][a-z -]{3,}")


def main() -> None:
    """Write examples.txt, definitions.txt and words.txt, one text per line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dictionary", type=Path, help="folder of WordNet's database files")
    parser.add_argument("texts", type=Path, help="folder to write to; made when missing")
    options = parser.parse_args()
    synsets = list(read_synsets(options.dictionary))
    options.texts.mkdir(parents=True, exist_ok=True)
    for name, texts in (
        ("examples", (text for _, gloss in synsets for text in _examples(gloss))),
        ("definitions", (_definition(gloss) for _, gloss in synsets)),
        ("words", (word for words, _ in synsets for word in words if _COMMON_WORD.fullmatch(word))),
    ):
        _write(options.texts / f"{name}.txt", texts)


def read_synsets(folder: Path) -> Iterator[tuple[list[str], str]]:
    """Yield the words and the gloss of each synset.

    Raises:
        InvalidInputError: the folder lacks one of the files.
    """
    for part in _PARTS:
        try:
            lines = (folder / f"data.{part}").read_text(encoding="latin-1").splitlines()
        except OSError as error:
            message = f"No data.{part} in {folder} ({error}); name the folder of WordNet's database files."
            raise InvalidInputError(message) from error
        for line in lines:
            if line.startswith("  "):  # the licence, at the top of each file
                continue
            fields, _, gloss = line.partition(" | ")
            entry = fields.split()
            # The fourth field counts the words in hexadecimal; a number follows each word.
            words = entry[4 : 4 + 2 * int(entry[3], 16) : 2]
            yield [_MARKER.sub("", word).replace("_", " ") for word in words], gloss


def _examples(gloss: str) -> list[str]:
    """Return what a gloss quotes, single words left out."""
    return [quoted.strip() for quoted in _QUOTED.findall(gloss) if len(quoted.split()) > 1]


def _definition(gloss: str) -> str:
    """Return what a gloss says itself."""
    said = (part.strip() for part in _QUOTED_WITH_AUTHOR.sub("", gloss).split(";"))
    return "; ".join(part for part in said if part)


def _write(path: Path, texts: Iterable[str]) -> None:
    path.write_text("".join(f"{text}\n" for text in dict.fromkeys(texts) if text), encoding="utf-8")


if __name__ == "__main__":
    main()
