"""The commands that measure: backtest, collection, succession, compare, sts, bitext."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console

from api.cli.ingesting import progress
from api.settings import Settings
from evaluation.backtest import prepare_backtest
from evaluation.collections import prepare_collection
from evaluation.encoder_measures import EncoderReport, measure_bitext, measure_sts
from evaluation.experiment import Experiment, run_systems
from evaluation.linked_questions import prepare_linked_questions
from evaluation.measures import parse_measures
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.report import Report, judge
from evaluation.report_html import report_page
from evaluation.stored_runs import (
    judged_by,
    read_experiment,
    read_runs,
    store_experiment,
    store_report,
    with_runs,
)
from evaluation.succession.judging import SuccessionOptions
from evaluation.succession.overall import judge_sets
from evaluation.succession.reading import read_cases
from evaluation.succession.terminal import print_succession
from evaluation.terminal_report import print_encoder_report, print_report
from evaluation.trec_files import read_qrels
from models.errors import InvalidInputError
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder import Encoder

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to report, how, and where."""

    seed: int
    command: str
    measures: tuple[str, ...] = ()
    compared: str = ""
    html: Path | None = None
    runs: Path | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How deep the systems rank, and what is judged beside and in place of what the data hold."""

    top: int | None
    runs: tuple[Path, ...]
    qrels: Path | None


def typed(context: typer.Context) -> str:
    """Return the command as it was typed, arguments first; what was left to its default is left out."""
    words: list[str] = []
    options: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        value = context.params[name]
        for one in value if isinstance(value, list | tuple) else [value]:
            if parameter.param_type_name == "argument":
                words.append(str(one))
            else:
                options += [parameter.opts[0]] if one is True else [parameter.opts[0], str(one)]
    return shlex.join(["releve", "evaluate", context.info_name or "", *words, *options])


def parse_top(text: str) -> int | None:
    """Return how deep runs go; None for every candidate."""
    if text == ALL:
        return None
    if not text.isdecimal() or int(text) < 1:
        message = f"--top {text} is no depth; write a number from 1 on, or all."
        raise InvalidInputError(message)
    return int(text)


def parse_start(text: str) -> datetime | float:
    """Return the day or the share of questions from which on they are asked."""
    try:
        share = float(text)
    except ValueError:
        share = None
    if share is not None and 0 <= share < 1:
        return share
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--from {text} is neither a day nor a share; write 2024-06-30, or 0.8 for the last fifth."
        raise InvalidInputError(message) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def prepare_options(
    encoder: str | None, intent: str, systems: tuple[str, ...], seed: int, questions: int | None = None
) -> PrepareOptions:
    """Return what backtests and collections are told, with the settings for what the command leaves open."""
    settings = Settings()
    return PrepareOptions(
        intent=intent,
        systems=systems,
        seed=seed,
        encoder=encoder or settings.encoder,
        home=settings.home,
        database_url=settings.database_url,
        questions=questions,
    )


def starting(options: PrepareOptions, start: str | None) -> PrepareOptions:
    """Return the options with the first question asked."""
    return replace(options, start=parse_start(start)) if start else options


def backtest(path: Path | None, options: PrepareOptions, asked: Asked, wanted: Wanted) -> None:
    """Ask past questions of every system, judge and report."""
    _evaluate(lambda: prepare_backtest(path, options), asked, wanted)


def similar(path: Path | None, options: PrepareOptions, asked: Asked, wanted: Wanted) -> None:
    """Ask every system for the earlier questions that people linked to, judge and report."""
    if path is None:
        message = "--similar needs a file of threads with links; a store keeps none."
        raise InvalidInputError(message)
    _evaluate(lambda: prepare_linked_questions(path, options), asked, wanted)


def collection(folder: Path, options: PrepareOptions, asked: Asked, wanted: Wanted) -> None:
    """Ask the queries of a test collection of every system, judge and report."""
    _evaluate(lambda: prepare_collection(folder, options), asked, wanted)


def succession(
    paths: Sequence[Path], encoder: str | None, systems: tuple[str, ...], weights: Path | None, wanted: Wanted
) -> None:
    """Rank successors of people who left, judge and report."""
    _check_places(wanted)
    chosen = load_encoder(encoder or Settings().encoder)
    options = SuccessionOptions(wanted.seed, wanted.command, wanted.measures, wanted.compared, systems, weights)
    with progress("Judge") as bar:
        report = judge_sets(
            paths, lambda path: read_cases(path, chosen), options, _storing(wanted.runs), bar.advance_to
        )
    if wanted.as_json:
        _print_json(report.to_json())
    else:
        print_succession(Console(), report)


def compare(qrels: Path, runs: Sequence[Path], wanted: Wanted) -> None:
    """Judge runs from files and report."""
    measures = parse_measures(wanted.measures)
    _check_places(wanted)
    experiment = read_experiment(qrels, runs, wanted.seed, wanted.command)
    _publish(experiment, judge(experiment, measures, wanted.compared), wanted)


def sts(path: Path, encoder: str | None, wanted: Wanted) -> None:
    """Measure an encoder on judged similarity and report."""
    _publish_encoder(measure_sts(path, _load(encoder), wanted.seed, wanted.command), wanted)


def bitext(path: Path, encoder: str | None, wanted: Wanted) -> None:
    """Measure an encoder on translations and report."""
    _publish_encoder(measure_bitext(path, _load(encoder), wanted.seed, wanted.command), wanted)


def _evaluate(prepare: Callable[[], Prepared], asked: Asked, wanted: Wanted) -> None:
    # Whatever can be wrong with the command is found before the systems run, which may take hours.
    measures = parse_measures(wanted.measures)
    _check_places(wanted)
    others = read_runs(asked.runs)
    judgements = read_qrels(asked.qrels) if asked.qrels else None
    with prepare() as prepared:
        data = judged_by(prepared.data, asked.qrels) if asked.qrels else prepared.data
        qrels = prepared.qrels if judgements is None else judgements
        with progress("Ask") as bar:
            experiment = run_systems(
                data, prepared.queries, qrels, prepared.systems, asked.top, wanted.seed, wanted.command, bar.advance_to
            )
        experiment = with_runs(experiment, others)
        _publish(experiment, judge(experiment, measures, wanted.compared, prepared.candidates), wanted)


def _storing(folder: Path | None) -> Callable[[str, Experiment, Report], None] | None:
    """Return what stores each set in a folder of its own."""
    if folder is None:
        return None
    return lambda name, experiment, report: store_experiment(folder / f"succession-{name}", experiment, report)


def _check_places(wanted: Wanted) -> None:
    if wanted.html and not wanted.html.absolute().parent.is_dir():
        message = f"There is no folder {wanted.html.parent} to write {wanted.html.name} in; make it first."
        raise InvalidInputError(message)
    if wanted.runs and wanted.runs.exists() and not wanted.runs.is_dir():
        message = f"--runs {wanted.runs} is no folder; name one to make or to write in."
        raise InvalidInputError(message)


def _publish(experiment: Experiment, report: Report, wanted: Wanted) -> None:
    if wanted.runs:
        store_experiment(wanted.runs, experiment, report)
    if wanted.html:
        wanted.html.write_text(report_page(report), encoding="utf-8")
    if wanted.as_json:
        _print_json(report.to_json())
    else:
        print_report(Console(), report)


def _publish_encoder(report: EncoderReport, wanted: Wanted) -> None:
    if wanted.runs:
        store_report(wanted.runs, report.to_json())
    if wanted.as_json:
        _print_json(report.to_json())
    else:
        print_encoder_report(Console(), report)


def _load(name: str | None) -> Encoder:
    chosen = name or Settings().encoder
    encoder = load_encoder(chosen)
    if encoder is None:
        message = f"'{chosen}' is no encoder; name one with --encoder, such as bundled."
        raise InvalidInputError(message)
    return encoder


def _print_json(shown: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
