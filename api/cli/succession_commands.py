"""The group `releve succession`: its commands and their options; the work is imported when a command runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, LanguageName

succession = typer.Typer(
    help="Knowledge at risk, who could take it over, and what would be lost; for managers.", no_args_is_help=True
)


class Shown(StrEnum):
    """What managers are shown of departures in their units."""

    ANNOUNCED = "announced"
    HR_ANNOUNCED = "hr_announced"
    DECLARED = "declared"
    BANDS = "bands"


AsManager = Annotated[
    str | None,
    typer.Option("--as", metavar="PERSON", help="Plan as this manager, for their units; for everyone by default."),
]
Horizon = Annotated[
    float, typer.Option("--horizon", metavar="YEARS", min=0, max=15, help="Departures up to so many years ahead count.")
]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id, e-mail or name.")]


Lang = Annotated[LanguageName, typer.Option("--lang", help="Language of names and reasons.")]


@succession.command()
def risks(
    *,
    unit: Annotated[str | None, typer.Option(help="Only this unit and those under it (id or name).")] = None,
    horizon: Horizon = 5,
    viewer: AsManager = None,
    lang: Lang = LanguageName.FR,
    as_json: AsJson = False,
) -> None:
    """List the areas at risk, the greatest first: who holds them, what is left after departures, and how it scores."""
    from api.cli import succession as work

    work.risks(work.Planned(viewer, unit, lang, as_json), horizon)


@succession.command()
def person(
    who: Person,
    *,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many successors an area is shown with.")] = 3,
    viewer: AsManager = None,
    lang: Lang = LanguageName.FR,
    as_json: AsJson = False,
) -> None:
    """Show what would be lost with a person, and who could take it over."""
    from api.cli import succession as work

    work.person(who, work.Planned(viewer, None, lang, as_json), top)


@succession.command()
def pairs(
    *,
    unit: Annotated[str | None, typer.Option(help="Only those who leave this unit (id or name).")] = None,
    horizon: Horizon = 5,
    limit: Annotated[int, typer.Option(min=1, max=20, help="Areas that one successor takes over at most.")] = 2,
    viewer: AsManager = None,
    lang: Lang = LanguageName.FR,
    as_json: AsJson = False,
) -> None:
    """Pair what people who leave hold with successors, over a whole unit; decided pairs are kept."""
    from api.cli import succession as work

    work.pairs(work.Planned(viewer, unit, lang, as_json), horizon, limit)


@succession.command()
def simulate(
    people: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Ids, e-mails or names of who would leave.")],
    *,
    by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day by which they are gone; today by default.")
    ] = None,
    viewer: AsManager = None,
    lang: Lang = LanguageName.FR,
    as_json: AsJson = False,
) -> None:
    """Show what would be uncovered if these people left, and which past questions nobody could answer."""
    from api.cli import succession as work

    work.simulate(people, by.date() if by else None, work.Planned(viewer, None, lang, as_json))


@succession.command()
def policy(
    *,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Switch succession on or off.")] = None,
    departures: Annotated[
        Shown | None, typer.Option(help="What managers are shown of departures not announced to everyone.")
    ] = None,
    smallest_group: Annotated[
        int | None, typer.Option(metavar="N", help="Fewest people of whom a number is shown.")
    ] = None,
    notice_fr: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What people are told, in French; needed to switch it on.")
    ] = None,
    notice_en: Annotated[Path | None, typer.Option(metavar="FILE", help="The same in English.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the organisation decided about succession, or decide it; off until then."""
    from api.cli import succession_policy as work

    given = work.Given(on, departures.value if departures else None, smallest_group, notice_fr, notice_en)
    work.policy(given, as_json=as_json)


@succession.command()
def remind(*, as_json: AsJson = False) -> None:
    """Give the reminders of transfer steps that are due: one a week for a person, three for a step; for a daily job."""
    from api.cli import succession_reminders as work

    work.remind(as_json=as_json)
