"""The command that shows Relève at work on the sample organisation."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from api.cli import rendering
from api.cli.granting import note
from api.cli.ingesting import IngestOptions, import_with_progress
from api.languages import Language
from api.planners import PlanningEvent
from api.settings import Settings
from api.wiring import Service, create_service
from api.wording import wording_in
from models.access import Viewer
from models.areas import state_area
from models.audit import COMMAND, AuditEvent, record_event
from models.errors import EncoderMismatchError, NotFoundError
from models.planning import SuccessionPolicy, read_policy, set_policy
from models.queries.areas import read_areas_of
from models.roles import grant_role
from models.tables import DepartureVisibility, OrganisationRole, Stance
from recommender.service import AskOptions


@dataclass(frozen=True, slots=True)
class SampleImport:
    """One file or folder of the sample organisation, as `releve ingest` would be told to read it."""

    format: str
    path: str
    source: str
    space: str | None = None
    ahead: bool = False
    """Whether it tells of days to come, which stay ahead however old the sample grows."""


# In this order: services first, so that people are in them; people before those who write, so that authors link to
# them; communities before what is written in their space.
IMPORTS = (
    SampleImport("records", "services.jsonl", "services"),
    SampleImport("people", "personnes.csv", "personnel", ahead=True),
    SampleImport("records", "communautes.jsonl", "communautes", ahead=True),
    SampleImport("threads", "questions", "questions"),
    SampleImport("threads", "questions-protegees", "accompagnement", space="communautes:accompagnement"),
    SampleImport("documents", "documents", "documents"),
)
QUESTIONS = (
    ("Comment redémarrer la pompe 3 de l’usine des Ormes après une panne de courant ?", Language.FRENCH),
    ("Who knows how to restart the tax billing night batch after an abend?", Language.ENGLISH),
)

# The day on which the sample was written.
WRITTEN = date(2026, 11, 1)
# Who plans for which unit. Josée is not in the protected community Accompagnement, and plans for people who are.
MANAGERS = (
    ("personnel:1020", "services:direction-de-l-eau"),
    ("personnel:1051", "services:direction-des-services-a-la-population"),
    ("personnel:1080", "services:direction-generale"),
)
# Who wants to learn what whom knows best.
LEARNERS = (
    ("personnel:1013", "personnel:1015"),
    ("personnel:1019", "personnel:1011"),
    ("personnel:1031", "personnel:1022"),
    ("personnel:1057", "personnel:1056"),
)
POLICY = SuccessionPolicy(
    enabled=True,
    departures=DepartureVisibility.HR_ANNOUNCED,
    notice_fr="Organisation d'exemple : les gestionnaires voient quels savoirs partent avec qui dans leurs services, "
    "et les départs que le service du personnel a déclarés. Chaque personne voit sur sa page ce qui est montré d'elle.",
    notice_en="Sample organisation: managers see which knowledge leaves with whom in their units, and the departures "
    "that the personnel office declared. On their own page, each person sees what is shown about them.",
)


def sample_folder() -> Path:
    """Return where the sample organisation is: in the installed package, or in the checkout.

    Raises:
        NotFoundError: this installation lacks it.
    """
    api = Path(__file__).parents[1]
    for folder in (api / "sample", api.parent / "examples" / "organisation"):
        if (folder / "personnes.csv").exists():
            return folder
    message = "This installation lacks the sample organisation; run releve demo from a checkout of the project"
    raise NotFoundError(message)


def demo() -> None:
    """Load the sample organisation into a store of its own, ask, and say how to go on."""
    settings = Settings()
    settings = settings.model_copy(update={"home": settings.home / "demo", "database_url": None})
    console = Console()
    folder = sample_folder()
    with create_service(settings) as service:
        now = datetime.now(UTC)
        load(service, folder, console, now.date())
        prepare_succession(service, now)
        for question, language in QUESTIONS:
            console.print(Rule(f"releve ask “{question}”", align="left", style="dim"))
            answer = service.recommender().find_experts(question, Viewer(), AskOptions(top=2))
            rendering.print_answer(console, answer, wording_in(language))
    console.print(Rule("Et maintenant / What next", align="left"))
    releve = f"RELEVE_HOME={settings.home} {command_name()}"
    for command, why in (
        (f'{releve} ask "Qui connaît les embâcles ?"', "ask your own question"),
        (f'{releve} person "Lucien Bois-Clair"', "see what is known about a person, and from what"),
        (f'{releve} succession risks --as "Nadège Fortier-Blais"', "see which knowledge a manager may lose, and when"),
        (f'{releve} succession person "Gaétan Plamondin"', "see what leaves with him, and who could take it over"),
        (f"{releve} serve", "ask on pages, at http://127.0.0.1:8000"),
        (f"{command_name()} ingest FORMAT PATH", "import your own organisation; see docs/reference/import-formats.md"),
    ):
        console.print(f"  {command}   # {why}", markup=False, highlight=False, soft_wrap=True)


def command_name() -> str:
    """Return how to type this command again: by its name when the shell finds it, else by its path."""
    if shutil.which("releve"):
        return "releve"
    path = Path(sys.argv[0]).absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def load(service: Service, folder: Path, console: Console, today: date) -> None:
    """Import every part of the sample organisation and index it."""
    for part in IMPORTS:
        options = IngestOptions(source=part.source, space=part.space)
        path = folder / part.path
        if part.ahead and today.year > WRITTEN.year:
            path = kept_ahead(path, today, service.settings.home / "sample" / part.path)
        report = import_with_progress(service.store, part.format, path, options)
        counts = f"{report.new} new, {report.changed} changed, {report.unchanged} unchanged, {report.skipped} skipped"
        console.print(f"{part.format:9} {part.path}: {counts}", markup=False, highlight=False)
    try:
        indexed = service.update_index()
    except EncoderMismatchError:
        # An earlier release, or another encoder, made the demonstration's index; nobody has to be told how to mend it.
        indexed = service.update_index(rebuild=True)
    service.update_areas()
    console.print(f"index     {indexed.passages} passages\n", markup=False, highlight=False)


def kept_ahead(path: Path, today: date, copy: Path) -> Path:
    """Copy a file with the days that lay ahead when the sample was written as many years later as it is old."""
    years = today.year - WRITTEN.year

    def later(found: re.Match[str]) -> str:
        day = date.fromisoformat(found[0])
        if day <= WRITTEN:
            return found[0]
        # The 29th of February is there every fourth year only.
        last = 28 if (day.month, day.day) == (2, 29) else day.day
        return day.replace(year=day.year + years, day=last).isoformat()

    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(re.sub(r"\b20\d\d-\d\d-\d\d\b", later, path.read_text(encoding="utf-8")), encoding="utf-8")
    return copy


def prepare_succession(service: Service, now: datetime) -> None:
    """Give the sample organisation managers, people who want to learn, and succession switched on.

    Nowhere else is it switched on without an administrator's decision. Done once: what its visitors change stands.
    """
    with service.store.write() as session:
        if read_policy(session).decided_at is not None:
            return
        set_policy(session, now, POLICY)
        details = {"enabled": POLICY.enabled, "departures": POLICY.departures.value}
        record_event(session, AuditEvent(now, COMMAND, PlanningEvent.POLICY_DECIDED, details=details))
        for person, unit in MANAGERS:
            if grant_role(session, now, person, OrganisationRole.MANAGER, unit):
                note(session, now, "roles.granted", person, role=OrganisationRole.MANAGER, unit=unit)
        for learner, teacher in LEARNERS:
            known = read_areas_of(session, Viewer(), now.date(), teacher)
            if known:
                state_area(session, Viewer(learner), now, learner, known[0].area.id, Stance.WANTS_TO_LEARN)
