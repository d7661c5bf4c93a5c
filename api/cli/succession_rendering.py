"""What the terminal shows of succession."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.planning_words import say_factor
from api.planning_words import say_level as say_standing
from api.succession_words import say_item, say_level
from api.wording import Wording
from models.queries.people import Person
from recommender.succession.coverage import AreaCoverage
from recommender.succession.pairs import Pair, Pairs
from recommender.succession.risk import Dimension, Level, RiskLine
from recommender.succession.simulation import Simulation, Uncovered
from recommender.succession.successors import Factor
from recommender.succession.taking_over import Successor, TakingOver
from recommender.succession.transfer import EvidenceRef, Transfer

# Of a list of risks or of what would be lost, so many lines are shown; --json gives all.
LINES_SHOWN = 15
EVIDENCE_SHOWN = 3
REASONS_SHOWN = 3
NAMES_SHOWN = 3
LONGEST_AREA = 60
# What is said of a successor wherever it moved their score up, or down.
SPEAKING_AGAINST = frozenset({Factor.LANGUAGE, Factor.LOAD, Factor.AWAY, Factor.LEAVING})
SPEAKING_FOR = frozenset(Factor) - SPEAKING_AGAINST - {Factor.ANYONE}
STYLES: Mapping[Level, str] = {Level.HIGH: "bold red", Level.MEDIUM: "yellow", Level.LOW: "green"}


def print_risks(
    console: Console,
    say: Wording,
    lines: Sequence[RiskLine],
    covered: Mapping[str, AreaCoverage],
    people: Mapping[str, Person],
) -> None:
    """Print the areas at risk, the greatest first, each with why in a line, and who leaves in another.

    Args:
        people: those who leave and are to be named, by id.
    """
    if not lines:
        console.print(say.gettext("Nobody you plan for holds an area, by what you may read."))
    for line in lines[:LINES_SHOWN]:
        heading = Text(f"{line.total}/25 ")
        heading.append(say_level(say, line.level, complete=line.complete), style=STYLES[line.level])
        heading.append(f"  {line.area.label(say.language)}", style="bold")
        heading.append(f"  {line.unit}", style="dim")
        console.print(heading)
        _print_within(console, Text(" · ".join(_reasons(say, line))))
        if told := _after_departures(say, covered.get(line.area.id), people):
            _print_within(console, Text(told, style="yellow"))
    if len(lines) > LINES_SHOWN:
        console.print(Text(say.gettext("%(count)s more; --json shows all") % {"count": len(lines) - LINES_SHOWN}))


def _reasons(say: Wording, line: RiskLine) -> list[str]:
    """Return why a unit could lose an area, in as few words as a line holds."""
    reason = line.prefilled[Dimension.KNOWLEDGE_CONCENTRATION].reason
    holders = say.ngettext("%(count)s person holds it", "%(count)s people hold it", reason.holders)
    told = [holders % {"count": say.number(reason.holders)}]
    if reason.holders > 1:
        told.append(say.gettext("the first has %(share)s of it") % {"share": say.percent(reason.first_share)})
    if reason.elsewhere:
        told[0] += say.gettext(", and %(count)s elsewhere") % {"count": say.number(reason.elsewhere)}
    documented = line.prefilled[Dimension.TACIT_DEPTH].reason.documented_ratio
    told.append(say.gettext("%(share)s written down to be used again") % {"share": say.percent(documented)})
    if line.due_again and line.complete:
        told.append(say.gettext("to be scored again"))
    return told


def _after_departures(say: Wording, area: AreaCoverage | None, people: Mapping[str, Person]) -> str:
    """Return who leaves, the nearest first, and how the area stands then; empty where nobody is known to."""
    if area is None:
        return ""
    leaving = sorted(
        (holder.leaves_on, person.name)
        for holder in area.holders
        if holder.leaves_on and (person := people.get(holder.person_id))
    )
    if not leaving:
        return ""
    named = [f"{name} ({say.day(day)})" for day, name in leaving[:NAMES_SHOWN]]
    if len(leaving) > NAMES_SHOWN:
        named.append(say.gettext("%(count)s more") % {"count": say.number(len(leaving) - NAMES_SHOWN)})
    told = say.gettext("Leaving: %(names)s; then %(standing)s, %(share)s left")
    standing = {"standing": say_standing(say, area.level), "share": say.percent(area.share_left)}
    return told % {"names": ", ".join(named), **standing}


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
        _print_evidence(console, say, item.evidence)


def print_successors(console: Console, say: Wording, found: TakingOver) -> None:
    """Print who could take over each area, best first, with why and with what shows it."""
    for area in found.areas:
        told = say.gettext("Who could take over %(area)s") % {"area": area.area.label(say.language)}
        console.print(Text(told, style="bold underline"))
        if not area.candidates:
            _print_within(console, Text(say.gettext("Nobody, by what you may read")))
        for candidate in area.candidates:
            _print_within(console, _successor_line(say, candidate))
            console.print(Padding(_speaking(say, candidate), (0, 0, 0, 4)))
            _print_evidence(console, say, candidate.evidence)


def _speaking(say: Wording, candidate: Successor) -> Text:
    """Return what speaks most for someone, then all that speaks against."""
    speaking_for = [factor.kind for factor in candidate.factors if factor.weight > 0 and factor.kind in SPEAKING_FOR]
    against = [factor.kind for factor in candidate.factors if factor.weight < 0 and factor.kind in SPEAKING_AGAINST]
    told = Text(" · ".join(say_factor(say, kind) for kind in speaking_for[:REASONS_SHOWN]))
    for kind in against:
        told.append(" · " if told else "").append(say_factor(say, kind), style="yellow")
    return told


def _print_evidence(console: Console, say: Wording, evidence: Sequence[EvidenceRef]) -> None:
    for document in evidence[:EVIDENCE_SHOWN]:
        told = say.gettext("%(kind)s: %(title)s") % {"kind": say.kind(document.kind), "title": document.title}
        told += f", {say.day(document.at)}" if document.at else ""
        console.print(Padding(Text(told, style="dim"), (0, 0, 0, 4)))


def _print_within(console: Console, told: Text) -> None:
    console.print(Padding(told, (0, 0, 0, 2)))


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
    areas = [f"{one.area.label(say.language)} ({say.percent(one.share)})" for one in found.pairs]
    width = min(max(map(len, areas)), LONGEST_AREA)
    for _, pairs in groupby(zip(found.pairs, areas, strict=True), key=lambda row: row[0].leaver.id):
        rows = list(pairs)
        who = {"name": rows[0][0].leaver.name, "day": say.day(rows[0][0].leaves_on)}
        console.print(Text(say.gettext("%(name)s leaves from %(day)s on") % who, style="bold"))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(width=width + 2)
        for one, area in rows:
            table.add_row(Text(f"  {area}"), _taking(say, one))
        console.print(table)
    if found.left_out:
        console.print(say.gettext("%(count)s more people leave; choose a unit") % {"count": say.number(found.left_out)})


def _taking(say: Wording, one: Pair) -> Text:
    """Return who takes an area over, and what is to be known of that."""
    if one.successor is None:
        return Text(say.gettext("nobody yet"), style="red")
    told = Text(one.successor.name)
    state = say.gettext("ready now") if one.ready else say.gettext("has to learn")
    for word in (state, say.gettext("decided") if one.pinned else ""):
        told.append(f"  {word}" if word else "", style="dim")
    if one.successor_leaves_on:
        too = say.gettext("leaves too, from %(day)s on") % {"day": say.day(one.successor_leaves_on)}
        told.append(f"  {too}", style="yellow")
    return told


def print_simulation(console: Console, say: Wording, found: Simulation, names: Mapping[str, str]) -> None:
    """Print what would be lost if some people left."""
    who = ", ".join(names.get(person, person) for person in found.people)
    told = say.gettext("If these leave by %(day)s: %(names)s") % {"day": say.day(found.by), "names": who}
    console.print(Text(told, style="bold"))
    _print_areas(console, say, say.gettext("Nobody would hold any more"), found.uncovered)
    _print_areas(console, say, say.gettext("Would be left with one holder, or with less than half"), found.weakened)
    if not (found.uncovered or found.weakened):
        console.print(say.gettext("Every area would keep enough holders."))
    console.print(Text(_say_questions(say, found), style="bold"))
    for question in found.lost_questions[:LINES_SHOWN]:
        console.print(Padding(Text(question.title), (0, 0, 0, 2)))


def _say_questions(say: Wording, found: Simulation) -> str:
    """Return how many of the questions they answered would be lost with them."""
    answered, lost = found.answered_question_count, found.lost_question_count
    if not answered:
        return say.gettext("They answered no question, by what you may read.")
    if not lost:
        told = say.ngettext(
            "Somebody left could have answered the one question that they answered.",
            "Somebody left could have answered each of the %(answered)s questions that they answered.",
            answered,
        )
    else:
        told = say.ngettext(
            "Of %(answered)s question that they answered, nobody left could have answered %(lost)s",
            "Of %(answered)s questions that they answered, nobody left could have answered %(lost)s",
            answered,
        )
    return told % {"answered": say.number(answered), "lost": say.number(lost)}


def _print_areas(console: Console, say: Wording, title: str, areas: Sequence[Uncovered]) -> None:
    if not areas:
        return
    console.print(Text(title, style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for area in areas[:LINES_SHOWN]:
        told = say.ngettext("%(before)s → %(after)s person", "%(before)s → %(after)s people", area.holders_after)
        counts = {"before": area.holders_before, "after": area.holders_after}
        holders = told % {name: say.number(count) for name, count in counts.items()}
        table.add_row(Text(area.label(say.language)), holders, say.percent(area.share_left))
    console.print(table)
