"""What the terminal shows: answers, profiles and reports, as JSON or for people to read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.reason_words import say_note, say_reason
from api.wording import Wording
from models.preferences import Preferences
from recommender.answers import Answer, Expert, FoundText, ShownEvidence
from recommender.profiles import Profile
from recommender.snippets import Snippet

if TYPE_CHECKING:
    from api.cli.reports import IndexOut, IngestOut
    from api.status import Status

# Of a profile's evidence and of skipped items, so many are shown; --json gives all.
LINES_SHOWN = 12


def print_json(shown: BaseModel) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(shown.model_dump_json(indent=2) + "\n")


def print_answer(console: Console, answer: Answer, say: Wording) -> None:
    """Print an answer: people first, then what may already be enough."""
    if not answer.experts:
        console.print(say.gettext("Nobody left a trace of this in what you may read. Try other words."))
    for expert in answer.experts:
        print_expert(console, expert, say)
    beside = (
        (say.gettext("Practices and documents that may already answer"), answer.practices),
        (say.gettext("Similar questions already answered"), answer.similar_questions),
    )
    for title, texts in beside:
        if texts:
            console.print(Text(title, style="bold underline"))
            console.print(Padding(texts_table(texts, say), (0, 0, 1, 0)))
    for note in answer.notes:
        console.print(Text(say_note(say, note), style="italic"))
    console.print(Text(f"{answer.took_ms:.0f} ms", style="dim"))


def print_expert(console: Console, expert: Expert, say: Wording) -> None:
    """Print a person with reasons and evidence."""
    person = expert.person
    heading = Text(f"{expert.rank}. ", style="bold cyan")
    heading.append(person.name, style=link("bold", person.url))
    about = [part for part in (person.job_title, person.unit, person.site) if part]
    heading.append("  " + " · ".join([*about, person.id]), style="dim")
    heading.append(f"   {expert.score:.2f}", style="cyan")
    console.print(heading)
    for reason in expert.reasons:
        console.print(Padding(Text(f"• {say_reason(say, reason)}"), (0, 0, 0, 3)))
    for evidence in expert.evidence:
        console.print(Padding(evidence_text(evidence, say), (0, 0, 0, 5)))
    console.print()


def evidence_text(evidence: ShownEvidence, say: Wording) -> Text:
    """Return one piece of evidence: what it is, when, and the words that matched."""
    text = Text()
    text.append(f"{say.kind(evidence.kind)}", style="green")
    text.append(f" {day(evidence.created_at, say)} ", style="dim")
    text.append(evidence.title or evidence.document_id, style=link("italic", evidence.url))
    text.append(f"  [{evidence.document_id}]\n", style="dim")
    text.append_text(snippet_text(evidence.snippet))
    return text


def snippet_text(snippet: Snippet) -> Text:
    """Return a snippet with the words of the question in bold."""
    text = Text(snippet.text)
    for start, end in snippet.highlights:
        text.stylize("bold yellow", start, end)
    return text


def texts_table(texts: Sequence[FoundText], say: Wording) -> Table:
    """Return practices or questions as a table."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(ratio=1)
    for found in texts:
        body = Text(found.title or found.document_id, style=link("bold", found.url))
        if found.answers:
            body.append(f"  {say.answers(found.answers, solved=found.solved)}", style="green")
        body.append(f"  [{found.document_id}]\n", style="dim")
        body.append_text(snippet_text(found.snippet))
        table.add_row(f"{say.kind(found.kind)}\n{day(found.created_at, say)}", body)
    return table


