"""What the terminal shows of succession."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.planning_words import say_factor
from api.planning_words import say_level as say_standing
from api.succession_words import say_item, say_level, say_prefilled
from api.wording import Wording
from models.queries.people import Person
from recommender.succession.coverage import AreaCoverage
from recommender.succession.pairs import Pairs
from recommender.succession.risk import Level, RiskLine
from recommender.succession.simulation import Simulation, Uncovered
from recommender.succession.successors import Factor
from recommender.succession.taking_over import Successor, TakingOver
from recommender.succession.transfer import Transfer

# Of a list of risks or of what would be lost, so many lines are shown; --json gives all.
LINES_SHOWN = 15
EVIDENCE_SHOWN = 3
REASONS_SHOWN = 3
STYLES: Mapping[Level, str] = {Level.HIGH: "bold red", Level.MEDIUM: "yellow", Level.LOW: "green"}


def print_risks(
    console: Console,
    say: Wording,
    lines: Sequence[RiskLine],
    covered: Mapping[str, AreaCoverage],
    people: Mapping[str, Person],
) -> None:
    """Print the areas at risk, the greatest first, each with why."""
    if not lines:
        console.print(say.gettext("Nobody you plan for holds an area, by what you may read."))
    for line in lines[:LINES_SHOWN]:
        heading = Text(line.area.label(say.language), style="bold")
        heading.append(f"  {line.unit}", style="dim")
        heading.append(f"  {line.total}/25  ", style="")
        heading.append(say_level(say, line.level, complete=line.complete), style=STYLES[line.level])
        console.print(heading)
        reasons = [sentence for answer in line.prefilled.items() for sentence in say_prefilled(say, *answer)]
        for sentence in dict.fromkeys([*_after_departures(say, covered.get(line.area.id), people), *reasons]):
            console.print(Padding(Text(sentence), (0, 0, 0, 2)))
    if len(lines) > LINES_SHOWN:
        console.print(Text(say.gettext("%(count)s more; --json shows all") % {"count": len(lines) - LINES_SHOWN}))


def _after_departures(say: Wording, area: AreaCoverage | None, people: Mapping[str, Person]) -> list[str]:
    """Return how an area stands after departures, and who leaves."""
    if area is None:
        return []
    leaving = [
        say.gettext("%(name)s leaves from %(day)s on") % {"name": person.name, "day": say.day(holder.leaves_on)}
        for holder in area.holders
        if holder.leaves_on and (person := people.get(holder.person_id))
    ]
    left = say.gettext("After departures: %(standing)s (%(share)s left), ready to take over: %(ready)s")
    standing = {"standing": say_standing(say, area.level), "share": say.percent(area.share_left)}
    return [left % {**standing, "ready": say.number(area.successors_ready)}, *leaving]


def print_transfer(console: Console, say: Wording, transfer: Transfer) -> None:
    """Print what someone should pass on, what would be lost most first."""
    heading = Text(transfer.person.name, style="bold")
    about = [part for part in (transfer.person.job_title, transfer.person.unit) if part]
    heading.append(f"  {', '.join(about)}", style="dim")
    console.print(heading)
    if transfer.leaves_on:
        console.print(Text(say.gettext("Leaves from %(day)s on") % {"day": say.day(transfer.leaves_on)}))
    if not transfer.items:
        console.print(say.gettext("Nothing would be lost with them, by what you may read."))
    for number, item in enumerate(transfer.items[:LINES_SHOWN], start=1):
        line = Text(f"{number}. ", style="bold cyan")
        line.append(" — ".join(part for part in (item.label(say.language), say_item(say, item)) if part))
        console.print(line)
        for document in item.evidence[:EVIDENCE_SHOWN]:
            told = f"{say.kind(document.kind)}: {document.title}"
            told += f", {say.day(document.at)}" if document.at else ""
            console.print(Padding(Text(told, style="dim"), (0, 0, 0, 3)))


def print_successors(console: Console, say: Wording, found: TakingOver) -> None:
    """Print who could take over each area, best first, with why and with what shows it."""
    for area in found.areas:
        told = say.gettext("Who could take over %(area)s") % {"area": area.area.label(say.language)}
        console.print(Text(told, style="bold underline"))
        if not area.candidates:
            console.print(Padding(Text(say.gettext("Nobody, by what you may read")), (0, 0, 0, 2)))
        for candidate in area.candidates:
            console.print(Padding(_successor_line(say, candidate), (0, 0, 0, 2)))
            reasons = [say_factor(say, factor.kind) for factor in candidate.factors if factor.kind is not Factor.ANYONE]
            console.print(Padding(Text("; ".join(reasons[:REASONS_SHOWN])), (0, 0, 0, 4)))
            for document in candidate.evidence[:EVIDENCE_SHOWN]:
                told = f"{say.kind(document.kind)}: {document.title}"
                console.print(Padding(Text(told, style="dim"), (0, 0, 0, 4)))


def _successor_line(say: Wording, candidate: Successor) -> Text:
    line = Text(candidate.person.name, style="bold")
    unit = f"  {candidate.person.unit}" if candidate.person.unit else ""
    line.append(unit, style="dim")
    line.append(f"  {say.percent(candidate.score)}")
    line.append(f"  {say.gettext('ready now') if candidate.ready else say.gettext('has to learn')}", style="dim")
    return line


def print_pairs(console: Console, say: Wording, found: Pairs) -> None:
    """Print who could take over what, the nearest departures first."""
    if not found.pairs:
        console.print(say.gettext("Nobody you plan for leaves within this time, as far as you may know."))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in (say.gettext("leaves"), say.gettext("area"), say.gettext("takes over")):
        table.add_column(title)
    before = ""
    for one in found.pairs:
        who = "" if one.leaver.id == before else f"{one.leaver.name}, {say.day(one.leaves_on)}"
        before = one.leaver.id
        taking = one.successor.name if one.successor else say.gettext("nobody yet")
        state = say.gettext("decided") if one.pinned else say.gettext("ready now") if one.ready else ""
        area = f"{one.area.label(say.language)} ({say.percent(one.share)})"
        table.add_row(Text(who), Text(area), Text(f"{taking}  {state}".strip()))
    console.print(table)
    if found.left_out:
        console.print(say.gettext("%(count)s more people leave; choose a unit") % {"count": say.number(found.left_out)})


def print_simulation(console: Console, say: Wording, found: Simulation, names: Mapping[str, str]) -> None:
    """Print what would be lost if some people left."""
    who = ", ".join(names.get(person, person) for person in found.people)
    told = say.gettext("If these leave by %(day)s: %(names)s") % {"day": say.day(found.by), "names": who}
    console.print(Text(told, style="bold"))
    _print_areas(console, say, say.gettext("Nobody would hold any more"), found.uncovered)
    _print_areas(console, say, say.gettext("Would be left with one holder, or with less than half"), found.weakened)
    told = say.ngettext(
        "Of %(answered)s question that they answered, nobody left could have answered %(lost)s",
        "Of %(answered)s questions that they answered, nobody left could have answered %(lost)s",
        found.answered_question_count,
    )
    counts = {"answered": found.answered_question_count, "lost": found.lost_question_count}
    console.print(Text(told % {name: say.number(count) for name, count in counts.items()}, style="bold"))
    for question in found.lost_questions[:LINES_SHOWN]:
        console.print(Padding(Text(question.title), (0, 0, 0, 2)))


def _print_areas(console: Console, say: Wording, title: str, areas: Sequence[Uncovered]) -> None:
    if not areas:
        return
    console.print(Text(title, style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for area in areas[:LINES_SHOWN]:
        holders = say.gettext("%(before)s → %(after)s people") % {
            "before": say.number(area.holders_before),
            "after": say.number(area.holders_after),
        }
        table.add_row(Text(area.label(say.language)), holders, say.percent(area.share_left))
    console.print(table)
