"""Judges successors on given data without having learned from what is judged.

Run as `python -m evaluation.succession.left_out PATH... [--keep FOLDER] [--json FILE]`; each PATH as
`releve evaluate succession` takes it. A community is ranked with weights learned from the others, a group of a history
of leadership with weights learned from the other groups, in FOLDS folds.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from evaluation.past import Values
from evaluation.report import PRODUCT
from evaluation.succession.cases import Case, Cases, Kind, set_name
from evaluation.succession.judging import SuccessionOptions, Successors, judge_cases
from evaluation.succession.overall import Skipped, SuccessionReport, average_of, compare_within
from evaluation.succession.reading import read_cases
from evaluation.succession.terminal import print_succession
from evaluation.succession.training import ExampleSet, describe_case, train_successors
from models.errors import InvalidInputError
from recommender.encoders.choose import load_bundled
from recommender.succession.successor_weights import SuccessorWeights

FOLDS: Final = 8


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The product's ranking, of each group of cases with weights that were learned without it."""

    weights: Mapping[str, SuccessorWeights]
    name: str = PRODUCT

    def score(self, case: Case) -> Values:
        """Return the place of each person in the ranking of successors, from behind."""
        return Successors(self.weights[case.group]).score(case)


def judge_left_out_sets(
    found: Sequence[Cases], skipped: Sequence[Skipped], options: SuccessionOptions
) -> SuccessionReport:
    """Judge every set with weights learned from the others."""
    examples = {id(one): ExampleSet(one.data.name, [describe_case(case) for case in one.cases]) for one in found}
    by_kind = {kind: [examples[id(one)] for one in found if one.kind is kind] for kind in Kind}
    sets = []
    for one in found:
        ours = LeftOut(learn_without(examples[id(one)], one.kind, by_kind))
        sets.append((one.kind, judge_cases(one, options, ours)[1]))
    return SuccessionReport(sets, average_of(sets), skipped, compare_within(sets))


def learn_without(
    left: ExampleSet, kind: Kind, by_kind: Mapping[Kind, Sequence[ExampleSet]]
) -> dict[str, SuccessorWeights]:
    """Return the weights for each group of cases of a set."""
    groups = sorted({example.group for example in left.examples})
    others = [other for other in by_kind[kind] if other is not left]
    if kind is Kind.COMMUNITY:
        return dict.fromkeys(groups, train_successors(others, by_kind[Kind.LEADERSHIP]))
    learned: dict[str, SuccessorWeights] = {}
    for fold in range(FOLDS):
        held = groups[fold::FOLDS]
        rest = [example for example in left.examples if example.group not in held]
        roles = [*others, ExampleSet(left.name, rest)] if rest else others
        learned |= dict.fromkeys(held, train_successors(by_kind[Kind.COMMUNITY], roles))
    return learned


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, learn and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", help="communities, or histories of leadership")
    parser.add_argument("--keep", type=Path, help="folder that keeps stores and indexes for the next time")
    parser.add_argument("--json", type=Path, help="file to write the report in")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    found: list[Cases] = []
    skipped: list[Skipped] = []
    encoder = load_bundled()
    for path in chosen.paths:
        try:
            found.append(read_cases(path, encoder, chosen.keep / set_name(path) if chosen.keep else None))
        except InvalidInputError as error:
            skipped.append(Skipped(set_name(path), str(error)))
    names = [set_name(path) for path in chosen.paths]
    command = shlex.join(["python", "-m", "evaluation.succession.left_out", *names])
    try:
        report = judge_left_out_sets(found, skipped, SuccessionOptions(chosen.seed, command))
    finally:
        for one in found:
            one.close()
    if chosen.json:
        chosen.json.write_text(json.dumps(report.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print_succession(Console(file=sys.stdout), report)


if __name__ == "__main__":
    main()
