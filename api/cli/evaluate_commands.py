"""The `releve evaluate` commands: their options. What each does is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, IntentName

evaluate = typer.Typer(help="Measure who is found, beside other systems.", no_args_is_help=True)

Measures = Annotated[
    list[str] | None,
    typer.Option(
        "--measure", metavar="NAME", help="As ir_measures names them; RR, P@1, P@5, nDCG@10, R@10 and AP by default."
    ),
]
Systems = Annotated[list[str] | None, typer.Option("--system", metavar="NAME", help="Systems to ask; all by default.")]
Intent = Annotated[IntentName, typer.Option(help="expertise: who knows; routing: who will answer.")]
Questions = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Ask so many questions, drawn by chance; all by default.")
]
Top = Annotated[str, typer.Option(metavar="N", help="How deep a run goes: a number, or all.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the tests and intervals, and of what is drawn.")]
Compared = Annotated[
    str, typer.Option(metavar="NAME", help="System that the others are compared with; the first, if not there.")
]
Runs = Annotated[
    Path | None,
    typer.Option("--runs", metavar="FOLDER", help="Store the runs, judgements, report and per-query results."),
]
OtherRuns = Annotated[
    list[Path] | None, typer.Option("--run", metavar="FILE", help="A run of TREC to judge beside the systems.")
]
OtherQrels = Annotated[
    Path | None, typer.Option("--qrels", metavar="FILE", help="Judgements in place of those of the data.")
]
Html = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots.")]
EncoderName = Annotated[
    str | None, typer.Option("--encoder", metavar="NAME", help="As RELEVE_ENCODER, which is the default.")
]


@evaluate.command()
def backtest(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="STORE", help="Threads (.jsonl, .jsonl.gz) or a store; yours by default.")
    ] = None,
    *,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="First question asked: a date, or the share before it (0.8)."),
    ] = None,
    intent: Intent = IntentName.ROUTING,
    similar: Annotated[
        bool, typer.Option("--similar", help="Ask for the earlier question that each links to, not for people.")
    ] = False,
    questions: Questions = None,
    system: Systems = None,
    measure: Measures = None,
    top: Top = "100",
    seed: Seed = 1,
    compared: Compared = "releve",
    runs: Runs = None,
    run: OtherRuns = None,
    qrels: OtherQrels = None,
    encoder: EncoderName = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Ask past questions with only what existed before each; right is who then answered."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(
        measures=tuple(measure or ()),
        seed=seed,
        command=evaluating.typed(context),
        compared=compared,
        html=html,
        runs=runs,
        as_json=as_json,
    )
    asked = evaluating.Asked(evaluating.parse_top(top), tuple(run or ()), qrels)
    options = evaluating.prepare_options(encoder, intent.value, tuple(system or ()), seed, questions)
    run_backtest = evaluating.similar if similar else evaluating.backtest
    run_backtest(path, evaluating.starting(options, start), asked, wanted)


@evaluate.command()
def collection(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="In the layout of BEIR, with associations.tsv.")],
    *,
    intent: Intent = IntentName.EXPERTISE,
    questions: Questions = None,
    system: Systems = None,
    measure: Measures = None,
    top: Top = "100",
    seed: Seed = 1,
    compared: Compared = "releve",
    runs: Runs = None,
    run: OtherRuns = None,
    qrels: OtherQrels = None,
    encoder: EncoderName = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Ask the queries of a test collection; right is who its judgements name."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(
        measures=tuple(measure or ()),
        seed=seed,
        command=evaluating.typed(context),
        compared=compared,
        html=html,
        runs=runs,
        as_json=as_json,
    )
    asked = evaluating.Asked(evaluating.parse_top(top), tuple(run or ()), qrels)
    options = evaluating.prepare_options(encoder, intent.value, tuple(system or ()), seed, questions)
    evaluating.collection(folder, options, asked, wanted)


@evaluate.command()
def compare(
    context: typer.Context,
    *,
    qrels: Annotated[Path, typer.Option(metavar="FILE", help="Judgements, in the columns of TREC or of BEIR.")],
    run: Annotated[list[Path], typer.Option(metavar="FILE", help="A run of TREC; give the option once for each.")],
    measure: Measures = None,
    seed: Seed = 1,
    compared: Compared = "releve",
    runs: Runs = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Judge runs that are already there, of any system."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(
        measures=tuple(measure or ()),
        seed=seed,
        command=evaluating.typed(context),
        compared=compared,
        html=html,
        runs=runs,
        as_json=as_json,
    )
    evaluating.compare(qrels, run, wanted)


@evaluate.command()
def succession(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Communities (threads), or histories of leadership (events, evidence)."),
    ],
    *,
    system: Systems = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", metavar="NAME", help="As ir_measures names them; RR, nDCG@10, R@10, P@5 by default."),
    ] = None,
    seed: Seed = 1,
    compared: Compared = "releve",
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights of releve; those that come with it by default.")
    ] = None,
    runs: Runs = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Rank successors of people who left, from what was known before; right is who took over."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(
        measures=tuple(measure or ()),
        seed=seed,
        command=evaluating.typed(context),
        compared=compared,
        runs=runs,
        as_json=as_json,
    )
    evaluating.succession(paths, encoder, tuple(system or ()), weights, wanted)


@evaluate.command()
def sts(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV of sentence1, sentence2 and score.")],
    *,
    encoder: EncoderName = None,
    seed: Seed = 1,
    runs: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Store the report.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure an encoder on pairs of sentences with judged similarity."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(seed=seed, command=evaluating.typed(context), runs=runs, as_json=as_json)
    evaluating.sts(path, encoder, wanted)


@evaluate.command()
def bitext(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help='JSON lines of {"fr": …, "en": …}.')],
    *,
    encoder: EncoderName = None,
    seed: Seed = 1,
    runs: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Store the report.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure whether an encoder finds each sentence's translation."""
    from api.cli import evaluating

    wanted = evaluating.Wanted(seed=seed, command=evaluating.typed(context), runs=runs, as_json=as_json)
    evaluating.bitext(path, encoder, wanted)
