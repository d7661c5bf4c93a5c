"""Train the rankers, and measure them on each community and collection without having learned from it.

Run as `python -m evaluation.leave_one_out DATA RUNS --work FOLDER`. DATA holds the folders communities and collections;
RUNS receives a folder of runs for each set (see `python -m evaluation.results`), WORK keeps the stores, the indexes and
the examples, so that a second run is quick, and the rankers learned from all sets in WORK/rankers.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from evaluation.backtest import prepare_backtest
from evaluation.collections import prepare_collection
from evaluation.experiment import run_systems
from evaluation.measures import parse_measures
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.ranker_training import (
    CALIBRATION_FOLDS,
    Examples,
    collect_examples,
    load_examples,
    save_examples,
    train_ranker,
)
from evaluation.report import judge
from evaluation.stored_runs import store_experiment
from recommender.expert_finding import Intent
from recommender.ranker import Calibration, save_rankers

# Questions before this share of a community have too little behind them to learn from.
_LEARN_FROM: Final = 0.15
# Questions learned from in each set.
_LEARNED: Final = {Intent.ROUTING: 400, Intent.EXPERTISE: 500}
# Too few questions, or none but of a few judged people.
_NOT_LEARNED_FROM: Final = ("rate_lrbench", "aminer_experts")
_LANGUAGES: Final = re.compile(r"(_[a-z]{2}){1,2}$")
_DEPTH: Final = 100
# The first is the one that tables over all sets show.
_MEASURES: Final = {
    Intent.ROUTING: ("MRR", "P@1", "P@5", "nDCG@10", "R@10", "MAP"),
    Intent.EXPERTISE: ("nDCG@10", "MRR", "P@1", "P@5", "R@10", "MAP"),
}


@dataclass(frozen=True, slots=True)
class TestSet:
    """A community or a collection of the data."""

    __test__ = False  # for pytest: no test, whatever its name

    path: Path
    intent: Intent

    @property
    def name(self) -> str:
        """Return the name of its folder."""
        return self.path.name

    @property
    def family(self) -> str:
        """Return what it shares with its variants in other languages, which hold the same people."""
        return _LANGUAGES.sub("", self.name) if self.intent is Intent.EXPERTISE else self.name

    def prepare(self, options: PrepareOptions) -> Prepared:
        """Return its questions and systems."""
        if self.intent is Intent.ROUTING:
            return prepare_backtest(self.path, options)
        return prepare_collection(self.path, options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds communities and collections")
    parser.add_argument("runs", type=Path, help="folder that receives the runs")
    parser.add_argument("--work", type=Path, required=True, help="folder that keeps stores, examples and rankers")
    parser.add_argument("--ask", type=int, default=300, help="questions asked of each set")
    parser.add_argument("--only", nargs="*", help="names of the sets to measure; all by default, none without a name")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    sets = find_sets(options.data)
    base = PrepareOptions(seed=options.seed)
    examples = {
        found.name: _examples(found, replace(base, questions=_LEARNED[found.intent]), options.work)
        for found in sets
        if found.name not in _NOT_LEARNED_FROM
    }
    models = {intent: _train(sets, examples, intent, None, options.seed) for intent in Intent}
    notes = {intent: [s.name for s in sets if s.intent is intent and s.name in examples] for intent in Intent}
    save_rankers(options.work / "rankers", "bundled", models, notes)
    for found in sets:
        if options.only is None or found.name in options.only:
            own = {**models, found.intent: _train(sets, examples, found.intent, found.family, options.seed)}
            folder = options.work / "without" / found.name
            save_rankers(folder, f"without {found.family}", own, {})
            asked = replace(base, questions=options.ask, intent=found.intent, rankers=folder)
            _measure(found, asked, options.work, options.runs)


def find_sets(data: Path) -> list[TestSet]:
    """Return the communities and the collections of people, by name."""
    communities = sorted(path.parent for path in (data / "communities").glob("*/threads.jsonl*"))
    collections = sorted(path.parent for path in (data / "collections").glob("*/associations.tsv*"))
    return [
        *(TestSet(path, Intent.ROUTING) for path in communities),
        *(TestSet(path, Intent.EXPERTISE) for path in collections),
    ]


def _examples(found: TestSet, options: PrepareOptions, work: Path) -> Examples:
    """Return the examples of a set, from the last time if they are there."""
    path = work / "examples" / f"{found.name}.npz"
    examples = load_examples(path)
    if examples is None:
        started = time.perf_counter()
        asked = replace(options, intent=found.intent, start=_LEARN_FROM, systems=("popularity",))
        with found.prepare(replace(asked, keep=work / "stores" / found.name)) as prepared:
            examples = collect_examples(found.name, prepared, found.intent, options.seed)
        save_examples(path, examples)
        # As the next run reads them, which is in less precision: else it would learn something else.
        examples = load_examples(path) or examples
        _say(f"{found.name}: {len(examples.questions)} questions to learn from, {time.perf_counter() - started:.0f} s")
    return examples


def _train(
    sets: Sequence[TestSet], examples: dict[str, Examples], intent: Intent, without: str | None, seed: int
) -> tuple[str, Calibration]:
    learned = [examples[s.name] for s in sets if s.intent is intent and s.name in examples and s.family != without]
    # What is left out only has to rank.
    return train_ranker(learned, intent, seed, CALIBRATION_FOLDS if without is None else 1)


def _measure(found: TestSet, options: PrepareOptions, work: Path, runs: Path) -> None:
    """Ask all systems, and store what they answered."""
    started = time.perf_counter()
    kind = "backtest" if found.intent is Intent.ROUTING else "collection"
    command = shlex.join(
        ["python", "-m", "evaluation.leave_one_out", "DATA", "RUNS", "--work", "WORK", "--only", found.name]
    )
    with found.prepare(replace(options, keep=work / "stores" / found.name)) as prepared:
        experiment = run_systems(
            prepared.data, prepared.queries, prepared.qrels, prepared.systems, _DEPTH, options.seed, command
        )
        experiment.data.name = found.name
        report = judge(experiment, parse_measures(_MEASURES[found.intent]), "releve", prepared.candidates)
    store_experiment(runs / f"{kind}-{found.name}", experiment, report)
    means = {name: round(values["RR"], 3) for name, values in report.to_json()["systems"].items()}
    _say(f"{found.name}: MRR {means}, {time.perf_counter() - started:.0f} s")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
