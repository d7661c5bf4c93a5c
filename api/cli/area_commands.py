"""The group `releve areas`: its commands and their options; the work is imported when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson

areas = typer.Typer(
    help="Fields of expertise found in what was written, and what people make of them.", no_args_is_help=True
)

AreaId = Annotated[str, typer.Argument(metavar="AREA", help="Id of the area, such as area:3.")]
AsPerson = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Read as this person (id, e-mail or name).")
]


@areas.command("list")
def list_(
    text: Annotated[str | None, typer.Argument(help="Letters of a name.")] = None,
    *,
    viewer: AsPerson = None,
    as_json: AsJson = False,
) -> None:
    """List the areas, largest first."""
    from api.cli import areas as work

    work.list_all(text, viewer, as_json=as_json)


@areas.command()
def show(area: AreaId, *, viewer: AsPerson = None, as_json: AsJson = False) -> None:
    """Show an area: who knows it, its newest documents, its communities."""
    from api.cli import areas as work

    work.show(area, viewer, as_json=as_json)


@areas.command()
def refresh(*, as_json: AsJson = False) -> None:
    """Find the areas anew; those there are keep their identity, their names and what people decided."""
    from api.cli import areas as work

    work.refresh(as_json=as_json)


@areas.command()
def rename(
    area: AreaId,
    french: Annotated[str, typer.Argument(metavar="FRENCH", help="Its name in French.")],
    english: Annotated[str, typer.Argument(metavar="ENGLISH", help="Its name in English.")],
) -> None:
    """Name an area; no later finding changes that."""
    from api.cli import areas as work

    work.rename(area, french, english)


@areas.command()
def merge(
    into: Annotated[str, typer.Argument(metavar="INTO", help="Id of the area that stays.")],
    others: Annotated[list[str], typer.Argument(metavar="AREA...", help="Ids of the areas to put into it.")],
) -> None:
    """Put areas into another; later findings keep them together."""
    from api.cli import areas as work

    work.merge(into, others)


@areas.command()
def hide(area: AreaId, *, undo: Annotated[bool, typer.Option("--undo", help="Show it again.")] = False) -> None:
    """Show an area to nobody."""
    from api.cli import areas as work

    work.hide(area, hidden=not undo)


@areas.command()
def pin(area: AreaId, *, undo: Annotated[bool, typer.Option("--undo", help="Unpin it.")] = False) -> None:
    """Keep an area whatever is written from now on."""
    from api.cli import areas as work

    work.pin(area, pinned=not undo)


@areas.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="CSV of skills, or .csv.gz, with a header.")],
    *,
    name: Annotated[str | None, typer.Option(help="Name of the vocabulary; from the path by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take labels from a vocabulary of skills where an entry says what an area is about."""
    from api.cli import areas as work

    work.import_vocabulary(path, name, as_json=as_json)
