"""Learns the weights of successors from communities and histories of leadership, and says what they reach.

Run as `python -m evaluation.train_successors DATA... --to FILE`; each DATA is a folder that
`releve evaluate succession` takes. Prints a table in Markdown: every set ranked with what was learned from the others.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from evaluation.succession.training import (
    CONFIDENCE,
    MEASURES,
    ExampleSet,
    judge_left_out,
    read_examples,
    train_successors,
)
from models.errors import InvalidInputError
from recommender.encoders.choose import load_bundled
from recommender.succession.successor_weights import BUNDLED


def main() -> None:
    """Read, learn, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="folders of communities or histories of leadership")
    parser.add_argument("--to", type=Path, default=BUNDLED, help="file of weights to write")
    parser.add_argument("--keep", type=Path, help="folder that keeps stores and indexes for the next time")
    arguments = parser.parse_args()
    found = _read_all(arguments.data, arguments.keep)
    sets, role_sets = ([one for one in found if one.of_role is of_role] for of_role in (False, True))
    judged = judge_left_out(sets, role_sets)
    sys.stdout.write(f"| set | cases | {' | '.join(MEASURES)} |\n|{'---|' * (len(MEASURES) + 2)}\n")
    for one in found:
        values = " | ".join(f"{judged[one.name][name]:.3f}" for name in MEASURES)
        sys.stdout.write(f"| {one.name} | {len(one.examples)} | {values} |\n")
    notes = {
        "learned_from": {one.name: len(one.examples) for one in found},
        "left_out": {name: {key: round(value, 4) for key, value in values.items()} for name, values in judged.items()},
        "confidence": CONFIDENCE,
    }
    replace(train_successors(sets, role_sets), notes=notes).save(arguments.to)


def _read_all(folders: list[Path], keep: Path | None) -> list[ExampleSet]:
    encoder, found = load_bundled(), []
    for folder in folders:
        home = keep / folder.name if keep else None
        if home:
            home.mkdir(parents=True, exist_ok=True)
        try:
            found.append(read_examples(folder, encoder, home))
            sys.stderr.write(f"{folder.name}: {len(found[-1].examples)} cases\n")
        except InvalidInputError as error:
            sys.stderr.write(f"{folder.name}: {error}\n")
    return found


if __name__ == "__main__":
    main()
