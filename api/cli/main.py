"""The `releve` command: its options, and how errors end it. What each command does is imported when it runs."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.admitting_commands import accounts, keys, roles
from api.cli.area_commands import areas
from api.cli.evaluate_commands import evaluate
from api.cli.options import AsJson, IntentName, LanguageName
from api.cli.succession_commands import succession
from api.cli.webhook_commands import webhooks

app = typer.Typer(
    name="releve",
    help="Find who knows, and pass it on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


train = typer.Typer(help="Train what Relève ranks with.", no_args_is_help=True)
app.add_typer(train, name="train")
app.add_typer(evaluate, name="evaluate")
app.add_typer(keys, name="keys")
app.add_typer(roles, name="roles")
app.add_typer(accounts, name="accounts")
app.add_typer(webhooks, name="webhooks")
app.add_typer(areas, name="areas")
app.add_typer(succession, name="succession")


class DateOrder(StrEnum):
    """Order of day, month and year in the dates of a file."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


AsPerson = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Read as this person (id, e-mail or name).")
]
Lang = Annotated[LanguageName | None, typer.Option(help="Language of the answer; that of the question by default.")]


@app.callback()
def main(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Find who knows, and pass it on."""


@app.command()
def ingest(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="threads, stackexchange, people, missions, documents or records.")
    ],
    path: Annotated[Path, typer.Argument(help="File or folder to import.")],
    *,
    source: Annotated[str | None, typer.Option(help="Name of the source; from the path by default.")] = None,
    space: Annotated[
        str | None, typer.Option(help="Space of the documents; the whole organisation by default.")
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Delete what the source no longer holds.")] = False,
    index: Annotated[bool, typer.Option(help="Bring the index up to date afterwards.")] = True,
    dates: Annotated[DateOrder | None, typer.Option(help="Order of the dates in a people file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import people, questions, documents or records, then index them."""
    from api.cli import ingesting

    ingesting.ingest(
        format_name, path, ingesting.IngestOptions(source, space, prune, index, dates and dates.value, as_json)
    )


@app.command()
def index(
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Start anew, with the encoder now set.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with the store."""
    from api.cli import ingesting

    ingesting.index(rebuild=rebuild, as_json=as_json)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help='"Who knows about …?", in French or English.')],
    *,
    top: Annotated[int, typer.Option(help="How many people at most.")] = 5,
    intent: Annotated[
        IntentName, typer.Option(help="expertise: who knows; routing: who will answer.")
    ] = IntentName.EXPERTISE,
    viewer: AsPerson = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Ask who knows about something."""
    from api.cli import asking

    asking.ask(question, asking.AskRequest(top, intent.value, viewer, lang and lang.value, as_json))


@app.command()
def person(
    reference: Annotated[str, typer.Argument(metavar="ID", help="Id, e-mail address or name.")],
    *,
    viewer: AsPerson = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known about a person, and from what. With --as the same person: everything inferred about them."""
    from api.cli import asking

    asking.person(reference, viewer, lang and lang.value, as_json=as_json)


@app.command()
def preferences(
    reference: Annotated[str, typer.Argument(metavar="ID", help="The person who decides.")],
    *,
    visible: Annotated[bool | None, typer.Option("--visible/--opt-out", help="Be suggested, or never.")] = None,
    pause_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Not be suggested up to this day.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="End a pause.")] = False,
    capacity: Annotated[int | None, typer.Option(min=0, help="Questions accepted per week.")] = None,
    no_limit: Annotated[bool, typer.Option("--no-limit", help="Accept any number of questions.")] = False,
    hide: Annotated[list[str] | None, typer.Option(help="Document not to use as evidence.")] = None,
    show: Annotated[list[str] | None, typer.Option(help="Hidden document to use again.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide, as a person, how Relève may suggest you."""
    from api.cli import deciding

    day: date | None = pause_until.date() if pause_until else None
    change = deciding.Change(visible, day, resume, capacity, no_limit, tuple(hide or ()), tuple(show or ()))
    deciding.preferences(reference, change, as_json=as_json)


@app.command()
def status(*, viewer: AsPerson = None, as_json: AsJson = False) -> None:
    """Show what the store holds for a reader, and whether the index follows it."""
    from api.cli import asking

    asking.status(viewer, as_json=as_json)


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer; about one a core.")] = 1,
) -> None:
    """Serve the pages and the REST interface; on this machine only, unless RELEVE_AUTH says how people sign in."""
    from api.cli import serving

    serving.serve(host, port, workers)


@train.command()
def encoder(
    *,
    config: Annotated[
        Path | None, typer.Option(help="TOML file: what to learn from, and how; a stopped training goes on.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="ENCODER", help="Adapt this encoder to your organisation: bundled or a folder."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="With --from: where the encoder goes; RELEVE_HOME/encoder by default.")
    ] = None,
) -> None:
    """Train an encoder from a configuration, or adapt one to what your organisation has written."""
    from api.cli import training

    training.encoder(config, start, output)


@train.command()
def ranker(
    output: Annotated[
        Path | None, typer.Option(help="Where the rankers go; RELEVE_HOME/rankers, which are then in use, by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of what is drawn.")] = 1,
) -> None:
    """Fit the ranker for routing to who answered in your organisation; kept only if it wins on newer questions."""
    from api.cli import training

    training.ranker(output, seed)


@app.command()
def demo() -> None:
    """Load the sample organisation beside your own data, ask it a few questions, and say how to go on."""
    from api.cli import sample

    sample.demo()


def run() -> None:
    """Run the command; an error is one line on stderr, and the exit code says whose mistake it is."""
    try:
        app()
    except Exception as error:  # noqa: BLE001, RUF100 - the edge: everything that escapes ends here
        if "--debug" in sys.argv:
            raise
        from api.cli.failing import explain

        code, line = explain(error)
        sys.stderr.write(f"{line}\n")
        sys.exit(code)


if __name__ == "__main__":
    run()