def print_profile(console: Console, profile: Profile, say: Wording) -> None:
    """Print what is known about a person."""
    person = profile.person
    console.print(Text(person.name, style="bold"), Text(f"  {person.id}", style="dim"))
    about = [part for part in (person.job_title, person.unit, person.site) if part]
    if about:
        console.print(" · ".join(about), markup=False)
    if person.leaves:
        console.print(say.leaves(person.leaves), style="yellow")
    places = [f"{place.name} ({say.membership(place.role)})" for place in profile.communities]
    rows = {
        say.gettext("Traces"): ", ".join(f"{say.role(role)} {count}" for role, count in profile.roles.items()) or "–",
        say.gettext("Key words"): ", ".join(term.word for term in profile.key_terms) or "–",
        say.gettext("Communities"): ", ".join(places) or "–",
    }
    if profile.preferences:
        rows[say.gettext("Your choices")] = choices(profile.preferences, say)
    print_rows(console, rows)
    console.print(Text(f"\n{say.gettext('From what')}", style="bold underline"))
    for item in profile.evidence[:LINES_SHOWN]:
        console.print(Text(f"{day(item.at, say)}  {say.role(item.role)}  {item.title}  [{item.document_id}]"))
    if len(profile.evidence) > LINES_SHOWN:
        more = say.gettext("… and %(count)s more (--json gives all)")
        left_out = say.number(len(profile.evidence) - LINES_SHOWN)
        console.print(Text(more % {"count": left_out}, style="dim"))


def print_import(console: Console, out: IngestOut) -> None:
    """Print what became of an import."""
    counts = f"{out.read} read: {out.new} new, {out.changed} changed, {out.unchanged} unchanged"
    pruned = "" if out.pruned is None else f", {out.pruned} pruned"
    console.print(
        f"{out.source} ({out.format}): {counts}{pruned}, {out.skipped} skipped, in {out.seconds:.1f} s", markup=False
    )
    if out.resumed_from:
        console.print(f"resumed an interrupted import after {out.resumed_from} items", markup=False)
    for skip in out.skips[:LINES_SHOWN]:
        place = skip.file if skip.line is None else f"{skip.file}, line {skip.line}"
        console.print(f"  skipped {place}: {skip.reason}", style="yellow", markup=False)
    if out.skipped > LINES_SHOWN:
        console.print(f"  … and {out.skipped - LINES_SHOWN} more; --json lists the first {len(out.skips)}", style="dim")
    for note in out.notes:
        console.print(f"  {note}", markup=False)
    if out.index:
        print_index(console, out.index)


def print_index(console: Console, out: IndexOut) -> None:
    """Print what bringing the index up to date did."""
    console.print(
        f"index: {out.documents} documents read, {out.passages} passages, in {out.seconds:.1f} s", markup=False
    )


def print_status(console: Console, state: Status) -> None:
    """Print the state of an installation."""
    documents = ", ".join(f"{count} {kind}" for kind, count in state.documents.items()) or "none"
    rows = {
        "home": state.home,
        "database": state.database,
        "people": str(state.people),
        "documents": documents,
        "last import": "–" if state.last_import is None else state.last_import.date().isoformat(),
        "index": state.index,
        "encoder": state.encoder,
    }
    print_rows(console, rows)


def print_fields(console: Console, shown: BaseModel) -> None:
    """Print the fields of something, one a line."""
    print_rows(console, {name.replace("_", " "): str(value) for name, value in shown.model_dump().items()})


def print_rows(console: Console, rows: dict[str, str]) -> None:
    """Print names and values in two columns."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1)
    for name, value in rows.items():
        table.add_row(name, Text(value))
    console.print(table)


def choices(preferences: Preferences, say: Wording) -> str:
    """Return a person's choices in one line."""
    limit, pause, hidden = preferences.capacity_per_week, preferences.paused_until, len(preferences.hidden_documents)
    parts = [
        say.gettext("may be suggested") if preferences.visible_as_expert else say.gettext("opted out: never suggested"),
        say.gettext("no weekly limit")
        if limit is None
        else say.ngettext("at most %(count)s question a week", "at most %(count)s questions a week", limit),
        say.gettext("paused until %(day)s") if pause else say.gettext("no pause"),
        say.ngettext("%(hidden)s hidden document", "%(hidden)s hidden documents", hidden),
    ]
    day_of_return = say.day(pause) if pause else ""
    return ", ".join(parts) % {"count": limit, "day": day_of_return, "hidden": say.number(hidden)}


def day(moment: datetime | None, say: Wording) -> str:
    """Return the day of a moment in words."""
    return "–" if moment is None else say.day(moment)


def link(style: str, url: str | None) -> str:
    """Return a style that also links, where the terminal can."""
    return f"{style} link {url}" if url and url.startswith(("http://", "https://")) and " " not in url else style
